"""Names that a target would write alike, and a free name in code for the later one of each pair. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import NamedTuple

from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.target import Naming, Target, spell

# The files of specs are named by their models, too: a target that each root has, shown by a name that no folder can have.
SPECS = {"the files of specs": Target(names={"file": Naming(of="model", casing="as-is")})}
MAX_STEM = 90  # characters of a name that stay before a number

Named = Model | Parameter


class Spelling(NamedTuple):
    """A name of one kind, as a target compares it: those of models may not differ only in case."""

    target: str
    kind: str
    compared: str


@dataclass(frozen=True)
class Clash:
    """A model, or a parameter, that has the name of one before it in `targets`; `free` is a name in code that no other has."""

    subject: Named
    other: Named
    targets: tuple[str, ...]
    spelled: str  # by the first target: the kind of name, and the name
    free: str


def find_clashes(
    subjects: Sequence[Named], targets: Mapping[str, Target], former: Mapping[str, str]
) -> Iterator[Clash]:
    """Find the models, or the parameters of one model, that have the name of one before them in a target.

    `former` gives the names in code that they had so far, by id or name. A name that was given is suggested again if it is free;
    the former name of another is not, which may keep it.
    """
    spellings = [dict(_spell(one, targets)) for one in subjects]
    found = [*_find_alike(subjects, spellings)]
    users = _collect_users(subjects, spellings, targets, former) if found else {}
    reserved: set[Spelling] = set()  # by the names that are suggested
    numbers: dict[Spelling, Iterator[int]] = {}
    for subject, other, alike, spelled in found:
        names = _make_names(subject, former, numbers.setdefault(alike[0], count(2)))
        free = next(
            name for name in names if _is_free(_spell_as(name, subject, targets), subject, users, reserved)
        )
        reserved.update(_spell_as(free, subject, targets))
        wrong = tuple(dict.fromkeys(each.target for each in alike))
        yield Clash(subject, other, wrong, f"{alike[0].kind} {spelled}", free)


def name_on_page(subject: Named) -> str:
    """Return the id of a model, or the name of a parameter, as the page and the API know it."""
    return subject.id if isinstance(subject, Model) else subject.name


def _find_alike(
    subjects: Iterable[Named], spellings: Iterable[Mapping[Spelling, str]]
) -> Iterator[tuple[Named, Named, list[Spelling], str]]:
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


def _spell_as(name: str, subject: Named, targets: Mapping[str, Target]) -> dict[Spelling, str]:
    """Spell what names a model or a parameter would have with this name in code."""
    if isinstance(subject, Model):
        return dict(_spell(replace(subject, name=name), targets))
    return dict(_spell(replace(subject, name_in_code=name), targets))


def _spell(subject: Named, targets: Mapping[str, Target]) -> Iterator[tuple[Spelling, str]]:
    """Spell a name in each way in which it must differ from the others, each with the name as it is written."""
    is_model = isinstance(subject, Model)
    for name, target in targets.items():
        for kind, naming in target.names.items():
            if naming.of in _kinds_of(subject):
                spelled = spell(subject, kind, target)
                yield Spelling(name, kind, spelled.lower() if is_model else spelled), spelled


def _kinds_of(subject: Named) -> tuple[str, ...]:
    if isinstance(subject, Model):
        return ("model",)
    return ("parameter", "choices") if subject.choices else ("parameter",)
