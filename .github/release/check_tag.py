"""Check that a tag may be released: what it names is merged, has that version, and its changelog says what changed.

Prints the folders to build, one a line, and writes the changelog's section for this version as the notes of the release.
`v1.2.3` releases paramsync; `packages-v1.2.3` releases the generated packages, whose version follows from the specs' history.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

TAG = re.compile(r"(packages-)?v((?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2})", re.ASCII)
HISTORY = Path("specs/history.jsonl")
FOLDERS = {None: ["."], "packages-": ["generated/python", "generated/sandbox", "generated/typescript"]}


def main(tag: str, notes: str) -> int:
    """Print what is wrong with a tag, or the folders to build; return the exit code."""
    match = TAG.fullmatch(tag)
    if not match:
        print(f"{tag!a} is not a tag such as v1.2.3 or packages-v1.2.3", file=sys.stderr)
        return 1
    folders, version = FOLDERS[match[1]], match[2]
    released = _check_history(version) if match[1] else ()
    if problems := [*_check_commit(tag), *_check_versions(folders, version), *released]:
        print("\n".join(f"{tag}: {problem}" for problem in problems), file=sys.stderr)
        return 1
    Path(notes).write_text(find_section(Path(folders[0]), version), encoding="utf-8")
    print("\n".join(folders))
    return 0


def read_version(folder: Path) -> str:
    """Return the version that a package's manifest declares, itself or in a `version.py`."""
    if (manifest := folder / "package.json").exists():
        return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])
    facts = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    if "version" in facts["project"]:
        return str(facts["project"]["version"])
    source = (folder / facts["tool"]["hatch"]["version"]["path"]).read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    return found[1] if found else ""


def find_section(folder: Path, version: str) -> str:
    """Return what a package's changelog says of a version, without the heading; empty if it has no such section."""
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf"^## {re.escape(version)}(?:, .*)?$"
    found = re.search(rf"{heading}((?:\n(?!## ).*)*)", text, re.MULTILINE)
    return found[1].strip() + "\n" if found and found[1].strip() else ""


def _check_commit(tag: str) -> Iterator[str]:
    if _git("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}") != _git("rev-parse", "HEAD"):
        yield "HEAD is not the commit of this tag; check it out"
    if not _git("rev-parse", "--verify", "--quiet", "refs/remotes/origin/main^{commit}"):
        yield "there is no branch origin/main; fetch it"
    elif _git("merge-base", "HEAD", "refs/remotes/origin/main") != _git("rev-parse", "HEAD"):
        yield "the commit is not on main; merge it, and tag it there"


def _check_versions(folders: Sequence[str], version: str) -> Iterator[str]:
    for folder in map(Path, folders):
        if (found := read_version(folder)) != version:
            yield f"{folder}: the version is {found or 'missing'}; set it to {version}, or tag another commit"
        if not find_section(folder, version):
            yield f"{folder / 'CHANGELOG.md'} has no section '## {version}'; say there what changed"


def _check_history(version: str) -> Iterator[str]:
    """Check that `paramsync release` has entered the version: else the next one could have the same number."""
    lines = HISTORY.read_text(encoding="utf-8").splitlines() if HISTORY.exists() else []
    if not lines or not lines[-1].startswith(f'{{"version": "{version}"'):
        yield f"{HISTORY} does not end with {version}; run paramsync release, merge, and tag that commit"


def _git(*arguments: str) -> str:
    """Return what git prints; empty where there is no such tag or branch, or no common commit. Where git fails, it has said why."""
    done = subprocess.run(["git", *arguments], stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode not in (0, 1):
        sys.exit(1)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
