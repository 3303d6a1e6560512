"""The files of targets: made where what they follow from has changed, and compared with those that are there, one at a time. Reads and writes files."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.rendering.formatters import run_formatters
from paramsync.rendering.keys import Keys, digest_parts
from paramsync.rendering.outputs import Output
from paramsync.rendering.render import Renderer
from paramsync.rendering.workers import rendering
from paramsync.workspace import files
from paramsync.workspace.cache import read_cache, write_cache
from paramsync.workspace.difference import Difference
from paramsync.workspace.entries import walk
from paramsync.workspace.plan import digest, digest_file
from paramsync.workspace.publication import Staging

CACHE = "outputs"
Seals = dict[str, str]  # path of a file -> a digest of its key and its content, as they were when it was made


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not as it should be, or goes; to check, with the difference."""

    path: str
    is_removed: bool
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class TargetUpdate:
    """What has become of the files of a target: which changed, how many there are now, and their seals."""

    changes: Sequence[Change]
    number: int
    seals: Seals


class Outputs:
    """The files below `generated/` that a run goes through: those that change are put aside or, to check, compared.

    A file whose seal is as it was is not made again. Without a `staging`, it is a check.

    Raises:
        InputError: something else is in the place of the folder of one of these targets.

    """

    def __init__(self, root: Path, names: Iterable[str], staging: Staging | None) -> None:
        self.root, self.staging = root, staging
        self.updates: list[TargetUpdate] = []
        self._there = {name: _list_there(root, name) for name in names}
        self._seals: dict[str, Seals] = _read_seals(root)

    @property
    def changes(self) -> list[Change]:
        """All changes, by their paths."""
        return sorted((one for update in self.updates for one in update.changes), key=lambda one: one.path)

    @property
    def unchanged(self) -> int:
        new = sum(not one.is_removed for one in self.changes)
        return sum(update.number for update in self.updates) - new

    def update(self, renderer: Renderer, keys: Keys) -> None:
        """Go through the files of a target; if it has an error, all stay as they are.

        Raises:
            InputError: the target has an error, or something in its folder cannot be read.
            OSError: a file cannot be put aside.

        """
        mark = self.staging.mark() if self.staging else 0
        try:
            update = self._update(renderer, keys)
        except InputError:
            if self.staging:
                self.staging.forget_since(mark)
            raise
        self.updates.append(update)
        self._seals[renderer.name] = update.seals

    def remove(self, name: str) -> None:
        """Remove the files of a target that is gone."""
        self._seals.pop(name, None)
        self.updates.append(TargetUpdate([self._remove(path) for path in sorted(self._there[name])], 0, {}))

    def remember(self) -> None:
        """Keep the seals for the next run; where they cannot be written, it makes all files again."""
        with suppress(InputError, OSError):
            write_cache(self.root, CACHE, self._seals)

    def _update(self, renderer: Renderer, keys: Keys) -> TargetUpdate:
        folder, known = f"generated/{renderer.name}", self._seals.get(renderer.name, {})
        outputs = {f"{folder}/{one.path}": one for one in renderer.list_outputs()}
        keys_of = {path: keys.make(one) for path, one in outputs.items()}
        seals = {
            path: known[path]
            for path in known.keys() & keys_of.keys() & self._there[renderer.name]
            if known[path] == digest_parts(keys_of[path], self._digest(path))
        }
        try:
            return self._make_update(renderer, outputs, keys_of, seals)
        except InputError:
            if not (seals and renderer.target.formatters):
                raise
            return self._make_update(renderer, outputs, keys_of, {})  # a formatter may need the others

    def _make_update(
        self,
        renderer: Renderer,
        outputs: Mapping[str, Output],
        keys: Mapping[str, str],
        sealed: Seals,
    ) -> TargetUpdate:
        """Make the files that are not sealed, and find those that have to go; all by their paths below the root."""
        there, seals = self._there[renderer.name], dict(sealed)
        left = [one for path, one in outputs.items() if path not in seals]
        beside = [path for path in outputs if path in seals and not outputs[path].subjects]
        changes: list[Change] = []
        with closing(self._make(renderer, left, beside)) as made:
            for path, text, source in made:
                seals[path] = digest_parts(keys.get(path), digest(text))
                changes += self._replace(path, text, source, is_there=path in there)
        changes += [self._remove(path) for path in sorted(there - seals.keys())]
        # A formatter that makes files of its own, or removes some, needs all of them each time.
        is_whole = seals.keys() == outputs.keys()
        return TargetUpdate(changes, len(seals), seals if is_whole else {})

    def _make(
        self, renderer: Renderer, outputs: Sequence[Output], beside: Sequence[str]
    ) -> Generator[tuple[str, str, Path | None]]:
        """Render and format files: the path below the root, the text, and the file that has this text already, if there is one.

        `beside` are those files of the target that are as they should be.
        """
        folder, formatters = f"generated/{renderer.name}", renderer.target.formatters
        with rendering(renderer, outputs) as texts:
            if not outputs or not formatters:
                yield from ((f"{folder}/{path}", text, None) for path, text in texts)
                return
            others = ((path.removeprefix(f"{folder}/"), self._read(path)) for path in beside)
            place = Place(f"templates/{renderer.name}/target.toml")
            with run_formatters(texts, formatters, place, others) as formatted:
                for path, source in formatted:
                    yield f"{folder}/{path}", files.read_exactly(source, source.parent), source

    def _replace(self, path: str, text: str, source: Path | None, *, is_there: bool) -> Iterator[Change]:
        """Put the new text of a file aside, unless it is what is there."""
        before = self._digest(path) if is_there else ""
        if before == digest(text):
            return
        if self.staging:
            self.staging.add(path, before, text, source)
            yield Change(path, is_removed=False, difference=None)
        else:
            old = self._read(path) if is_there else None
            yield Change(path, is_removed=False, difference=Difference(path, old, text))

    def _remove(self, path: str) -> Change:
        if self.staging:
            self.staging.add(path, self._digest(path), None)
            return Change(path, is_removed=True, difference=None)
        return Change(path, is_removed=True, difference=Difference(path, self._read(path), None))

    def _digest(self, path: str) -> str:
        return digest_file(self.root / path, self.root)

    def _read(self, path: str) -> str:
        return files.read_exactly(self.root / path, self.root)


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
