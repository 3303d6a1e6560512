"""What several sources say of a model is one spec, whichever there are, and a contradiction is told with both places.

Modules: conditions, llm_markdown, merging, sources.
"""

import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.described_models import (
    Model,
    expect_property,
    is_required,
    models,
    write_markdown,
    write_page,
    write_record,
)
from support.roots import Ran, Root, make_root

PAGE = "specs/videos/page.md"
MARKDOWN = "specs/videos/one.llm.md"
RECORD = "specs/videos/one.record.json"
WRITERS = {"page": write_page, "markdown": write_markdown, "record": write_record}
FILES = {"page": PAGE, "markdown": MARKDOWN, "record": RECORD}
MILD = {"parameter-in-doubt", "condition-unmatched", "single-choice", "required-with-default"}


def put(root: Root, said: Mapping[str, str]) -> Ran:
    """Write what the sources say, remove those that say nothing, and scrape."""
    for source, file in FILES.items():
        path = root.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if source in said:
            path.write_text(said[source], encoding="utf-8")
    with redirect_stdout(StringIO()) as out:
        code = root.run("scrape", "--verbose").code
    return Ran(code, out.getvalue(), "")


def codes(ran: Ran) -> list[str]:
    """Give the codes of findings; each record here has more than what is saved of one."""
    found = [line.rpartition("[")[2].rstrip("]") for line in ran.out.splitlines() if line.endswith("]")]
    return [code for code in found if code != "record-unreduced"]


def spec(root: Root) -> dict[str, Any]:
    found: dict[str, Any] = root.read_json("specs/videos/one.json")
    return found


@st.composite
def spread(draw: st.DrawFn) -> tuple[Model, dict[str, list[str]]]:
    """Make a model, and which sources there are and which of its parameters each lists."""
    model = draw(models())
    sources = ["page", *draw(st.lists(st.sampled_from(["markdown", "record"]), unique=True))]
    lists = {one: [name for name in model if draw(st.booleans())] for one in sources}
    for name in model:
        if not any(name in names for names in lists.values()):
            lists[draw(st.sampled_from(sources))].append(name)
    return model, {one: [name for name in model if name in names] for one, names in lists.items()}


@given(spread())
@settings(max_examples=60, deadline=None)
def test_the_facts_of_a_model_spread_over_sources_and_merged_give_the_model_back(
    described: tuple[Model, dict[str, list[str]]],
) -> None:
    model, lists = described
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        ran = put(root, {source: WRITERS[source](model, names) for source, names in lists.items()})
        assert ran.code == 0, ran.out
        assert {*codes(ran)} <= MILD, ran.out
        found = spec(root)
    by = {name: [source for source, names in lists.items() if name in names] for name in model}
    assert found["properties"] == {
        name: expect_property(model[name], by[name]) for name in found["properties"]
    }
    order = [name for source in ("record", "page", "markdown") for name in lists.get(source, ())]
    assert [*found["properties"]] == [*dict.fromkeys(order)]
    assert found["required"] == [name for name in found["properties"] if is_required(model[name])]
    conditions = {
        name: model[name]["required"] for name in model if "record" in by[name] and "required" in model[name]
    }
    dependent: dict[str, list[str]] = {}
    for name in found["properties"]:
        for other in conditions.get(name, {}).get("ifDefined", ()):
            dependent.setdefault(other, []).append(name)
    assert found.get("dependentRequired", {}) == dependent
    groups = {
        frozenset((name, other)) for name, one in conditions.items() for other in one.get("ifNotDefined", ())
    }
    shown = [
        frozenset(name for one in group["anyOf"] for name in one["required"])
        for group in found.get("allOf", ())
    ]
    assert len(shown) == len(groups)
    assert {*shown} == groups


# One parameter, as each source has it; what the spec says; and what is found, each beginning with the place.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "all agree": (
        {"page": {"type": "number", "default": 1}, "markdown": {"type": "number", "default": 1}, "record": {"type": "number", "default": 1.0}},
        {"type": "number", "default": 1},
        [],
    ),
    "Markdown has no bounds and no choices": (
        {"page": {"type": "number", "min": 0, "max": 9}, "markdown": {"type": "number"}},
        {"minimum": 0, "maximum": 9},
        [],
    ),
    "the page writes - for an empty text": (
        {"page": {"type": "string", "default": ""}, "record": {"type": "string", "default": ""}},
        {"default": ""},
        [],
    ),
    "the page writes - for an empty text that only Markdown knows": (
        {"page": {"type": "string"}, "markdown": {"type": "string", "default": ""}},
        {"default": ""},
        [],
    ),
    "the record has no default where Markdown has an empty one": (
        {"page": {"type": "model_array", "default": []}, "markdown": {"type": "model_array", "default": ""}, "record": {"type": "model_array"}},
        {"default": []},
        [],
    ),
    "a default that is not empty is denied by -": (
        {"page": {"type": "string"}, "record": {"type": "string", "default": "a"}},
        {"default": "a"},
        ['page.md:17:23: x: default: "a" in the record (one.record.json:14:16), which counts, but nothing in the page'],
    ),
    "what the record lacks counts for nothing": (
        {"page": {"type": "number", "max": 9}, "record": {"type": "number"}},
        {"maximum": None},
        ["page.md:17:31: x: maximum: nothing in the record (one.record.json:13:13), which counts, but 9 in the page"],
    ),
    "No on the page does not deny a condition": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"ifDefined": {"y": {"message": "So."}}}}},
        {"required": False, "dependentRequired": {"y": ["x"]}},
        [],
    ),
    "No on the page denies that it is always required": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"always": True}}},
        {"required": True},
        ["page.md:17:16: x: required: true in the record (one.record.json:15:16), which counts, but false in the page"],
    ),
    "other choices": (
        {"page": {"type": "string", "allowedValues": ["a", "b"]}, "record": {"type": "string", "allowedValues": ["a", "c"]}},
        {"enum": ["a", "c"]},
        ['page.md:17:35: x: choices: ["a", "c"] in the record (one.record.json:14:22), which counts, but ["a", "b"] in the page'],
    ),
    "choices in another order are the same": (
        {"page": {"type": "string", "allowedValues": ["a", "b"]}, "record": {"type": "string", "allowedValues": ["b", "a"]}},
        {"enum": ["b", "a"]},
        [],
    ),
    "a value that Markdown alone cannot tell from notation": (
        {"page": {"type": "string", "allowedValues": ["None", "b"], "default": "None"}, "markdown": {"type": "string", "default": "None"}},
        {"default": "None"},
        [],
    ),
    "another type: what the other sources say of its values does not count": (
        {"page": {"type": "string", "default": "5", "allowedValues": ["5", "6"]}, "record": {"type": "number", "default": 5}},
        {"type": "number", "default": 5, "enum": None},
        ['page.md:17:9: x: type: "number" in the record (one.record.json:13:13), which counts, but "string" in the page'],
    ),
    "descriptions differ as they like": (
        {"page": {"type": "string", "description": "So."}, "record": {"type": "string", "description": "Thus."}},
        {"description": "Thus."},
        [],
    ),
    "a description that the record lacks": (
        {"page": {"type": "string", "description": "So."}, "record": {"type": "string"}},
        {"description": "So."},
        [],
    ),
    "several conditions are kept, and not enforced": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"ifNotDefined": {"y": {}, "z": {}}}}},
        {"x-required-if": {"ifNotDefined": ["y", "z"]}, "allOf": None},
        [],
    ),
    "a conditional is kept, and not enforced": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"conditional": {"values": {"y": ["a"]}, "operator": "or"}}}},
        {"x-required-if": {"conditional": {"values": {"y": ["a"]}, "operator": "or"}}},
        [],
    ),
    "a condition on what the model does not have": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"ifDefined": {"lastFrame": {"message": "So."}}}}},
        {"dependentRequired": None, "x-required-if": None},
        ["one.record.json:15:19: x: its condition names 'lastFrame', which is no parameter"],
    ),
    "a condition on itself": (
        {"page": {"type": "file"}, "record": {"type": "file", "required": {"ifNotDefined": "x"}}},
        {"allOf": None},
        ["one.record.json:15:22: x: its condition names itself"],
    ),
    "nested parameters": (
        {
            "page": {"type": "inputs_array"},
            "record": {
                "type": "inputs_array",
                "inputs": [
                    {"name": "t", "type": "number", "min": 0, "required": {"always": True}},
                    {"name": "image", "type": "file", "kind": "image", "required": {"ifDefined": {"t": {}}}},
                ],
            },
        },
        {
            "items": {
                "type": "object",
                "properties": {
                    "t": {"type": "number", "x-type": "number", "minimum": 0},
                    "image": {"type": "string", "x-type": "file", "x-required-if": {"ifDefined": ["t"]}, "x-kind": "image"},
                },
                "required": ["t"],
            }
        },
        [],
    ),
}  # fmt: skip
OTHERS: Model = {"y": {"type": "string", "description": "So."}, "z": {"type": "string", "description": "So."}}


@pytest.mark.parametrize("case", CASES)
def test_sources_agree_add_or_contradict_each_other(root: Root, case: str) -> None:
    said, expected, findings = CASES[case]
    ran = put(
        root,
        {
            source: WRITERS[source]({"x": {"description": "So.", **facts}, **OTHERS})
            for source, facts in said.items()
        },
    )
    assert ran.code == 0, ran.out
    found = spec(root)
    merged = found["properties"]["x"] | {"required": "x" in found["required"]}
    merged |= {keyword: found.get(keyword) for keyword in ("dependentRequired", "allOf")}
    assert {keyword: merged.get(keyword) for keyword in expected} == expected
    lines = [line.replace("specs/videos/", "") for line in ran.out.splitlines() if ": warning: " in line]
    shown = [
        line.replace(": warning: model_one:", ":").partition(";")[0]
        for line in lines
        if "sources-differ" in line or "condition" in line
    ]
    assert shown == findings


@given(models(), st.data())
@settings(max_examples=25, deadline=None)
def test_what_the_page_contradicts_is_told_once_and_changes_nothing(
    model: Model, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([*model]))
    facts = model[name]
    changed: dict[str, Any] = {"required": {} if is_required(facts) else {"always": True}}
    changed |= {"max": facts["max"] + 1} if "max" in facts else {}
    changed |= {"allowedValues": [*facts["allowedValues"], "zz"]} if "allowedValues" in facts else {}
    changed |= {"default": not facts["default"]} if isinstance(facts.get("default"), bool) else {}
    field = data.draw(st.sampled_from([*changed]))
    other = model | {name: facts | {field: changed[field]}}
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        said = {source: WRITERS[source](model) for source in FILES}
        assert put(root, said).code == 0
        before = spec(root)
        ran = put(root, said | {"page": write_page(other)})
        assert ran.code == 0, ran.out
        assert spec(root) == before
    [line] = [line for line in ran.out.splitlines() if "[sources-differ]" in line]
    assert line.startswith(f"{PAGE}:")
    assert f"({RECORD}:" in line, line
    assert f" {name}: " in line


@pytest.mark.parametrize(("expect", "right", "maximum"), [(3, 2, 2), (3, 3, 3)])
def test_an_overlay_settles_a_contradiction(root: Root, expect: int, right: int, maximum: int) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "max": 3}}
    said = {"record": write_record(model), "page": write_page({"x": model["x"] | {"max": 2}})}
    assert codes(put(root, said)) == ["sources-differ"]
    correction = f'parameter = "x"\nexpect = {{ maximum = {expect} }}\nset = {{ maximum = {right} }}\nreason = "Asked."\n'
    (root.path / "specs/videos/one.overlay.toml").write_text(f"[[correct]]\n{correction}")
    ran = put(root, said)
    assert (ran.code, codes(ran)) == (0, []), ran.out
    assert spec(root)["properties"]["x"]["maximum"] == maximum
    ran = put(root, said | {"record": write_record({"x": model["x"] | {"max": 4}})})
    assert ran.code == 3
    assert "the overlay expects the maximum 3, but the record states 4" in ran.out


def test_files_of_models_that_are_elsewhere_are_told_where_they_belong(root: Root) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "max": 3}}
    ran = put(
        root, {"page": write_page(model), "record": write_record(model).replace("model_one", "model_two")}
    )
    assert codes(ran) == ["source-unmatched"]
    root.add_page("others", write_page(model, model_id="model_two"))
    ran = root.run("scrape", "--verbose")
    assert f"git mv {RECORD} specs/others" in ran.out
    before = (root.path / RECORD).read_bytes()
    assert root.run("scrape", "--prune").code == 0
    assert (root.path / RECORD).read_bytes() == before
    (root.path / RECORD).rename(root.path / "specs/others/two.record.json")
    assert codes(root.run("scrape", "--verbose")) == []


def test_no_spec_is_called_like_a_file_that_describes_a_model(root: Root) -> None:
    for name in ("model_one.record", "model_one.LLM"):
        root.add_page("videos", write_page({"x": {"type": "number"}}, model_id=name))
        ran = root.run("scrape")
        assert ran.code == 3
        assert "is not a valid file name" in ran.out


@pytest.mark.parametrize(
    "order", [["page", "record", "markdown"], ["record", "page", "markdown"], ["markdown", "page", "record"]]
)
def test_the_profile_says_whose_word_counts(root: Root, order: list[str]) -> None:
    root.edit("specs/profile.toml", 'order = ["record", "page", "markdown"]', f"order = {order}")
    values = {"page": 1, "record": 2, "markdown": 3}
    models = {
        source: {"x": {"type": "number", "description": source, "default": value}}
        for source, value in values.items()
    }
    assert (
        codes(put(root, {source: WRITERS[source](model) for source, model in models.items()}))
        == ["sources-differ"] * 2
    )
    found = spec(root)["properties"]["x"]
    assert (found["default"], found["description"]) == (values[order[0]], order[0])
    root.edit("specs/profile.toml", 'title = "page" }', 'default = "page" }')
    assert root.run("scrape").code == 0
    assert spec(root)["properties"]["x"]["default"] == 1


def test_a_confirmation_is_obsolete_once_the_sources_agree(root: Root) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "max": 3}}
    correction = 'parameter = "x"\nexpect = { maximum = 3 }\nset = { maximum = 3 }\nreason = "Asked."\n'
    assert put(root, {"page": write_page(model)}).code == 0
    (root.path / "specs/videos/one.overlay.toml").write_text(f"[[correct]]\n{correction}")
    ran = put(root, {"page": write_page(model), "record": write_record(model)})
    assert (ran.code, codes(ran)) == (0, ["overlay-obsolete"])


def test_a_model_keeps_what_describes_it_when_it_moves_to_another_page(root: Root) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "label": "X", "max": 3}}
    put(root, {"page": write_page(model), "record": write_record(model), "markdown": write_markdown(model)})
    before = spec(root)
    root.add_page("others", write_page(model))
    root.add_page("videos", write_page(model, model_id="model_new"))
    with redirect_stdout(StringIO()):
        assert root.run("scrape").code == 0
    assert root.read_json("specs/others/one.json") == before
    ran = put(root, {source: (root.path / file).read_text() for source, file in FILES.items()})
    assert codes(ran) == ["source-unmatched"] * 2, ran.out
    assert f"git mv {RECORD} specs/others" in ran.out


OTHER_COLUMNS = {
    "Parameter": "Param",
    "Type": "Kind",
    "Required": "Must",
    "Default": "Preset",
    "Description": "About",
}


def test_the_columns_of_llm_markdown_are_those_that_the_profile_declares_for_it(root: Root) -> None:
    model: Model = {"x": {"type": "file", "description": "So.", "default": ""}}
    text = write_markdown(model)
    profile = root.path / "specs/profile.toml"
    before, table, after = profile.read_text().partition("[sources.markdown.columns]")
    for old, new in OTHER_COLUMNS.items():
        text = text.replace(f"| {old} |", f"| {new} |", 1).replace(f"{old} |", f"{new} |", 1)
        after = after.replace(f'"{old}" =', f'"{new}" =', 1)
    ran = put(root, {"page": write_page(model), "markdown": text})
    assert codes(ran) == ["unreadable-source"]
    profile.write_text(before + table + after)
    ran = put(root, {"page": write_page(model), "markdown": text})
    assert (ran.code, codes(ran)) == (0, []), ran.out
    assert spec(root)["properties"]["x"]["default"] == ""
    ran = put(
        root,
        {"page": write_page(model), "markdown": text.replace("Preset", "Level").replace("assetId", "colour")},
    )
    assert "# specs/profile.toml, below [sources.markdown.columns]" in ran.out
    row = next(line for line in text.splitlines() if line.startswith("| `x`")).replace("assetId", "colour")
    rows = "\n".join(row.replace("`x`", f"`{name}`") for name in "vw")
    ran = put(root, {"page": write_page(model), "markdown": f"{text.partition('| `x`')[0]}{rows}\n"})
    with redirect_stdout(StringIO()) as out:
        root.run("scrape")
    assert "# specs/profile.toml, below [sources.markdown.types]" in out.getvalue()


@pytest.mark.parametrize("first", ["page", "record", "markdown"])
def test_a_parameter_that_the_deciding_source_lacks_is_told(root: Root, first: str) -> None:
    order = [first, *(one for one in FILES if one != first)]
    root.edit("specs/profile.toml", 'order = ["record", "page", "markdown"]', f"order = {order}")
    model: Model = {name: {"type": "number", "description": "So."} for name in ("x", "y")}
    said = {source: WRITERS[source](model, ["x"] if source == first else ["x", "y"]) for source in FILES}
    ran = put(root, said)
    assert codes(ran) == ["parameter-in-doubt"]
    assert [*spec(root)["properties"]] == ["x", "y"]


BROKEN: dict[str, tuple[str, str]] = {  # what is written instead of "So." in a record -> what is said
    "not UTF-8": ("So\udce9", "one.record.json:13:23: error: model_one: is not UTF-8 here"),
    "half of a character": (
        "So\\ud83d",
        'one.record.json:13:20: error: model_one: "So\\ud83d" has half of a character',
    ),
    "a conflict": (
        "\n<<<<<<< a\n=======\n>>>>>>> b\n",
        "one.record.json:14: error: model_one: git has left a conflict here",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_source_that_is_damaged_is_told_and_the_model_keeps_its_spec(root: Root, case: str) -> None:
    model: Model = {"x": {"type": "number", "description": "So.", "label": "X"}}
    assert put(root, {"page": write_page(model), "record": write_record(model)}).code == 0
    before = spec(root)
    text, told = BROKEN[case]
    (root.path / RECORD).write_bytes(
        write_record(model).replace("So.", text).encode(errors="surrogateescape")
    )
    ran = root.run("scrape", "--verbose")
    assert ran.code == 3
    assert f"specs/videos/{told}" in ran.out
    assert spec(root) == before


INSIDE = {  # a field inside a parameter -> what is said of it, and at which field
    "bounds": ({"type": "number", "min": 5, "max": 1}, "t: the minimum 5 is above the maximum 1"),
    "a default": (
        {"type": "number", "allowedValues": [1, 2], "default": 3},
        "t: the default: 3 is none of 1, 2",
    ),
    "a bound": ({"type": "number", "min": "q"}, 'min: "q" is not a number'),
    "a list": (
        {"type": "string", "inputs": []},
        "inputs: a parameter of type string has no parameters in it",
    ),
}


@pytest.mark.parametrize("case", INSIDE)
def test_what_is_wrong_inside_a_parameter_is_told_as_outside(root: Root, case: str) -> None:
    facts, told = INSIDE[case]
    model: Model = {"x": {"type": "inputs_array", "description": "So.", "inputs": [{"name": "t", **facts}]}}
    ran = put(root, {"page": write_page(model), "record": write_record(model)})
    assert ran.code == 3
    assert f"error: model_one: x: {told}" in ran.out or f"x: inputs: {told}" in ran.out, ran.out
    assert "[[correct]]" not in ran.out


def test_conditions_that_nothing_checks_may_be_any_json_and_name_parameters_that_there_are(
    root: Root,
) -> None:
    for value in ([{"a": 1}], [[1]], "x", 3, True, {"operator": "and"}):
        facts = {"type": "file", "description": "So.", "required": {"conditional": value}}
        ran = put(root, {"page": write_page({"x": facts}), "record": write_record({"x": facts})})
        assert ran.code == 0, ran.out
        assert spec(root)["properties"]["x"]["x-required-if"] == {"conditional": value}
    facts = {"type": "file", "description": "So.", "required": {"conditional": {"values": {"gone": ["a"]}}}}
    ran = put(root, {"page": write_page({"x": facts}), "record": write_record({"x": facts})})
    assert "x: its condition names 'gone', which is no parameter" in ran.out
    assert "x-required-if" not in spec(root)["properties"]["x"]


@pytest.mark.parametrize("field", ["allowedValues", "default"])
def test_what_nobody_sees_in_a_value_of_a_record_is_told(root: Root, field: str) -> None:
    value: Any = ["a\u200b", "b"] if field == "allowedValues" else "a\u200b"
    model: Model = {"x": {"type": "string", "description": "So.", field: value}}
    ran = put(
        root,
        {"page": write_page({"x": {"type": "string", "description": "So."}}), "record": write_record(model)},
    )
    assert ran.code == 3
    assert "has characters that nobody sees: U+200B" in ran.out
