"""The values that templates see: what a parameter, an element or a property may be, from its schema. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from paramsync.rendering.choices import Choice, name_choices
from paramsync.rules import Rule, find_rules, list_once, list_types
from paramsync.specs.document import read_reference
from paramsync.specs.text_forms import is_file
from paramsync.text import Json

MAX_EXACT = 2**53  # up to which each integer is a float


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule of a value, and its limit; `is_guarded` if the value can have a type which the rule does not limit."""

    rule: Rule
    limit: Any
    is_guarded: bool

    @property
    def keyword(self) -> str:
        return self.rule.keyword

    @property
    def type(self) -> str:
        """The JSON type whose values it limits."""
        return self.rule.type


@dataclass(frozen=True, slots=True)
class Value:
    """What a value may be.

    `types` are JSON types: one, several, or none if any will do. `choices`, `limits` (in the order in which they are checked), `items`
    and `shape` are further rules. A value with a `reference` (the `$id` of a spec) is the object of another model; one with
    `alternatives` is any of them. `word` is the vendor's word for the type of the parameter. `name`, in code, is that of the choices.
    `is_file`: whether clients take local files for it; one with choices takes only these.
    """

    types: tuple[str, ...] = ()
    word: str = ""
    choices: tuple[Any, ...] = ()
    limits: tuple[Limit, ...] = ()
    items: "Value | None" = None
    shape: "Shape | None" = None
    reference: str = ""
    alternatives: tuple["Part", ...] = ()
    name: str = ""
    is_file: bool = False
    model: str = field(default="", compare=False)  # its name in code

    @property
    def has_names(self) -> bool:
        """True if it has choices, or other values are inside it: then these may have names of their own."""
        return bool(self.choices or self.items or self.shape or self.alternatives)

    @property
    def named_choices(self) -> tuple[Choice, ...]:
        """The choices with names, for the members of an enum."""
        return name_choices(self.choices, self.name, self.model)

    @property
    def is_array(self) -> bool:
        """True if it is an array whose elements are known."""
        return self.types == ("array",) and self.items is not None

    @property
    def leaf(self) -> "Value":
        """The value itself, or what its elements are, or theirs."""
        return self.items.leaf if self.is_array and self.items else self

    @property
    def is_free(self) -> bool:
        """True if any value will do."""
        return not self.types and self.is_plain

    @property
    def is_plain(self) -> bool:
        """True if any value of its types will do."""
        rules = (self.choices, self.limits, self.reference, self.alternatives)
        inside = (self.items, self.shape)
        return not any(rules) and all(one is None or one.is_free for one in inside)

    @property
    def is_shape(self) -> bool:
        """True if it is a nested object, and nothing limits it as a whole."""
        return bool(self.shape) and self.types == ("object",) and not self.choices and not self.limits

    @property
    def all_types(self) -> tuple[str, ...]:
        """The types, or those of all alternatives; none if any will do."""
        if not self.alternatives:
            return self.types
        found = [one.value.all_types for one in self.alternatives]
        return tuple(dict.fromkeys(chain(*found))) if all(found) else ()

    @property
    def described_types(self) -> str:
        return " or ".join(self.all_types)

    @property
    def types_with_article(self) -> str:
        article = "an" if self.described_types.startswith(("a", "i", "o")) else "a"
        return f"{article} {self.described_types}"

    @property
    def bounds(self) -> tuple[Any, Any]:
        """Its least and its greatest number; None where no rule limits it."""
        limits = {one.keyword: one.limit for one in self.limits}
        return limits.get("minimum"), limits.get("maximum")

    @property
    def float_bounds(self) -> tuple[Any, ...]:
        """The bounds as floats, where one is the same number; otherwise as they are."""
        return tuple(float(one) if one is not None and abs(one) <= MAX_EXACT else one for one in self.bounds)

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """The limits of the value, and of an array's elements."""
        return (*self.limits, *(self.items.all_limits if self.is_array and self.items else ()))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What a template writes as its types: JSON types, `any`, or `file`."""
        return ("file",) if self.is_file else self.types or ("any",)

    @property
    def field_limits(self) -> tuple[Limit, ...]:
        """The limits that pydantic can check of a value.

        It checks none of a value of several types, none of a text that is sent for a file, and no fraction of integers.
        """
        if self.is_file or len(self.types) != 1:
            return ()
        is_whole = self.types == ("integer",)
        return tuple(one for one in self.limits if not (is_whole and isinstance(one.limit, float)))

    @property
    def is_scalar(self) -> bool:
        """True if it is of one type whose values can be looked up among choices."""
        return self.types in (("string",), ("number",), ("integer",), ("boolean",))

    @property
    def has_literal_choices(self) -> bool:
        """True if there are choices, and none is a float: most languages have no literal types for floats."""
        return bool(self.choices) and not any(isinstance(choice, float) for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a nested object; `name_in_code` is unlike that of any other parameter or property of the model."""

    name: str  # on the wire
    name_in_code: str
    value: Value
    is_required: bool
    description: str = ""
    kind: str = ""  # of file, if it takes one and something says so
    has_conditions: bool = False  # only parameters of a model are required with others, or without
    required_with: tuple[str, ...] = ()
    required_unless: tuple[tuple[tuple[str, ...], ...], ...] = ()
    model: str = field(default="", compare=False)  # its name in code

    @property
    def needs_no_quotes(self) -> bool:
        """True if the name can be an object key without quotes."""
        return self.name.isidentifier()


@dataclass(frozen=True, slots=True)
class Shape:
    """A nested object: its properties in order; `is_open` if it may have others. `name` is unlike that of any other part."""

    name: str
    properties: tuple[Property, ...]
    is_open: bool
    model: str = field(default="", compare=False)  # its name in code

    @property
    def is_free(self) -> bool:
        """True if any object will do."""
        return self.is_open and all(one.value.is_free and not one.is_required for one in self.properties)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the alternatives for a value; `name` is unlike that of any other part, parameter or property of the model.

    One that is a nested object has the name of this object.
    """

    name: str
    value: Value
    model: str = field(default="", compare=False)  # its name in code


@dataclass(slots=True)
class Names:
    """Names in code of the parts and properties of a model, made from their paths: no two differ only in case and signs.

    `files` are the vendor's words for types of files that clients upload.
    """

    model: str = ""
    parts: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)
    files: frozenset[str] = frozenset()

    def take_for_choices(self, path: str) -> str:
        """Take a name for choices: that of the parameter or property, or another one if it has more of them inside each other."""
        return self.take(path, self.properties if fold(path) in self.choices else self.choices)

    @staticmethod
    def take(path: str, taken: set[str]) -> str:
        numbers = (path if number == 1 else f"{path}-{number}" for number in count(1))
        name = next(one for one in numbers if fold(one) not in taken)
        taken.add(fold(name))
        return name


def make_value(schema: Json, path: str, names: Names, word: str = "") -> Value:
    """Make what templates see of a schema; `path` leads to it in the model. A choice that is listed twice is listed once."""
    if "$ref" in schema:
        return Value(("object",), reference=schema["$ref"])
    if "anyOf" in schema:
        return Value(alternatives=tuple(_make_parts(schema["anyOf"], path, names)))
    types = list_types(schema)
    return Value(
        types=types,
        word=word,
        is_file=types == ("string",) and is_file(word, schema.get("enum"), names.files),
        name=names.take_for_choices(path) if "enum" in schema else "",
        model=names.model,
        choices=tuple(list_once(schema.get("enum", ()))),
        limits=tuple(_make_limits(schema, is_guarded=len(types) != 1)),
        items=make_value(schema["items"], path, names, word) if "items" in schema else None,
        shape=_make_shape(schema, path, names) if "properties" in schema else None,
    )


def find_values(value: Value) -> Iterator[Value]:
    """Find a value and all inside it."""
    yield value
    inner = [*([value.items] if value.items else []), *(one.value for one in value.alternatives)]
    inner += [one.value for one in value.shape.properties] if value.shape else []
    for one in inner:
        yield from find_values(one)


def find_properties(value: Value, path: str) -> Iterator[tuple[str, Property]]:
    """Find the properties of the objects in a value, each with the path to it: `inputs[].image`."""
    if value.items:
        yield from find_properties(value.items, f"{path}[]")
    for part in value.alternatives:
        yield from find_properties(part.value, path)
    for one in value.shape.properties if value.shape else ():
        yield f"{path}.{one.name}", one
        yield from find_properties(one.value, f"{path}.{one.name}")


def find_shapes(value: Value) -> Iterator[Shape]:
    """Find the nested objects in a value, each after those inside it."""
    found = [one.shape for one in find_values(value) if one.shape]
    yield from reversed(found)


def find_parts(value: Value) -> Iterator[Part]:
    """Find the alternatives in a value, each after those inside it."""
    found = [part for one in find_values(value) for part in one.alternatives]
    yield from reversed(found)


def describe_type(schema: Json) -> str:
    """Describe the type of a parameter for which the vendor has no word."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(describe_type(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return read_reference(schema["$ref"])
    kinds = list_types(schema)
    if kinds == ("array",) and "items" in schema:
        return f"array of {describe_type(schema['items'])}"
    return " or ".join(kinds) or "any"


def _make_limits(schema: Json, *, is_guarded: bool) -> Iterator[Limit]:
    """Make the limits of a value."""
    for rule in find_rules(schema):
        yield Limit(rule, rule.read_limit(schema), is_guarded)


def _make_parts(schemas: Iterable[Json], path: str, names: Names) -> Iterator[Part]:
    """Make the alternatives for a value; one that is a nested object has the name of this object."""
    for number, schema in enumerate(_flatten(schemas), 1):
        name = names.take(f"{path}-{number}", names.parts | names.properties)
        names.properties.add(fold(name))
        names.parts.update(() if _is_shape(schema) else (fold(name),))
        yield Part(name, make_value(schema, name, names), names.model)


def _is_shape(schema: Json) -> bool:
    """Tell whether the value of a schema is a nested object, and nothing limits it as a whole."""
    is_object = "properties" in schema and list_types(schema) == ("object",)
    return is_object and "enum" not in schema and not find_rules(schema)


def _flatten(schemas: Iterable[Json]) -> Iterator[Json]:
    """Give alternatives for alternatives in their place: these have the same problems."""
    for schema in schemas:
        yield from _flatten(schema["anyOf"]) if "anyOf" in schema else [schema]


def _make_shape(schema: Json, path: str, names: Names) -> Shape:
    name, required = names.take(path, names.parts), schema.get("required", ())
    properties = tuple(
        Property(
            wire,
            in_code := names.take(f"{path}.{wire}", names.properties),
            make_value(inner, in_code, names, inner.get("x-type", "")),
            is_required=wire in required,
            description=inner.get("description", ""),
            kind=find_text(inner, "x-kind"),
            model=names.model,
        )
        for wire, inner in schema["properties"].items()
    )
    is_open = schema.get("additionalProperties") is not False
    return Shape(name, properties, is_open, names.model)


def find_text(schema: Json, keyword: str) -> str:
    """Return what an annotation says, if that is a text: it may have any type."""
    text = schema.get(keyword)
    return text if isinstance(text, str) else ""


def fold(name: str) -> str:
    """Return a name without what names in code may lack: capitals and signs."""
    return "".join(filter(str.isalnum, name.lower()))
