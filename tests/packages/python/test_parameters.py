"""Parameters as data, as the catalogue gives them: enough to build a form; and requests to a model that its own record describes."""

import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from support.hand_written import FILE, FILES, HAND_WRITTEN, array, integer, text, thing, together
from support.made_packages import imported
from support.vectors import made_spec

MODEL = "model_gpt-image"
SPEC = made_spec(
    {
        "prompt": text(maxLength=32000, description="What it shows.", **{"x-label": "Prompt", "x-hint": "Be brief.", "x-placeholder": "A cat"}),
        "referenceImages": array(text(), maxItems=10, **FILES, **{"x-kind": "image", "x-label": "References"}),
        "mask": text(**FILE, **{"x-kind": "image", "x-mask-from": "referenceImages"}),
        "quality": text(enum=["low", "high"], default="low", **{"x-labels": {"high": "HD", "none": "-"}, "x-cost": True}),
        "seconds": array({"type": ["number", "boolean"], "enum": [-1, 0.5, 4.0, True]}, **{"x-labels": {"-1": "Auto", "4": "Four", "true": "On"}}),
        "sizes": {"enum": [1e20, 1.0, 1e21, 1e-6, 1e-7], "x-labels": {"100000000000000000000": "Big", "1": "One", "1e+21": "Huge", "0.000001": "Small", "1e-7": "Tiny"}},
        "flag": {"type": "boolean", "x-labels": {"true": "Yes", "no": "No"}},
        "flags": array({"type": "boolean"}, **{"x-labels": {"false": "No"}}),
        "named": text(**{"x-labels": {"a": "A 1"}}),
        "numOutputs": integer(minimum=1, maximum=10, default=1, **{"x-step": 1, "x-group": "Output"}),
        "shots": array(thing({"image": text(**FILE, **{"x-kind": "image"}), "note": text(maxLength=3)}, "image")),
        "odd": text(**{"x-kind": 3, "x-labels": "text", "x-label": ["a"], "x-cost": "yes", "x-hint": {}, "x-unit": "px"}),
    },
    ["quality"],
) | {"x-model": MODEL, "dependentRequired": {"mask": ["referenceImages"]}, **together([["referenceImages"], ["prompt"]])}  # fmt: skip


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported({MODEL: SPEC, **HAND_WRITTEN}, tmp_path_factory.mktemp("parameters")) as made:
        assert made.models()
        assert f"{made.__name__}.parameters" not in sys.modules  # nothing is read before it is asked for
        yield made


# The parameter, and what is said of it beside what is said of each that nobody speaks of.
NOTHING = {"label": "", "group": "", "hint": "", "kind": "", "choices": (), "rules": {}, "required": False, "default": None, "is_file": False,
           "changes_price": False, "required_with": (), "required_unless": (), "annotations": {}, "properties": ()}  # fmt: skip
SAID: dict[str, dict[str, Any]] = {
    "prompt": {"label": "Prompt", "hint": "Be brief.", "rules": {"maxLength": 32000}, "annotations": {"x-placeholder": "A cat"}},
    "referenceImages": {"kind": "image", "is_file": True, "label": "References", "rules": {"maxItems": 10}, "required_with": ("mask",),
                        "required_unless": ((("prompt",),),)},
    "mask": {"kind": "image", "is_file": True, "annotations": {"x-mask-from": "referenceImages"}},
    "quality": {"required": True, "default": "low", "choices": (("low", "low"), ("high", "HD")), "changes_price": True},
    "seconds": {},
    "sizes": {"choices": ((1e20, "Big"), (1.0, "One"), (1e21, "Huge"), (1e-6, "Small"), (1e-7, "Tiny"))},
    "flag": {"choices": ((True, "Yes"), (False, "false"))},
    "flags": {},
    "named": {"annotations": {"x-labels": {"a": "A 1"}}},
    "numOutputs": {"rules": {"minimum": 1, "maximum": 10}, "default": 1, "group": "Output", "annotations": {"x-step": 1}},
    "shots": {},
    "odd": {"annotations": {"x-kind": 3, "x-labels": "text", "x-label": ["a"], "x-cost": "yes", "x-hint": {}, "x-unit": "px"}},
}  # fmt: skip


def parameters_of(package: Any, model: str) -> dict[str, Any]:
    return {one.name: one for info in package.models() if info.id == model for one in info.parameters}


def test_the_catalogue_gives_what_is_said_of_a_parameter(package: ModuleType) -> None:
    found = parameters_of(package, MODEL)
    assert {name: {key: getattr(one, key) for key in NOTHING} for name, one in found.items()} == {
        name: NOTHING | said for name, said in SAID.items()
    }
    assert [(one.python_name, one.type, one.json_types) for one in found.values()][1:3] == [
        ("reference_images", "file_array", ("array",)),
        ("mask", "file", ("string",)),
    ]
    images, seconds, shots = (found[name].items for name in ("referenceImages", "seconds", "shots"))
    assert (images.kind, images.is_file, images.type) == ("image", True, "file")
    assert found["flags"].items.choices == ((True, "true"), (False, "No"))
    assert seconds.choices == ((-1, "Auto"), (0.5, "0.5"), (4.0, "Four"), (True, "On"))
    assert [(one.name, one.kind, one.is_file, one.required, one.rules) for one in shots.properties] == [
        ("image", "image", True, True, {}),
        ("note", "", False, False, {"maxLength": 3}),
    ]
    assert found["odd"].schema == SPEC["properties"]["odd"]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
    assert len({*found.values()}) == len(found)


ACCEPTED = {"image": "image/*", "video": "video/*", "audio": "audio/*", "3d": "model/*"}


def write_control(one: Any) -> ET.Element:
    """Write the control of a form for a parameter, by what the catalogue says of it alone."""
    label = ET.Element("label", {"title": one.hint, "data-group": one.group, "data-name": one.name})
    label.text = (one.label or one.name) + (" *" if one.changes_price else "")
    facts = {"required": "required"} if one.required else {}
    if one.choices:
        select = ET.SubElement(label, "select", facts)
        for value, name in one.choices:
            ET.SubElement(
                select,
                "option",
                {"value": json.dumps(value), **({"selected": ""} if value == one.default else {})},
            ).text = name
    elif one.items or one.properties:
        fields = ET.SubElement(
            label,
            "fieldset",
            facts | {"data-least": str(one.rules.get("minItems", 0)), "data-of": " ".join(one.json_types)},
        )
        fields.extend(map(write_control, [one.items] if one.items else one.properties))
    elif one.is_file:
        ET.SubElement(label, "input", facts | {"type": "file", "accept": ACCEPTED.get(one.kind, "*/*")})
    else:
        kinds = {"integer": "number", "number": "number", "boolean": "checkbox", "string": "text"}
        kind = kinds.get(one.json_types[0], "json") if len(one.json_types) == 1 else "json"
        limits = {"min": "minimum", "max": "maximum", "minlength": "minLength", "maxlength": "maxLength"}
        facts |= {name: json.dumps(one.rules[key]) for name, key in limits.items() if key in one.rules}
        ET.SubElement(
            label,
            "input",
            facts | {"type": kind, "value": "" if one.default is None else json.dumps(one.default)},
        )
    return label


def fill(label: ET.Element) -> Any:
    """Fill in a control as somebody does who only sees the form."""
    control = label[0]
    if control.tag == "select":
        return json.loads(
            next((one for one in control if "selected" in one.attrib), control[0]).attrib["value"]
        )
    if control.tag == "fieldset" and control.attrib["data-of"] == "array":
        return [fill(control[0])] * int(control.attrib["data-least"])
    if control.tag == "fieldset":
        return {one.attrib["data-name"]: fill(one) for one in control if "required" in one[0].attrib}
    return fill_input(control.attrib)


def fill_input(facts: dict[str, str]) -> Any:
    if facts["type"] == "file":
        return "asset_1"
    if facts["value"]:
        return json.loads(facts["value"])
    if facts["type"] == "number":
        return json.loads(facts.get("min", facts.get("max", "0")))
    return {"checkbox": False, "json": {}}.get(facts["type"], "x" * int(facts.get("minlength", "1")))


def test_a_form_can_be_built_from_it_for_every_model_and_what_is_filled_in_is_valid(
    generated_models: Any,
) -> None:
    from scenario_models.validators import validate

    assert len(generated_models.models()) > 20
    for info in generated_models.models():
        form = ET.Element("form", {"action": info.id})
        form.extend(map(write_control, info.parameters))
        read = ET.fromstring(ET.tostring(form))  # noqa: S314 - our own
        needed = {one.name for one in info.parameters if one.required or one.required_unless}
        payload = {one.attrib["data-name"]: fill(one) for one in read if one.attrib["data-name"] in needed}
        assert validate(info.id, payload) == []
        fields = generated_models.model(info.id).model_fields
        assert {name: one.serialization_alias or name for name, one in fields.items()} == {
            one.python_name: one.name for one in info.parameters
        }
        everything = {one.attrib["data-name"]: fill(one) for one in read}
        assert {one.code for one in validate(info.id, everything)} <= {"multipleOf"}


def test_every_type_and_rule_is_data(package: ModuleType) -> None:
    for info in package.models():
        properties = package.specs.load_spec(info.id)["properties"]
        assert [one.name for one in info.parameters] == [*properties]
        for one in info.parameters:
            write_control(one)
            assert one.schema == properties[one.name]
            assert one.rules.items() <= one.schema.items()
            listed = [True, False] if one.name == "flag" and info.id == MODEL else []
            assert [choice.value for choice in one.choices] == one.schema.get("enum", listed)
            assert one.default == one.schema.get("default")


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"mask": Path("a.png"), "prompt": "a"}, {"referenceImages": "referenceImages is required"}),
    ({}, {"referenceImages": "referenceImages is required"}),
    ({"prompt": "a" * 32001}, {"prompt": "at most 32000 characters"}),
    ({"referenceImages": ["asset_1"] * 11}, {"referenceImages": "more elements than 10"}),
    ({"prompt": "a", "mask": "asset_1", "numOutputs": 1.0}, {"referenceImages": "referenceImages is required"}),
    ({"prompt": "a", "shots": [{"image": Path("a.png"), "note": "long"}, {}]}, {"shots.0.note": "", "shots.1.image": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "said"), WRONG)
def test_conditions_and_lengths_are_checked_when_a_request_is_made(
    package: ModuleType, parameters: dict[str, Any], said: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="validation error") as raised:
        package.factory.from_body(MODEL, parameters)
    found = {".".join(map(str, one["loc"])): one["msg"] for one in raised.value.errors()}
    assert found.keys() == said.keys()
    for name, one in said.items():
        assert one in found[name]
