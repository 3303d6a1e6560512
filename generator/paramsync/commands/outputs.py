"""The files of targets: made where what they follow from has changed, and compared with those that are there, one at a time. Reads and writes files."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.rendering.formatters import run_formatters
from paramsync.rendering.keys import Keys, digest_parts
from paramsync.rendering.render import Output, Renderer
from paramsync.workspace import files
from paramsync.workspace.cache import read_cache, write_cache
from paramsync.workspace.difference import Difference
from paramsync.workspace.digests import walk
from paramsync.workspace.plan import digest, digest_file
from paramsync.workspace.publication import Staging

CACHE = "outputs"
_Made = tuple[
    str, str, Path | None
]  # the path of a file below the root, its text, and where it is already, if anywhere
Seals = dict[str, str]  # path of a file -> a digest of its key and its content, as they were when it was made


class Outputs:
    """The files below `generated/` that a run has gone through: those that differ are put aside or, to check, kept as differences.

    A file whose seal is as it was is not made again. Without a `staging`, it is a check.

    Raises:
        InputError: something else is in the place of the folder of one of these targets.

    """

    def __init__(self, root: Path, names: Iterable[str], staging: Staging | None) -> None:
        self.root, self.staging = root, staging
        self.changed = self.unchanged = self.removed = 0
        self._there = {name: _list_there(root, name) for name in names}
        self.differences: list[Difference] = []
        self._seals: dict[str, Seals] = _read_seals(root)

    def update(self, renderer: Renderer, keys: Keys) -> None:
        """Go through the files of a target; if it has an error, all stay as they are.

        Raises:
            InputError: the target has an error, or something in its folder cannot be read.
            OSError: a file cannot be put aside.

        """
        counts, number = (self.changed, self.unchanged, self.removed), len(self.differences)
        steps = len(self.staging.steps) if self.staging else 0
        try:
            self._seals[renderer.name] = self._update(renderer, keys)
        except InputError:
            self.changed, self.unchanged, self.removed = counts
            del self.differences[number:]
            if self.staging:
                del self.staging.steps[steps:]
            raise

    def remove(self, name: str) -> None:
        """Remove the files of a target that is gone."""
        self._seals.pop(name, None)
        for path in sorted(self._there[name]):
            self._replace(path, None, is_there=True)

    def list_differences(self) -> list[Difference]:
        """List the differences that a check has found, by their paths."""
        return sorted(self.differences, key=lambda one: one.path)

    def remember(self) -> None:
        """Keep the seals for the next run; where they cannot be written, it makes all files again."""
        with suppress(InputError, OSError):
            write_cache(self.root, CACHE, self._seals)

    def _update(self, renderer: Renderer, keys: Keys) -> Seals:
        folder = f"generated/{renderer.name}"
        known, there = self._seals.get(renderer.name, {}), self._there[renderer.name]
        outputs = {f"{folder}/{one.path}": one for one in renderer.list_outputs()}
        made = {path: keys.make(one) for path, one in outputs.items()}
        sealed = {
            path: known[path]
            for path, key in made.items()
            if path in known and path in there and known[path] == digest_parts(key, self._digest(path))
        }
        self.unchanged += len(sealed)
        left = [one for path, one in outputs.items() if path not in sealed]
        beside = [path for path in sealed if not outputs[path].subjects]
        for path, text, source in self._make(renderer, left, beside):
            sealed[path] = digest_parts(made.get(path), digest(text))
            self._replace(path, text, source, is_there=path in there)
        for path in sorted(there - sealed.keys()):
            self._replace(path, None, is_there=True)
        # A formatter that makes files of its own, or removes some, needs all of them each time.
        return sealed if sealed.keys() == outputs.keys() else {}

    def _make(self, renderer: Renderer, outputs: Sequence[Output], beside: Sequence[str]) -> Iterator[_Made]:
        """Render and format files; `beside` are those of the target that are as they should be."""
        folder, formatters = f"generated/{renderer.name}", renderer.target.formatters
        texts = ((one.path, renderer.render(one)) for one in outputs)
        if not outputs or not formatters:
            yield from ((f"{folder}/{path}", text, None) for path, text in texts)
            return
        others = (
            (path.removeprefix(f"{folder}/"), files.read_exactly(self.root / path, self.root))
            for path in beside
        )
        place = Place(f"templates/{renderer.name}/target.toml")
        with run_formatters(texts, formatters, place, others) as formatted:
            for path, source in formatted:
                yield f"{folder}/{path}", files.read_exactly(source, source.parent), source

    def _replace(self, path: str, text: str | None, source: Path | None = None, *, is_there: bool) -> None:
        """Put the new text of a file aside, or None if it goes, unless it is what is there."""
        before = self._digest(path) if is_there else ""
        if before == digest(text):
            self.unchanged += 1
            return
        self.changed += 1
        self.removed += text is None
        if self.staging:
            self.staging.add(path, before, text, source)
        else:
            old = files.read_exactly(self.root / path, self.root) if is_there else None
            self.differences.append(Difference(path, old, text))

    def _digest(self, path: str) -> str:
        return digest_file(self.root / path, self.root)


def _list_there(root: Path, name: str) -> frozenset[str]:
    folder = f"generated/{name}"
    if files.kind_of(root / folder):
        files.expect(root / folder, root, files.FOLDER)
    return frozenset(one.path for one in walk(root, folder))


def _read_seals(root: Path) -> dict[str, Seals]:
    """Read the seals of the last run; none where they cannot be read, or another paramsync wrote them otherwise."""
    found = read_cache(root, CACHE)
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        return {}
    return found
