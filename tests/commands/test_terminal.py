"""A run is quick and quiet: help and a run without changes load no library, a bar is for a terminal, and nobody is asked.

Modules: stamps.
"""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from support.roots import Root
from support.small_root import HEADER, NAMES, PAGE, forget, put

SLOW = {
    "argcomplete",
    "filelock",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "pydantic",
    "httpcore",
    "protego",
    "rich",
}


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
    code, shown = run_on_terminal(done, "generate", *quiet)
    assert code == 0
    assert (shown == "") == bool(quiet)
    assert ("100%" in shown) != bool(quiet)


def run_on_terminal(root: Root, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command on a terminal of 80 columns; give its exit code and what the terminal gets."""
    terminal, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "paramsync", *arguments]
    given = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    code = subprocess.run(
        command,
        cwd=root.path,
        env={**given, "TERM": "xterm"} | environment,
        stdout=screen,
        stderr=screen,
        check=False,
    ).returncode
    os.write(screen, b"end")
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    os.close(screen)
    return code, shown.removesuffix("end").replace("\r\n", "\n")


LONG = "specs/the-name-of-a-page-that-takes-more-than-half-of-a-line"
LAID_OUT = f"""\
{LONG}/page.md:15:86: error
    model_of_alpha: the column 'Notes' is unknown [unknown-column]
    help: declare what the column means in profile.toml
        # specs/profile.toml, below [possible_columns]
        "Notes" = "x-notes" # which nothing enforces; or "ignored"
    also
    {LONG}/page.md:25:86:
    model_of_beta

changes: {LONG.removeprefix("specs/")}: 2 held back
scrape: 2 pages, 4 models, 2 parameters; 2 errors of 1 cause, 0 warnings; 0
    files out of date, 4 unchanged
"""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
# What is set -> whether a terminal and a file get colours.
COLOURS: dict[str, tuple[dict[str, str], bool, bool]] = {
    "nothing": ({}, True, False),
    "NO_COLOR": ({"NO_COLOR": "1"}, False, False),
    "TERM=dumb": ({"TERM": "dumb"}, False, False),
    "FORCE_COLOR": ({"FORCE_COLOR": "1"}, True, True),
}


def test_a_terminal_shows_findings_in_its_width_and_in_colours_and_a_file_a_line_each(done: Root) -> None:
    page = PAGE.replace("model_", "model_of_").replace(HEADER, f"{HEADER} Notes |")
    put(
        done,
        {f"{LONG}/page.md": page.replace("--- |\n", "--- | --- |\n").replace("strong |\n", "strong | - |\n")},
    )
    assert done.run("scrape").code == 3
    line = done.run("scrape", "--check").out
    assert line.startswith(f"{LONG}/page.md:15:86: error: model_of_alpha: ")
    for environment, is_terminal_coloured, is_file_coloured in COLOURS.values():
        code, shown = run_on_terminal(done, "scrape", "--check", "--quiet", **environment)
        assert code == 3
        found = [one for one in COLOUR.findall(shown) if one not in ("\x1b[1m", "\x1b[2m", "\x1b[0m")]
        assert (bool(found), COLOUR.sub("", shown)) == (
            is_terminal_coloured,
            LAID_OUT.partition("changes:")[0],
        )
        ran = done.run_process("scrape", "--check", **{"TERM": "xterm"} | environment)
        assert (ran.code, bool(COLOUR.search(ran.out)), COLOUR.sub("", ran.out)) == (
            3,
            is_file_coloured,
            line,
        )
    assert COLOUR.sub("", run_on_terminal(done, "scrape", "--check", NO_COLOR="1")[1]).endswith(LAID_OUT)


def test_a_formatter_does_not_wait_for_what_is_typed(done: Root) -> None:
    put(done, {"templates/list/target.toml": f"""formatters = [['sh', '-c', 'test -z "$(cat)"']]\n{NAMES}"""})
    command = [sys.executable, "-m", "paramsync", "generate", "--quiet", "--root", str(done.path)]
    ran = subprocess.run(command, input="typed", capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_terminal_shows_changes_as_it_shows_findings(
    done: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = shutil.copytree(done.path, tmp_path_factory.mktemp("before") / "root")
    put(done, {"specs/videos/page.md": PAGE.replace("| 9 |", "| 5 |", 1)})
    assert done.run("scrape").code == 0
    code, shown = run_on_terminal(done, "diff", str(before))
    place, text, *_ = shown.splitlines()
    assert (code, COLOUR.sub("", place)) == (0, "specs/videos/page.md:17:40: breaking")
    assert COLOUR.sub("", text).startswith(
        "    model_alpha: strength: a limit was narrowed from maximum 9 to"
    )
    assert (place != COLOUR.sub("", place), max(map(len, COLOUR.sub("", shown).splitlines())) <= 80) == (
        True,
        True,
    )
    assert done.run("diff", str(before)).out.startswith(
        f"{COLOUR.sub('', place)}: model_alpha: strength: a limit"
    )
