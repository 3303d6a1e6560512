"""Breaking means breaking: for all that a spec can say, a payload that was valid and is not is found exactly where `diff` says so.

Modules: facts, names, pairs, schemas.
"""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes.specs import compare_specs
from paramsync.rules import TYPES, list_types
from support.payload_search import NOTHING, Found, Search
from support.random_specs import MODELS, REFERENCES, near_to, spec_sets
from support.spec_pages import page

Json = dict[str, Any]


def find_kinds(schema: Json) -> set[str]:
    if "anyOf" in schema:
        return {kind for one in schema["anyOf"] for kind in find_kinds(one)}
    kinds = {"object"} if "$ref" in schema else {*list_types(schema)} or {*TYPES, "null"}
    return {"number" if kind == "integer" else kind for kind in kinds}


def is_exact(schema: Json) -> bool:
    """Tell whether no `anyOf` has several branches of one type."""
    branches = [find_kinds(one) for one in schema.get("anyOf", ())]
    inner = [*schema.get("anyOf", ()), *schema.get("properties", {}).values(), schema.get("items", {})]
    return sum(map(len, branches)) == len(set().union(*branches)) and all(
        map(is_exact, (one for one in inner if one))
    )


def loses_names(old: Json, new: Json) -> bool:
    """Tell whether the packages lose a name: a parameter, or the type of its choices."""
    before, after = old["properties"], new["properties"]
    return any(
        name not in after
        or (
            "enum" in before[name].get("items", before[name])
            and "enum" not in after[name].get("items", after[name])
        )
        for name in before
    )


@given(old=spec_sets(), data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_change_is_breaking_exactly_if_a_payload_or_a_name_is_lost(
    old: list[Json], data: st.DataObject
) -> None:
    new = data.draw(near_to(old))
    changes = compare_specs(page(*old), page(*new))
    search = Search(*({one["$id"]: one for one in side} for side in (old, new)))
    for model, id_, before, after in zip(MODELS, REFERENCES, old, new, strict=True):
        found = search.find_payload(id_, id_)
        lost = found.lost is not NOTHING or (found != Found() and loses_names(before, after))
        told = [one.sentence for one in changes if one.model == model and one.severity == "breaking"]
        assert told or not lost, found
        if all(map(is_exact, (*old, *new))):
            assert lost or not told, (told, found)
