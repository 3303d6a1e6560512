"""The branch of a pull request: up to three commits, made without a working tree, hooks, filters or a shell."""

import base64
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archive import ArchiveError, quote
from proposal import OVERLAYS, SOURCES, SPECS, Proposal

BRANCHES = {"review": "paramsync/drift", "wording": "paramsync/drift-wording"}
AUTHOR = "github-actions[bot]"
MAIL = "41898282+github-actions[bot]@users.noreply.github.com"
SUBJECTS = {
    "sources": "Save the pages, and what describes their models, as the vendor has them",
    "specs": "Read the specs from the saved pages",
    "generated": "Generate what the specs say",
}
MADE = "refs/paramsync/made"
SEEN = "refs/paramsync/seen"


@dataclass(frozen=True)
class Repository:
    """A clone whose `origin` gets the branch of a kind of proposal; the token is for origin, where it asks for one."""

    path: Path
    branch: str
    token: str = ""
    server: str = "https://github.com"

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """Run git; return its output."""
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *arguments],
            cwd=self.path,
            env={**os.environ, **self._login()},
            input=given,
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.decode(errors="surrogateescape")

    def _login(self) -> dict[str, str]:
        """Return variables that pass the token to git, where neither a process list nor a file shows it."""
        if not self.token:
            return {}
        login = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self.server}/.extraheader",
            "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {login}",
        }


def make_commits(repository: Repository, proposal: Proposal) -> str:
    """Make the proposed commits on top of HEAD; return the id of the last one, or "" if nothing changes.

    Raises:
        ArchiveError: the proposal is based on another commit, or changes what only people change.

    """
    base = repository.git("rev-parse", "HEAD").strip()
    if base != proposal.base:
        raise ArchiveError(f"made from commit {proposal.base}, but HEAD is {base}")
    blobs = _blobs(repository, base)
    _check_changes(proposal, blobs)
    groups = _group_changes(proposal, blobs)
    if not groups:
        return ""
    # The date of the parent, so that the same input makes the same commits.
    date = repository.git("show", "--no-patch", "--format=%ct", base).strip()
    head = f"feature done\nreset {MADE}\nfrom {base}\n\n".encode()
    given = head + b"".join(_commit(date, *group) for group in groups) + b"done\n"
    repository.git("fast-import", "--quiet", "--force", "--date-format=raw", given=given)
    return repository.git("rev-parse", MADE).strip()


def push_commits(repository: Repository, made: str) -> tuple[str, str]:
    """Push the commits to the remote's branch; return what happened, and the branch's last commit.

    It was `new`, `updated`, `same` (it has these changes already, in these commits) or `taken` (somebody else has added commits,
    and it stays as it is).
    """
    seen = fetch_branch(repository)
    base = repository.git("rev-parse", "HEAD").strip()
    if seen:
        root = repository.git("merge-base", base, seen).strip()
        if _is_taken(repository, root, seen):
            return "taken", seen
        if _describe(repository, root, seen) == _describe(repository, base, made):
            return "same", seen
    _push(repository, made, seen)
    return "updated" if seen else "new", made


def is_taken(repository: Repository) -> bool:
    """Tell whether somebody else has added commits to the remote's branch."""
    seen = fetch_branch(repository)
    return bool(seen) and _is_taken(repository, repository.git("merge-base", "HEAD", seen).strip(), seen)


def find_pages(repository: Repository) -> set[str]:
    """Return the folders in specs/ that the remote's branch changes."""
    if not (seen := fetch_branch(repository)):
        return set()
    changed = repository.git("diff", "--name-only", "-z", "--no-renames", f"HEAD...{seen}", "--", "specs")
    return page_folders(changed.split("\0"))


def page_folders(paths: Iterable[str]) -> set[str]:
    """Return the names of the folders of pages among some paths."""
    return {path.split("/")[1] for path in paths if path.startswith("specs/") and path.count("/") > 1}


def read_base(repository: Repository) -> Callable[[str], str]:
    """Return a way to read the text of a file as it stands so far; empty where there is none."""
    blobs = _blobs(repository, "HEAD")
    return lambda path: repository.git("cat-file", "blob", blobs[path]) if path in blobs else ""


def remove_branch(repository: Repository) -> None:
    """Remove the branch from the remote, if it exists."""
    if seen := fetch_branch(repository):
        _push(repository, "", seen)


def fetch_branch(repository: Repository) -> str:
    """Fetch the remote's branch; return the id of its last commit, or "" if there is no such branch."""
    if not repository.git("ls-remote", "origin", f"refs/heads/{repository.branch}"):
        return ""
    repository.git("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{repository.branch}:{SEEN}")
    return repository.git("rev-parse", SEEN).strip()


def _push(repository: Repository, commit: str, seen: str) -> None:
    lease = f"--force-with-lease=refs/heads/{repository.branch}:{seen}"  # fails if it has changed since
    repository.git(
        "push", "--quiet", "--no-verify", lease, "origin", f"{commit}:refs/heads/{repository.branch}"
    )


def _describe(repository: Repository, root: str, tip: str) -> str:
    """Return the subjects of some commits, and which files each changes from what to what."""
    options = ("--format=%x00%s", "--raw", "-z", "--no-renames", "--no-abbrev", "--reverse")
    return repository.git("log", *options, f"{root}..{tip}")


def _is_taken(repository: Repository, root: str, tip: str) -> bool:
    return set(repository.git("log", "--format=%ce", f"{root}..{tip}").split("\n")) - {"", MAIL} != set()


def _group_changes(
    proposal: Proposal, blobs: Mapping[str, str]
) -> list[tuple[str, list[str], dict[str, bytes]]]:
    """Return the subject, the removed paths and the written files of each commit that changes something."""
    groups = []
    for name, subject in SUBJECTS.items():
        removed = sorted(path for path in proposal.removed if _group(path) == name)
        files = [(path, content) for path, content in sorted(proposal.files.items()) if _group(path) == name]
        changed = {path: content for path, content in files if _blob(content) != blobs.get(path)}
        if removed or changed:
            groups.append((subject, removed, changed))
    return groups


def _group(path: str) -> str:
    if SOURCES.fullmatch(path) or OVERLAYS.fullmatch(path):
        return "sources"
    return "specs" if SPECS.fullmatch(path) else "generated"


def _commit(date: str, subject: str, removed: Iterable[str], changed: Mapping[str, bytes]) -> bytes:
    """Write a commit for `git fast-import`; subjects are ours and paths are checked, so none needs quotes."""
    who = f"{AUTHOR} <{MAIL}> {date} +0000"
    head = f"commit {MADE}\nauthor {who}\ncommitter {who}\ndata {len(subject)}\n{subject}\n"
    removals = "".join(f"D {path}\n" for path in removed)
    files = (
        f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        for path, content in changed.items()
    )
    return head.encode() + removals.encode() + b"".join(files)


def _check_changes(proposal: Proposal, blobs: Mapping[str, str]) -> None:
    if unknown := proposal.removed - blobs.keys():
        raise ArchiveError(f"{min(unknown)} is removed, but does not exist")
    _check_together({*blobs} - proposal.removed | proposal.files.keys())
    arrived = sorted(_blob(proposal.files[path]) for path in proposal.files if OVERLAYS.fullmatch(path))
    left = sorted(blobs[path] for path in proposal.removed if OVERLAYS.fullmatch(path))
    if arrived != left:
        raise ArchiveError("an overlay has changed; it may only move with its page")
    for path, content in proposal.files.items():
        template = blobs.get(path.replace("generated/", "templates/", 1))
        if template and path.startswith("generated/") and _blob(content) != template:
            raise ArchiveError(f"{path} is copied from templates/, but differs from it")


def _check_together(paths: Iterable[str]) -> None:
    """Check that no file is also a folder, nor differs from another in case only."""
    ours = sorted(path.lower().split("/") for path in paths if path.startswith(("specs/", "generated/")))
    for one, other in pairwise(ours):
        if other[: len(one)] == one:
            raise ArchiveError(f"{quote('/'.join(one))} and {quote('/'.join(other))} cannot both be files")


def _blobs(repository: Repository, commit: str) -> dict[str, str]:
    """Return the id of the content of each file of a commit."""
    entries = repository.git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    return {
        path: facts.split(" ")[2] for facts, _, path in (entry.partition("\t") for entry in entries if entry)
    }


def _blob(content: bytes) -> str:
    """Return the id that git gives to a content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
