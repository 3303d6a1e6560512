"""What git says of a working tree."""

import subprocess
from pathlib import Path

HERE = Path()


def git(*arguments: str, tree: Path = HERE) -> str:
    """Run git; return its output."""
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=tree, stdout=subprocess.PIPE, encoding="utf-8", errors="surrogateescape", check=True
    )
    return done.stdout


def find_commit(tree: Path = HERE) -> str:
    """Return the id of the commit."""
    return git("rev-parse", "HEAD", tree=tree).strip()


def list_changed(*places: str, tree: Path = HERE) -> list[str]:
    """List the files at some places that differ from the commit, new and removed ones included."""
    options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *places)
    return [entry[3:] for entry in git("status", *options, tree=tree).split("\0") if entry]
