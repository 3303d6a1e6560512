"""The values that a schema allows, on the wire and in code: of each JSON type a set, by the table of rules. Pure."""

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union

from paramsync.rules import TYPES, base_type, exact, find_rules, has_type, list_types, measured_type
from paramsync.specs.intervals import COUNTS, NUMBERS, Interval, read_interval
from paramsync.specs.names import NO_REQUIREMENTS, AllowedNames, Requirements, read_requirements
from paramsync.specs.text_forms import find_forms
from paramsync.text import Json

Kind = Literal["null", "boolean", "number", "string", "array", "object"]  # an integer is a number
ANY_NAME = ""  # stands for a name that no schema has


@dataclass(frozen=True, slots=True)
class Scalars:
    """Texts, numbers or booleans, or null: `choices`, or all whose measure is in an interval.

    `forms` are those in which the packages take a text.
    """

    measures: Interval
    choices: frozenset[Any] | None = None
    forms: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return self.measures.is_empty if self.choices is None else not self.choices

    def list_values(self, at_most: int) -> Collection[Any] | None:
        """List its values, if they are not more than some and can be told."""
        if self.choices is not None:
            return self.choices
        if self.forms:  # of texts, only the empty one is alone with its length
            return None if self.measures.most else [""]
        return self.measures.list_numbers(at_most)

    def contains(self, value: Any) -> bool:
        if self.choices is not None:
            return value in self.choices
        return self.measures.contains(len(value) if isinstance(value, str) else value)

    def takes_forms_of(self, other: "Scalars") -> bool:
        """Tell whether the packages take each text in all forms in which they take it for the other set."""
        return self.choices is not None or other.forms <= self.forms


@dataclass(frozen=True, slots=True)
class Arrays:
    """Arrays whose length is in an interval, of elements from a set, or of any elements."""

    allowed_lengths: Interval
    elements: Union["ValueSet", None] = None

    @property
    def lengths(self) -> Interval:
        """The lengths that there are: without any element, only []."""
        is_bare = self.elements is not None and self.elements.is_empty
        return self.allowed_lengths.limit("most", 0) if is_bare else self.allowed_lengths

    @property
    def is_empty(self) -> bool:
        return self.lengths.is_empty


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects of some properties: how many, which names they have by which requirements, and whether others, too."""

    allowed_sizes: Interval = COUNTS
    properties: Mapping[str, "ValueSet"] = field(default_factory=dict)
    requirements: Requirements = NO_REQUIREMENTS
    is_open: bool = True

    @property
    def is_empty(self) -> bool:
        return not self.names.allows()

    @property
    def names(self) -> AllowedNames:
        """The names that they can have: those with a value, and, of others, the ones that must be there."""
        others = self.requirements.complete(()) - self.properties.keys()
        possible = {name for name in (*self.properties, *others) if not self.values_of(name).is_empty}
        largest = self.requirements.find_largest(possible)
        return AllowedNames(self.requirements, self.properties, largest, self.is_open, self.allowed_sizes)

    def values_of(self, name: str) -> "ValueSet":
        """Return the values that a property may have."""
        return self.properties.get(name, ANY if self.is_open else NOTHING)


@dataclass(frozen=True, slots=True)
class Reference:
    """The objects that a model takes, which may be in each other."""

    id: str
    models: "Models"

    @property
    def is_empty(self) -> bool:
        return self.models.is_empty(self.id)


Subset = Scalars | Arrays | Objects | Reference


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of values: of each JSON type, what is in any of some parts."""

    parts: Mapping[Kind, tuple[Subset, ...]]

    @property
    def is_empty(self) -> bool:
        return all(part.is_empty for parts in self.parts.values() for part in parts)

    def list_references(self) -> Iterator[str]:
        """List the models that are in it, but not those that are in these."""
        for part in (one for parts in self.parts.values() for one in parts):
            if isinstance(part, Reference):
                yield part.id
            elif isinstance(part, Arrays) and part.elements is not None:
                yield from part.elements.list_references()
            elif isinstance(part, Objects):
                for values in part.properties.values():
                    yield from values.list_references()


class Models:
    """The specs that a reference can name, by their `$id`, and the sets of values that schemas beside them allow.

    `files` are the vendor's words for types of files that are uploaded.
    """

    def __init__(self, specs: Mapping[str, Json], files: Container[str] = ()) -> None:
        self.specs, self.files = specs, files
        self._objects: dict[str, Objects] = {}
        self._known: set[str] = set()  # models of which it is known whether they are empty
        self._filled: set[str] = set()  # those that are not

    def read_values(self, schema: Json, word: str = "") -> ValueSet:
        """Read the values that a schema allows; `word` is the vendor's word for the type of what it is in."""
        word = schema.get("x-type", word)
        if "$ref" in schema:
            return ValueSet({"object": (Reference(schema["$ref"], self),)})
        if "anyOf" in schema:
            return _unite(self.read_values(one, word) for one in schema["anyOf"])
        parts = (
            _read_choices(schema, word, self.files) if "enum" in schema else self._read_parts(schema, word)
        )
        return ValueSet({kind: (part,) for kind, part in parts})

    def read_objects(self, schema: Json) -> Objects:
        """Read the payloads that a spec allows, or the objects that a schema does."""
        properties = {name: self.read_values(one) for name, one in schema.get("properties", {}).items()}
        is_open = schema.get("additionalProperties") is not False
        return Objects(read_interval(schema, "object"), properties, read_requirements(schema), is_open)

    def find_objects(self, id_: str) -> Objects:
        """Return the payloads of the model that a reference names; any object if there is no such model."""
        if id_ not in self._objects:
            self._objects[id_] = self.read_objects(self.specs.get(id_, {}))
        return self._objects[id_]

    def is_empty(self, id_: str) -> bool:
        """Tell whether a model has no valid payload: one whose payloads would have to hold each other without end has none."""
        if id_ not in self._known:
            new = self._find_reachable(id_) - self._known
            self._known |= new
            while found := {one for one in new - self._filled if not self.find_objects(one).is_empty}:
                self._filled |= found
        return id_ not in self._filled

    def _find_reachable(self, id_: str) -> set[str]:
        found, todo = {id_}, [id_]
        while todo:
            for values in self.find_objects(todo.pop()).properties.values():
                new = {*values.list_references()} - found
                found |= new
                todo += new
        return found

    def _read_parts(self, schema: Json, word: str) -> Iterator[tuple[Kind, Subset]]:
        kinds = list_types(schema)
        if not kinds:
            yield "null", NULL
        if not kinds or "boolean" in kinds:
            yield "boolean", BOOLEANS
        if not kinds or "number" in map(base_type, kinds):
            yield "number", Scalars(read_interval(schema, measured_type("number", schema)))
        if not kinds or "string" in kinds:
            yield "string", Scalars(read_interval(schema, "string"), forms=find_forms(word, None, self.files))
        if not kinds or "array" in kinds:
            elements = self.read_values(schema["items"], word) if "items" in schema else None
            yield "array", Arrays(read_interval(schema, "array"), elements)
        if not kinds or "object" in kinds:
            yield "object", self.read_objects(schema)


def _unite(sets: Iterator[ValueSet]) -> ValueSet:
    parts: dict[Kind, tuple[Subset, ...]] = {}
    for one in sets:
        for kind, some in one.parts.items():
            parts[kind] = parts.get(kind, ()) + some
    return ValueSet(parts)


def _read_choices(schema: Json, word: str, files: Container[str]) -> Iterator[tuple[Kind, Subset]]:
    """Read the choices that keep the rules beside them."""
    kinds, choices = list_types(schema), schema["enum"]
    allowed = [
        one
        for one in choices
        if (not kinds or has_type(one, kinds))
        and all(
            rule.holds(rule.read_limit(schema), one) for rule in find_rules(schema) if TYPES[rule.type](one)
        )
    ]
    texts = frozenset(one for one in allowed if isinstance(one, str))
    booleans = frozenset(one for one in allowed if isinstance(one, bool))
    yield "string", Scalars(COUNTS, texts, find_forms(word, choices, files))
    yield "boolean", Scalars(COUNTS, booleans)
    yield "number", Scalars(NUMBERS, frozenset(exact(one) for one in allowed if TYPES["number"](one)))


NULL = Scalars(COUNTS, frozenset([None]))
BOOLEANS = Scalars(COUNTS, frozenset([False, True]))
ANY = Models({}).read_values({})
NOTHING = ValueSet({})
