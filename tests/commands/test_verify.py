"""Validators are run against the vectors: those of each target that says how, and the target that templates/README.md shows.

Modules: verify.
"""

import re

import pytest

from paramsync.rendering import programs
from support.example import EXAMPLE
from support.hand_written import HAND_WRITTEN, to_tree
from support.names import TARGETS
from support.node import environment
from support.roots import PROJECT, Root
from support.small_root import put

FILE = re.compile(r"^`(templates/javascript/\S+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_each_target_that_says_how_agrees_with_the_vectors(root: Root) -> None:
    names = [name for name, target in TARGETS.items() if target.verify]
    ran = Root(EXAMPLE, root.capture).run("verify")
    assert (ran.code, ran.out) == (
        0,
        f"verify: {len(names)} of {len(names)} target ({', '.join(names)}) agree with the vectors\n",
    )


@pytest.mark.foreign
def test_the_target_that_the_docs_show_is_whole(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", environment()["PATH"])
    files = dict(FILE.findall((PROJECT / "templates/README.md").read_text(encoding="utf-8")))
    assert len(files) == 6
    root.add_target("vectors")
    put(root, files | {f"specs/{path}": text for path, text in to_tree(HAND_WRITTEN).items()})
    assert [root.run(verb).code for verb in ("generate", "verify")] == [0, 0]
    before = {*root.path.rglob("*")}

    root.edit("templates/javascript/target.toml", '"{v} < {limit}"', '"{v} <= {limit}"')
    assert [root.run(verb).code for verb in ("generate", "verify")] == [0, 1]
    told = root.run("verify").out
    assert told.startswith(
        "templates/javascript/target.toml: error: 'node verify.mjs {vectors}' failed (exit 1); "
    )
    assert '"code":"minimum"}' in told
    assert told.endswith("verify: 0 of 1 target (javascript) agree with the vectors\n")
    assert {*root.path.rglob("*")} == before


def test_a_program_that_hangs_is_named_with_how_long_it_ran(
    done: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = """[verify]\ncommands = [["python", "-c", "import time; time.sleep(600)"]]\n"""
    target = done.path / "templates/list/target.toml"
    put(done, {"templates/list/target.toml": target.read_text() + hangs})
    put(done, {"generated/vectors/a.json": "{}", "generated/list/a.txt": ""})
    monkeypatch.setattr(programs, "TIMEOUT", 1)
    ran = done.run("verify")
    said = "templates/list/target.toml: error: python does not end: it was stopped after 1 second; "
    assert (ran.code, said in ran.err) == (3, True), ran


# A program that makes another one, which fails.
MAKES = 'open("made", "w").write("#!/bin/sh\\ntest -d $1 && exit 7"); import os; os.chmod("made", 448)'
# What is done to a root with one target -> what `verify` says of it, and its exit code.
WRONG = {
    "": ("no target.toml has a [verify]; templates/README.md shows one", 2),
    "--target list": ("templates/list/target.toml has no [verify]; ", 2),
    "--target lits": ("there is no target 'lits'; did you mean 'list'?", 2),
    "[verify]\ncommands = [['x']]": ("generated/vectors is not there; run paramsync generate --target vectors first", 2),
    "[verify]\ncommands = [['there-is-no-such']]": ("the program 'there-is-no-such' is not installed; install it, or change", 3),
    f"[verify]\ncommands = [['python', '-c', '{MAKES}'], ['./made', '{{vectors}}']]": ("'./made {vectors}' failed (exit 7); mend what it says", 1),
    "[verify]\ncommands = [['./there-is-no-such']]": ("there is no program './there-is-no-such'; make it in the folder", 3),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_verified_is_told(done: Root, case: str) -> None:
    if case.startswith("["):
        target = done.path / "templates/list/target.toml"
        put(done, {"templates/list/target.toml": f"{target.read_text()}{case}\n"})
        (done.path / "generated/list").mkdir(parents=True, exist_ok=True)
    if "no-such" in case or "made" in case:
        put(done, {"generated/vectors/a.json": "{}", "generated/list/a.txt": ""})
    ran = done.run("verify", *(case.split() if case.startswith("--") else ()))
    said, code = WRONG[case]
    assert (ran.code, said in ran.out + ran.err) == (code, True), ran
