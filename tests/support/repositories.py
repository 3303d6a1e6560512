"""Repositories of git: a root with a page committed, and another one in its place."""

import json
import subprocess
from pathlib import Path
from typing import Any

from support.roots import Root
from support.small_root import HEADER, TOP, section

WHO = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
ROWS = {
    "strength": "| `strength` | number | No | `1` | 0 | 9 | - | How strong |",
    "mode": "| `mode` | string | No | - | - | - | `fast`, `slow` | How |",
    "size": "| `size` | number | No | - | - | - | - | How large |",
    "seed": "| `seed` | number | No | - | - | - | - | What makes it repeatable |",
    "image": "| `image` | file | Yes | - | - | - | - | Where to begin |",
    "loop": "| `loop` | boolean | No | - | - | - | - | Whether it ends as it begins |",
}


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody; give what it says."""
    command = ["git", *WHO, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def commit_all(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def merge(folder: Path, branch: str) -> list[str]:
    """Merge a branch; give the files with a conflict."""
    command = ["git", *WHO, "merge", "--quiet", "--no-edit", branch]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return git(folder, "diff", "--name-only", "--diff-filter=U").splitlines()


def page(**rows: str) -> str:
    """Make a page of a model with all rows, some of them changed."""
    model = f"## Alpha\n\n**Model ID:** `model_alpha`\n\n**Capabilities:** `txt2video`\n\n{HEADER}\n|{' --- |' * 8}\n"
    return TOP + model + "\n".join(row for row in (ROWS | rows).values() if row) + "\n\n" + section("beta")


OLD = page()
NEW = page(
    strength=ROWS["strength"].replace("| 9 |", "| 5 |"),
    mode=ROWS["mode"].replace("`fast`, `slow`", "`fast`, `best`").replace("How |", "In which way |"),
    size=ROWS["size"].replace("| No | -", "| No | `3`"),
    seed="",
    more="| `more` | string | No | - | - | - | - | X |",
)


def change(root: Root, text: str) -> None:
    root.add_page("videos", text)
    assert root.run("scrape").code == 0


def commit(root: Root, text: str) -> None:
    change(root, text)
    (root.path / ".gitignore").write_text(".paramsync_cache\n")
    git(root.path, "add", "--all")
    git(root.path, "commit", "--quiet", "--message", "A page")


def report(root: Root, *arguments: str) -> Any:
    ran = root.run("diff", "--format", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def told(root: Root, *arguments: str) -> list[str]:
    return [change["kind"] for change in report(root, *arguments)["changes"]]
