"""One side of a comparison: the specs, pages and notes of a root folder, or of a revision that git knows."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from paramsync.findings import UsageError, shorten_lines
from paramsync.paths import is_spec_file
from paramsync.text import Tree, collapse_whitespace
from paramsync.workspace import files

WANTED = re.compile(
    r"specs/(profile\.toml|spec\.schema\.json|(history|released)\.jsonl|[A-Za-z0-9][\w.-]*/([\w.-]+\.json|[\w.-]+\.llm\.md|page\.(md|html|txt)))"
    r"|templates/notes/[\w.-]+\.toml",
    re.ASCII,
)
SHALLOW = "this clone is shallow: git fetch --deepen=N gets older commits, git fetch --unshallow all"
IGNORED = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "--")
ADDED_LINES = (
    *("--first-parent", "-m", "--format=commit %H", "-p", "--unified=0"),
    *("--no-ext-diff", "--no-textconv", "--no-color"),
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


class GitError(UsageError):
    """Git has failed; the message is what it says, in one line."""


def read_root(root: Path) -> Tree:
    """Read the specs, pages and notes of a root folder, by their paths below it.

    Raises:
        InputError: one of them is no regular file.

    """
    pages = [f"specs/{name}" for name in files.list_folders(root / "specs", root)]
    notes = ["templates/notes"] if (root / "templates/notes").is_dir() else []
    folders = ("specs", *pages, *notes)
    return {
        f"{folder}/{name}": text
        for folder in folders
        for name, text in files.read_files(root / folder, root, _is_wanted_in(folder)).items()
    }


def read_revision(root: Path, revision: str) -> Tree:
    """Read the specs, pages and notes of a root as they stood at a revision of its repository; links are left out.

    Raises:
        UsageError: git cannot be run, or cannot read the revision, for the reason that it gives.

    """
    try:
        above = _find_prefix(root)
        commit = _find_commit(root, revision)
        listed = _git(
            root,
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            commit,
            "--",
            f"{above}specs/",
            f"{above}templates/notes/",
        )
        return _read_blobs(root, dict(_wanted(listed.decode(errors="surrogateescape"), above)))
    except GitError as error:
        raise UsageError(
            f"{revision!r} is neither a root folder, with specs/ in it, nor a revision that git can read in {root}; {error}"
        ) from None


def specs_of(side: Tree) -> Tree:
    """Return the JSON files of the pages' folders, by their paths below `specs/`."""
    below = {path.removeprefix("specs/"): text for path, text in side.items() if path.startswith("specs/")}
    return {path: text for path, text in below.items() if is_spec_file(path) and "/" in path}


def find_root_path(root: Path) -> str:
    """Return the path of a root below the top of its repository, with a slash at its end; empty if it is in none.

    Raises:
        UsageError: git cannot be run, or cannot read the repository, for the reason that it gives.

    """
    return _find_prefix(root) if is_in_repository(root) else ""


def read_added_lines(root: Path, path: str) -> list[tuple[str, str]]:
    """Read the lines that commits have added to a file of a root, each with the id of its commit, the newest first.

    Only the line of first parents counts: what a merge has brought from elsewhere was perhaps resolved. There are none where the root
    is in no repository, or in one without a commit.

    Raises:
        UsageError: git cannot be run, or cannot read the repository, for the reason that it gives.

    """
    if not is_in_repository(root) or not _has_commit(root):
        return []
    commit, found = "", []
    for line in _git(root, "log", *ADDED_LINES, "--", path).decode(errors="surrogateescape").split("\n"):
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.startswith("+") and not line.startswith("+++ "):
            found.append((commit, line[1:].removesuffix("\r")))
    return found


def is_shallow(root: Path) -> bool:
    """Tell whether older commits were left out of a clone."""
    return _git(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def has_tag(root: Path, name: str) -> bool:
    """Tell whether a repository has a tag."""
    return bool(_git(root, "tag", "--list", name))


def can_stash(root: Path, folder: str) -> bool:
    """Tell whether git can put away what has changed in a folder of a root: not before the first commit, nor where it is ignored."""
    try:
        ignored = (
            _git(root, *IGNORED, f"{folder}/").splitlines()
            if is_in_repository(root)
            else [f"{folder}/".encode()]
        )
        return f"{folder}/".encode() not in ignored and _has_commit(root)
    except UsageError:
        return False


def _has_commit(root: Path) -> bool:
    return bool(_git(root, "rev-list", "--all", "--max-count=1"))


def is_in_repository(root: Path) -> bool:
    """Tell whether a folder is in a repository, without asking git."""
    return find_repository(root) is not None


def find_repository(root: Path) -> Path | None:
    """Find the top of the repository that a folder is in, without asking git."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def _find_prefix(root: Path) -> str:
    return _git(root, "rev-parse", "--show-prefix").decode(errors="surrogateescape").removesuffix("\n")


def _find_commit(root: Path, revision: str) -> str:
    try:
        found = _git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except GitError as error:
        if not is_shallow(root):
            raise
        raise GitError(f"{error}; {SHALLOW}") from None
    return found.decode().strip()


def _read_blobs(root: Path, blobs: Mapping[str, str]) -> Tree:
    """Read blobs by their paths."""
    batch = _git(root, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs.values()).encode())
    contents = [*_split(batch)]
    if len(contents) < len(blobs):
        lost = [*blobs.values()][len(contents)]
        raise GitError(f"git says: {lost} missing; git fsck shows what else is")
    return {
        path: content.decode(errors="surrogateescape") for path, content in zip(blobs, contents, strict=True)
    }


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


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Return the output of a git command that runs no hook and no filter.

    Raises:
        GitError: the command fails.
        UsageError: there is no git.

    """
    environment = {name: value for name, value in os.environ.items() if name not in HOOK_VARIABLES}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, env=environment, input=given, capture_output=True, check=False
        )
    except OSError as error:
        raise UsageError(
            f"git cannot be run ({error.strerror}); install it, or give two root folders"
        ) from None
    if done.returncode:
        said = shorten_lines(collapse_whitespace(done.stderr.decode(errors="backslashreplace")))
        raise GitError(f"git says: {said}" if said else f"git says nothing, and ended with {done.returncode}")
    return done.stdout
