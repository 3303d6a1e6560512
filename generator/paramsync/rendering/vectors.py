"""Make test vectors: payloads of a model, valid and invalid, with the problems that a validator must find. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paramsync.rendering.models import Model
from paramsync.rendering.payloads import make_payloads
from paramsync.rendering.substitutes import expand, find_substitutes, has_substitute, replace_by_nulls
from paramsync.specs.problems import Judge
from paramsync.text import json_line

MAX_NAMES = 200_000  # in all payloads of a model: each has the required parameters, so the total is quadratic


@dataclass(frozen=True, slots=True)
class Vector:
    """A payload, and its problems: pointers and codes, in the order in which a validator finds them.

    `instead` maps a pointer, at which the payload has null, to the recipe of the value that belongs there.
    """

    name: str
    payload: Any
    instead: Mapping[str, Mapping[str, Any]]
    problems: tuple[tuple[str, str], ...]

    @property
    def json(self) -> dict[str, Any]:
        problems = [{"pointer": pointer, "code": code} for pointer, code in self.problems]
        instead = {"instead": dict(self.instead)} if self.instead else {}
        return {"name": self.name, "payload": self.payload, **instead, "problems": problems}


def make_vectors(model: Model) -> tuple[Vector, ...]:
    """Make the vectors of a model without duplicate payloads; for a model with very many parameters, not all of them."""
    found: dict[str, Vector] = {}
    judge, room = Judge(model.find_spec), MAX_NAMES
    for name, payload in make_payloads(model.spec, model.context, judge):
        room -= len(payload) if isinstance(payload, dict) else 0
        if room < 0:
            break
        shown, instead, whole = payload, dict[str, Any](), payload
        if has_substitute(payload):
            shown, instead, whole = (
                replace_by_nulls(payload),
                dict(find_substitutes(payload)),
                expand(payload),
            )
        if (written := json_line([shown, instead])) not in found:
            problems = judge.find_problems(model.spec, whole)
            found[written] = Vector(name, shown, instead, tuple((one.pointer, one.code) for one in problems))
    return tuple(found.values())
