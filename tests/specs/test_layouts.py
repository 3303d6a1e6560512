"""Whatever the layout of a page, what it states of its models is the same: made-up models are written in any layout, and read back.

Modules: sentences.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.specs.build import build_specs

TYPES = {"string": "text", "integer": "whole", "number": "float", "boolean": "flag"}
WORD = st.from_regex(r"[a-z][a-z0-9:._-]{0,8}[a-z0-9]", fullmatch=True).filter(
    lambda word: word not in ("true", "false", "null", "nothing", "and", "or", "etc")
)
NUMBER = st.integers(-99, 99) | st.sampled_from([0.5, -1.25, 1000, 2500])
PARAMETERS_TEXT = "".join(f'"{word}" = "{kind}"\n' for kind, word in TYPES.items())


@dataclass(frozen=True)
class Layout:
    """How a page is written: where ids are, what has columns, what is in sentences, how values look."""

    id: str
    is_html: bool
    values: str
    has_columns: bool  # for the limits, choices and defaults; else sentences state them
    has_required: bool  # else descriptions that begin with "Optional" say so
    order: Sequence[int]  # of the columns

    @property
    def profile(self) -> str:
        rules = (
            '"Default" = "default"\n"Least" = "minimum"\n"Most" = "maximum"\n"One of" = "choices"\n'
            if self.has_columns
            else ""
        )
        sentences = ["Must be one of {choices}.", "From {minimum} to {maximum}.", "Defaults to {default}."]
        prose = (
            ""
            if self.has_columns
            else "".join(f"[[prose]]\nmatch = {json.dumps(one)}\n" for one in sentences)
        )
        optional = (
            "" if self.has_required else '[[prose]]\nmatch = "^Optional"\nstates = { required = false }\n'
        )
        return (
            f'[tables]\nid = "{self.id}"\nvalues = "{self.values}"\nrequired = {"false" if self.has_required else "true"}\n'
            f'[labels]\nid = "Id"\n[columns]\n"Field" = "name"\n"Type" = "type"\n"About" = "description"\n'
            f"[possible_columns]\n{rules}"
            + ('"Must" = "required"\n' if self.has_required else "")
            + f'[types]\n{PARAMETERS_TEXT}[words]\nyes = ["yes"]\nno = ["no"]\nnothing = ["nothing"]\n{prose}{optional}'
        )


LAYOUTS = st.builds(
    Layout,
    st.sampled_from(["label", "heading", "endpoint"]),
    st.booleans(),
    st.sampled_from(["code", "bare", "json"]),
    st.booleans(),
    st.booleans(),
    st.permutations(range(8)),
)


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    """Make what the spec says of a parameter."""
    kind = draw(st.sampled_from([*TYPES]))
    found: dict[str, Any] = {"type": kind}
    if kind == "string" and draw(st.booleans()):
        found["enum"] = draw(st.lists(WORD, min_size=2, max_size=4, unique=True))
    if kind in ("integer", "number") and draw(st.booleans()):
        numbers = draw(
            st.lists(
                NUMBER if kind == "number" else st.integers(-99, 9999), min_size=2, max_size=2, unique=True
            )
        )
        found["minimum"], found["maximum"] = sorted(numbers)
    values = {"string": st.sampled_from(found["enum"]) if "enum" in found else WORD, "boolean": st.booleans()}
    if draw(st.booleans()):
        low = found.get("minimum", 1)
        found["default"] = (
            draw(values[kind]) if kind in values else low if kind == "number" or low == int(low) else 1
        )
    return found


MODELS = st.dictionaries(
    st.from_regex(r"[a-z]{2,8}", fullmatch=True),
    st.dictionaries(
        st.from_regex(r"[a-z]{1,6}", fullmatch=True),
        st.tuples(parameters(), st.booleans()),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=3,
)


def write_value(value: Any, layout: Layout) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if layout.values == "json" and isinstance(value, str):
        text = json.dumps(value)
    return f"`{text}`" if layout.values == "code" or (layout.values == "json" and len(text) % 2) else text


def write_row(name: str, rules: dict[str, Any], needed: bool, layout: Layout) -> dict[str, str]:  # noqa: FBT001
    about = "" if needed or layout.has_required else "Optional. "
    row = {"Field": f"`{name}`", "Type": TYPES[rules["type"]]}
    row |= {"Must": "yes" if needed else "no"} if layout.has_required else {}
    said = {
        "Default": write_value(rules["default"], layout) if "default" in rules else "nothing",
        "Least": json.dumps(rules["minimum"]) if "minimum" in rules else "nothing",
        "Most": json.dumps(rules["maximum"]) if "maximum" in rules else "nothing",
        "One of": ", ".join(f"`{one}`" for one in rules["enum"]) if "enum" in rules else "nothing",
    }
    if layout.has_columns:
        row |= said
    else:
        about += f"Must be one of {' or '.join(rules['enum'])}. " if "enum" in rules else ""
        about += f"From {rules['minimum']} to {rules['maximum']:,}. " if "minimum" in rules else ""
        about += f"Defaults to {said['Default']}. " if "default" in rules else ""
    return row | {"About": f"{about}So it is"}


def write_page(models: dict[str, Any], layout: Layout) -> str:
    parts = []
    for name, one in models.items():
        rows = [write_row(each, *said, layout) for each, said in one.items()]
        header = sorted(rows[0], key=lambda column: layout.order[[*rows[0]].index(column)])
        cells = [header, *([row[column] for column in header] for row in rows)]
        heading = {"heading": name, "label": name.title(), "endpoint": f"Make {name}"}[layout.id]
        above = {"heading": "", "label": f"**Id:** `{name}`", "endpoint": f"POST /v1/{name}"}[layout.id]
        if layout.is_html:
            inner = "".join(
                "<tr>" + "".join(f"<td>{html_of(cell)}</td>" for cell in row) + "</tr>" for row in cells
            )
            parts.append(
                f"<h2>{heading}</h2><p>{html_of(above).replace('**Id:**', '<b>Id:</b>')}</p><table>{inner}</table>"
            )
        else:
            lines = [f"| {' | '.join(row)} |" for row in [cells[0], ["---"] * len(header), *cells[1:]]]
            parts.append("\n".join([f"## {heading}", "", above, "", *lines, ""]))
    body = "\n".join(parts)
    return f"<!DOCTYPE html><html><body>{body}</body></html>" if layout.is_html else body


def html_of(cell: str) -> str:
    pieces = cell.split("`")
    return "".join(
        f"<code>{html.escape(one)}</code>" if index % 2 else html.escape(one)
        for index, one in enumerate(pieces)
    )


@given(MODELS, LAYOUTS)
def test_what_a_page_states_is_the_same_in_any_layout(models: dict[str, Any], layout: Layout) -> None:
    profile = read_config(layout.profile, PROFILE, Profile)
    suffix = "html" if layout.is_html else "md"
    built = build_specs(read_page(write_page(models, layout), f"specs/page/page.{suffix}", profile), profile)
    before = "POST /v1/" if layout.id == "endpoint" else ""
    assert [*built.models] == [before + name for name in models]
    for draft in built.drafts:
        wanted = models[draft.model.removeprefix(before)]
        assert not [
            str(one)
            for one in draft.findings
            if one.code not in ("required-with-default", "bounds-crossed", "default-outside")
        ]
        silent = ("x-type", "description")
        properties = draft.spec["properties"].items()
        found = {
            name: {key: rule for key, rule in one.items() if key not in silent} for name, one in properties
        }
        assert found == {name: rules for name, (rules, _) in wanted.items()}
        assert draft.spec["required"] == [name for name, (_, needed) in wanted.items() if needed]
