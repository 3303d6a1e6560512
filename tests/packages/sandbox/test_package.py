"""The package: what its checkers, its wheel and its README say."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from support.environments import build_wheel, install, make_environment, read_wheel
from support.example import EXAMPLE
from support.mypy_runs import mypy
from support.sandboxes import (
    AUDIO,
    PLAIN,
    PYTEST,
    play,
    running,
)

PACKAGE = EXAMPLE / "generated/sandbox"


def test_the_checkers_and_the_linter_find_nothing_in_the_package_itself(tmp_path: Path) -> None:
    source = shutil.copytree(PACKAGE, tmp_path / "source")
    for checker in (["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *checker], cwd=source, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    said = mypy(tmp_path, "scenario_sandbox", cwd=source)
    assert said.startswith("Success: no issues found"), said


def test_loading_the_plugin_loads_no_server() -> None:
    code = "import sys, scenario_sandbox.plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "jsonschema", "pydantic"} & set(done.stdout.split())


@pytest.mark.usefixtures("wheels")
def test_the_wheel_brings_the_models_and_the_samples(tmp_path: Path) -> None:
    source = shutil.copytree(PACKAGE, tmp_path / "source")
    wheel = build_wheel(source, tmp_path)
    facts = read_wheel(wheel)
    assert facts.get_all("Project-URL") == ["Documentation, https://docs.scenario.com"]
    assert {"Framework :: Pytest", "Operating System :: OS Independent"} <= {*facts.get_all("Classifier")}
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "site")], check=True)
    with running(package=tmp_path / "site") as sandbox:
        code = "import scenario_sandbox; print(scenario_sandbox.__file__)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert str(tmp_path) in done.stdout
        assert len(sandbox.call("GET", "/v1/models?privacy=public").json()["models"]) == 4
        url = sandbox.call("GET", f"/v1/assets/{AUDIO}").json()["asset"]["url"]
        assert play("audio", httpx.get(url, verify=PLAIN).content)["duration"] == 1


@pytest.mark.usefixtures("wheels")
def test_it_installs_into_a_clean_environment_and_brings_the_fixture(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment")
    install(python, shutil.copytree(PACKAGE, tmp_path / "source"), "pytest")
    (tmp_path / "test_mine.py").write_text(
        "from urllib.request import urlopen\n\nimport pytest\n\nfrom scenario_sandbox import Fault, Sandbox\n\n\n"
        "def test_it(scenario_sandbox: Sandbox) -> None:\n"
        "    scenario_sandbox.fail('latency', seconds=0)\n"
        "    with pytest.raises(OSError, match='401'):\n"
        "        urlopen(scenario_sandbox.address + '/v1/jobs')\n\n\n"
        "def test_two_at_once(scenario_sandbox: Sandbox) -> None:\n"
        "    with Sandbox(faults=[Fault(kind='error-before')]) as other:\n"
        "        assert other.address != scenario_sandbox.address\n"
    )
    command = [python, "-m", "pytest", "-q", "-W", "error", "test_mine.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    said = mypy(tmp_path, "--python-executable", python, "--strict", "test_mine.py", cwd=tmp_path)
    assert said.startswith("Success: no issues found"), said
    shown = subprocess.run([python.parent / "scenario-sandbox", "--help"], capture_output=True, check=True)
    assert b"job-strange" in shown.stdout


README = (PACKAGE / "README.md").read_text()
BLOCK = re.compile(
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```\n(?:\n(?P<output>(?:^ {4}[^\n]*\n)+))?",
    re.DOTALL | re.MULTILINE,
)


def test_the_readme_is_followed_word_for_word(tmp_path: Path) -> None:
    found = list(BLOCK.finditer(README))
    commands = [block["code"] for block in found if block["language"] == "console"]
    code = [block["code"] for block in found if block["language"] == "python"]
    output = "".join(block["output"] or "" for block in found)
    tests = [block for block in code if "test_mine.py" in block]
    with running("--speed", "50") as sandbox:
        port = sandbox.address.rpartition(":")[2]
        told = [f"export {name}={value}" for name, value in sandbox.environment.items()]
        assert commands[0].splitlines()[1:] == [line.replace(f":{port}/", ":8000/") for line in told]
        done = subprocess.run(
            [sys.executable, "-c", "".join(block for block in code if block not in tests)],
            cwd=tmp_path,
            env={**os.environ, **sandbox.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == textwrap.dedent(output)
        assert play("video", (tmp_path / "result.mp4").read_bytes())["duration"] == 2
        assert len(sandbox.call("GET", "/sandbox/ledger").json()["entries"]) == 3
        for line in "".join(commands).splitlines():
            if line.startswith("$ curl"):
                curl = line.removeprefix("$ ").replace(":8000/", f":{port}/")
                said = subprocess.run(curl, shell=True, capture_output=True, text=True, check=True)
                assert len(json.loads(said.stdout)["faults"]) == ("DELETE" not in line)

    (tmp_path / "test_mine.py").write_text("".join(tests))
    done = subprocess.run(
        [*PYTEST, "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_the_options_and_the_script_of_the_readme_work(tmp_path: Path) -> None:
    lines = [line.removeprefix("$ ") for line in README.splitlines() if line.startswith("$ scenario-sandbox")]
    arguments = [word for line in lines if "--fault" in line for word in shlex.split(line)[1:]]
    with running(*arguments) as sandbox:
        assert len(sandbox.call("GET", "/sandbox/faults").json()["faults"]) == 3
    (script,) = (line for line in lines if "variables" in line)
    ask = 'curl -s -u "$SCENARIO_SDK_API_KEY:$SCENARIO_SDK_API_SECRET" $SCENARIO_BASE_URL/jobs; kill %1; wait'
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"set -m; {script}; {ask}"],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == '{"jobs":[]}'


def test_every_fault_and_every_sample_is_in_the_readme() -> None:
    from scenario_sandbox.faults import KINDS

    for kind in KINDS:
        assert f"`{kind}`" in README
    with running() as sandbox:
        for asset in sandbox.call("GET", "/v1/assets?privacy=public").json()["assets"]:
            assert f"`{asset['id']}`" in README
