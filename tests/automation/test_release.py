"""What a tag may release, and what the archives of a release may hold; git and the second process are real."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.repositories import git
from support.roots import PROJECT, Ran

RELEASE = PROJECT / ".github" / "release"
PACKAGES = ("generated/python", "generated/sandbox", "generated/typescript")
MANIFEST = '[project]\nname = "{}"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "{}/version.py"\n'
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- Later.\n\n## {0}, 2026-11-28\n\n### New\n\n- All of it.\n\n## 0.0.9\n\n- Old.\n"
NPM = {
    "name": "acme-models",
    "bin": {"acme-models": "bin/acme-models.mjs"},
    "version": "2.0.0",
    "exports": {".": {"default": "./dist/a.js"}, "./models/*": "./dist/models/*.js"},
}
FILES = {
    "pyproject.toml": '[project]\nname = "acme-sync"\nversion = "1.2.3"\n',
    "CHANGELOG.md": CHANGELOG.format("1.2.3"),
    "acme.py": "acme = 1\n",
    "specs/history.jsonl": '{"version": "1.0.0"}\n{"version": "2.0.0"}\n',
    "generated/python/pyproject.toml": MANIFEST.format("acme-models", "models"),
    "generated/python/models/version.py": '__version__ = "2.0.0"\n',
    "generated/sandbox/pyproject.toml": MANIFEST.format("acme-sandbox", "sandbox"),
    "generated/sandbox/sandbox/version.py": '__version__ = "2.0.0"\n',
    "generated/typescript/package.json": json.dumps(NPM),
    "generated/typescript/bin/acme-models.mjs": "#!/usr/bin/env node\n",
    **{f"{folder}/CHANGELOG.md": CHANGELOG.format("2.0.0") for folder in PACKAGES},
}  # fmt: skip


def run(folder: Path, script: str, *arguments: str) -> Ran:
    command = [sys.executable, "-W", "error", RELEASE / script, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a clone of a repository with a tag for each kind of release."""
    write(tmp_path / "origin", FILES)
    git(tmp_path / "origin", "init", "--initial-branch=main")
    commit(tmp_path / "origin", {}, "v1.2.3", "packages-v2.0.0")
    git(tmp_path, "clone", "origin", "clone")
    return tmp_path / "clone"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def commit(folder: Path, files: Mapping[str, str], *tags: str) -> None:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--allow-empty", "--message", "by hand")
    for tag in tags:
        git(folder, "tag", "--force", tag)


# The tag


@pytest.mark.parametrize(("tag", "folders"), [("v1.2.3", ["."]), ("packages-v2.0.0", [*PACKAGES])])
def test_a_tag_names_the_folders_to_build_and_its_notes_are_the_changelogs(
    clone: Path, tag: str, folders: list[str]
) -> None:
    commit(clone, {}, "later")  # main goes on
    git(clone, "push", "origin", "HEAD:refs/heads/more")
    git(clone, "switch", "--detach", tag)
    ran = run(clone, "check_tag.py", tag, "notes.md")
    assert (ran.code, ran.out.splitlines(), ran.err) == (0, folders, "")
    assert (clone / "notes.md").read_text() == "### New\n\n- All of it.\n"


TAGS = ["", "1.2.3", "v1.2", "v1.2.3.4", "v1.2.3rc1", "v01.2.3", "v1.2.3\n", "v١.2.3", "packages-1.2.3", "x-v1.2.3", "--help", "v1.2.3;id"]  # fmt: skip
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "another version": ("v1.2.4", {}, ".: the version is 1.2.3; set it to 1.2.4, or tag another commit"),
    "a package of another version": (
        "packages-v2.0.0",
        {"generated/sandbox/sandbox/version.py": '__version__ = "2.0.1"\n'},
        "generated/sandbox: the version is 2.0.1",
    ),
    "a package without a version": (
        "packages-v2.0.0",
        {"generated/python/models/version.py": "\n"},
        "generated/python: the version is missing",
    ),
    "an npm package of another version": (
        "packages-v2.0.0",
        {"generated/typescript/package.json": json.dumps({**NPM, "version": "2"})},
        "generated/typescript: the version is 2",
    ),
    "no section": ("v1.2.3", {"CHANGELOG.md": CHANGELOG.format("1.2.30")}, "no section '## 1.2.3'"),
    "an empty section": ("v1.2.3", {"CHANGELOG.md": "## 1.2.3\n\n## 1.2.2\n\n- Old.\n"}, "no section '## 1.2.3'"),
    "a version that is only pending": (
        "packages-v2.0.0",
        {"specs/history.jsonl": '{"version": "1.0.0"}\n'},
        "specs/history.jsonl does not end with 2.0.0; run paramsync release, merge, and tag that commit",
    ),
    "a version that is not released": ("packages-v2.0.0", {"specs/history.jsonl": ""}, "does not end with 2.0.0"),
    "a section of a package": (
        "packages-v2.0.0",
        {"generated/python/CHANGELOG.md": CHANGELOG.format("2.0.0-1")},
        "generated/python/CHANGELOG.md has no section '## 2.0.0'; say there what changed",
    ),
}  # fmt: skip


def test_what_is_not_a_tag_of_a_release_is_refused(clone: Path) -> None:
    for tag in TAGS:
        ran = run(clone, "check_tag.py", tag, "notes.md")
        assert (ran.code, ran.out) == (1, ""), tag
        assert ran.err == f"{tag!a} is not a tag such as v1.2.3 or packages-v1.2.3\n"
    assert not (clone / "notes.md").exists()


def test_a_tag_that_manifests_or_changelogs_contradict_is_refused(clone: Path) -> None:
    for case, (tag, changes, problem) in REFUSED.items():
        commit(clone, {**FILES, **changes}, tag)
        git(clone, "push", "origin", "HEAD:refs/heads/main2")
        git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
        ran = run(clone, "check_tag.py", tag, "notes.md")
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1 + (tag == "v1.2.4")), case
        assert problem in ran.err, case
    assert not (clone / "notes.md").exists()


NOT_MERGED = "v1.2.3: the commit is not on main; merge it, and tag it there\n"
NO_MAIN = "v1.2.3: there is no branch origin/main; fetch it\n"
ELSEWHERE = "v1.2.3: HEAD is not the commit of this tag; check it out\n"


def test_a_commit_that_is_not_merged_or_not_the_tagged_one_is_refused(clone: Path) -> None:
    commit(clone, {"acme.py": "acme = 2\n"})
    assert run(clone, "check_tag.py", "v1.2.3", "notes.md").err == ELSEWHERE + NOT_MERGED
    git(clone, "tag", "--force", "v1.2.3")
    assert run(clone, "check_tag.py", "v1.2.3", "notes.md") == Ran(1, "", NOT_MERGED)
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert run(clone, "check_tag.py", "v1.2.3", "notes.md").code == 0
    git(clone, "tag", "--delete", "v1.2.3")
    git(clone, "branch", "v1.2.3")  # is no tag
    assert run(clone, "check_tag.py", "v1.2.3", "notes.md") == Ran(1, "", ELSEWHERE)
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    assert run(clone, "check_tag.py", "v1.2.3", "notes.md") == Ran(1, "", ELSEWHERE + NO_MAIN)


# The archives

TAR, WHEEL, PACK = "acme_models-2.0.0.tar.gz", "acme_models-2.0.0-py3-none-any.whl", "acme-models-2.0.0.tgz"
VERSION = FILES["generated/python/models/version.py"]
ARCHIVES: dict[str, dict[str, str]] = {
    TAR: {"acme_models-2.0.0/models/version.py": VERSION, "acme_models-2.0.0/PKG-INFO": "made"},
    WHEEL: {"models/version.py": VERSION, "acme_models-2.0.0.dist-info/licenses/LICENSE": "made"},
    PACK: {
        "package/package.json": json.dumps({**NPM, "repository": "made"}),
        "package/CHANGELOG.md": CHANGELOG.format("2.0.0"),
        "package/bin/acme-models.mjs": "#!/usr/bin/env node\n",
        "package/dist/a.js": "made",
        "package/dist/models/b.js": "made",
        "package/dist/models/b.d.ts": "made",
        "package/dist/models/b.d.ts.map": "made",
    },
}
BAD: dict[str, tuple[dict[str, dict[str, str]], list[str]]] = {
    "nothing": ({}, []),
    "one more": ({"acme.zip": {}}, ["acme.zip: unexpected"]),
    "a file that is not committed": (
        {WHEEL: {"models/a.py": "import os\n", "/etc/a.py": VERSION, "models/../../a.py": VERSION}, TAR: {"acme_models-2.0.0/.env": "KEY=1\n"}},
        [f"{WHEEL}: {path} is neither committed nor made by a build" for path in ("/etc/a.py", "models/../../a.py", "models/a.py")] + [ f"{TAR}: acme_models-2.0.0/.env is neither committed nor made by a build"],
    ),
    "a file that has changed": (
        {PACK: {"package/CHANGELOG.md": "x"}},
        [f"{PACK}: package/CHANGELOG.md is neither committed nor made by a build"],
    ),
    "a file of another kind": (
        {PACK: {"package/dist/a.node": "x", "package/dist/../a.js": "x", "package/node_modules/dist/a.js": "x"}},
        [f"{PACK}: package/{path} is neither committed nor made by a build" for path in ("dist/../a.js", "dist/a.node", "node_modules/dist/a.js")],
    ),
    "a link": ({TAR: {"acme_models-2.0.0/a": "-> /etc/passwd"}}, [f"{TAR}: acme_models-2.0.0/a is neither committed nor made by a build"]),
    "a program that is not there": (
        {PACK: {"package/package.json": json.dumps({**NPM, "bin": {"acme-models": "bin/other.mjs"}})}},
        [f"{PACK}: bin/other.mjs is missing"],
    ),
    "an export without its file": (
        {PACK: {"package/package.json": json.dumps({**NPM, "exports": {"./c": "./dist/c.js", "./x/*": {"import": {"types": "./dist/x/*.d.ts"}}}})}},
        [f"{PACK}: ./dist/c.js is missing", f"{PACK}: ./dist/x/*.d.ts is missing"],
    ),
}  # fmt: skip


def write_archive(path: Path, files: Mapping[str, str]) -> None:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in files.items():
                wheel.writestr(name, content)
        return
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            if content.startswith("-> "):
                entry.type, entry.linkname = tarfile.SYMTYPE, content[3:]
            else:
                entry.size = len(content.encode())
            packed.addfile(entry, io.BytesIO(content.encode()))


def test_the_archives_of_a_release_hold_what_is_committed_and_what_a_build_adds(
    clone: Path, tmp_path: Path
) -> None:
    for case, (changes, problems) in BAD.items():
        (built := tmp_path / case).mkdir()
        for name in {**ARCHIVES, **changes}:
            write_archive(built / name, {**ARCHIVES.get(name, {}), **changes.get(name, {})})
        ran = run(clone, "check_contents.py", str(built), "generated/python", "generated/typescript")
        assert ran.err == ""
        if problems:
            assert (ran.code, ran.out.splitlines()) == (1, sorted(problems)), case
        else:
            assert (ran.code, ran.out) == (0, "contents: 3 archives in order\n")
    (tmp_path / "nothing" / PACK).unlink()
    ran = run(
        clone, "check_contents.py", str(tmp_path / "nothing"), "generated/python", "generated/typescript"
    )
    assert (ran.code, ran.out) == (1, f"{PACK}: missing\n")
