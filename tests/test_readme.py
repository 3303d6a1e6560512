"""What the READMEs show is what happens."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PROJECT

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(
    r"^```python\n(?P<code>.*?)^```\n\n(?P<output>(?:^(?: {4}[^\n]*)?\n)*)", re.DOTALL | re.MULTILINE
)
COMMANDS = ("make", "paramsync", "sed", "git")  # what can run without an installation of its own


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a copy of the project as git has it, with its uncommitted changes."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if name.startswith(("specs/", "templates/", "generated/", "Makefile")) and (PROJECT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, tmp_path / name)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Give each command of the console blocks, and the output shown for it."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def test_the_commands_of_the_readme_say_what_it_shows(clone: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown = list(commands((PROJECT / "README.md").read_text()))
    assert len(shown) > 5
    for command, output in shown:
        if command == "make":  # with what is installed already
            command = f"make -so .venv/installed BIN={Path(sys.executable).parent}"  # noqa: PLW2901
        if command.startswith(COMMANDS):
            done = subprocess.run(
                command,
                shell=True,
                cwd=clone,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout.replace(str(Path(sys.executable).parent), ".venv/bin") == output, command


@pytest.mark.parametrize("readme", ["README.md", "generated/python/README.md"])
def test_the_python_of_the_readme_does_what_it_shows(
    readme: str, import_from: Callable[[Path], object]
) -> None:
    import_from(PROJECT / "generated" / "python")
    names: dict[str, object] = {}
    found = list(PYTHON.finditer((PROJECT / readme).read_text()))
    assert found
    for block in found:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                exec(block["code"], names)  # noqa: S102
            except ValueError as error:
                print(error)
        if block["output"].strip():
            lines = [line for line in said.getvalue().splitlines() if "For further information" not in line]
            assert "\n".join(lines).strip() == textwrap.dedent(block["output"]).strip()
