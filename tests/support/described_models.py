"""A model and what each source says of it: a page, its LLM Markdown, and its record, written from the same facts."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from support.cells import markdown_page

Facts = dict[str, Any]  # of a parameter: by field of a record, without what does not apply
Model = dict[str, Facts]

ID = "model_one"
MARKDOWN_WORDS = {
    "file": "assetId",
    "file_array": "assetId[]",
    "model_array": "model[]",
    "number_array": "number[]",
    "string_array": "string[]",
    "inputs_array": "object[]",
}
TEXTS = {"type": "array", "items": {"type": "string"}}
TYPES: dict[str, Any] = {
    "string": {"type": "string"},
    "file": {"type": "string"},
    "model": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "file_array": TEXTS,
    "model_array": TEXTS,
    "string_array": TEXTS,
    "number_array": {"type": "array", "items": {"type": "number"}},
    "inputs_array": {"type": "array", "items": {"type": "object"}},
}
# Field of a record that no other source has -> the annotation.
ANNOTATIONS = {
    "step": "x-step",
    "kind": "x-kind",
    "label": "x-label",
    "group": "x-group",
    "costImpact": "x-cost",
    "hint": "x-hint",
    "maskFrom": "x-mask-from",
    "modelTypes": "x-model-types",
}


def write_page(model: Model, names: Iterable[str] | None = None, model_id: str = ID) -> str:
    """Write the page of a model with the rows of some of its parameters, as the vendor does: `-` for an empty default."""
    page = markdown_page([_page_row(name, model[name]) for name in (model if names is None else names)])
    return page.replace(ID, model_id)


def write_markdown(model: Model, names: Iterable[str] | None = None) -> str:
    """Write the LLM Markdown of a model: an empty code span is an empty default."""
    rows = (
        f"| `{name}` | {MARKDOWN_WORDS.get(facts['type'], facts['type'])} | {'yes' if is_required(facts) else '-'} "
        f"| {_codes(facts['default'], '``') if 'default' in facts else '-'} | {facts.get('description', '')} |\n"
        for name, facts in ((name, model[name]) for name in (model if names is None else names))
    )
    table = "| Parameter | Type | Required | Default | Description |\n|---|---|---|---|---|\n" + "".join(rows)
    return f"# One — API Reference\n\nModel ID: `{ID}`\n\n---\n\n## Generate\n\n### Parameters\n\n{table}\n### Example Requests\n"


def write_record(model: Model, names: Iterable[str] | None = None, **more: Any) -> str:
    """Write the record of a model, as the API sends it; `more` is what stands beside its parameters."""
    inputs = [{"name": name, **model[name]} for name in (model if names is None else names)]
    record = {
        "id": ID,
        "ownerId": "team_x",
        "name": "One",
        "capabilities": ["txt2img"],
        "inputs": inputs,
        **more,
    }
    return json.dumps({"model": record}, indent=1, ensure_ascii=False)


def is_required(facts: Facts) -> bool:
    return bool(facts.get("required", {}).get("always"))


def expect_property(facts: Facts, sources: Iterable[str]) -> dict[str, Any]:
    """Return what the spec must say of a parameter, given the sources that list it."""
    sources = {*sources}
    schema: dict[str, Any] = json.loads(json.dumps(TYPES[facts["type"]])) | {"x-type": facts["type"]}
    leaf = schema.get("items", schema)
    if sources & {"page", "record"}:
        leaf |= {"enum": facts["allowedValues"]} if "allowedValues" in facts else {}
        leaf |= {
            keyword: facts[field]
            for field, keyword in (("min", "minimum"), ("max", "maximum"))
            if field in facts
        }
    if "default" in facts and (facts["default"] != "" or sources & {"markdown", "record"}):
        schema["default"] = facts["default"]
    schema |= {"description": facts["description"]} if "description" in facts else {}
    if "record" in sources:
        schema |= {keyword: facts[field] for field, keyword in ANNOTATIONS.items() if facts.get(field)}
        suffix = "Items" if schema["type"] == "array" else "Length"
        schema |= {
            f"{side}{suffix}": facts[f"{side}Length"] for side in ("min", "max") if f"{side}Length" in facts
        }
    return schema


def _page_row(name: str, facts: Facts) -> dict[str, str]:
    default = facts.get("default", "")
    row = {
        "name": f"`{name}`",
        "type": facts["type"],
        "required": "Yes" if is_required(facts) else "No",
        "default": "-" if default == "" else _codes(default, "“"),
        "minimum": _number(facts.get("min")),
        "maximum": _number(facts.get("max")),
        "choices": _codes(facts["allowedValues"], "") if "allowedValues" in facts else "-",
    }
    return row | {"description": facts.get("description", "")}


def _codes(value: Any, empty: str) -> str:
    values = value if isinstance(value, list) else [value]
    written = [one if isinstance(one, str) else json.dumps(one) for one in values]
    return ", ".join(f"`{one}`" for one in written) if any(written) else empty


def _number(value: float | None) -> str:
    return "-" if value is None else json.dumps(value)


NAMES = [*"abcdef"]
WORDS = (
    st.text("abcdefghij klm", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
)
SIZES = st.integers(0, 50)


LENGTHS = {"maxLength": st.integers(50, 99)}
# The facts that the values of a type can have, of which no two contradict each other.
VALUES: dict[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "string": {"allowedValues": st.lists(WORDS, min_size=2, max_size=3, unique=True), **LENGTHS},
    "number": {
        "min": st.integers(-9, 0),
        "max": st.sampled_from([5, 7.5]),
        "step": st.just(0.5),
        "default": st.sampled_from([0, 1, 2.5]),
    },
    "boolean": {"default": st.booleans()},
    "number_array": {
        "min": st.integers(-9, 0),
        "max": st.integers(5, 9),
        "default": st.lists(st.integers(0, 5), max_size=2),
        **LENGTHS,
    },
    **{kind: {"default": st.just("")} for kind in ("file", "model")},
    **{
        kind: {"default": st.just([]), **LENGTHS}
        for kind in ("file_array", "model_array", "string_array", "inputs_array")
    },
}


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Make a model whose facts do not contradict each other."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    return {name: draw(_facts(names, name)) for name in names}


@st.composite
def _facts(draw: st.DrawFn, names: list[str], name: str) -> Facts:
    kind = draw(st.sampled_from([*TYPES]))
    facts: Facts = {"type": kind, "description": draw(WORDS)}
    others = [one for one in names if one != name]
    conditions: list[Any] = [{}, {"always": True}]
    conditions += [
        {key: {other: {"message": "So."}}} for other in others for key in ("ifDefined", "ifNotDefined")
    ]
    facts |= {"required": found} if (found := draw(st.sampled_from(conditions))) else {}
    facts |= draw(st.fixed_dictionaries({}, optional=VALUES[kind]))
    facts |= draw(
        st.fixed_dictionaries(
            {}, optional={"label": WORDS, "group": WORDS, "hint": WORDS, "costImpact": st.booleans()}
        )
    )
    if kind.startswith("file"):
        facts |= {"kind": draw(st.sampled_from(["image", "video", "3d"]))}
    if "default" not in facts and "allowedValues" in facts and draw(st.booleans()):
        one = draw(st.sampled_from(facts["allowedValues"]))
        facts["default"] = [one] if kind.endswith("_array") else one
    return facts
