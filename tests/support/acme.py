"""The docs of a made-up vendor, as data that a test can change, and the pages that they give."""

from dataclasses import dataclass, field
from datetime import date

from support.small_root import HEADER

Row = dict[str, str]  # a column -> what its cell says


@dataclass
class Model:
    """One model as the docs have it."""

    title: str
    rows: dict[str, Row]
    capabilities: list[str] = field(default_factory=lambda: ["txt2video"])
    description: str = ""


Docs = dict[str, dict[str, Model]]  # page -> id -> model


def row(
    kind: str, text: str, *, required: str = "No", default: str = "-", choices: str = "-", bounds: str = "- -"
) -> Row:
    minimum, maximum = bounds.split()
    return {
        "type": kind,
        "required": required,
        "default": default,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "description": text,
    }


def model(title: str) -> Model:
    return Model(
        title,
        {
            "prompt": row("string", "What to make", required="Yes"),
            "duration": row("number", "How long, in seconds", default="`5`", bounds="1 10"),
            "mode": row("string", "How to go about it", default="`fast`", choices="`fast`, `slow`, `best`"),
            "image": row("file", "Where to begin"),
            "seed": row("number", "What makes it repeatable", bounds="0 2147483647"),
            "loop": row("boolean", "Whether its end is its beginning", default="`false`"),
        },
    )


def docs() -> Docs:
    """Give the docs of the first week: two pages of six models."""
    return {
        f"{kind}-generation-acme": {
            f"model_{noun}-{letter}": model(f"{noun.title()} {letter.upper()}") for letter in "abcdef"
        }
        for kind, noun in (("video", "film"), ("audio", "song"))
    }


def page_text(page: str, models: dict[str, Model], day: date) -> bytes:
    """Write a page in the layout of the real ones."""
    kind = page.removesuffix("-acme").replace("-", " ")
    lead = f"This reference lists all available **Acme** {kind} models and their parameters."
    top = f"---\ntitle: Acme | Scenario Docs\n---\n\n> Last updated: {day}.\n\n{lead}\n"
    return "\n".join([top, *(_section(name, one) for name, one in models.items())]).encode()


def _section(name: str, one: Model) -> str:
    capabilities = ", ".join(f"`{each}`" for each in one.capabilities)
    facts = [
        f"## {one.title}",
        one.description,
        f"**Model ID:** `{name}`",
        f"**Capabilities:** {capabilities}",
    ]
    rows = [f"| `{key}` | {' | '.join(cells.values())} |" for key, cells in one.rows.items()]
    table = "\n".join([HEADER, f"|{' --- |' * 8}", *rows])
    return "\n\n".join(filter(None, [*facts, table])) + "\n"
