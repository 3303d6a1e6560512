"""Say what a template asks for that there is not, in words of templates/README.md. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import jinja2
from jinja2.utils import missing

from paramsync.text import suggest_name

WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")  # between two words of the name of a class
VOWELS = "aeiou"
NO_FILTER = re.compile(r"No filter named '(\w+)'\.")


class LostName(jinja2.StrictUndefined):
    """What a template gets for a name that there is not: an error that says of what it is none, and which may be meant."""

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, self._undefined_name
        if self._undefined_hint or owner is missing or not isinstance(name, str):
            return super()._undefined_message
        if owner is None:
            return f"here is nothing that could have {name!r}; ask first, by {{% if … %}}"
        return f"{_call(owner)} has no {name!r}{suggest_name(name, _list_names(owner))}"


def describe_filter(message: str, filters: Collection[str]) -> str:
    """Say in an error of Jinja about a filter which filters there are."""
    found = NO_FILTER.fullmatch(message)
    if not found:
        return message
    known = ", ".join(sorted(filters))
    return f"there is no filter {found[1]!r} (known: {known}){suggest_name(found[1], filters)}"


def _call(owner: Any) -> str:
    match owner:
        case str():
            return "a text"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case bool() | int() | float():
            return "a number"
    words = WORD.sub(" ", type(owner).__name__).lower()
    return f"{'an' if words[0] in VOWELS else 'a'} {words}"


def _list_names(owner: Any) -> list[str]:
    if isinstance(owner, Mapping):
        return [*map(str, owner)]
    return [one for one in dir(owner) if not one.startswith("_")]
