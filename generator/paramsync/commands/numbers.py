"""Whether each version that a commit has released is still in the history: its number must not be used again. Asks git."""

import re
from pathlib import Path

from paramsync.findings import InputError, Place
from paramsync.paths import HISTORY, RELEASED
from paramsync.workspace import files
from paramsync.workspace.revisions import read_added_lines

VERSION_OF_LINE = re.compile(r'^\{"version": "([0-9.]+)"', re.MULTILINE)


def check_numbers(root: Path) -> None:
    """Raise an error where the history of a root no longer has a version that git knows; no other repository's numbers count.

    Raises:
        InputError: a version is gone; the message says how to get it back.

    """
    known = {*VERSION_OF_LINE.findall(files.read_optional_text(root / HISTORY, root))}
    for commit, line in read_added_lines(root, HISTORY):
        found = VERSION_OF_LINE.match(line)
        if found and found[1] not in known:
            restore = f"git checkout {commit[:12]} -- {HISTORY} {RELEASED}"
            problem = (
                f"no longer has {found[1]}, which commit {commit[:12]} released, and a number is used once; run {restore}. "
                "To take back what it brought, revert specs/ and templates/ alone: that counts for the next version"
            )
            raise InputError(Place(HISTORY), problem)
