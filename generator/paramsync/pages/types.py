"""The vendor's words for types: what each stands for, by itself or by a pattern such as `Array of {T}`. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator

from paramsync.rules import TYPES
from paramsync.text import Json, json_line, quote, suggest_name

ANY = "any"  # the word for no type
FORMS = ("array", ANY, "ref")
VARIABLE = re.compile(r"\{([A-Z])\}")  # in a pattern: any word for a type
REFERENCE = re.compile(r"[^{}]*\{[A-Z]\}[^{}]*|[^{}]+")
MAX_WORDS = 100  # inside a word
MAX_WORD = 500  # characters
HELP = (
    'must be a type in quotes, one in brackets for an array of it, { array = "…" }, { any = ["…", "…"] } for several,'
    ' or { ref = "…" } for another model'
)


class UnknownTypeError(ValueError):
    """A word for which no type is declared."""


def find_type(word: str, types: Mapping[str, Any]) -> Json | None:
    """Find the schema of a word's values; None if no word and no pattern stands for it.

    Another model is a `$ref` to its id as the page has it.
    """
    if len(word) > MAX_WORD:
        return None
    try:
        return _Finder(types).resolve(word)
    except UnknownTypeError:
        return None


def is_exact(word: str, types: Mapping[str, Any]) -> bool:
    """Tell whether a word is declared as it is, and by no pattern."""
    return word in types and not VARIABLE.search(word)


def list_references(schema: Json) -> Iterable[str]:
    """List the ids of the models to which a type refers."""
    if "$ref" in schema:
        yield schema["$ref"]
    inner = [schema["items"]] if "items" in schema else schema.get("anyOf", ())
    for one in inner:
        yield from list_references(one)


def replace_references(schema: Json, known: Mapping[str, str]) -> Json:
    """Return a type with the `$id` of each model to which it refers; one that is not known becomes any object."""
    if "$ref" in schema:
        return {"$ref": known[schema["$ref"]]} if schema["$ref"] in known else {"type": "object"}
    if "items" in schema:
        return schema | {"items": replace_references(schema["items"], known)}
    if "anyOf" in schema:
        return unite(replace_references(one, known) for one in schema["anyOf"])
    return dict(schema)


def unite(schemas: Iterable[Json]) -> Json:
    """Return the type of values that have one of several types."""
    flat = [one for schema in schemas for one in schema.get("anyOf", [schema])]
    found = [*{json_line(one): one for one in flat}.values()]
    if {} in found:
        return {}
    if all(one.keys() == {"type"} for one in found):
        kinds = [kind for one in found for kind in _list(one["type"])]
        return {"type": kinds[0] if len(kinds) == 1 else [*dict.fromkeys(kinds)]}
    return found[0] if len(found) == 1 else {"anyOf": found}


def has_references(types: Mapping[str, Any]) -> bool:
    """Tell whether a word may stand for another model."""
    return any(map(_refers, types.values()))


def check_types(types: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first word of which the type uses variables that it has not, and what is wrong; two empty texts if there is none."""
    for word, declared in types.items():
        variables = VARIABLE.findall(word)
        if len({*variables}) < len(variables):
            return word, "each variable may stand once"
        if re.search(r"\}\{", word):
            return word, "write something between two variables"
        if variables and re.search(r"[{}]", VARIABLE.sub("", word)):
            return word, "a brace belongs to no variable; these are {A} to {Z}"
        if variables and declared == word:
            return word, "it stands for itself; write a type"
        if unknown := [one for one in _list_variables(declared) if one not in variables]:
            return word, f"{{{unknown[0]}}} does not stand in the word"
    return "", ""


def _read_declared(value: object) -> Any:
    """Check what a word stands for, as it is declared.

    Raises:
        ValueError: it is no type.

    """
    if isinstance(value, str):
        if value not in (*TYPES, ANY) and not VARIABLE.search(value):
            near = suggest_name(value, (*TYPES, ANY))
            raise ValueError(
                f"{quote(value)} is not a type of JSON{near}; the types are {', '.join(TYPES)}, and any"
            )
        return value
    if isinstance(value, list) and len(value) == 1:
        return {"array": _read_declared(value[0])}
    if not isinstance(value, dict) or len(value) != 1 or (form := next(iter(value))) not in FORMS:
        raise ValueError(HELP)
    inner = value[form]
    if form == "array":
        return {form: _read_declared(inner)}
    if form == "ref":
        if not isinstance(inner, str) or not REFERENCE.fullmatch(inner):
            raise ValueError('ref takes the id of a model, such as "{T}"')
        return value
    if not isinstance(inner, list) or len({str(one) for one in inner}) != len(inner) or len(inner) < 2:  # noqa: PLR2004 - one is no choice
        raise ValueError(f"{ANY} takes two or more of the types {', '.join(TYPES)}")
    return {form: [_read_declared(one) for one in inner]}


# What a word stands for: a type of JSON, "any", another word with variables, or a table of one of FORMS.
DeclaredType = Annotated[Any, BeforeValidator(_read_declared)]


def _refers(declared: Any) -> bool:
    if not isinstance(declared, dict):
        return False
    [(form, inner)] = declared.items()
    return form == "ref" or any(map(_refers, inner if isinstance(inner, list) else [inner]))


def _list_variables(declared: Any) -> list[str]:
    if isinstance(declared, str):
        return VARIABLE.findall(declared)
    [inner] = declared.values()
    return [name for one in (inner if isinstance(inner, list) else [inner]) for name in _list_variables(one)]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the type of a word, and of each word inside it once: `tried` are those that are none, or are being looked up."""

    types: Mapping[str, Any]
    tried: set[str] = field(default_factory=set)

    def resolve(self, word: str) -> Json:
        """Return the type of a word: that of the first pattern whose variables are words for types, too."""
        if is_exact(word, self.types):
            return self._build(self.types[word], {})
        if word in self.tried or len(self.tried) > MAX_WORDS:
            raise UnknownTypeError
        self.tried.add(word)
        for pattern, declared in self.types.items():
            if VARIABLE.search(pattern) and (found := _compile(pattern).fullmatch(word)):
                try:
                    schema = self._build(declared, found.groupdict())
                except UnknownTypeError:
                    continue
                self.tried.discard(word)
                return schema
        raise UnknownTypeError

    def _build(self, declared: Any, variables: Mapping[str, str]) -> Json:
        if isinstance(declared, str):
            if declared in TYPES:
                return {"type": declared}
            return {} if declared == ANY else self.resolve(_fill(declared, variables))
        [(form, inner)] = declared.items()
        if form == "array":
            return {"type": "array", "items": self._build(inner, variables)}
        if form == "ref":
            return {"$ref": _fill(inner, variables)}
        return unite(self._build(one, variables) for one in inner)


def _fill(text: str, variables: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: variables[found[1]], text)


@lru_cache(256)
def _compile(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern)
    return re.compile(re.sub(r"\\\{([A-Z])\\\}", r"(?P<\1>\\S(?:.*?\\S)?)", escaped))


def _list(kind: Any) -> list[Any]:
    return kind if isinstance(kind, list) else [kind]
