"""What the READMEs show is what happens."""

import contextlib
import io
import logging
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import node
from support.example import EXAMPLE, PROJECT
from support.readme import README, WALK
from support.sandboxes import NO_CERTIFICATES, PYTEST, running

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(
    r"^```python\n(?P<code>.*?)^```\n\n(?P<output>(?:^(?: {4}[^\n]*)?\n)*)", re.DOTALL | re.MULTILINE
)
TYPESCRIPT = re.compile(PYTHON.pattern.replace("```python", "```ts"), PYTHON.flags)
OF = ("the project", "the package")
COMMANDS = ("make", "paramsync", "sed", "git")  # what can run without an installation of its own


# With a colon at the end of a line, what follows is the file itself.
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|toml|json|jsonl))`(?!:\n)")


def test_each_file_that_a_document_for_developers_names_is_there() -> None:
    texts = [(PROJECT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "templates/README.md")]
    named = {path for text in texts for path in NAMED_FILE.findall(text)}
    assert len(named) > 25
    above = [PROJECT, PROJECT / "generator/paramsync"]
    assert [path for path in sorted(named) if not any((one / path).exists() for one in above)] == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a repository with the pages of the example, of which the README tells."""
    for name in ("specs", "templates", "generated"):
        shutil.copytree(EXAMPLE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "Makefile", tmp_path)
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


def test_the_commands_of_the_readme_say_what_it_shows(clone: Path, pytestconfig: pytest.Config) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    text, place = README.read_text(), 0
    shown = list(commands(WALK.sub("", text)))
    assert len(shown) > 5
    for written, output in shown:
        command = written
        if command == "make":  # with what is installed already
            command = f"make -so .venv/installed BIN={Path(sys.executable).parent}"
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
            said = done.stdout.replace(str(Path(sys.executable).parent), ".venv/bin")
            if pytestconfig.getoption("--accept"):
                place = text.index(f"$ {written}\n{output}", place) + len(f"$ {written}\n")
                text = text[:place] + said + text[place + len(output) :]
                README.write_text(text)
            else:
                assert said == output, command


PYDANTIC = re.compile(r"(?<=https://errors\.pydantic\.dev)/[\d.]+/")  # a version
MARK = "--- next block ---"
PROGRESS = re.compile(r"^(upload|queue|run|download)\b.*\n", re.MULTILINE)  # how often it comes is chance


@pytest.mark.parametrize("readme", [README, EXAMPLE / "generated/python/README.md"], ids=OF)
def test_the_python_of_the_readme_does_what_it_shows(
    readme: Path,
    import_again: Callable[[Path], object],
    scenario_sandbox: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_again(EXAMPLE / "generated/python")
    monkeypatch.chdir(tmp_path)
    text = readme.read_text()
    for command, _ in commands(text):
        if command.startswith("head "):
            subprocess.run(command, shell=True, check=True)
    names: dict[str, object] = {}
    found = [block for block in PYTHON.finditer(text) if not block["code"].startswith("# ")]
    assert found
    for block in found:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                exec(block["code"], names)  # noqa: S102
            except ValueError as error:
                print(error)
        if block["output"].strip():
            done, shown = (
                PYDANTIC.sub("/x/", said.getvalue()),
                PYDANTIC.sub("/x/", textwrap.dedent(block["output"])),
            )
            assert PROGRESS.sub("", done).strip() == PROGRESS.sub("", shown).strip()
            assert set(PROGRESS.findall(done)) == set(PROGRESS.findall(shown))
        assert (
            logging.getLogger("scenario_models").level == logging.NOTSET
        )  # later blocks show no lines of a log


@pytest.mark.foreign("README.md")
@pytest.mark.parametrize("readme", [README, EXAMPLE / "generated/typescript/README.md"], ids=OF)
def test_the_typescript_of_the_readme_does_what_it_shows(
    readme: Path, built: Path, scenario_sandbox: Any, tmp_path: Path
) -> None:
    text = WALK.sub("", readme.read_text())
    # A file that is named in its first line is an application, which runs where events are tested.
    blocks = [block for block in TYPESCRIPT.finditer(text) if not block["code"].startswith("// ")]
    assert blocks
    (tmp_path / "node_modules").symlink_to(built / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    code = f"\nconsole.log({MARK!r});\n".join(block["code"] for block in blocks)
    (tmp_path / "main.ts").write_text(code)
    told = re.findall(r"^\$ npx tsc --noEmit (.+) main.mts$", text, re.MULTILINE)
    options = told[0] if told else "--strict --module nodenext --types node"
    compiled = node.tsc(*options.split(), "--target", "es2022", "--skipLibCheck", "main.ts", cwd=tmp_path)
    assert compiled.returncode == 0, compiled.stdout
    for name in ("talk.mp4", "voice.wav"):
        (tmp_path / name).write_bytes(os.urandom(100_000))
    scenario_sandbox.speed = 50
    done = node.run(node.node(), "main.js", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for block, said in zip(blocks, done.stdout.split(f"{MARK}\n"), strict=True):
        shown = textwrap.dedent(block["output"]).strip()
        assert PROGRESS.sub("", said).strip() == PROGRESS.sub("", shown).strip()
        assert set(PROGRESS.findall(said)) == set(PROGRESS.findall(shown))


def test_the_files_and_the_shell_of_the_packages_readme_work(tmp_path: Path) -> None:
    text = (EXAMPLE / "generated/python/README.md").read_text()
    blocks = [block for block in PYTHON.finditer(text) if block["code"].startswith("# ")]
    files = [
        "# test_mine.py",
        "# app.py",
        "# events.py",
        "# work.py",
    ]  # the applications run where events are tested
    assert [block["code"].splitlines()[0] for block in blocks] == files
    for block in blocks:
        name = block["code"].splitlines()[0].removeprefix("# ")
        (tmp_path / name).write_text(block["code"])
    with running("--speed", "50") as sandbox:
        environment = {
            **os.environ,
            **sandbox.environment,
            **NO_CERTIFICATES,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

        def run(*command: str, **options: bool) -> str:
            done = subprocess.run(
                command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, **options
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        told = [f"export {name}={value}" for name, value in sandbox.environment.items()]
        port = sandbox.address.rpartition(":")[2]
        for command, output in commands(text):
            if command.startswith("scenario-sandbox"):
                assert output.splitlines() == [line.replace(f":{port}/", ":8000/") for line in told]
            else:
                run("bash", "-c", command)
        assert len(list(tmp_path.glob("asset_*.mp4"))) == 1
        assert run(sys.executable, "work.py") == textwrap.dedent(blocks[-1]["output"]).strip() + "\n"
        assert "4 passed" in run(*PYTEST, "test_mine.py")
