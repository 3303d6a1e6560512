"""On what is measured: the machine, the versions of all contestants, and the commit."""

import json
import os
import platform
import subprocess
from pathlib import Path

from benchmarks import environments
from support.browsers import find_chromium
from support.node import node

PACKAGES = ["datamodel-code-generator", "jsonschema-rs", "fastjsonschema", "pydantic", "scenario-sdk"]
VERSIONS = (
    "from importlib.metadata import version\nimport sys\nfor name in sys.argv[1:]: print(name, version(name))"
)


def describe() -> dict[str, str]:
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()} of memory, {platform.system()} {platform.release()}",
        "versions": ", ".join(
            [
                f"Python {platform.python_version()}",
                f"Node {_say(node(), '--version').lstrip('v')}",
                _say(find_chromium(), "--version"),
                *_versions(),
            ]
        ),
        "commit": _say("git", "-C", environments.PROJECT, "describe", "--always", "--dirty", "--abbrev=12"),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"


def _versions() -> list[str]:
    ours = ("Jinja2", "ruff")
    npm = json.loads((environments.FOLDER / "package.json").read_text())["dependencies"]
    python = _say(environments.PYTHON, "-c", VERSIONS, *PACKAGES).splitlines()
    here = _say(Path(environments.PROJECT / ".venv/bin/python"), "-c", VERSIONS, *ours).splitlines()
    return [*here, *python, *(f"{name} {version}" for name, version in npm.items() if name != "esbuild")]


def _say(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=True)
    return done.stdout.strip()
