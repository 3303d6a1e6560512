"""Schemas of specs as another document passes them on: with its own references and prose, and without what its readers mistake. Pure."""

import re
from collections.abc import Callable
from typing import Any

from paramsync.rendering.remarks import make_remarks
from paramsync.text import Json, json_line

REFERENCE = re.compile(r"\$[A-Za-z]+")  # `$ref` and its kin
Change = Callable[[str], str]


def pass_on(schema: Json, prose: Change, refer: Change, left_out: str, name: str = "") -> Json:
    """Pass the schema of a value on, and of all inside it, and tell in its description what is said for people.

    Choices and defaults that match the pattern `left_out` are omitted.
    """
    passed: Json = {}
    for key, one in schema.items():
        if key == "description":
            passed[key] = prose(one)
        elif key == "$ref":
            passed[key] = refer(one)
        elif key == "items":
            passed[key] = pass_on(one, prose, refer, left_out)
        elif key == "properties":
            passed[key] = {name: pass_on(inner, prose, refer, left_out, name) for name, inner in one.items()}
        elif key == "anyOf":
            passed[key] = [pass_on(inner, prose, refer, left_out) for inner in one]
        elif key.startswith("x-"):
            passed[key] = pass_annotation_on(one)
        elif key not in ("enum", "default") or not left_out or not re.search(left_out, json_line(one)):
            passed[key] = one
    if sentences := make_remarks(schema, name).all_sentences:
        told = " ".join(map(prose, sentences))
        passed["description"] = "\n\n".join(filter(None, (passed.get("description"), told)))
    return _wrap_choices(passed)


def pass_annotation_on(value: Any) -> Any:
    """Pass the value of an annotation on, without the names in it that some programs take for references, wherever they stand."""
    if isinstance(value, list):
        return [pass_annotation_on(one) for one in value]
    if isinstance(value, dict):
        return {key: pass_annotation_on(one) for key, one in value.items() if not REFERENCE.fullmatch(key)}
    return value


def _wrap_choices(schema: Json) -> Json:
    """Put choices of which one is a fraction, or that differ in type, into `allOf`: some programs can only ignore them there."""
    kinds = {type(choice) for choice in schema.get("enum", ())}
    if len(kinds) < 2 and float not in kinds:  # noqa: PLR2004 - they differ in type
        return schema
    return {key: schema[key] for key in ("type",) if key in schema} | {"allOf": [schema]}
