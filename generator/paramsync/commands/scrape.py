"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`, prints nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from paramsync.changes.history import HISTORY, describe_changes, extend_history, read_history
from paramsync.commands.outcome import Outcome
from paramsync.commands.project import Scraped, page_files, read_pages
from paramsync.commands.root import below, read_history_text, settle
from paramsync.findings import Finding, Place, UsageError
from paramsync.progress import Progress
from paramsync.specs.build import Built
from paramsync.specs.retention import Elsewhere, find_removals, held_models, is_unreadable, page_tree
from paramsync.text import Tree, count, nearest
from paramsync.workspace import files

MOST_SHOWN = 100  # findings of one kind on one page


def scrape(
    root: Path,
    names: Sequence[str],
    *,
    check: bool,
    prune: bool,
    accept_removals: bool,
    progress: Progress,
) -> Outcome:
    """Read the saved pages, and write (or, to check, compare) the specs of those named, or of all, and the history.

    A model that its page no longer lists is kept, deprecated, unless told to prune. A page that has lost too much at once is
    not written, unless its removals are accepted.

    Raises:
        InputError: `specs/profile.toml`, `specs/spec.schema.json` or `specs/history.jsonl` cannot be used.
        UsageError: there is no page of a name.

    """
    scraped = read_pages(root, progress, prune=prune)
    for name in names:
        if name not in scraped.pages:
            raise UsageError(f"there is no page {name!r} in specs/{nearest(name, scraped.pages)}")
    chosen = _choose(scraped, names)
    removals = {} if accept_removals else _find_removals(root, scraped, chosen)
    trees = _trees(scraped, chosen - removals.keys(), prune=prune)
    told = read_history_text(root)
    history, damages = _extend_history(told, scraped, trees)
    findings = [one for one in scraped.findings if not names or _page_of(one) in chosen]
    findings += [*chain(*removals.values()), *(one for one in damages if _page_of(one) in chosen)]
    actual = {f"specs/{HISTORY}": told} if files.what_is(root / "specs" / HISTORY) else {}
    expected = {f"specs/{HISTORY}": history} if history or actual else {}
    for name in sorted(chosen):
        expected |= below(f"specs/{name}", trees[name])
        actual |= below(f"specs/{name}", scraped.held[name].files)
    settled = settle(root, expected, actual, check=check)
    errors = sum(finding.is_error for finding in findings)
    pages = [scraped.pages[name] for name in sorted(chosen)]
    subject = f"{_subject(pages)}; {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    return Outcome(
        details=(
            *_shown(sorted(findings, key=lambda finding: finding.place)),
            *settled.details,
        ),
        subject=subject,
        changed=settled.changed,
        unchanged=settled.unchanged,
        exit_code=3 if errors else int(check and settled.changed > 0),
    )


def _shown(findings: Iterable[Finding]) -> Iterator[str]:
    """Say what was found, and of what is found very often on a page, how often."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        kind = finding.place.file, finding.severity, finding.code
        counts[kind] += 1
        if counts[kind] <= MOST_SHOWN:
            yield str(finding)
    for (file, severity, code), number in counts.items():
        if number > MOST_SHOWN:
            yield f"{file}: {severity}: {number - MOST_SHOWN:,} more of these are not shown [{code}]"


def _choose(scraped: Scraped, names: Collection[str]) -> frozenset[str]:
    """Choose the pages that are named, and those that hold models which are on the named ones now; or all."""
    if not names:
        return frozenset(scraped.pages)
    taken = {draft.model for name in names for draft in scraped.pages[name].drafts}
    given = [
        name for name, held in scraped.held.items() if not taken.isdisjoint({*held.listed, *held.deprecated})
    ]
    return frozenset([*names, *given])


def _find_removals(root: Path, scraped: Scraped, chosen: Collection[str]) -> dict[str, list[Finding]]:
    """Find the pages that have lost too much at once."""
    found: dict[str, list[Finding]] = {}
    for name in chosen:
        if scraped.pages[name].drafts:
            place = Place(page_files(root, name)[0].relative_to(root).as_posix())
            facts = scraped.pages[name], scraped.held[name], place, scraped.on_pages, scraped.profile.removals
            found[name] = [*find_removals(*facts)]
    return {name: findings for name, findings in found.items() if findings}


def _trees(scraped: Scraped, active: frozenset[str], *, prune: bool) -> dict[str, Tree]:
    """Give what each page's folder should hold; the pages that are not active stay as they are, and give no model away."""
    active = frozenset(name for name in active if not is_unreadable(scraped.pages[name]))
    staying = [held for name, held in scraped.held.items() if name not in active]
    stuck = {model for held in staying for model in (*held.listed, *held.deprecated)}
    failed, on_pages = scraped.failed | stuck, scraped.on_pages
    owners = {
        model: name
        for name, held in scraped.held.items()
        for model in (held_models(scraped.pages[name], failed, held) if name in active else held.listed)
    }
    trees = {name: held.files for name, held in scraped.held.items()}
    for name in trees.keys() & active:
        others = {model for model, owner in owners.items() if owner != name}
        elsewhere = Elsewhere(others, on_pages)
        trees[name] = page_tree(scraped.pages[name], failed, scraped.held[name], elsewhere, prune=prune)
    return trees


def _page_of(finding: Finding) -> str:
    return finding.place.file.split("/")[1]


def _extend_history(text: str, scraped: Scraped, trees: Mapping[str, Tree]) -> tuple[str, list[Finding]]:
    """Give the history with what the new trees change, and the folders whose specs cannot be compared."""
    before = {name: held.files for name, held in scraped.held.items()}
    changes, damages = describe_changes(read_history(text, f"specs/{HISTORY}"), before, trees)
    dates = {name: built.manifest.get("updated", "") for name, built in scraped.pages.items()}
    findings = [Finding("damaged-spec", error.place, error.problem) for error in damages]
    return extend_history(text, f"specs/{HISTORY}", changes, dates), findings


def _subject(pages: Collection[Built]) -> str:
    specs = [draft.spec for built in pages for draft in built.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    return f"{count(len(pages), 'page')}, {count(len(specs), 'model')}, {count(parameters, 'parameter')}"
