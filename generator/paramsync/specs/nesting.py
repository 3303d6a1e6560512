"""Nest parameters whose names say that they are inside each other, such as `image.tag` or `items[].name`. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from paramsync.findings import Finding
from paramsync.paths import SAFE_NAME
from paramsync.rules import list_types
from paramsync.specs.draft import Draft
from paramsync.specs.schema import MAX_DEPTH
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json, quote

MAX_NAME = 200  # characters of a name with those around it
BRACKETS = re.compile(r"\[([^\[\]]*)\]")
IN_BRACKETS = re.compile(r"(?P<first>[^\[\]]+)(?P<others>(?:\[[^\[\]]*\])+)")
ELEMENTS = "[]"  # after the name of an array: what follows is inside its elements


@dataclass
class _Node:
    """A parameter or an object that only names imply: what its row says, whether it is an array, and what is inside."""

    name: str = ""  # of its row
    is_array: bool = False
    holder: str = ""  # as it is written around the first name inside: items[] or items
    children: dict[str, "_Node"] = field(default_factory=dict)


def is_parameter_name(name: str, separator: str) -> bool:
    """Tell whether a name, or each part of one that says where it is, is valid."""
    parts = split_name(name, separator)
    are_few = len(name) <= MAX_NAME and len(parts) <= MAX_DEPTH
    return are_few and all(SAFE_NAME.fullmatch(part.removesuffix(ELEMENTS)) for part in parts)


def split_name(name: str, separator: str) -> list[str]:
    """Split a name at a separator, or, with `[]`, at brackets: `items[][line]`."""
    if separator == ELEMENTS and (found := IN_BRACKETS.fullmatch(name)):
        parts = [found["first"]]
        for inner in BRACKETS.findall(found["others"]):
            parts[-1:] = [parts[-1], inner] if inner else [parts[-1] + ELEMENTS]
        return parts
    return name.split(separator) if separator else [name]


def list_paths(draft: Draft) -> dict[tuple[str, ...], str]:
    """List the parameters of a draft in which they are nested, by the names around each and its own."""
    separator = draft.profile.tables.nested
    return {tuple(_clean(split_name(name, separator))): name for name in draft.nested}


def nest_parameters(draft: Draft) -> None:
    """Put each parameter of a draft inside those that its name says; the draft keeps all by their whole names as well."""
    separator, spec = draft.profile.tables.nested, draft.spec
    if not separator or "properties" not in spec:
        return
    draft.nested, required = spec["properties"], {*spec["required"]}
    root = _Node()
    for name in draft.nested:
        _add(root, split_name(name, separator), name, draft)
    spec["properties"] = {name: _build(node, draft, required) for name, node in root.children.items()}
    spec["required"] = [name for name, node in root.children.items() if node.name in required]
    if not any(one.is_error for one in draft.findings) and (problem := check_spec(spec)):
        draft.report("invalid-spec", draft.origins[""]["title"], problem)
    for path, name in list_paths(draft).items():
        draft.inner["/".join(path)] = draft.origins[name]


def _add(root: _Node, parts: list[str], name: str, draft: Draft) -> None:
    node, around = root, ""
    for part in parts:
        node.holder = node.holder or around
        if node.holder != around:
            problem = f"{quote(node.holder)} holds other parameters, but {quote(around)} holds {quote(name)}"
            draft.findings.append(_report(problem, name, draft))
            return
        if node.name and node is not root and not _can_hold(draft.nested[node.name]):
            problem = f"{quote(node.name)} is no object, but {quote(name)} is inside it"
            draft.findings.append(_report(problem, name, draft))
            return
        node = node.children.setdefault(part.removesuffix(ELEMENTS), _Node())
        node.is_array, around = node.is_array or part.endswith(ELEMENTS), part
    node.name = name
    if node.children and not _can_hold(draft.nested[name]):
        problem = f"{quote(name)} is no object, but other parameters are inside it"
        draft.findings.append(_report(problem, name, draft))
        node.children = {}


def _report(problem: str, name: str, draft: Draft) -> Finding:
    return Finding("nested-mismatch", draft.origins[name]["type"].place, problem, draft.model, name)


def _can_hold(schema: Json) -> bool:
    """Tell whether something may be inside a value: in an object, in an array of objects, or in what has no type."""
    kinds = list_types(schema)
    if "$ref" in schema or "anyOf" in schema or "enum" in schema:
        return False
    return not kinds or kinds == ("object",) or (kinds == ("array",) and _can_hold(schema.get("items", {})))


def _build(node: _Node, draft: Draft, required: Iterable[str]) -> Json:
    """Build the schema of a parameter with what is inside it, which is all that it may have."""
    own = draft.nested.get(node.name, {})
    if not node.children:
        return own
    inside: Json = {
        "properties": {name: _build(one, draft, required) for name, one in node.children.items()},
        "required": [name for name, one in node.children.items() if one.name in required],
        "additionalProperties": False,
    }
    holder = {"type": "object", **inside}
    if node.is_array or own.get("type") == "array":
        elements = own.get("items", {}) | holder
        return {"type": "array", **own, "items": elements}
    return {"type": "object"} | own | holder


def _clean(parts: Iterable[str]) -> list[str]:
    return [part.removesuffix(ELEMENTS) for part in parts]
