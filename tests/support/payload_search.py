"""Search for a payload that one spec takes and another refuses, by `specs/problems.py` alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from paramsync.specs.problems import find_value_problems

Json = dict[str, Any]
NOTHING = object()  # no value
MAX_DEPTH = 4  # of models in each other
LENGTHS = (*range(8), 12)
NUMBERS = [*range(-12, 13), *(quarter / 4 for quarter in range(-14, 26)), 0.1, 1e9, -1e9, 1e300]
SCALARS = [None, True, False, *NUMBERS, *(letter * length for letter in "ab" for length in LENGTHS)]
OTHERS = ["y", "z", *(f"z{number}" for number in range(4))]  # names that no schema has


@dataclass(frozen=True)
class Found:
    """A value that both schemas take, and one that only the old one takes; `NOTHING` where there is none."""

    kept: Any = NOTHING
    lost: Any = NOTHING

    @property
    def values(self) -> list[Any]:
        return [one for one in (self.kept, self.lost) if one is not NOTHING]


class Search:
    """A search in two sets of specs, each by `$id`."""

    def __init__(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        self.specs = old, new
        self.known: dict[tuple[str, str, int], Found] = {}

    def find(self, old: Json, new: Json, depth: int = MAX_DEPTH) -> Found:
        """Find a value that is kept, and one that is lost."""
        kept, lost = NOTHING, NOTHING
        for value in self._propose(old, new, depth):
            if self._takes(0, old, value):
                if self._takes(1, new, value):
                    kept = value if kept is NOTHING else kept
                else:
                    lost = value if lost is NOTHING else lost
            if kept is not NOTHING and lost is not NOTHING:
                break
        return Found(kept, lost)

    def find_payload(self, id_: str, new_id: str, depth: int = MAX_DEPTH) -> Found:
        key = id_, new_id, depth
        if key not in self.known:
            self.known[key] = Found()
            self.known[key] = self.find({"$ref": id_}, {"$ref": new_id}, depth)
        return self.known[key]

    def _takes(self, side: int, schema: Json, value: Any) -> bool:
        return next(find_value_problems(schema, value, self.specs[side].__getitem__), None) is None

    def _propose(self, old: Json, new: Json, depth: int) -> Iterator[Any]:
        before, after = self._flatten(0, old), self._flatten(1, new)
        yield from (one for schema in before for one in schema.get("enum", ()))
        yield from SCALARS
        for was, now in product(before, after):
            yield from self._propose_arrays(was, now, depth)
            yield from self._propose_objects(was, now, depth)

    def _flatten(self, side: int, schema: Json) -> list[Json]:
        """Give the schemas of which one must take a value."""
        if "anyOf" in schema:
            return [one for branch in schema["anyOf"] for one in self._flatten(side, branch)]
        return [schema]

    def _propose_arrays(self, old: Json, new: Json, depth: int) -> Iterator[list[Any]]:
        yield []
        if "items" in old or "items" in new:
            elements = self.find(old.get("items", {}), new.get("items", {}), depth)
        else:
            elements = Found(kept=0)
        yield from ([one] * length for one in elements.values for length in LENGTHS[1:])

    def _propose_objects(self, old: Json, new: Json, depth: int) -> Iterator[Json]:
        yield {}
        if "$ref" in old or "$ref" in new:
            if not depth:
                return
            depth -= 1
            old, new = (self.specs[side].get(one.get("$ref", ""), one) for side, one in enumerate((old, new)))
        before, after = old.get("properties", {}), new.get("properties", {})
        found = {
            name: self._find_property(before.get(name, {}), after.get(name, {}), depth)
            for name in {**before, **after}
        }
        for chosen in product(*([NOTHING, *one.values] for one in found.values())):
            value = {name: one for name, one in zip(found, chosen, strict=True) if one is not NOTHING}
            yield from (value | dict.fromkeys(OTHERS[:number], 1) for number in range(6))

    def _find_property(self, old: Json, new: Json, depth: int) -> Found:
        if "$ref" in old and "$ref" in new:
            return self.find_payload(old["$ref"], new["$ref"], depth)
        return self.find(old, new, depth)
