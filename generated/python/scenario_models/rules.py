"""What validators call a broken rule, and what they say of it."""

from typing import Literal

Code = Literal[
    "required",
    "type",
    "enum",
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "unknown",
    "kind",
]

BROKEN: dict[Code, tuple[str, str]] = {
    "minimum": (" is below ", ""),
    "maximum": (" is above ", ""),
    "multipleOf": (" is not a multiple of ", ""),
    "minLength": (" has fewer characters than ", ""),
    "maxLength": (" has more characters than ", ""),
    "minItems": (" has fewer elements than ", ""),
    "maxItems": (" has more elements than ", ""),
}
"""What is said of a value that breaks a rule with a limit: before the limit, and after it."""

SHOWN: dict[str, str] = {
    "minimum": "Min",
    "maximum": "Max",
    "multipleOf": "Step",
    "minLength": "Min Length",
    "maxLength": "Max Length",
    "minItems": "Min Items",
    "maxItems": "Max Items",
}
"""What a limit is called where the parameters of a model are shown."""
