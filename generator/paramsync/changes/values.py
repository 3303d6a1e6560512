"""Which values a parameter takes, as sets that can be compared. Pure."""

from dataclasses import dataclass
from math import inf
from typing import Any, Optional

from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one JSON type: all, those between two bounds, or a few. Arrays hold such values, or none."""

    type: str
    minimum: float = -inf
    maximum: float = inf
    few: frozenset[Any] | None = None
    elements: Optional["Values"] = None

    @property
    def is_empty(self) -> bool:
        """Whether there is none; an array always has the empty one."""
        return self.few == frozenset() or self.minimum > self.maximum

    def is_within(self, other: "Values") -> bool:
        """Tell whether each of these values is one of the others."""
        if self.is_empty:
            return True
        if self.type != other.type:
            return False
        if self.elements and other.elements:
            return self.elements.is_within(other.elements)
        if self.few is not None:
            return all(map(other.has, self.few))
        return other.few is None and other.minimum <= self.minimum and self.maximum <= other.maximum

    def has(self, value: Any) -> bool:
        """Tell whether a value of this type is one of them."""
        if self.few is not None:
            return value in self.few
        return self.type != "number" or self.minimum <= value <= self.maximum


def values_of(rules: Json) -> Values:
    """Give the values that a parameter, or an array's element, takes by the rules of a spec."""
    kind: str = rules["type"]
    if kind == "array":
        return Values(kind, elements=values_of(rules["items"]))
    minimum, maximum = rules.get("minimum", -inf), rules.get("maximum", inf)
    few = rules.get("enum", [False, True] if kind == "boolean" else None)
    if few is None and minimum == maximum:
        few = [minimum]
    if few is None:
        return Values(kind, minimum, maximum)
    if kind == "number":
        few = [value for value in few if minimum <= value <= maximum]
    return Values(kind, few=frozenset(few))


def takes_any(spec: Json) -> bool:
    """Tell whether there is a payload at all that a spec takes: one with a value for all that is required."""
    return not any(values_of(spec["properties"][name]).is_empty for name in spec["required"])
