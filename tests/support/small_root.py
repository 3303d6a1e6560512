"""A small root that is cheap to write: one page of two models, one target, and ways to change it."""

import os
import shutil
import subprocess
import sys

from support.roots import Root

Files = dict[str, str | bytes | None]  # path below the root -> what stands there; None: nothing

HEADER = "| Parameter | Type | Required | Default | Min | Max | Allowed Values | Description |"


def section(name: str, default: str = "`1`") -> str:
    row = f"| `strength` | number | No | {default} | 0 | 9 | - | How strong |"
    facts = f"## {name.title()}\n\n**Model ID:** `model_{name}`\n\n**Capabilities:** `txt2video`"
    return f"{facts}\n\n{HEADER}\n|{' --- |' * 8}\n{row}\n\n"


LEAD = "This reference lists all available **Videos** video generation models and their parameters."
TOP = f"---\ntitle: Videos | Scenario Docs\n---\n\n> Last updated: 2026-04-09.\n\n{LEAD}\n\n"
PAGE = TOP + section("alpha") + section("beta")
TARGET: Files = {
    "target.toml": '[names.model]\nof = "model"\ncasing = "snake"\ndigit = "n"\n[names.page]\nof = "page"\ncasing = "as-is"\n',
    "macros.jinja": '{% macro item(model) %}{"id": {{ model.id | literal }}, "spec": {{ model.spec | json }}}{% endmacro %}\n',
    "models.json.jinja": '{% from "macros.jinja" import item %}\n[\n{% for model in models %}\n{{ item(model) }}'
    "{% if not loop.last %},{% endif %}\n\n{% endfor %}\n]\n",
    "models/{model}.txt.jinja": "{{ model.title | prose }}\n",
    "pages/{page}.txt.jinja": "{% for model in page.models %}{{ model | name('model') }} {% endfor %}\n",
    "notes.txt": "By hand, {{ as it is }}.\n",
}

NAMES = str(TARGET["target.toml"])
LINES = "".join(f"{number}\n" for number in range(10_000))


def put(root: Root, files: Files) -> None:
    for name, content in files.items():
        path = root.path / name
        if content is None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def forget(root: Root) -> None:
    shutil.rmtree(root.path / ".paramsync_cache", ignore_errors=True)


def everything(root: Root) -> dict[str, bytes]:
    """Give all files and folders of a root, without the cache."""
    paths = {path.relative_to(root.path).as_posix(): path for path in root.path.rglob("*")}
    return {
        name: path.read_bytes() if path.is_file() else b"a folder"
        for name, path in paths.items()
        if not name.startswith(".paramsync_cache")
    }


def start(root: Root, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the command in the root itself."""
    command = [sys.executable, "-m", "paramsync", *arguments]
    return subprocess.Popen(
        command,
        cwd=root.path,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
