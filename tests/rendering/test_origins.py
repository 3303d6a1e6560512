"""What templates see of where facts come from: by rows, in words, marked where sources and overlays say different things.

Modules: labels.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from paramsync.rendering.origins import FactOrigins, RowOrigins
from support.described_models import Model, write_markdown, write_page, write_record
from support.origins import read_origins
from support.overlays import OVERLAY, correction, page, scrape
from support.roots import Root
from support.small_root import TOP, forget, put, section

MODEL: Model = {
    "a": {"type": "number", "description": "So.", "default": 1, "min": 0, "max": 9, "label": "Size"},
    "b": {
        "type": "inputs_array",
        "description": "All.",
        "inputs": [{"name": "c", "type": "string", "description": "One."}],
    },
}
FOLDER = "specs/videos"
Said = tuple[str, str, str]  # who says it, what is written, and whether that counts


def find(row: RowOrigins, label: str) -> FactOrigins:
    (found,) = (one for one in row.facts if one.label == label)
    return found


def said(fact: FactOrigins) -> list[Said]:
    return [(one.source, one.written, one.judgement) for one in fact.statements]


def corrected(expect: str, right: str) -> str:
    return f'[[correct]]\nparameter = "a"\nexpect = {{ {expect} }}\nset = {{ {right} }}\nreason = "Asked."\n'


LESS = {"a": MODEL["a"] | {"min": 1}}
# What the page and the record say of A beside the model above, the overlay -> label -> who says what of it, and the marks of the fact; and those of the row.
CASES: dict[str, tuple[Model, str, Mapping[str, tuple[list[Said], list[str]]], list[str]]] = {
    "all say the same": (
        MODEL,
        "",
        {
            "Type": (
                [
                    ("record", '"number"', "decides"),
                    ("page", "number", "agrees"),
                    ("markdown", "number", "agrees"),
                ],
                [],
            ),
            "Required": (
                [("record", "", "decides"), ("page", "No", "agrees"), ("markdown", "-", "agrees")],
                [],
            ),
            "Min": ([("record", "0", "decides"), ("page", "0", "agrees")], []),
            "Label": ([("record", '"Size"', "decides")], ["undocumented"]),
        },
        [],
    ),
    "the record decides": (
        MODEL | LESS,
        "",
        {"Min": ([("record", "0", "decides"), ("page", "1", "differs")], ["disputed"])},
        ["disputed"],
    ),
    "an overlay decides for the page": (
        MODEL | LESS,
        corrected("minimum = 0", "minimum = 1"),
        {
            "Min": (
                [("overlay", "0", "decides"), ("record", "0", "differs"), ("page", "1", "agrees")],
                ["corrected"],
            )
        },
        ["corrected"],
    ),
    "an overlay decides otherwise": (
        MODEL,
        corrected("default = 1", "default = 2"),
        {
            "Default": (
                [
                    ("overlay", "1", "decides"),
                    ("record", "1", "differs"),
                    ("page", "`1`", "differs"),
                    ("markdown", "`1`", "differs"),
                ],
                ["corrected"],
            )
        },
        ["corrected"],
    ),
    "an overlay confirms what counts": (
        MODEL | LESS,
        corrected("minimum = 0", "minimum = 0"),
        {
            "Min": (
                [("overlay", "0", "decides"), ("record", "0", "agrees"), ("page", "1", "differs")],
                [],
            )
        },
        [],
    ),
    "wording is no dispute": (
        MODEL | {"a": MODEL["a"] | {"description": "Thus."}},
        "",
        {
            "Description": (
                [("record", '"So."', "decides"), ("page", "Thus.", "differs"), ("markdown", "So.", "agrees")],
                [],
            )
        },
        [],
    ),
    "the page has no such parameter": (
        {"b": MODEL["b"]},
        "",
        {"Type": ([("record", '"number"', "decides"), ("markdown", "number", "agrees")], [])},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_fact_tells_who_says_what_and_what_counts(root: Root, case: str) -> None:
    on_page, overlay, facts, marks = CASES[case]
    files: dict[str, Any] = {"page.md": write_page(on_page), "one.record.json": write_record(MODEL)}
    files |= {"one.llm.md": write_markdown(MODEL), "one.overlay.toml": overlay or "# None.\n"}
    put(root, {f"{FOLDER}/{name}": text for name, text in files.items()})
    assert root.run("scrape").code == 0
    row = read_origins(root)["one"]["a"]
    assert {label: (said(find(row, label)), [*find(row, label).marks]) for label in facts} == facts
    assert [*row.marks] == marks
    reason = "Asked." if overlay else ""
    assert {find(row, label).reason for label in facts} == {reason}


def test_a_row_is_undocumented_where_the_api_alone_has_it(root: Root) -> None:
    put(
        root,
        {
            f"{FOLDER}/page.md": write_page({"a": MODEL["a"]}),
            f"{FOLDER}/one.record.json": write_record(MODEL),
        },
    )
    root.run("scrape")
    rows = read_origins(root)["one"]
    assert {name: row.marks for name, row in rows.items()} == {
        "": (),
        "a": (),
        "b": ("undocumented",),
        "b[].c": ("undocumented",),
    }
    (place,) = find(rows["b[].c"], "Type").statements
    assert (place.file, place.row, place.title) == (f"{FOLDER}/one.record.json", "b.c", "the record")
    lines = (root.path / place.file).read_text().splitlines()
    assert lines[place.line - 1][place.at.column - 1 :].startswith('"string"')


def test_facts_of_the_model_have_labels_and_its_overlay_a_reason(root: Root) -> None:
    assert scrape(root, page(), correction("", 'description = "Quick"', "")).code == 0
    model = read_origins(root)["alpha"][""]
    assert [one.label for one in model.facts] == ["Title", "Model ID", "Capabilities", "Description"]
    described = find(model, "Description")
    assert (said(described), described.reason) == ([("overlay", "", "decides")], "Asked the service.")
    assert described.statements[0].place == f"{OVERLAY}:3:9"
    assert model.marks == ("corrected",)


# What is done to the root -> the marks of the row of alpha, and of its default; none where there are no origins.
def unlisted(root: Root) -> None:
    others = "".join(map(section, ("gamma", "delta", "epsilon", "zeta")))
    scrape(root, TOP + section("alpha") + section("beta") + others)
    scrape(root, TOP + section("beta") + others)


def without_profile(root: Root) -> None:
    put(root, {"specs/profile.toml": None})


LOST: dict[str, tuple[Any, list[str] | None]] = {
    "nothing": (lambda _: None, []),
    "the spec is edited by hand": (
        lambda root: root.edit("specs/videos/alpha.json", '"default": 1', '"default": 2'),
        ["unsourced"],
    ),
    "the page says something else by now": (
        lambda root: root.edit("specs/videos/page.md", "| `1` |", "| `3` |"),
        ["unsourced"],
    ),
    "the page has it no more": (
        lambda root: put(root, {"specs/videos/page.md": TOP + section("beta")}),
        None,
    ),
    "the page cannot be read": (lambda root: put(root, {"specs/videos/page.md": b"\xff"}), None),
    "the page is gone": (lambda root: put(root, {"specs/videos/page.md": None}), None),
    "no page lists the model": (unlisted, None),
    "there is no profile": (without_profile, None),
}


@pytest.mark.parametrize("case", LOST)
def test_what_no_source_says_now_has_no_origin(root: Root, case: str) -> None:
    scrape(root, TOP + section("alpha") + section("beta"))
    lose, marks = LOST[case]
    lose(root)
    forget(root)
    row = read_origins(root)["alpha"].get("strength")
    assert (None if row is None else [*row.marks]) == marks
    if row:
        assert find(row, "Default").is_known == ("unsourced" not in row.marks)
        assert find(row, "Min").is_known
        differing = [one.judgement == "differs" for one in find(row, "Default").statements]
        assert differing == ["unsourced" in row.marks]  # what is said instead
