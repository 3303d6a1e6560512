"""Check the archives of a release: the expected ones, and in them only committed files and what a build adds.

Run in the repository with the folder of the archives and the folders they were built from; prints what is wrong.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from check_tag import read_version

# What a build adds: metadata of Python, and of npm the compiled modules and a manifest with the repository in it.
ADDED = re.compile(
    r"[\w.-]+\.dist-info/[\w./-]+|[\w.-]+/PKG-INFO|package/(dist/[\w./-]+\.(js|d\.ts)(\.map)?|package\.json)"
)


def main(built: str, *folders: str) -> int:
    """Print what is wrong with the archives; return the exit code."""
    expected = {name for folder in folders for name in expected_archives(Path(folder))}
    found = {path.name: path for path in Path(built).iterdir()}
    problems = [
        f"{name}: {'missing' if name in expected else 'unexpected'}" for name in expected ^ found.keys()
    ]
    committed = _list_blobs()
    for name in sorted(expected & found.keys()):
        files = dict(read_archive(found[name]))
        problems += [
            f"{name}: {path} is neither committed nor made by a build"
            for path, content in files.items()
            if _leads_out(path) or not (ADDED.fullmatch(path) or _blob(content) in committed)
        ]
        problems += [f"{name}: {path} is missing" for path in _find_missing(files)]
    print("\n".join(sorted(problems)) or f"contents: {len(expected)} archives in order")
    return 1 if problems else 0


def expected_archives(folder: Path) -> list[str]:
    """Return the names of the archives that a package is built to."""
    version = read_version(folder)
    if (manifest := folder / "package.json").exists():
        return [f"{json.loads(manifest.read_text(encoding='utf-8'))['name']}-{version}.tgz"]
    facts = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    name = facts["project"]["name"].replace("-", "_")
    return [f"{name}-{version}.tar.gz", f"{name}-{version}-py3-none-any.whl"]


def read_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file in a wheel or a tar; of what is not a file, such as a link, no content."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
        return
    with tarfile.open(path) as packed:
        for entry in packed:
            file = packed.extractfile(entry) if entry.isreg() else None
            yield entry.name, file.read() if file else b"not a file"


def _leads_out(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/")


def _find_missing(files: dict[str, bytes]) -> Iterable[str]:
    """Return the modules and programs that npm's manifest promises and that are not there."""
    manifest = json.loads(files.get("package/package.json", b"{}"))
    targets = {*_list_targets([manifest.get("exports", {}), manifest.get("bin", {})])}
    modules = "\n".join(files)
    for target in sorted(targets):
        pattern = re.escape(f"package/{target.removeprefix('./')}").replace(r"\*", "[^/]+")
        if not re.search(f"^{pattern}$", modules, re.MULTILINE):
            yield target


def _list_targets(promised: object) -> Iterator[str]:
    """List the paths in a manifest's exports, whatever conditions they stand under."""
    if isinstance(promised, dict):
        promised = [*promised.values()]
    if not isinstance(promised, list):
        yield str(promised)
        return
    for one in promised:
        yield from _list_targets(one)


def _list_blobs() -> set[str]:
    command = ["git", "ls-tree", "-r", "--object-only", "HEAD"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if listed.returncode:
        sys.exit(1)  # git has said why
    return set(listed.stdout.decode().split())


def _blob(content: bytes) -> str:
    """Return the id that git gives to some content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
