"""Pages on which names are alike, and what their maintainer does: write what the findings show, as it stands there."""

import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path

from paramsync.cli import main
from support.roots import PROJECT, Ran
from support.small_root import HEADER, TOP

SHOWN = re.compile(
    r"^    # (?P<file>\S+)(?P<instead>, in place of .*)?\n(?P<lines>(?:    (?!#).*\n)+)", re.MULTILINE
)
UNMATCHED = re.compile(r"^(\S+\.overlay\.toml)\S* error: .*\[overlay-unmatched\]$", re.MULTILINE)
LEFT_OUT = "[left-out]"
FORMATTERS = re.compile(r"^formatters = .*?(?=^\[)", re.MULTILINE | re.DOTALL)

NUMBER, CHOICE = "number | No | - | - | -  | -", "string | No | - | - | - | `a`, `b`"
Models = Mapping[str, Mapping[str, str]]  # id -> parameter -> the rest of its row
FILES = re.compile(r"^\[\[files\]\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


def make_page(models: Models) -> str:
    """Write a page of models with these parameters."""
    sections = (
        f"## {model}\n\n**Model ID:** `{model}`\n\n**Capabilities:** `txt2img`\n\n{HEADER}\n|{' --- |' * 8}\n"
        + "".join(f"| `{name}` | {cells} | What it is. |\n" for name, cells in parameters.items())
        for model, parameters in models.items()
    )
    return TOP + "\n".join(sections)


def add_naming_targets(root: Path) -> None:
    """Add all targets: how each spells, and a template of a file for each model."""
    for path in (PROJECT / "templates").glob("*/target.toml"):
        folder = root / "templates" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(FILES.sub("", FORMATTERS.sub("", text)), encoding="utf-8")
        if "[names.model]" in text:
            (folder / "{model}.txt.jinja").write_text("{{ model.id | json }}", encoding="utf-8")


def command(root: Path, *arguments: str) -> Ran:
    """Run the command in this process, and give what it says."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*arguments, "--root", str(root)])
    return Ran(code, out.getvalue(), err.getvalue())


def paste(root: Path, said: str) -> int:
    """Write what findings show into the overlays that they name; return how many there were."""
    found = [*SHOWN.finditer(said)]
    for one in found:
        file = root / one["file"]
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        assert not one["instead"], said
        file.write_text(before + one["lines"], encoding="utf-8")
    return len(found)


def settle(root: Path, steps: int) -> list[Ran]:
    """Scrape, write what is shown, and remove what is about nothing any more, until nothing is told; generate each time."""
    ran = [_scrape(root)]
    while ran[-1].code or LEFT_OUT in ran[-1].out:
        gone = UNMATCHED.findall(ran[-1].out)
        for file in {*gone}:
            (root / file).unlink()
        pasted = paste(root, UNMATCHED.sub("", ran[-1].out))
        assert pasted + len(gone) == _count(ran[-1]) > 0, ran[-1]
        assert len(ran) <= steps, ran[-1]
        ran.append(_scrape(root))
    return ran


def _count(ran: Ran) -> int:
    return ran.out.count(" error: ") + ran.out.count(LEFT_OUT)


def _scrape(root: Path) -> Ran:
    ran = command(root, "scrape", "--verbose")
    generated = command(root, "generate")
    assert generated.code == (3 if LEFT_OUT in ran.out else 0), (ran, generated)
    return ran
