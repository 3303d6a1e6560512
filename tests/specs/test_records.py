"""A model's record, as the API sends it or as it is saved, says in the spec what it says itself.

Modules: record_fields, record_form, records.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.specs.record_form import find_unread_fields, reduce_record
from paramsync.specs.records import read_record
from support.described_models import Facts, Model, expect_property, is_required, write_page
from support.roots import PROJECT, Root

SOURCES = PROJECT / "tests/specs/sources"
RECORDS = sorted((SOURCES / "records").iterdir())
PAGES = sorted((SOURCES / "markdown").iterdir())
WORDS = {"assetId": "file", "object": "inputs"}


def add_model(root: Root, model: Model, model_id: str, name: str, text: str) -> Path:
    """Add a page of a model, and a file that describes it, too."""
    capabilities = json.loads(text)["model"].get("capabilities") if name.endswith(".json") else None
    page = write_page(model, model_id=model_id)
    root.add_page(
        "page", page.replace("`txt2img`", ", ".join(f"`{one}`" for one in capabilities or ["txt2img"]))
    )
    path = root.path / "specs/page" / name
    path.write_text(text, encoding="utf-8")
    return path


def inputs_of(text: str) -> Model:
    return {one.pop("name"): one for one in json.loads(text)["model"]["inputs"]}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_real_records_and_what_is_saved_of_them_give_the_same_right_spec(root: Root, path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), path.stem.removeprefix("model_")
    model, selects = inputs_of(text), json.loads(text)["model"]["uiConfig"]["selects"]
    saved = add_model(root, model, path.stem, f"{name}.record.json", text)
    ran = root.run("scrape", "--verbose")
    assert ran.code == 0, ran.out
    assert "[sources-differ]" not in ran.out
    spec = root.read_json(f"specs/page/{name}.json")
    for parameter, facts in model.items():
        labels = {"x-labels": selects[parameter]} if parameter in selects else {}
        assert spec["properties"][parameter] == expect_property(facts, ["page", "record"]) | labels
    assert spec["required"] == [one for one in model if is_required(model[one])]
    reduced = reduce_record(text, "a.json", read_profile())
    assert set(re.findall(r'"(\w+)":', reduced)).isdisjoint(
        {"createdAt", "updatedAt", "exampleAssetIds", "tags"}
    )
    saved.write_text(reduced, encoding="utf-8")
    assert root.run("scrape").code == 0
    assert root.read_json(f"specs/page/{name}.json") == spec
    shuffled = json.dumps(reverse_keys(json.loads(text)))
    assert (
        reduce_record(shuffled, "a.json", read_profile())
        == reduced
        == reduce_record(reduced, "a.json", read_profile())
    )


def read_profile() -> Profile:
    file = PROJECT / "tests/example/specs/profile.toml"
    return read_config(file.read_text(encoding="utf-8"), "specs/profile.toml", Profile)


def reverse_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reverse_keys(one) for key, one in reversed(value.items())}
    return [reverse_keys(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_real_markdown_agrees_with_a_page_of_the_same_facts(root: Root, path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), path.stem.removeprefix("model_")
    model: Model = {
        row[1].strip("`"): read_row(row)
        for row in map(split_row, text.splitlines())
        if len(row) == 7 and "`" in row[1]
    }
    assert model
    add_model(root, model, path.stem, f"{name}.llm.md", text)
    ran = root.run("scrape", "--verbose")
    assert ran.code == 0, ran.out
    assert "[sources-differ]" not in ran.out
    spec = root.read_json(f"specs/page/{name}.json")
    assert {
        one: {"x-type": facts["type"], "default": facts.get("default")} for one, facts in model.items()
    } == {
        one: {"x-type": schema["x-type"], "default": schema.get("default")}
        for one, schema in spec["properties"].items()
    }
    assert spec["required"] == [one for one in model if is_required(model[one])]


def split_row(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def read_row(row: list[str]) -> Facts:
    """Read a row by itself, as little as that takes."""
    _, _, word, required, default, description, _ = row
    kind = "_".join(
        [
            WORDS.get(word.removesuffix("[]"), word.removesuffix("[]")),
            *(["array"] if word.endswith("[]") else []),
        ]
    )
    facts: Facts = {"type": kind, "description": description}
    facts |= {"required": {"always": True}} if required == "yes" else {}
    if default == "``":
        facts["default"] = [] if word.endswith("[]") else ""
    elif default != "-":
        facts["default"] = (
            default.strip("`") if kind not in ("number", "boolean") else json.loads(default.strip("`"))
        )
    return facts


def test_a_field_that_the_profile_does_not_name_is_told() -> None:
    inner = {"name": "b", "type": "string", "colour": 1, "required": {"sometimes": True}}
    record = {
        "model": {
            "id": "model_one",
            "more": 1,
            "inputs": [{"name": "a", "type": "inputs_array", "parent": "x", "inputs": [inner]}],
        }
    }
    assert find_unread_fields(json.dumps(record), "a.json", read_profile()) == [
        "colour",
        "required.sometimes",
    ]


def test_the_lines_of_a_field_that_cannot_be_read_settle_it_in_an_overlay(root: Root) -> None:
    model: Model = {
        "a": {"type": "number", "description": "So."},
        "b": {"type": "file", "description": "So."},
    }
    wrong = {"a": model["a"] | {"min": "0", "default": "1"}, "b": model["b"] | {"required": {"ifDefined": 4}}}
    record = {
        "model": {"id": "model_one", "inputs": [{"name": name, **facts} for name, facts in wrong.items()]}
    }
    add_model(root, model, "model_one", "one.record.json", json.dumps(record))
    ran = root.run("scrape", "--verbose")
    assert ran.code == 3
    lines = "\n".join(line[4:] for line in ran.out.splitlines() if line.startswith("    "))
    right = {"minimum": "0", "default": "1", "required_with": '["a"]'}
    for key, value in right.items():
        lines = lines.replace(f"set = {{ {key} = … }}", f"set = {{ {key} = {value} }}")
    (root.path / "specs/page/one.overlay.toml").write_text(lines, encoding="utf-8")
    ran = root.run("scrape", "--verbose")
    assert ran.code == 0, ran.out
    spec = root.read_json("specs/page/one.json")
    assert spec["properties"]["a"]["minimum"] == 0
    assert spec["properties"]["a"]["default"] == 1
    assert spec["dependentRequired"] == {"a": ["b"]}


@pytest.mark.parametrize(
    "inside", [3, "x", {"a": 1}, [3, None, {"name": "b", "type": "string", "inputs": 4}]]
)
def test_what_is_saved_of_a_record_is_wrong_where_the_record_was(inside: Any) -> None:
    record = {
        "model": {"id": "model_one", "inputs": [{"name": "a", "type": "inputs_array", "inputs": inside}]}
    }
    text = json.dumps(record)
    saved = reduce_record(text, "a.json", read_profile())
    codes = [
        [one.code for one in read_record(each, "a.json", read_profile()).findings] for each in (text, saved)
    ]
    assert codes[0] == codes[1] != []
