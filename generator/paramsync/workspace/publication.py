"""Write the files of a run so that each is the old or the new one, even if the run is killed.

A run stages all that it will write, then writes a plan, then carries it out file by file; the next run finishes the plan of a run
that was killed. If the cache is deleted while a plan is pending, the files that are not yet in place are lost, and made again.
"""

import os
import shutil
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from pathlib import Path, PurePosixPath
from typing import Self

from paramsync.findings import InputError, Place
from paramsync.paths import HISTORY, PAGE_JSON, PROFILE, RELEASED, SCHEMA
from paramsync.workspace import files
from paramsync.workspace.cache import CACHE_FOLDER, make_folder, read_cache, write_cache
from paramsync.workspace.difference import Difference
from paramsync.workspace.plan import Step, carry_out, digest

LOCK = f"{CACHE_FOLDER}/lock"
PENDING = f"{CACHE_FOLDER}/pending"
PLAN = "pending/plan"  # as the cache names it
OURS = (("specs",), ("generated",))  # a plan names nothing else
SILENT_WAIT = 2  # seconds for which a run waits for another without saying so


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
        write_cache(self.root, PLAN, [astuple(step) for step in steps])
        self._is_planned = True
        _finish(self.root, steps)

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


def finish(root: Path) -> None:
    """Finish the plan of a run that was killed, if there is one, once no other run writes.

    Raises:
        InputError: a file of that run was left, since it was changed, or cannot be written.
        OSError: the cache cannot be written.

    """
    with lock(root):
        pass


@contextmanager
def lock(root: Path) -> Iterator[None]:
    """Wait until no other run writes in a root, and finish the plan of a run that was killed.

    Raises:
        InputError: a file of that run was left, since it was changed, or cannot be written.
        OSError: the cache cannot be written.

    """
    with _lock(root):
        _finish(root, _read_plan(root))
        yield


def is_pending(root: Path) -> bool:
    """Tell whether a run is writing files, or was killed before it had finished."""
    return bool(files.kind_of(root / PENDING))


def check_finished(root: Path) -> None:
    """Wait for a run that is writing files.

    Raises:
        InputError: there is a plan and no run: it was killed.

    """
    if files.kind_of(root / PENDING) not in ("", files.FOLDER):
        files.expect(root / PENDING, root, files.FOLDER)
    plan = root / CACHE_FOLDER / f"{PLAN}.json"
    if files.kind_of(plan):
        with _lock(root):
            if files.kind_of(plan):
                problem = "a run was killed while it wrote files; run paramsync without --check, which finishes that first"
                raise InputError(Place(plan.relative_to(root).as_posix()), problem)


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    import logging  # as slow to import as all else, as is filelock

    make_folder(root)
    path = root / LOCK
    if files.kind_of(path) not in ("", files.FILE):
        files.expect(path, root, files.FILE)
    with warnings.catch_warnings(), files.naming(path):
        warnings.simplefilter("ignore")  # a system without locks has a file that names our process
        from filelock import FileLock, Timeout

        lock = FileLock(path, is_singleton=True)
        try:
            lock.acquire(timeout=SILENT_WAIT)
        except Timeout:
            logging.getLogger(__name__).warning("waiting for another run, which holds %s", LOCK)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


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


def _finish(root: Path, steps: Sequence[Step]) -> None:
    """Carry out the steps of the plan that is pending, if any, and remove it."""
    pending = root / PENDING
    if not files.kind_of(pending):
        return
    files.expect(pending, root, files.FOLDER)
    left = carry_out(steps, root, pending)
    (root / CACHE_FOLDER / f"{PLAN}.json").unlink(missing_ok=True)
    shutil.rmtree(pending)
    if left:
        (first, problem), *others = left.items()
        more = "".join(f"\n{InputError(Place(path), problem)}" for path, problem in others)
        raise InputError(Place(first), problem + more)


def _read_plan(root: Path) -> list[Step]:
    """Read the plan; no steps where it is not whole, or names what is not ours."""
    try:
        steps = [Step(*map(str, step)) for step in read_cache(root, PLAN) or ()]
    except TypeError:  # fields of another version of paramsync
        return []
    are_ours = all(_is_ours(step.path) and step.staged.isdecimal() for step in steps)
    return steps if are_ours else []


def _is_ours(path: str) -> bool:
    """Tell whether a plan may name a path: one of four files of `specs`, or a file in a folder of `specs` or `generated`."""
    parts = PurePosixPath(path).parts
    is_below = parts[:1] in OURS and len(parts) > 2 and ".." not in parts  # noqa: PLR2004 - a folder and a file
    try:
        return (is_below or path in (HISTORY, RELEASED, PROFILE, SCHEMA)) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False
