"""One side of a comparison: the specs and pages of a root folder, or of a revision that git knows."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from paramsync.findings import UsageError
from paramsync.text import Tree
from paramsync.workspace import files

WANTED = re.compile(
    r"specs/(profile\.toml|spec\.schema\.json|[A-Za-z0-9][\w.-]*/([\w.-]+\.json|page\.(md|html|txt)))",
    re.ASCII,
)
BLOB = re.compile(rb"[0-9a-f]+ blob (\d+)\n")
# Where a hook runs us, these variables point to the repository of the hook.
HOOK_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
)


def read_root(root: Path) -> Tree:
    """Read the specs and pages of a root folder, by their paths below it.

    Raises:
        InputError: one of them is no regular file.

    """
    folders = ("specs", *(f"specs/{name}" for name in files.list_folders(root / "specs", root)))
    return {
        f"{folder}/{name}": text
        for folder in folders
        for name, text in files.read_files(root / folder, root, _is_wanted_in(folder)).items()
    }


def read_revision(root: Path, revision: str) -> Tree:
    """Read the specs and pages of a root as they stood at a revision of its repository; links are left out.

    Raises:
        UsageError: git is not installed, the root is in no repository, there is no such revision, or git cannot read it.

    """
    above = find_root_path(root)
    if above is None:
        raise UsageError(
            f"{root} is in no git repository, so {revision!r} is no revision; give a root folder"
        )
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageError(
            f"{revision!r} is neither a root folder, with specs/ in it, nor a revision of the repository of {root}"
        )
    name = commit.decode().strip()
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", name, "--", f"{above}specs/")
    blobs = dict(_wanted((listed or b"").decode(errors="surrogateescape"), above))
    blob_names = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    batch = _git(root, "cat-file", "--batch", given=blob_names)
    contents = [*_split(batch or b"")]
    if listed is None or batch is None or len(contents) < len(blobs):
        raise UsageError(f"git cannot read all of {revision!r} in the repository of {root}; ask git fsck why")
    return {
        path: content.decode(errors="surrogateescape") for path, content in zip(blobs, contents, strict=True)
    }


def find_root_path(root: Path) -> str | None:
    """Return the path of a root below the top of its repository, with a slash at its end; None if it is in none."""
    output = _git(root, "rev-parse", "--show-prefix")
    return None if output is None else output.decode(errors="surrogateescape").removesuffix("\n")


def _is_wanted_in(folder: str) -> Callable[[str], bool]:
    return lambda name: WANTED.fullmatch(f"{folder}/{name}") is not None


def _wanted(listed: str, above: str) -> Iterator[tuple[str, str]]:
    """Return the path below the root and the blob of each file that is wanted."""
    for entry in listed.split("\0"):
        facts, _, path = entry.partition("\t")
        mode, _, blob = facts.partition(" blob ")
        if mode in {"100644", "100755"} and WANTED.fullmatch(path.removeprefix(above)):
            yield path.removeprefix(above), blob


def _split(batch: bytes) -> Iterator[bytes]:
    """Split the output of `cat-file --batch`, as far as it is complete: a line with a size, so many bytes, a line feed."""
    at = 0
    while head := BLOB.match(batch, at):
        yield batch[head.end() : (at := head.end() + int(head[1]))]
        at += 1


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """Return the output of a git command that runs no hook and no filter; None if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in HOOK_VARIABLES}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, env=environment, input=given, capture_output=True, check=False
        )
    except OSError as error:
        raise UsageError(
            f"git cannot be run ({error.strerror}); install it, or give two root folders"
        ) from None
    return done.stdout if done.returncode == 0 else None
