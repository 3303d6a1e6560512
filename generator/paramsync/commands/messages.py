"""What `scrape` and `generate` tell people: one message for each cause, and as many differences as one reads. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from paramsync.changes.kinds import Change
from paramsync.commands.causes import Cause, group_by_cause
from paramsync.commands.outcome import Result
from paramsync.findings import MAX_NAME_LENGTH, Finding, InputError, shorten_lines
from paramsync.text import pluralize, shorten
from paramsync.workspace.difference import Difference

MAX_CAUSES = 10  # of one code
MAX_DIFFERENCES = 20
MAX_PLACES = 3  # of findings with the same cause, beside the first
VERBOSE = "--verbose shows all"
INDENT = "    "
QUOTED = re.compile(r"'[^']+'")


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong, where, and what to do about it; `lines` are to be written, `more` says what else has the same cause."""

    place: str
    level: str
    text: str
    code: str = ""
    remedy: str = ""
    lines: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """How much more there is than what is shown."""

    text: str


Item = Message | Difference | Omission


def list_items(results: Iterable[Result]) -> Iterator[Item]:
    """Return what to show of results: the findings by their causes, then all errors, then the differences."""
    kinds = [*results]
    yield from _list_causes(group_by_cause(one for one in kinds if isinstance(one, Finding)))
    yield from (
        Message(str(one.place), "error", shorten_lines(one.problem))
        for one in kinds
        if isinstance(one, InputError)
    )
    yield from _list_differences([one for one in kinds if isinstance(one, Difference)])


def list_all_items(results: Iterable[Result]) -> Iterator[Item]:
    """Return a message or a difference for each result."""
    for one in results:
        yield from _list_causes([Cause((one,))]) if isinstance(one, Finding) else list_items([one])


def list_changes(changes: Iterable[Change]) -> Iterator[Item]:
    """Return a message for each change of specs."""
    for one in changes:
        names = (shorten(name, MAX_NAME_LENGTH) for name in (one.model, one.parameter) if name)
        text = ": ".join([*names, one.sentence])
        yield Message(str(one.place), one.severity, text, f"{one.kind} {one.fingerprint}")


def write_item(item: Item) -> str:
    """Write an item as compilers do: one line that begins with its place, and what belongs to it indented below."""
    if not isinstance(item, Message):
        return item.text if isinstance(item, Omission) else str(item)
    remedy = f"; {item.remedy}" if item.remedy else ""
    code = f" [{item.code}]" if item.code else ""
    head = f"{item.place}: {item.level}: {item.text}{remedy}{code}"
    return f"\n{INDENT}".join([head, *item.lines, *item.more])


def list_more(cause: Cause) -> tuple[str, ...]:
    """Say which other findings have the same cause: each with its place if they are few, else how many they are."""
    _, *others = cause.findings
    if len(others) <= MAX_PLACES:
        return tuple(f"also {': '.join(filter(None, [str(one.place), one.subject]))}" for one in others)
    subjects = dict.fromkeys(map(_name, others))
    files = len({one.place.file for one in others})
    where = f" in {pluralize(files, 'file')}" if files > 1 else ""
    return (f"and {len(others)} more{where}: {', '.join(islice(subjects, MAX_PLACES))}, …; {VERBOSE}",)


def _name(finding: Finding) -> str:
    """Name what a finding is about: a model, what its problem quotes, or its place."""
    quoted = QUOTED.search(finding.problem)
    return finding.subject or (quoted[0] if quoted else str(finding.place))


def _list_causes(causes: Sequence[Cause]) -> Iterator[Item]:
    seen: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for cause in causes:
        one = cause.example
        seen[one.code] += 1
        if seen[one.code] > MAX_CAUSES:
            hidden[one.code] += len(cause.findings)
            continue
        lines = tuple(cause.lines.splitlines())
        yield Message(str(one.place), one.level, one.message, one.code, one.remedy, lines, list_more(cause))
    for code, number in hidden.items():
        yield Omission(f"{number:,} more of other causes; {VERBOSE} [{code}]")


def _list_differences(differences: Sequence[Difference]) -> Iterator[Item]:
    yield from differences[:MAX_DIFFERENCES]
    rest = Counter(("/".join(one.path.split("/")[:2]), one.kind) for one in differences[MAX_DIFFERENCES:])
    for (folder, kind), number in rest.items():
        yield Omission(f"{folder}: {pluralize(number, 'more file')} {kind}; {VERBOSE}")
