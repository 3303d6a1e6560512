"""Write the files of a run so that each is the old or the new one, even if the run is killed.

A run stages all that it will write, then writes a plan, then carries it out file by file; the next run finishes the plan of a run
that was killed. If the cache is deleted while a plan is pending, the files that are not yet in place are lost, and made again.
"""

import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path, PurePosixPath

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


def publish(root: Path, differences: Sequence[Difference]) -> None:
    """Write files. One that has changed since it was compared is not overwritten.

    Raises:
        InputError: a folder is in the place of a file, and nothing is written; or a file was left, and all others are written.
        OSError: nothing is written, since not all can be staged.

    """
    with lock(root):
        _check_places(root, differences)
        try:
            steps = _stage(root, _in_order(differences))
        except OSError:
            shutil.rmtree(root / PENDING, ignore_errors=True)
            raise
        _finish(root, steps)


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


def _in_order(differences: Sequence[Difference]) -> list[Difference]:
    """Sort so that readers find no page.json before its specs: what blocks a new path, the history, specs, page.json, removals."""
    new = {one.path.lower() for one in differences if one.after is not None}
    folders = {str(above) for path in new for above in PurePosixPath(path).parents}

    def key(one: Difference) -> tuple[bool, bool, bool, int, str]:
        path, goes = PurePosixPath(one.path.lower()), one.after is None
        is_in_the_way = goes and (str(path) in folders or not new.isdisjoint(map(str, (path, *path.parents))))
        return not is_in_the_way, goes, path.name == PAGE_JSON, len(path.parts), one.path

    return sorted(differences, key=key)


def _check_places(root: Path, differences: Sequence[Difference]) -> None:
    """Refuse a folder in the place of a new file, unless the files below it go."""
    going = (PurePosixPath(one.path) for one in differences if one.after is None)
    emptied = {str(above) for path in going for above in path.parents}
    for one in differences:
        if one.after is not None and one.path not in emptied and files.kind_of(root / one.path):
            files.expect(root / one.path, root, files.FILE)


def _stage(root: Path, differences: Sequence[Difference]) -> list[Step]:
    """Write all new files, and then the plan, whose steps are returned."""
    (root / PENDING).mkdir()
    steps = []
    for number, one in enumerate(differences):
        if one.after is not None:
            path = root / PENDING / str(number)
            with files.naming(path):
                path.write_bytes(one.after.encode(errors="surrogateescape"))
        steps.append(Step(one.path, digest(one.before), digest(one.after)))
    write_cache(root, PLAN, [astuple(step) for step in steps])
    return steps


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
    return steps if all(_is_ours(step.path) for step in steps) else []


def _is_ours(path: str) -> bool:
    """Tell whether a plan may name a path: one of four files of `specs`, or a file in a folder of `specs` or `generated`."""
    parts = PurePosixPath(path).parts
    is_below = parts[:1] in OURS and len(parts) > 2 and ".." not in parts  # noqa: PLR2004 - a folder and a file
    try:
        return (is_below or path in (HISTORY, RELEASED, PROFILE, SCHEMA)) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False
