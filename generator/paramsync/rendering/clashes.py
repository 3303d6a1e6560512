"""Names that a target would write alike, and a free name in code for the later one of each pair. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, islice
from typing import NamedTuple

from paramsync.rendering.choices import Choice
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.naming import Naming
from paramsync.rendering.target import Subject, Target, spell
from paramsync.rendering.values import Names, find_parts, find_shapes, find_values, make_value

# The files of specs are named by their models, too: a target that each root has, shown by a name that no folder can have.
SPECS = {"the files of specs": Target(names={"file": Naming(of="model", casing="as-is")})}
MAX_STEM = 90  # characters of a name that stay before a number

INSIDE = {"choices", "choice", "part"}  # what parameters hold that has names

MAX_TRIES = 1000  # to find a free name: a target may spell all alike

Named = Model | Parameter
Owners = dict[tuple[str, str], tuple["Spelled", Subject]]  # scope, name -> what has it


class Spelling(NamedTuple):
    """A name in one scope, as a target compares it: those of models may not differ only in case."""

    target: str
    scope: str
    compared: str


class Spelled(NamedTuple):
    """A name as it is written, and of which kind it is."""

    kind: str
    name: str


@dataclass(frozen=True)
class Clash:
    """A model, or a parameter, that has the name of one before it in `targets`; `free` is a name in code that no other has, if one was found."""

    subject: Named
    other: Named
    targets: tuple[str, ...]
    spelled: str  # by the first target: the kind of name, and the name
    free: str


def find_clashes(
    subjects: Sequence[Named],
    targets: Mapping[str, Target],
    former: Mapping[str, str],
    around: Sequence[Model] = (),
) -> Iterator[Clash]:
    """Find the models, or the parameters of one model (`around` them), that have the name of one before them in a target.

    `former` gives the names in code that they had so far, by id or name. A name that was given is suggested again if it is free;
    the former name of another is not, which may keep it.
    """
    subjects = [*around, *subjects]
    spellings = [dict(_spell(one, targets, is_around=one in around)) for one in subjects]
    found = [*_find_alike(subjects, spellings)]
    users = _collect_users(subjects, spellings, targets, former) if found else {}
    reserved: set[Spelling] = set()  # by the names that are suggested
    numbers: dict[Spelling, Iterator[int]] = {}
    for subject, other, alike, spelled in found:
        names = _make_names(subject, former, numbers.setdefault(alike[0], count(2)))
        tried = islice(names, MAX_TRIES)
        free = next(
            (name for name in tried if _is_free(_spell_as(name, subject, targets), subject, users, reserved)),
            "",
        )
        reserved.update(_spell_as(free, subject, targets))
        wrong = tuple(dict.fromkeys(each.target for each in alike))
        yield Clash(subject, other, wrong, " ".join(spelled), free)


def list_spellings(subject: Named, targets: Mapping[str, Target]) -> Collection[Spelling]:
    """List the names of a model, or a parameter, that must differ from others, as they are compared."""
    return dict(_spell(subject, {**SPECS, **targets})).keys()


def find_doubles(model: Model, target: Target) -> Iterator[tuple[Spelled, Spelled]]:
    """Find two things of one model whose names a target would write alike, and only the target can tell apart.

    They are inside one parameter, or choices whose names do not have that of their parameter.
    """
    named: tuple[Named, ...] = (model, *model.parameters)
    owners_of_choices: Owners = {}
    for subject in named:
        owners: Owners = {}
        for kind, one in _list_names(subject, target, is_around=False):
            spelled = Spelled(kind, spell(one, kind, target))
            key = target.kinds[kind].scope, spelled.name
            for each in (owners, owners_of_choices) if isinstance(one, Choice) else (owners,):
                before, owner = each.setdefault(key, (spelled, one))
                if before.kind != kind or owner != one:
                    yield before, spelled


def name_on_page(subject: Named) -> str:
    """Return the id of a model, or the name of a parameter, as the page and the API know it."""
    return subject.id if isinstance(subject, Model) else subject.name


def _find_alike(
    subjects: Iterable[Named], spellings: Iterable[Mapping[Spelling, Spelled]]
) -> Iterator[tuple[Named, Named, list[Spelling], Spelled]]:
    """Find each that has a name of one before it: both, all names that are alike, and how the first of them is written."""
    owners: dict[Spelling, Named] = {}
    for subject, spelled in zip(subjects, spellings, strict=True):
        alike = [each for each in spelled if each in owners]
        wrong = {each.target for each in alike}
        if alike:
            yield subject, owners[alike[0]], alike, spelled[alike[0]]
        owners |= {each: subject for each in spelled if each.target not in wrong}


def _collect_users(
    subjects: Sequence[Named],
    spellings: Iterable[Iterable[Spelling]],
    targets: Mapping[str, Target],
    former: Mapping[str, str],
) -> defaultdict[Spelling, set[str]]:
    """Collect by whom each name is used, now or in the spec so far."""
    users: defaultdict[Spelling, set[str]] = defaultdict(set)
    for subject, spelled in zip(subjects, spellings, strict=True):
        key = name_on_page(subject)
        before = _spell_as(former[key], subject, targets) if key in former else {}
        for each in (*spelled, *before):
            users[each].add(key)
    return users


def _make_names(subject: Named, former: Mapping[str, str], numbers: Iterator[int]) -> Iterator[str]:
    """Make names to choose from: the one that was given, then the own one with numbers that no name like it has tried."""
    key, separator = name_on_page(subject), "-" if isinstance(subject, Model) else "_"
    own = subject.vendor.name_of(key) if isinstance(subject, Model) else key
    stem = own[:MAX_STEM].rstrip("._-") + separator
    given = [former[key]] if former.get(key, own) != own else []
    return chain(given, (f"{stem}{number}" for number in numbers))


def _is_free(
    spelled: Iterable[Spelling],
    subject: Named,
    users: Mapping[Spelling, set[str]],
    reserved: Collection[Spelling],
) -> bool:
    """Tell whether nothing else uses any of these names, now or so far, and none is reserved."""
    own = {name_on_page(subject)}
    return all(users.get(each, own) <= own and each not in reserved for each in spelled)


def _spell_as(name: str, subject: Named, targets: Mapping[str, Target]) -> dict[Spelling, Spelled]:
    """Spell what names a model or a parameter would have with this name in code."""
    if isinstance(subject, Model):
        parameters = tuple(replace(one, model=name) for one in subject.parameters)
        return dict(_spell(replace(subject, name=name, parameters=parameters), targets))
    value = make_value(subject.schema, name, Names(subject.model), subject.value.word)
    return dict(_spell(replace(subject, name_in_code=name, value=value), targets))


def _spell(
    subject: Named, targets: Mapping[str, Target], *, is_around: bool = False
) -> Iterator[tuple[Spelling, Spelled]]:
    """Spell a name in each way in which it must differ from the others, each with the name as it is written.

    To a model belong, too, the names of its parameters and of what is inside them that are composed with its own.
    """
    is_parameter, is_folded = isinstance(subject, Parameter), isinstance(subject, Model) and not is_around
    for name, target in targets.items():
        kinds = target.kinds
        for kind, one in _list_names(subject, target, is_around=is_around):
            if is_parameter and isinstance(one, Choice) and not kinds[kind].has_choices:
                continue  # another name of the parameter would change nothing
            spelled = spell(one, kind, target)
            compared = spelled.lower() if is_folded else spelled
            yield Spelling(name, kinds[kind].scope, compared), Spelled(kind, spelled)


def _list_names(subject: Named, target: Target, *, is_around: bool) -> Iterator[tuple[str, Subject]]:
    """List the kinds of names that must differ from others, each with what has such a name."""
    for name, kind in target.kinds.items():
        if isinstance(subject, Parameter):
            for one in _find_named(subject, kind.of, is_shared=name in target.shared):
                yield name, one
        elif kind.of == "model":
            yield name, subject
        elif kind.has_model and not is_around:
            for parameter in subject.parameters:
                for one in _find_named(parameter, kind.of, is_shared=True):
                    yield name, one


def _find_named(parameter: Parameter, of: str, *, is_shared: bool) -> Iterable[Subject]:
    """Find what has names of a kind: the parameter, or what is inside it, if these stand beside names of another kind."""
    if of == "parameter":
        return (parameter,)
    if not parameter.value.has_names:
        return ()
    own = (parameter,) if of == "choices" and parameter.choices else ()
    return (*own, *_find_inside(parameter, of)) if is_shared and of in INSIDE else own


def _find_inside(parameter: Parameter, of: str) -> Iterator[Subject]:
    values = [*find_values(parameter.value)]
    if of == "choices":
        yield from (one for one in values if one.choices and one is not parameter.value.leaf)
    if of == "choice":
        yield from (choice for one in values for choice in one.named_choices)
    if of == "part":
        yield from find_shapes(parameter.value)
        yield from (part for part in find_parts(parameter.value) if not part.value.is_shape)
