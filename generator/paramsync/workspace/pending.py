"""The plan that is pending, and the lock under which it is carried out: by the run that has written it or, if that is killed, by the next one."""

import os
import shutil
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path, PurePosixPath

from paramsync.findings import InputError, Place
from paramsync.paths import HISTORY, PROFILE, RELEASED, SCHEMA
from paramsync.workspace import files
from paramsync.workspace.cache import CACHE_FOLDER, make_folder, read_cache, write_cache
from paramsync.workspace.plan import Step, carry_out

LOCK = f"{CACHE_FOLDER}/lock"
PENDING = f"{CACHE_FOLDER}/pending"
PLAN = "pending/plan"  # as the cache names it
OURS = (("specs",), ("generated",))  # a plan names nothing else
SILENT_WAIT = 2  # seconds for which a run waits for another without saying so


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
        finish_steps(root, _read_plan(root))
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


def write_plan(root: Path, steps: Iterable[Step]) -> None:
    """Write a plan, which is pending from then on; its files are in the folder `PENDING`.

    Raises:
        OSError: it cannot be written.

    """
    write_cache(root, PLAN, [astuple(step) for step in steps])


def finish_steps(root: Path, steps: Sequence[Step]) -> None:
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
