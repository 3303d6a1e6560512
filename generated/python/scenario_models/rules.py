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

BROKEN: dict[Code, str] = {
    "minimum": "is below {limit}",
    "maximum": "is above {limit}",
    "multipleOf": "is not a multiple of {limit}",
    "minLength": "has fewer characters than {limit}",
    "maxLength": "has more characters than {limit}",
    "minItems": "has fewer elements than {limit}",
    "maxItems": "has more elements than {limit}",
}
"""What is said of a value that breaks a rule with a limit."""

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
