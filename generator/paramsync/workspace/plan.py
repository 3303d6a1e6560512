"""A plan: which files are written or removed, in which order. A step that is done already is not done again."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paramsync.text import unify_line_ends
from paramsync.workspace import files

LENGTH = 32  # hex digits of a digest
RETRY_PAUSES = 20 * [0.05]  # seconds, for all files together: Windows lets nobody replace a file in use


@dataclass(frozen=True, slots=True)
class Step:
    """A file that a plan writes or removes, and the digests of its content before and after; empty where there is no file.

    `staged` is the name of the file with its new content.
    """

    path: str
    before: str
    after: str
    staged: str


def digest(text: str | None) -> str:
    """Digest the text of a file, whatever its line ends are; empty where there is no file."""
    if text is None:
        return ""
    return _digest(unify_line_ends(text).encode(errors="surrogateescape"))


def digest_file(path: Path, root: Path) -> str:
    """Digest the text of a regular file, as `digest` does.

    Raises:
        InputError: it is missing, something else, or cannot be read.

    """
    content = files.read_bytes(path, root)
    if b"\r\n" in content:
        return digest(content.decode(errors="surrogateescape"))
    return _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:LENGTH]  # a plan may name a hundred thousand files


def carry_out(steps: Sequence[Step], root: Path, folder: Path) -> dict[str, str]:
    """Do each step, with its new content from a folder. Return the reason for each path that was left as it is."""
    pauses, sound = iter(RETRY_PAUSES), set[Path]()
    new = {step.path.lower() for step in steps if step.after}
    left = {}
    for step in steps:
        may_be_another = not step.after and step.path.lower() in new
        if may_be_another and not _is_spelled_so(root, step.path):
            continue  # on a disk that ignores case, this path is the new file
        if problem := _take_step(root, step, folder / step.staged, pauses, sound):
            left[step.path] = problem
    return left


def _is_spelled_so(root: Path, path: str) -> bool:
    """Tell whether a file is there in just these characters, also where the system takes others for the same."""
    paths = [root / path, *(root / above for above in PurePosixPath(path).parents[:-1])]
    return all(one.parent.is_dir() and one in one.parent.iterdir() for one in paths)


def _take_step(root: Path, step: Step, staged: Path, pauses: Iterator[float], sound: set[Path]) -> str:
    """Do a step unless it is done already; return the reason if it cannot be done. No link leads to the folders that are `sound`."""
    path = root / step.path
    try:
        found = _digest_there(root, path, sound)
        if found not in (step.before, step.after):
            return "was changed while paramsync wrote files, and is left as it is; run paramsync again"
        if found != step.after and step.after:
            if _digest_there(root, staged, sound) != step.after:
                return "cannot be written: its staged file is missing or damaged; run paramsync again"
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
            _retry(lambda: staged.replace(path), pauses)
        elif found != step.after:
            _retry(path.unlink, pauses)
        if not step.after:
            _remove_empty(root, path.parent)
    except OSError as error:
        return f"cannot be {'written' if step.after else 'removed'}: {error.strerror}; run paramsync again"
    return ""


def _retry(action: Callable[[], object], pauses: Iterator[float]) -> None:
    """Retry an action that may fail for a moment, while there are pauses left."""
    while True:
        try:
            action()
        except PermissionError:
            if not (pause := next(pauses, 0)):
                raise
            time.sleep(pause)
        else:
            return


def _digest_there(root: Path, path: Path, sound: set[Path]) -> str:
    """Digest a file as it is: empty where there is none; anything else, or a file below a link, equals no digest."""
    if path.parent not in sound:
        folders = [path.parent, *path.parent.parents]
        if any(files.kind_of(one) == files.LINK for one in folders[: folders.index(root)]):
            return files.LINK
        sound.add(path.parent)
    kind = files.kind_of(path)
    if kind == files.FILE:
        return digest_file(path, root)
    return "" if kind in ("", files.FOLDER) else kind


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove a folder, and those that it is in, as long as they are empty; `specs` and `generated` stay."""
    while folder.parent != root and files.kind_of(folder) in ("", files.FOLDER):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # the killed run has removed it
        except OSError:
            return
        folder = folder.parent
