"""Tables for notebooks: HTML that is escaped, loads nothing, runs nothing, and has the colours of the theme. Pure."""

from collections.abc import Iterable
from html import escape
from typing import Any

from .display import plain

MAX_TEXT = 500  # characters of a value

TABLE = "margin:0.3em 0;max-width:60em;overflow-wrap:anywhere"
CELL = "text-align:left;vertical-align:top"


def write_table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Write a table of names and values, as texts, below a title; what has no value is left out."""
    shown = [_write_row(name, value) for name, value in rows if value]
    table = f'<table style="{TABLE}"><tbody>{"".join(shown)}</tbody></table>' if shown else ""
    return f"<div><strong>{write_text(title)}</strong>{table}</div>"


def write_text(text: str) -> str:
    """Write what somebody else wrote as one line of HTML: short, without signatures of URLs."""
    line = plain(text)
    return escape(line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…")


def write_request(title: str, parameters: Iterable[tuple[str | None, Any]]) -> str:
    """Write the table of a request, from what may be shown of its parameters."""
    return write_table(title, ((name or "", as_text(value)) for name, value in parameters))


def as_text(value: Any) -> str:
    """Return a value as a text: texts without quotes, anything else as Python writes it."""
    try:
        return value if isinstance(value, str) else repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or a number with very many digits
        return type(value).__name__


def _write_row(name: str, value: str) -> str:
    return f'<tr><th style="{CELL}">{write_text(name)}</th><td style="{CELL}">{write_text(value)}</td></tr>'
