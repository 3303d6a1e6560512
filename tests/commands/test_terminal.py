"""A run is quick and quiet: help and a run without changes load no library, a bar is for a terminal, and nobody is asked.

Modules: stamps.
"""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from support.roots import Root
from support.small_root import NAMES, forget, put

SLOW = {"filelock", "jinja2", "jsonschema", "pydantic", "httpcore", "protego", "rich"}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("generate", "--help"), ("scrape",), ("generate",), ("generate", "--check")],
    ids=" ".join,
)
def test_help_and_a_run_without_changes_load_no_library(done: Root, arguments: tuple[str, ...]) -> None:
    done.run(*arguments)
    loaded = load(done, *arguments)
    assert "paramsync" in loaded
    assert not loaded & SLOW


def test_after_another_version_of_a_library_is_installed_a_run_is_a_run(done: Root, tmp_path: Path) -> None:
    (tmp_path / "installed/jinja2-99.dist-info").mkdir(parents=True)
    assert "jinja2" in load(done, "generate", PYTHONPATH=str(tmp_path / "installed"))


def load(root: Root, *arguments: str, **environment: str) -> set[str]:
    """Give what a run imports."""
    ran = root.run_process(*arguments, PYTHONPROFILEIMPORTTIME="1", **environment)
    assert ran.code == 0
    return {line.split("|")[-1].strip().split(".")[0] for line in ran.err.splitlines()}


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


def test_a_formatter_does_not_wait_for_what_is_typed(done: Root) -> None:
    put(done, {"templates/list/target.toml": f"""formatters = [['sh', '-c', 'test -z "$(cat)"']]\n{NAMES}"""})
    command = [sys.executable, "-m", "paramsync", "generate", "--quiet", "--root", str(done.path)]
    ran = subprocess.run(command, input="typed", capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
