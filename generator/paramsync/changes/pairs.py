"""Two schemas of one value or object, before and after, and what of the old one is lost. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from paramsync.changes.kinds import KINDS, Change, make_change
from paramsync.specs.inclusion import is_subset, takes_forms
from paramsync.specs.names import AllowedNames
from paramsync.specs.renames import without_name
from paramsync.specs.schema import find_leaf
from paramsync.specs.values import Models, Objects, ValueSet
from paramsync.text import Json


@dataclass(frozen=True)
class Sides:
    """The models that references name, before and after."""

    old: Models
    new: Models


@dataclass(frozen=True)
class Pair:
    """Two schemas of a value.

    `may_break`: whether a payload that was valid can have such a value; `has_names`: whether code could use the names that the
    packages have for it; `stays_required`: whether it is required before and after.
    """

    old: Json
    new: Json
    sides: Sides
    may_break: bool
    has_names: bool = False
    stays_required: bool = False

    @cached_property
    def values(self) -> tuple[ValueSet, ValueSet]:
        return self.sides.old.read_values(self.old), self.sides.new.read_values(self.new)

    @cached_property
    def is_breaking(self) -> bool:
        """True if some value became invalid, or is no longer taken by the packages."""
        return self.may_break and not is_subset(*self.values)

    @property
    def loses_form(self) -> bool:
        """True if the packages no longer take a text in a form in which they took it, such as a local file."""
        old, new = self.values
        return self.is_breaking and not takes_forms(new, old)

    @property
    def loses_name(self) -> bool:
        """True if the packages had a name for the type of the choices, and there are no choices any more."""
        old, new = map(find_leaf, (self.old, self.new))
        return self.has_names and "enum" in old and "enum" not in new

    @property
    def loses_default(self) -> bool:
        """True if the packages sent the default of a required parameter, which now has to be given."""
        return self.has_names and self.stays_required and "default" not in self.new

    @cached_property
    def elements(self) -> "Pair":
        """The schemas of the elements of arrays."""
        inner = self.make_inner(self.old.get("items", {}), self.new.get("items", {}))
        return replace(inner, has_names=self.has_names and find_leaf(self.old) is not self.old)

    def make_inner(self, old: Json, new: Json) -> "Pair":
        """Make the pair of two schemas that are in these, and have their words for a type."""
        return Pair(_with_word(self.old, old), _with_word(self.new, new), self.sides, self.is_breaking)


@dataclass(frozen=True)
class ObjectPair:
    """Two schemas of an object, or two models; `may_break` as of a pair."""

    old: Json
    new: Json
    sides: Sides
    may_break: bool
    is_model: bool = False

    @cached_property
    def objects(self) -> tuple[Objects, Objects]:
        return self.sides.old.read_objects(self.old), self.sides.new.read_objects(self.new)

    @cached_property
    def required(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names that must be there, before and after."""
        old, new = (frozenset(one.get("required", ())) for one in (self.old, self.new))
        return old, new

    @cached_property
    def _names(self) -> AllowedNames:
        return self.objects[0].names

    @cached_property
    def has_names(self) -> bool:
        """True if code could use the names that the packages have for the parameters: of a model that had a valid payload."""
        return self.is_model and self.loses()

    def loses(self, present: Collection[str] = (), absent: Collection[str] = ()) -> bool:
        """Tell whether something is lost if objects that have some names, and have not some others, become invalid."""
        return self.may_break and self._names.allows(present, absent)

    def loses_values(self, name: str) -> bool:
        """Tell whether values of a property became invalid, where one of both schemas does not list it."""
        old, new = self.objects
        return self.loses([name]) and not is_subset(old.values_of(name), new.values_of(name))

    def make_inner(self, name: str) -> Pair:
        """Make the pair of the schemas of a property."""
        return Pair(
            without_name(self.old["properties"][name]),
            without_name(self.new["properties"][name]),
            self.sides,
            may_break=self.loses([name]),
            has_names=self.has_names,
            stays_required=all(name in one for one in self.required),
        )


def grade_change(kind: str, old: Any = None, new: Any = None, *, is_breaking: bool) -> Change:
    """Make a change that is breaking, or else as mild as its kind can be."""
    mild = "compatible" if KINDS[kind][0] == "breaking" else KINDS[kind][0]
    return replace(make_change(kind, old=old, new=new), severity="breaking" if is_breaking else mild)


def compare_order(kind: str, old: Collection[Any], new: Collection[Any]) -> list[Change]:
    """Compare the order of the items that are in both."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    is_same = [one for one in before if one in after] == [one for one in after if one in before]
    return [] if is_same else [make_change(kind)]


def _with_word(outer: Json, schema: Json) -> Json:
    return {"x-type": outer["x-type"]} | schema if "x-type" in outer else schema
