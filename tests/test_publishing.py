"""What a run writes: whole or not at all, the same bytes everywhere, quickly and quietly."""

import datetime as dt
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from conftest import CASES, Ran, Root
from paramsync.cli import main
from paramsync.commands import generate, scrape  # noqa: F401 (see `crash`)
from small import (
    HEADER,
    TOP,
    Files,
    everything,
    forget,
    put,
    section,
    start,
)

# Determinism

CHANGES_NOTHING: dict[str, dict[str, str]] = {
    "hash seed 0, C": {"PYTHONHASHSEED": "0", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"},
    "hash seed 1, UTF-8": {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
    "hash seed 4242, Turkish": {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a formatter's settings of the user": {"XDG_CONFIG_HOME": "home", "HOME": "home"},
    "a formatter's settings around the temporary folder": {"TMPDIR": "home/ruff"},
}


@pytest.mark.parametrize("case", CHANGES_NOTHING)
def test_the_same_input_gives_the_same_bytes_anywhere(
    root: Root, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    for target in ("docs", "python"):
        root.add_target(target)
    for name, form in (
        ("2026-04-15-audio-generation-minimax", "folded.txt"),
        ("2026-04-09-video-generation-runway-ml", "readme.html"),
    ):
        root.add_page(name, (CASES / name / form).read_bytes(), form.split(".")[1])
    other = Root(tmp_path_factory.mktemp("other"), root.capture)
    for path in sorted(root.path.rglob("*"), reverse=True):  # another order of creation, and other times
        copy = other.path / path.relative_to(root.path)
        if path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            os.utime(copy, (0, 0))
    assert root.run("scrape").code == root.run("generate").code == 0
    home = tmp_path_factory.mktemp("home")
    (home / "ruff").mkdir()
    (home / "ruff/ruff.toml").write_text("line-length = 40\nformat.quote-style = 'single'\n")
    environment = {name: text.replace("home", str(home), 1) for name, text in CHANGES_NOTHING[case].items()}
    for verb in ("scrape", "generate"):
        process = start(other, verb, **environment)
        said, problem = process.communicate()
        assert (process.returncode, problem) == (0, ""), said
    found = everything(other)
    assert found == everything(root)
    for unwanted in (str(root.path), str(other.path), dt.datetime.now(dt.UTC).date().isoformat()):
        assert not [path for path, content in found.items() if unwanted.encode() in content]


def test_what_is_said_has_the_same_order_under_any_hash_seed(root: Root) -> None:
    twice = "**Capabilities:** `b`\n\n**LLM Markdown:** <https://x>\n\n**LLM Markdown:** <https://x>\n\n"
    root.add_page(
        "page", section("alpha").replace(HEADER, twice + HEADER.replace("Min", "Min | New | Newer"))
    )
    assert len({root.run_process("explain", "alpha", PYTHONHASHSEED=str(seed)).out for seed in range(4)}) == 1


# Whole or not at all


WRITING = "os.mkdir os.rename os.remove os.rmdir os.chmod os.link os.symlink os.truncate ctypes.dlsym"


def crash(verb: str, root: str, copies: str, way: str) -> None:
    """Run a verb over copies of a root, and let each run die later than the one before, until one gets through.

    The modules that a run imports are imported once, by this file.
    """
    for number in count(1):
        copy = shutil.copytree(root, f"{copies}/{number}")
        child = os.fork()
        if not child:
            if way == "at a step":
                sys.addaudithook(die_at(number))
            os._exit(main([verb, "--root", copy, "--quiet"]))
        if way == "at a time":
            time.sleep(number * 0.008)
            os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] == 0:
            return


def die_at(number: int) -> Any:
    """Make a hook that ends the process before its n-th step that may change files."""
    steps = count(1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes or event in WRITING.split()) and next(steps) == number:
            os._exit(9)

    return hook


DEATHS: dict[str, tuple[str, str, Files]] = {  # the verb, the folder it publishes, and what has changed
    "specs": (
        "scrape",
        "specs/videos",
        {"specs/videos/page.md": TOP + section("alpha", "`2`") + section("beta", "`2`") + section("gamma")},
    ),
    "the first files": ("generate", "generated/list", {"generated": None}),
    "files": (
        "generate",
        "generated/list",
        {"templates/list/notes.txt": None, "templates/list/new.txt": "New.\n"},
    ),
    "a target that has gone": ("generate", "generated/list", {"templates/list": None}),
}


@pytest.mark.parametrize(
    ("case", "way"),
    [*((case, "at a step") for case in DEATHS), ("files", "at a time")],
)
def test_a_run_that_dies_leaves_the_old_or_the_new_and_the_next_repairs_it(
    done: Root, tmp_path_factory: pytest.TempPathFactory, case: str, way: str
) -> None:
    verb, folder, changes = DEATHS[case]
    put(done, changes)
    old = done.tree(folder)
    copies = tmp_path_factory.mktemp("copies")
    program = "import sys; from test_publishing import crash; crash(*sys.argv[1:])"
    command = [sys.executable, "-c", program, verb, str(done.path), str(copies), way]
    subprocess.run(command, cwd=Path(__file__).parent, check=True)
    assert done.run(verb).code == 0
    new, expected = done.tree(folder), everything(done)
    roots = {path.name: Root(path, done.capture) for path in copies.iterdir()}
    found = {name: root.tree(folder) for name, root in roots.items()}
    assert [name for name, tree in found.items() if tree not in (old, new)] == []
    assert {tree == new for tree in found.values()} == {True, False}
    if verb == "scrape":  # specs that are half in place are none of the other verb's business
        assert [root.run("generate", "--check").err for root in roots.values()] == [""] * len(roots)
    assert [root.run(verb, "--quiet") for root in roots.values()] == [Ran(0, "", "")] * len(roots)
    assert [name for name, root in roots.items() if everything(root) != expected] == []


def test_runs_at_the_same_time_do_not_disturb_each_other(done: Root) -> None:
    for number in range(3):
        put(done, {f"templates/{target}/{number}.txt": "Copied.\n" for target in "abc"})
        running = [start(done, "generate", "--quiet") for _ in range(2)]
        assert [(*process.communicate(), process.returncode) for process in running] == [("", "", 0)] * 2
        assert done.run("generate", "--check").code == 0
        assert not list(done.path.rglob(".paramsync-*"))


@pytest.mark.parametrize("folder", ["specs", "generated"])
def test_what_another_run_is_putting_in_place_is_not_looked_at(done: Root, folder: str) -> None:
    program = """if True:
        import pathlib, shutil, sys
        stage = pathlib.Path(sys.argv[1], ".paramsync-other")
        while True:
            stage.mkdir()
            for number in range(100):
                (stage / f"{number}.json").write_text("{}")
            (stage / "page.json").write_text("{}")
            shutil.rmtree(stage)
    """
    with subprocess.Popen([sys.executable, "-c", program, str(done.path / folder)]) as other:
        try:
            for _ in range(10):
                forget(done)
                assert [done.run(verb, "--check").code for verb in ("scrape", "generate")] == [0, 0]
        finally:
            other.kill()


# Quick and quiet

SLOW = {"jinja2", "jsonschema", "pydantic", "httpcore", "protego", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("generate", "--help"), ("scrape",), ("generate",), ("generate", "--check")],
    ids=" ".join,
)
def test_help_and_a_run_without_changes_load_no_library(done: Root, arguments: tuple[str, ...]) -> None:
    done.run(*arguments)
    ran = done.run_process(*arguments, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in ran.err.splitlines()}
    assert ran.code == 0
    assert "paramsync" in loaded
    assert not loaded & SLOW


def test_a_run_with_changes_says_what_it_did_unless_it_is_to_be_quiet(done: Root) -> None:
    for quiet in ((), ("--quiet",)):
        put(done, {"templates/list/notes.txt": f"New {quiet}.\n"})
        ran = done.run_process("generate", *quiet)
        assert (ran.code, ran.err, ran.out == "") == (0, "", bool(quiet))


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["loud", "quiet"])
def test_a_terminal_sees_a_bar_unless_it_is_to_be_quiet(done: Root, quiet: tuple[str, ...]) -> None:
    forget(done)
    terminal, screen = pty.openpty()
    command = [sys.executable, "-m", "paramsync", "generate", *quiet]
    subprocess.run(
        command, cwd=done.path, env={**os.environ, "TERM": "xterm"}, stdout=screen, stderr=screen, check=True
    )
    os.write(screen, b"end")
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    os.close(screen)
    assert (shown == "end") == bool(quiet)
    assert ("100%" in shown) != bool(quiet)
