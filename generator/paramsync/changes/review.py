"""The report for reviewers, as Markdown: first what they must decide, and as much as GitHub takes. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from paramsync.changes.cells import code, describe, link_line, link_page, list_models, row
from paramsync.changes.groups import Group, group_changes
from paramsync.changes.kinds import Change, Severity, suggest_step
from paramsync.changes.summary import SEVERITIES, count_severities
from paramsync.findings import Finding, InputError
from paramsync.text import pluralize

MAX_BYTES = 62_000  # GitHub takes 65,536 characters of a body, in which the workflow adds some
LINK_BYTES = (
    120  # by which the workflow makes a link longer, that then begins with the repository and the commit
)
MAX_PAGES = 40  # rows of the table of pages
MAX_HELD_BACK = 20  # rows
MAX_NAMES = 5  # of models that are held back for one reason
HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking: a request that was valid is now refused, or a name of the packages no longer exists",
    "behaviour": "Behaviour: requests stay valid, but results may differ",
    "compatible": "Compatible: all valid requests stay valid",
    "prose": "Prose: only the wording changed",
}


@dataclass(frozen=True)
class Context:
    """What a report says beside the changes; what is not known is empty.

    `root_path` is the path from the repository to the root; `before` and `after` are versions of the packages. `providers`: model
    -> the heading above it; `urls`: page -> its URL at the vendor's. `held_back` are the errors because of which specs stay as they were;
    `unread` is the one because of which all do, since no page can be read without the file that it is about.
    """

    root_path: str = ""
    before: str = ""
    after: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    held_back: Sequence[Finding] = ()
    unread: InputError | None = None


NO_CONTEXT = Context()


def as_markdown(changes: Sequence[Change], context: Context = NO_CONTEXT) -> str:
    """Write the body of a pull request; what does not fit is left out from the mildest, in whole groups, and counted."""
    groups = group_changes(changes)
    head = [
        f"## What changed in the docs\n\n{_summary(changes, groups, context)}\n",
        *(_pages(changes, context) if changes else ()),
        *_held_back(context),
    ]
    shown, rest = _fill(groups, MAX_BYTES - _weigh("\n".join(head)), context)
    hidden = [one for group in groups[rest:] for one in group.changes]
    more = f"{pluralize(len(hidden), 'more change')}: {count_severities(hidden)}; `paramsync diff` shows all"
    return "\n".join([*head, *shown, *([f"… and {more}.\n"] if hidden else [])])


def _summary(changes: Sequence[Change], groups: Sequence[Group], context: Context) -> str:
    if not changes:
        return "No changes."
    models = pluralize(len({one.model for one in changes} - {""}), "model")
    pages = pluralize(len({one.page for one in changes}), "page")
    version = f"suggests {suggest_step(changes)}"
    if context.after and context.before == context.after:
        version = f"the version stays {code(context.after)}, not yet released"
    elif context.after:
        version = f"the version goes from {code(context.before or 'none')} to {code(context.after)}"
    equal = f"{pluralize(len(groups), 'different change')} in {models} of {pages}"
    return f"{count_severities(changes).capitalize()}: {equal}; {version}."


def _pages(changes: Sequence[Change], context: Context) -> Iterator[str]:
    """Write a table: how many changes of each severity a page has, by provider, and in how many models; the worst first."""
    found: dict[tuple[str, str], list[Change]] = {}
    for one in changes:
        found.setdefault((one.page, context.providers.get(one.model, "")), []).append(one)
    counted = sorted(
        ((_count(ones), *key) for key, ones in found.items()),
        key=lambda each: ([-n for n in each[0]], each[1:]),
    )
    has_providers = any(provider for _, _, provider in counted)
    titles = [*map(str.capitalize, SEVERITIES), "Models"]
    yield row("Page", *["Provider"] * has_providers, *titles)
    yield row("---", *["---"] * has_providers, *["--:"] * len(titles))
    for counts, page, provider in counted[:MAX_PAGES]:
        name = [code(provider, 100) if provider else ""] * has_providers
        yield row(link_page(page, context.urls.get(page, "")), *name, *(str(count or "") for count in counts))
    if more := counted[MAX_PAGES:]:
        sums = (str(sum(column)) for column in zip(*(counts for counts, _, _ in more), strict=True))
        yield row(f"{len(more)} more", *[""] * has_providers, *sums)
    yield ""


def _count(changes: Sequence[Change]) -> tuple[int, ...]:
    counts = Counter(one.severity for one in changes)
    return *(counts[severity] for severity in SEVERITIES), len({one.model for one in changes} - {""})


def _held_back(context: Context) -> Iterator[str]:
    """Write a table of what keeps what it had because of errors, and because of which."""
    if context.unread:
        yield "### Held back: all specs stay as they were, since no page can be read\n"
        yield f"{code(str(context.unread.place))}: {code(context.unread.problem)}\n"
    if not context.held_back:
        return
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in context.held_back:
        found.setdefault((one.page or one.place.file, one.code), []).append(one)
    yield "### Held back: this keeps its last spec, or has none yet, because of errors\n"
    yield row("Page", "Held back", "Because of", "First")
    yield row("---", "---", "---", "---")
    for (page, error), ones in [*found.items()][:MAX_HELD_BACK]:
        models = dict.fromkeys(one.model for one in ones if one.model)
        what = f"{pluralize(len(models), 'model')}: {_some(models)}" if models else "the page"
        times = f"{code(error)}, {len(ones)} times" if len(ones) > 1 else code(error)
        yield row(
            code(page), what, times, f"{code(ones[0].problem)} {link_line(ones[0].place, context.root_path)}"
        )
    if len(found) > MAX_HELD_BACK:
        yield row(f"{len(found) - MAX_HELD_BACK} more", "", "", "")
    yield ""


def _some(models: Mapping[str, None]) -> str:
    names = [code(model, 100) for model in models]
    more = [f"and {len(names) - MAX_NAMES} more"] if len(names) > MAX_NAMES else []
    return ", ".join([*names[:MAX_NAMES], *more])


def _fill(groups: Sequence[Group], room: int, context: Context) -> tuple[list[str], int]:
    """Write groups of changes as long as there is room for them; return the lines, and how many groups they are."""
    lines: list[str] = []
    number = 0
    for severity, ones in groupby(groups, lambda group: group.severity):
        listed = list(ones)
        begin, end = _frame(severity, listed, is_alone=len(listed) == len(groups))
        rows: list[str] = []
        room -= _weigh("\n".join([*begin, *end]))
        for group in listed:
            written = row(*describe(group), list_models(group, context.root_path))
            room -= _weigh(written)
            if room < 0:
                return [*lines, *begin, *rows, *end] if rows else lines, number
            rows.append(written)
            number += 1
        lines += [*begin, *rows, *end]
    return lines, number


def _frame(severity: Severity, groups: Sequence[Group], *, is_alone: bool) -> tuple[list[str], list[str]]:
    """Write what stands before and after the rows of a severity; prose is folded, unless it is all that there is."""
    table = [row("What changed", "Before", "After", "Where"), row(*["---"] * 4)]
    if severity != "prose" or is_alone:
        return [f"### {HEADINGS[severity]}", "", *table], [""]
    number = pluralize(sum(len(group.changes) for group in groups), "change")
    summary = f"<details><summary>{HEADINGS[severity]}, {number}</summary>"
    return [summary, "", *table], ["", "</details>", ""]


def _weigh(text: str) -> int:
    """Return how many bytes a line may have in the body, in which links are absolute."""
    return len(text.encode()) + 1 + LINK_BYTES * text.count("](")
