"""Whether git and the history agree: what a commit has released stays, and a number is used once. Reads files and asks git."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from paramsync.findings import InputError, Place, UsageError
from paramsync.paths import HISTORY, RELEASED
from paramsync.text import json_line
from paramsync.workspace import files
from paramsync.workspace.revisions import has_tag, is_in_repository, is_shallow, read_added_lines

TAG = "packages-v"  # before the version, in the tag of a release


def check_history(root: Path) -> None:
    """Raise an error where the history no longer has a line that a commit has added, as far as git can tell.

    Only the lines of first parents count: what a merge has brought from elsewhere, such as from the repository of which this is a
    fork, has numbers of its own.

    Raises:
        InputError: a line is gone or has changed; the message says how to get it back.

    """
    with suppress(UsageError):
        _check_lines(root)


def check_next_version(root: Path, version: str) -> None:
    """Raise an error where git cannot tell which numbers were used, or where the next one was.

    Raises:
        InputError: the clone is shallow, or there is a tag of that version.
        UsageError: git cannot read the repository, for the reason that it gives.

    """
    if not is_in_repository(root):
        return
    if is_shallow(root):
        problem = (
            "this clone is shallow, so it is unknown which versions were released; run git fetch --unshallow"
        )
        raise InputError(Place(HISTORY), problem)
    _check_lines(root)
    if has_tag(root, TAG + version):
        problem = (
            f"{version} is next, but the tag {TAG}{version} is there already; take {HISTORY} and {RELEASED} from the branch of "
            f"that tag (git checkout {TAG}{version} -- {HISTORY} {RELEASED})"
        )
        raise InputError(Place(HISTORY), problem)


def _check_lines(root: Path) -> None:
    known = {_normalize(line) for line in files.read_optional_text(root / HISTORY, root).split("\n")}
    for commit, line in read_added_lines(root, HISTORY):
        if line.strip() and _normalize(line) not in known:
            version = _find_version(line)
            restore = f"git checkout {commit[:12]} -- {HISTORY} {RELEASED}"
            problem = (
                f"no longer has all of {version or 'a version'} that commit {commit[:12]} released; what is released stays, and a "
                f"number is used once; run {restore}. To take back what it brought, revert specs/ and templates/ alone: that "
                "counts for the next version"
            )
            raise InputError(Place(HISTORY), problem)


def _normalize(line: str) -> str:
    """Return a line of JSON in one layout; any other text as it is."""
    try:
        return json_line(json.loads(line))
    except (ValueError, RecursionError):
        return line


def _find_version(line: str) -> str:
    with suppress(ValueError, RecursionError):
        value: Any = json.loads(line)
        return str(value.get("version", "")) if isinstance(value, dict) else ""
    return ""
