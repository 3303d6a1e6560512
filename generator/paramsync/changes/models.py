"""Compare two specs of one model; a change is breaking if a valid payload, or what the packages take or export, is lost. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from paramsync.changes.facts import compare_annotations
from paramsync.changes.kinds import Change, make_change
from paramsync.changes.names import compare_names_in_code
from paramsync.changes.pairs import ObjectPair, Sides, compare_order
from paramsync.changes.schemas import compare_properties
from paramsync.specs.document import NAME_IN_CODE
from paramsync.text import Json, json_line

# Keyword of a model -> the kind of its change.
MODEL_CHANGES = {"title": "model-title", "description": "model-description", "x-markdown": "model-markdown"}
# Keywords with x- that are no annotations of the vendor's.
OWN = frozenset({"x-model", "x-capabilities", "x-markdown", NAME_IN_CODE})


def compare_models(
    page: str, model: str, old: Json, new: Json, sides: Sides, *, names: tuple[str, str]
) -> Iterator[Change]:
    """Compare two specs of one model, or of one that was renamed.

    A change is breaking if some payload is valid for `old` and invalid for `new`, or if code that uses the packages of `old`
    would fail with those of `new`, which call it by the second of the names: a value that it passes is refused, or a name that it imports no longer exists.
    """
    is_same = old["x-model"] == new["x-model"]  # else it is renamed anyway
    pair = ObjectPair(old, new, sides, may_break=True, is_model=True)
    found = [
        *(compare_names_in_code(*names) if is_same else ()),
        *_compare_model_facts(old, new),
        *compare_properties(pair),
    ]
    if not found and _comparable_text(old) != _comparable_text(new):
        found.append(make_change("notation"))
    for one in dict.fromkeys(found):  # what branches of anyOf have in common is told once
        yield replace(one, page=page, model=model)


def _comparable_text(spec: Json) -> str:
    """Write what is compared here as text: all but the id and the deprecation, which `changes.specs` compares."""
    return json_line({key: fact for key, fact in spec.items() if key not in {"$id", "x-model", "deprecated"}})


def _compare_model_facts(old: Json, new: Json) -> Iterator[Change]:
    for key, kind in MODEL_CHANGES.items():
        if old.get(key) != new.get(key):
            yield make_change(kind, old=old.get(key), new=new.get(key))
    before, after = (dict.fromkeys(one.get("x-capabilities", ())) for one in (old, new))
    yield from (make_change("capability-removed", old=word) for word in before if word not in after)
    yield from (make_change("capability-added", new=word) for word in after if word not in before)
    yield from compare_order("capabilities-order", before, after)
    yield from compare_annotations(old, new, OWN)
