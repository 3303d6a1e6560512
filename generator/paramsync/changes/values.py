"""The values that a parameter allows, on the wire and in code, as sets that can be compared. Pure."""

from dataclasses import dataclass
from math import inf
from typing import Any, Optional

from paramsync.specs.text_forms import find_forms
from paramsync.text import Json


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of values of one JSON type.

    `choices` lists them; without choices, they are the closed interval from `minimum` to `maximum`, or all values of the type.
    `forms` are those in which the packages take a text. An array has `elements`, the set that each of its elements is from.
    """

    type: str
    minimum: float = -inf
    maximum: float = inf
    choices: frozenset[Any] | None = None
    forms: frozenset[str] = frozenset()
    elements: Optional["ValueSet"] = None

    @property
    def is_empty(self) -> bool:
        """True if no value is allowed; an array always allows []."""
        return self.choices == frozenset() or self.minimum > self.maximum

    def is_subset_of(self, other: "ValueSet") -> bool:
        if self.is_empty:
            return True
        if self.type != other.type:
            return False
        if self.elements and other.elements:
            return self.elements.is_subset_of(other.elements)
        if not other.takes_forms_of(self):
            return False
        if self.choices is not None:
            return all(map(other.contains, self.choices))
        return other.choices is None and other.minimum <= self.minimum and self.maximum <= other.maximum

    def takes_forms_of(self, other: "ValueSet") -> bool:
        """Tell whether the packages take each text in all forms in which they take it for the other set."""
        if self.elements and other.elements:
            return self.elements.takes_forms_of(other.elements)
        return self.choices is not None or other.forms <= self.forms

    def contains(self, value: Any) -> bool:
        """Tell whether a value is in the set; the value must be of the set's type."""
        if self.choices is not None:
            return value in self.choices
        return self.type != "number" or self.minimum <= value <= self.maximum


def allowed_values(rules: Json) -> ValueSet:
    """Compute the set of values that the rules of a parameter, or of an array's elements, allow."""
    kind: str = rules["type"]
    if kind == "array":
        return ValueSet(kind, elements=allowed_values(rules["items"] | {"x-type": rules["x-type"]}))
    minimum, maximum = rules.get("minimum", -inf), rules.get("maximum", inf)
    choices = rules.get("enum", [False, True] if kind == "boolean" else None)
    if choices is None and minimum == maximum:
        choices = [minimum]
    forms = find_forms(rules["x-type"], choices)
    if choices is None:
        return ValueSet(kind, minimum, maximum, forms=forms)
    if kind == "number":
        choices = [value for value in choices if minimum <= value <= maximum]
    return ValueSet(kind, choices=frozenset(choices), forms=forms)


def has_valid_payload(spec: Json) -> bool:
    """Tell whether any payload is valid: whether each required parameter allows at least one value."""
    return not any(allowed_values(spec["properties"][name]).is_empty for name in spec["required"])
