"""Which values a parameter takes, as sets that can be compared. Pure."""

from dataclasses import dataclass
from math import inf
from typing import Any, Optional

from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The values of one JSON type: all, those between two bounds, or listed ones. Arrays hold such values, or none."""

    type: str
    minimum: float = -inf
    maximum: float = inf
    choices: frozenset[Any] | None = None
    elements: Optional["ValueSet"] = None

    @property
    def is_empty(self) -> bool:
        """Whether there is none; an array always has the empty one."""
        return self.choices == frozenset() or self.minimum > self.maximum

    def is_subset_of(self, other: "ValueSet") -> bool:
        """Tell whether each of these values is one of the others."""
        if self.is_empty:
            return True
        if self.type != other.type:
            return False
        if self.elements and other.elements:
            return self.elements.is_subset_of(other.elements)
        if self.choices is not None:
            return all(map(other.contains, self.choices))
        return other.choices is None and other.minimum <= self.minimum and self.maximum <= other.maximum

    def contains(self, value: Any) -> bool:
        """Tell whether a value of this type is one of them."""
        if self.choices is not None:
            return value in self.choices
        return self.type != "number" or self.minimum <= value <= self.maximum


def allowed_values(rules: Json) -> ValueSet:
    """Give the values that a parameter, or an array's element, takes by the rules of a spec."""
    kind: str = rules["type"]
    if kind == "array":
        return ValueSet(kind, elements=allowed_values(rules["items"]))
    minimum, maximum = rules.get("minimum", -inf), rules.get("maximum", inf)
    choices = rules.get("enum", [False, True] if kind == "boolean" else None)
    if choices is None and minimum == maximum:
        choices = [minimum]
    if choices is None:
        return ValueSet(kind, minimum, maximum)
    if kind == "number":
        choices = [value for value in choices if minimum <= value <= maximum]
    return ValueSet(kind, choices=frozenset(choices))


def has_valid_payload(spec: Json) -> bool:
    """Tell whether there is a payload at all that a spec takes: one with a value for all that is required."""
    return not any(allowed_values(spec["properties"][name]).is_empty for name in spec["required"])
