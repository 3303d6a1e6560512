"""Whether all values of one set are in another: exact, but where `anyOf` has several branches of one type. Pure."""

from collections.abc import Sequence

from paramsync.specs.values import ANY, ANY_NAME, Arrays, Objects, Reference, Scalars, Subset, ValueSet


def is_subset(one: ValueSet, other: ValueSet) -> bool:
    """Tell whether each value of a set is in another, and the packages take it in each of its forms.

    Of what is in no single part of the other set, the answer is no, though it may be in several together.
    """
    return _Inclusion().has_values(one, other)


def takes_forms(new: ValueSet, old: ValueSet) -> bool:
    """Tell whether the packages take texts, and those in arrays, in all forms in which they took them."""
    return all(
        any(_takes_forms(one, part) for one in new.parts[kind])
        for kind, parts in old.parts.items()
        for part in parts
        if kind in new.parts and not part.is_empty
    )


class _Inclusion:
    """A comparison of two sets; while it compares two models, it takes the old one to be in the new one where they meet again."""

    def __init__(self) -> None:
        self.assumed: list[tuple[str, str]] = []
        self.refuted: set[tuple[str, str]] = set()

    def has_values(self, one: ValueSet, other: ValueSet) -> bool:
        return other is ANY or all(
            self._has_part(part, other.parts.get(kind, ()))
            for kind, parts in one.parts.items()
            for part in parts
        )

    def _has_part(self, part: Subset, others: Sequence[Subset]) -> bool:
        if part.is_empty:
            return True
        if isinstance(part, Scalars):
            return _has_scalars(part, [one for one in others if isinstance(one, Scalars)])
        if isinstance(part, Arrays):
            return any(self._has_arrays(part, one) for one in others if isinstance(one, Arrays))
        return any(self._has_objects(part, one) for one in others if isinstance(one, Objects | Reference))

    def _has_arrays(self, one: Arrays, other: Arrays) -> bool:
        if not one.lengths.is_subset_of(other.allowed_lengths):
            return False
        if other.elements is None or one.lengths.most == 0:
            return True
        return self.has_values(one.elements or ANY, other.elements)

    def _has_objects(self, one: Objects | Reference, other: Objects | Reference) -> bool:
        if isinstance(one, Reference) and isinstance(other, Reference):
            return self._has_models(one, other)
        return self._has_properties(_resolve(one), _resolve(other))

    def _has_models(self, one: Reference, other: Reference) -> bool:
        pair, depth = (one.id, other.id), len(self.assumed)
        if pair in self.refuted or pair in self.assumed:
            return pair in self.assumed
        self.assumed.append(pair)
        if self._has_properties(_resolve(one), _resolve(other)):
            return True
        self.refuted.add(pair)
        del self.assumed[depth:]  # and what was found by assuming it
        return False

    def _has_properties(self, one: Objects, other: Objects) -> bool:
        names = one.names
        if one.is_open and not other.is_open and names.allows([ANY_NAME]):
            return False
        return (
            names.find_sizes().is_subset_of(other.allowed_sizes)
            and not any(
                names.allows(present, absent)
                for present, absent in other.requirements.list_breaches(one.requirements)
            )
            and all(
                self.has_values(one.values_of(name), other.values_of(name))
                for name in {**one.properties, **other.properties}
                if names.allows([name])
            )
        )


def _resolve(part: Objects | Reference) -> Objects:
    return part.models.find_objects(part.id) if isinstance(part, Reference) else part


def _has_scalars(part: Scalars, others: Sequence[Scalars]) -> bool:
    others = [one for one in others if one.takes_forms_of(part)]
    values = part.list_values(sum(len(one.choices or ()) for one in others))
    if values is not None and all(any(one.contains(value) for one in others) for value in values):
        return True
    return part.choices is None and any(
        one.choices is None and part.measures.is_subset_of(one.measures) for one in others
    )


def _takes_forms(new: Subset, old: Subset) -> bool:
    if isinstance(new, Scalars) and isinstance(old, Scalars):
        return new.takes_forms_of(old)
    if isinstance(new, Arrays) and isinstance(old, Arrays):
        return new.elements is None or old.elements is None or takes_forms(new.elements, old.elements)
    return True
