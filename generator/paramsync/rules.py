"""The rules: what a spec can say of a value, one row each; whatever depends on a rule follows from this table. Pure.

A rule limits a *measure* of the values of one JSON type: a number itself; of a text its characters (code points), of an array its
elements, of an object its properties. To add a rule, add a row to `RULES`, and a line to each target that checks values.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

# From which side a rule limits a measure: it is at least the limit, at most the limit, or a multiple of it.
Side = Literal["least", "most", "multiple"]
JsonType = Literal["string", "number", "integer", "boolean", "array", "object"]
Schema = Mapping[str, Any]

MAX_FLOAT = math.nextafter(math.inf, 0)
MAX_SIZE = 10_000  # that a rule may ask of a text, an array or an object: each must have an example
MAX_COUNT = 2**53 - 1  # above it, languages do not count


def is_number(value: object) -> bool:
    """Tell whether a value is a number in JSON that a 64-bit float can be near to: no boolean, NaN or infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_FLOAT


# JSON type -> whether a value has it; 1.0 is an integer.
TYPES: dict[JsonType, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "integer": lambda value: is_number(value) and value == int(value),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
SCALARS: tuple[JsonType, ...] = ("string", "number", "integer", "boolean")  # whose values can be choices


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a keyword of JSON Schema whose limit is a number."""

    keyword: str  # and the code of the problem that a value breaks it
    type: JsonType  # whose values it limits; a rule of numbers limits integers, too
    side: Side
    header: str  # of its column in the docs
    problem: str  # what is said of a value that breaks it
    unenforced: str  # the annotation that keeps the limit of a parameter without such values

    @property
    def is_count(self) -> bool:
        """True if the limit is a number of characters, elements or properties: whole, and not negative."""
        return self.type != "number"

    @property
    def limit_kind(self) -> str:
        """What its limit must be, for people, with an example."""
        noun, example = ("a whole number", "10") if self.is_count else ("a number", "0.5")
        if self.side == "multiple":
            return f"{noun} above 0, such as {example}"
        if not self.is_count:
            return f"{noun}, such as -1 or {example}"
        span = "of at least 0" if self.side == "most" else f"from 0 to {MAX_SIZE:,}"
        return f"{noun} {span}, such as {example}"

    @property
    def largest_limit(self) -> float:
        if not self.is_count:
            return MAX_FLOAT
        return MAX_COUNT if self.side == "most" else MAX_SIZE

    @property
    def problem_parts(self) -> tuple[str, ...]:
        """What is said behind a value that breaks it: before the limit, and after it."""
        return tuple(f" {self.problem}".split("{limit}"))

    def limits(self, kind: JsonType) -> bool:
        """Tell whether it limits the values of a JSON type."""
        return self.type == base_type(kind)

    def allows_limit(self, limit: object) -> bool:
        """Tell whether a value can be its limit."""
        if not TYPES["integer" if self.is_count else "number"](limit):
            return False
        if self.side == "multiple" and not limit > 0:  # type: ignore[operator]
            return False
        return not self.is_count or 0 <= limit <= self.largest_limit  # type: ignore[operator]

    def read_limit(self, schema: Schema) -> Any:
        """Return its limit in a schema that has one; a count is written without a point."""
        limit = schema[self.keyword]
        return int(limit) if self.is_count else limit

    def measure(self, value: Any) -> Any:
        """Return what it limits of a value of its type."""
        return len(value) if self.is_count else value

    def holds(self, limit: Any, value: Any) -> bool:
        """Tell whether a value of its type keeps to a limit."""
        measure = self.measure(value)
        if self.side == "multiple":
            return is_multiple(measure, limit)
        return bool(measure >= limit if self.side == "least" else measure <= limit)

    def narrows(self, new: Any, old: Any) -> bool:
        """Tell whether a limit excludes a measure that another one allows."""
        if self.side == "multiple":
            return not is_multiple(old, new)
        return bool(new > old if self.side == "least" else new < old)

    def describe(self, limit: Any, shown: str) -> str:
        """Say that a value, as it is `shown`, breaks it."""
        return f"{shown} {self.problem.format(limit=limit)}"


# fmt: off
RULES: tuple[Rule, ...] = (  # in the order in which a value is checked
    Rule("minimum",    "number", "least",    "Min",         "is below {limit}",                    "x-min"),
    Rule("maximum",    "number", "most",     "Max",         "is above {limit}",                    "x-max"),
    Rule("multipleOf", "number", "multiple", "Step",        "is not a multiple of {limit}",        "x-multiple-of"),
    Rule("minLength",  "string", "least",    "Min Length",  "has fewer characters than {limit}",   "x-min-length"),
    Rule("maxLength",  "string", "most",     "Max Length",  "has more characters than {limit}",    "x-max-length"),
    Rule("minItems",   "array",  "least",    "Min Items",   "has fewer elements than {limit}",     "x-min-items"),
    Rule("maxItems",   "array",  "most",     "Max Items",   "has more elements than {limit}",      "x-max-items"),
)
# fmt: on
BY_KEYWORD = {rule.keyword: rule for rule in RULES}
# All keywords whose values are limits, enforced or not.
LIMITS = BY_KEYWORD | {rule.unenforced: rule for rule in RULES}
# Codes of problems that are of no rule with a limit, in the order in which they are found.
BEFORE_RULES, AFTER_RULES = ("required", "type", "enum"), ("unknown",)
CODES = (*BEFORE_RULES, *BY_KEYWORD, *AFTER_RULES)


def find_rules(schema: Schema) -> tuple[Rule, ...]:
    """Return the rules whose keywords a schema has, in the order of the table."""
    return tuple(rule for rule in RULES if rule.keyword in schema)


def list_types(schema: Schema) -> tuple[JsonType, ...]:
    """Return the JSON types that a schema allows: one, several, or none if it does not say."""
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)  # type: ignore[return-value]


def base_type(kind: JsonType) -> JsonType:
    """Return the JSON type of which a type has some values: an integer is a number."""
    return "number" if kind == "integer" else kind


def measured_type(kind: JsonType, schema: Schema) -> JsonType:
    """Return which values of a base type a schema allows: integers, where there are no other numbers."""
    kinds = list_types(schema)
    return "integer" if kind == "number" not in kinds and "integer" in kinds else kind


def find_limited(rule: Rule, schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema whose values a rule limits: that of a parameter, of the elements of its arrays, or None."""
    kinds = list_types(schema)
    if "$ref" in schema or "anyOf" in schema:
        return None
    if not kinds or any(map(rule.limits, kinds)):
        return schema
    return find_limited(rule, schema["items"]) if "items" in schema else None


def has_type(value: Any, kinds: Iterable[JsonType]) -> bool:
    """Tell whether a value has one of some JSON types."""
    return any(TYPES[kind](value) for kind in kinds)


def json_key(value: Any) -> Any:
    """Return what is equal for values that are equal in JSON, and for no others: 1.0 is 1, but true is not."""
    if isinstance(value, list):
        return tuple(map(json_key, value))
    if isinstance(value, dict):
        return frozenset((name, json_key(one)) for name, one in value.items())
    return value, isinstance(value, bool)


def list_once(values: Iterable[Any]) -> list[Any]:
    """Return values without those that are equal to an earlier one in JSON."""
    found: dict[Any, Any] = {}
    for one in values:
        found.setdefault(json_key(one), one)
    return [*found.values()]


def is_multiple(number: float, step: float) -> bool:
    """Tell whether a number is a multiple of another, in decimals as JSON writes them: 0.15 is one of 0.05."""
    return exact(number) % exact(step) == 0


@lru_cache(4096)
def exact(number: float) -> Fraction:
    """Return the value of a number as JSON writes it: that of 0.1 is a tenth, which no float is."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
