"""Corrections that people lay over a page of two models, and a scrape of both."""

from typing import Any

from support.roots import Root
from support.small_root import HEADER, TOP, put, section

OVERLAY = "specs/videos/alpha.overlay.toml"
CELLS = {
    "name": "`mode`",
    "type": "string",
    "required": "No",
    "default": "`fast`",
    "minimum": "-",
    "maximum": "-",
    "choices": "`fast`, `slow`",
    "description": "How to go about it",
}
SIZE = CELLS | {
    "name": "`size`",
    "type": "number",
    "default": "`5`",
    "minimum": "1",
    "maximum": "9",
    "choices": "-",
}


def page(
    *rows: dict[str, str], capabilities: str = "`txt2video`", title: str = "Alpha", description: str = ""
) -> str:
    # In the order of the columns, whatever the order of the keys.
    cells = ([row[column] for column in CELLS] for row in rows or (CELLS, SIZE))
    lines = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    facts = f"## {title}\n\n{description}\n\n**Model ID:** `model_alpha`\n\n**Capabilities:** {capabilities}"
    return f"{TOP}{facts}\n\n{HEADER}\n|{' --- |' * 8}\n{lines}\n\n{section('beta')}"


def correction(expect: str, right: str, parameter: str = "mode", reason: str = "Asked the service.") -> str:
    name = f'parameter = "{parameter}"\n' if parameter else ""
    return f'[[correct]]\n{name}expect = {{ {expect} }}\nset = {{ {right} }}\nreason = "{reason}"\n'


def scrape(root: Root, text: str, overlay: str = "") -> Any:
    root.add_page("videos", text)
    put(root, {OVERLAY: overlay} if overlay else {})
    return root.run("scrape")
