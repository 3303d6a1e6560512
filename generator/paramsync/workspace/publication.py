"""Write the files of a run so that each is the old or the new one, even if the run is killed.

A run stages all that it will write, then writes a plan, then carries it out file by file; the next run finishes the plan of a run
that was killed. If the cache is deleted while a plan is pending, the files that are not yet in place are lost, and made again.
"""

import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Self

from paramsync.paths import PAGE_JSON
from paramsync.workspace import files
from paramsync.workspace.difference import Difference
from paramsync.workspace.pending import PENDING, finish_steps, lock, write_plan
from paramsync.workspace.plan import Step, digest


def publish(root: Path, differences: Iterable[Difference]) -> None:
    """Write files. One that has changed since it was compared is not overwritten.

    Raises:
        InputError: a folder is in the place of a file, and nothing is written; or a file was left, and all others are written.
        OSError: nothing is written, since not all can be staged.

    """
    with Staging(root) as staging:
        for one in differences:
            staging.add(one.path, digest(one.before), one.after)
        staging.publish()


class Staging:
    """What a run will write: each new file is put aside in the cache at once, so that few are in memory, until all are there.

    From the first one on, no other run writes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[Step] = []
        self._has_begun = self._is_planned = False
        self._held = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def add(self, path: str, before: str, after: str | None, source: Path | None = None) -> None:
        """Put aside the new text of a file, or that it goes; `before` is the digest of what is there.

        A file that has this text already, the `source`, is moved.

        Raises:
            InputError: as `lock` does.
            OSError: it cannot be written.

        """
        if not self._has_begun:
            self._begin()
        step = Step(path, before, digest(after), str(len(self.steps)))
        if after is not None:
            staged = self.root / PENDING / step.staged
            with files.naming(staged):
                if not (source and _move(source, staged)):
                    staged.write_bytes(after.encode(errors="surrogateescape"))
        self.steps.append(step)

    def mark(self) -> int:
        """Mark how far it has come, for `forget_since`."""
        return len(self.steps)

    def forget_since(self, mark: int) -> None:
        """Forget what was put aside since a mark."""
        del self.steps[mark:]

    def publish(self) -> None:
        """Write the files. One that has changed since it was compared is not overwritten.

        Raises:
            InputError: a folder is in the place of a file, and nothing is written; or a file was left, and all others are written.
            OSError: nothing is written, or not all: the next run goes on.

        """
        if not self.steps:
            return
        _check_places(self.root, self.steps)
        steps = _in_order(self.steps)
        write_plan(self.root, steps)
        self._is_planned = True
        finish_steps(self.root, steps)

    def _begin(self) -> None:
        self._held.enter_context(lock(self.root))
        self._held.callback(self._discard)
        (self.root / PENDING).mkdir()
        self._has_begun = True

    def _discard(self) -> None:
        if not self._is_planned:
            shutil.rmtree(self.root / PENDING, ignore_errors=True)


def _move(source: Path, staged: Path) -> bool:
    """Move a file, unless it is on another disk."""
    try:
        source.replace(staged)
    except OSError:
        return False
    return True


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """Sort so that readers find no page.json before its specs: what blocks a new path, the history, specs, page.json, removals."""
    steps = list(steps)
    new = {one.path.lower() for one in steps if one.after}
    folders = {str(above) for path in new for above in PurePosixPath(path).parents}

    def key(one: Step) -> tuple[bool, bool, bool, int, str]:
        path, goes = PurePosixPath(one.path.lower()), not one.after
        is_in_the_way = goes and (str(path) in folders or not new.isdisjoint(map(str, (path, *path.parents))))
        return not is_in_the_way, goes, path.name == PAGE_JSON, len(path.parts), one.path

    return sorted(steps, key=key)


def _check_places(root: Path, steps: Iterable[Step]) -> None:
    """Refuse a folder in the place of a new file, unless the files below it go."""
    going = (PurePosixPath(one.path) for one in steps if not one.after)
    emptied = {str(above) for path in going for above in path.parents}
    for one in steps:
        if one.after and one.path not in emptied and files.kind_of(root / one.path):
            files.expect(root / one.path, root, files.FILE)
