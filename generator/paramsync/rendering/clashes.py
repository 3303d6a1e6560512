"""Names that a target would spell alike, and a free name in code for the later one of each pair. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import NamedTuple

from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.target import Naming, Target, spell

# The files of specs are named by their models, too: a target that each root has, under a name that no folder can have.
SPECS = {"specs/": Target(names={"file": Naming(of="model", casing="as-is")})}
MAX_STEM = 90  # characters of a name that stay before a number

Named = Model | Parameter


class Spelling(NamedTuple):
    """A name of one kind, as a target compares it: those of models may not differ only in case."""

    target: str
    kind: str
    compared: str


@dataclass(frozen=True)
class Clash:
    """A model, or a parameter, that `targets` would spell like one before it; `free` is a name in code that no other has."""

    subject: Named
    other: Named
    targets: tuple[str, ...]
    spelled: str  # by the first target: the kind of name, and the name
    free: str


def find_clashes(
    subjects: Sequence[Named], targets: Mapping[str, Target], former: Mapping[str, str]
) -> Iterator[Clash]:
    """Find the models, or the parameters of one model, that a target would spell like one before them.

    `former` gives the names in code that some had before, by id or name; such a name is suggested again if it is free.
    """
    spellings = [dict(_spell(one, targets)) for one in subjects]
    taken = {each for one in spellings for each in one}
    numbers: dict[Spelling, Iterator[int]] = {}
    owners: dict[Spelling, Named] = {}
    for subject, spelled in zip(subjects, spellings, strict=True):
        alike = [each for each in spelled if each in owners]
        wrong = tuple(dict.fromkeys(each.target for each in alike))
        owners |= {each: subject for each in spelled if each.target not in wrong}
        if alike:
            names = _make_names(subject, former, numbers.setdefault(alike[0], count(2)))
            free = next(name for name in names if _is_free(name, subject, targets, taken))
            taken |= {each for each, _ in _spell(_rename(subject, free), targets)}
            yield Clash(subject, owners[alike[0]], wrong, f"{alike[0].kind} {spelled[alike[0]]}", free)


def _make_names(subject: Named, former: Mapping[str, str], numbers: Iterator[int]) -> Iterator[str]:
    """Make names to choose from: the former one, then the own one with numbers that no name like it has tried."""
    key, separator = (subject.id, "-") if isinstance(subject, Model) else (subject.name, "_")
    stem = subject.name[:MAX_STEM].rstrip("._-") + separator
    return chain([former[key]] if key in former else [], (f"{stem}{number}" for number in numbers))


def _is_free(name: str, subject: Named, targets: Mapping[str, Target], taken: set[Spelling]) -> bool:
    return taken.isdisjoint(each for each, _ in _spell(_rename(subject, name), targets))


def _rename(subject: Named, name: str) -> Named:
    return replace(subject, name=name) if isinstance(subject, Model) else replace(subject, name_in_code=name)


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
