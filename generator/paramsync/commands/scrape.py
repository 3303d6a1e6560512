"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`."""

import gc
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paramsync.commands.accepting import find_accepted, show_command
from paramsync.commands.causes import group_by_cause
from paramsync.commands.consequences import drop_consequences
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome, PageResult
from paramsync.commands.page_changes import count_changes
from paramsync.commands.project import NO_PAGES, Project, find_failed_models, read_changed, read_project
from paramsync.commands.root import FileUpdate, prefix_paths, update_files
from paramsync.commands.tidying import find_tidied, tidy_files
from paramsync.findings import Finding, Level, UsageError
from paramsync.paths import SCHEMA
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage
from paramsync.specs.retention import Retention, retain
from paramsync.specs.schema import write_schema
from paramsync.text import Tree, pluralize, suggest_name
from paramsync.workspace import files
from paramsync.workspace.difference import compare


@dataclass(frozen=True)
class ScrapeOptions:
    """What `scrape` is asked for: the pages of these names, or all; `given_root` is the option --root, for a command that is shown.

    A model that its page no longer lists is kept, deprecated, unless it is to be pruned. A page or a model that has lost too much
    at once is not written, unless its removals are accepted. To check, the specs are compared and not written.
    """

    names: Sequence[str] = ()
    check: bool = False
    prune: bool = False
    tidy: bool = False
    accept_removals: Sequence[str] = ()
    given_root: str = ""


def scrape(
    root: Path, options: ScrapeOptions, progress: Progress, settled: Mapping[str, PageResult] = NO_PAGES
) -> Outcome:
    """Read the saved pages, and write, or compare, their specs; those that are settled are as the last run left them.

    Raises:
        InputError: `specs/profile.toml` cannot be used.
        UsageError: there is no page of a name, or no page and no model whose removals are accepted.

    """
    with _without_collector():
        project = (settled and read_changed(root, progress, settled)) or read_project(
            root, progress, prune=options.prune
        )
        _check_names(options.names, project)
        tidied = find_tidied(root, project.findings, options.names) if options.tidy else {}
        retention = _decide(project, options, tidied)
        tidied_files = tidy_files(root, tidied, project.profile)
        update = _update(root, project, retention, tidied_files, check=options.check)
        findings = _select_findings(project, retention, options, tidied)
        return _sum_up(project, retention, update, findings, tidied=sorted(tidied_files[1]))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the collector off: it takes a third of the time, and a scrape makes no circles (tests/commands/test_circles.py)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _sum_up(
    project: Project,
    retention: Retention,
    update: FileUpdate,
    findings: Collection[Finding],
    tidied: Iterable[str],
) -> Outcome:
    chosen = {name: project.pages[name] for name in sorted(retention.chosen)}
    results = {name: _result(name, project, retention) for name in chosen}
    has_error = any(finding.is_error for finding in findings)
    return Outcome(
        results=(*findings, *update.differences),
        subject=_subject((*results.values(), *project.settled.values()), findings),
        changed=update.changed,
        unchanged=update.unchanged + sum(one.files for one in project.settled.values()),
        removed=update.removed,
        tidied=tuple(tidied),
        counts=count_changes(chosen, project.folders, retention.folders, project.profile.vendor),
        exit_code=INPUT_ERROR if has_error else DRIFT if update.differences else IN_ORDER,
        # A spec that is damaged may just have been written anew.
        is_lasting=all(finding.code != "damaged-spec" for finding in findings),
        pages={**project.settled, **results} if project.is_by_page else {},
    )


def _result(name: str, project: Project, retention: Retention) -> PageResult:
    """Return what is to be known of a page when only others are read again."""
    built = project.pages[name]
    return PageResult(built.models, built.parameters, len(retention.folders[name]), project.found[name])


def find_errors(root: Path) -> list[Finding]:
    """Return the errors because of which `scrape` leaves specs as they were.

    Raises:
        InputError: `specs/profile.toml` cannot be used.

    """
    project = read_project(root, iter)
    retention = _decide(project, ScrapeOptions(), ())
    findings = drop_consequences(
        (*project.findings, *retention.findings), project.folders, project.profile.vendor.prefix
    )
    return [one for one in findings if one.is_error]


def _check_names(names: Iterable[str], project: Project) -> None:
    for name in names:
        if name not in project.pages:
            raise UsageError(f"there is no page {name!r} in specs/{suggest_name(name, project.pages)}")


def _decide(project: Project, options: ScrapeOptions, tidied: Container[Finding]) -> Retention:
    """Decide which specs the folders should hold, once what is obsolete is out of the files."""
    return retain(
        project.pages,
        project.folders,
        find_failed_models(one for one in project.findings if one not in tidied),
        options.names,
        limits=project.profile.removals,
        accepted=find_accepted(
            options.accept_removals, project.pages, project.folders, project.profile.vendor.prefix
        ),
        prune=options.prune,
    )


def _select_findings(
    project: Project, retention: Retention, options: ScrapeOptions, tidied: Container[Finding]
) -> list[Finding]:
    """Return what is still to be mended on the pages that were chosen, with the commands that accept removals."""
    given = ["--root", options.given_root] if options.given_root else []
    command = [*options.names, *given, *(["--prune"] if options.prune else [])]
    held_back = [show_command(finding, command) for finding in retention.findings]
    about = _about(retention.chosen, project) if options.names else project.findings
    left = [one for one in (*about, *held_back) if one not in tidied]
    return drop_consequences(left, project.folders, project.profile.vendor.prefix)


def _about(pages: Collection[str], project: Project) -> list[Finding]:
    """Return the findings about some pages, and those on other pages about models that are on these, too."""
    models = {model for name in pages for model in project.pages[name].models}
    return [one for one in project.findings if one.page in pages or (one.page and one.model in models)]


def _update(
    root: Path, project: Project, retention: Retention, tidied: tuple[Tree, Tree], *, check: bool
) -> FileUpdate:
    """Write, or compare, the folders of the pages that were chosen, the files that were tidied, and the schema for specs."""
    expected, actual = map(dict, tidied)
    schema = {SCHEMA: write_schema()}
    found = prefix_paths(
        "specs", files.read_files(root / "specs", root, lambda name: f"specs/{name}" == SCHEMA)
    )
    if compare(schema, found):  # else it would be counted among the specs that are unchanged
        expected |= schema
        actual |= found
    for name in sorted(retention.chosen):
        expected |= prefix_paths(f"specs/{name}", retention.folders[name])
        actual |= prefix_paths(f"specs/{name}", project.folders[name].files)
    return update_files(root, expected, actual, check=check)


def describe_pages(pages: Collection[BuiltPage | PageResult]) -> str:
    """Say how many pages, models and parameters were read."""
    models, parameters = sum(len(one.models) for one in pages), sum(one.parameters for one in pages)
    counted = [(len(pages), "page"), (models, "model"), (parameters, "parameter")]
    return ", ".join(pluralize(*one) for one in counted)


def _subject(pages: Collection[PageResult], findings: Collection[Finding]) -> str:
    return f"{describe_pages(pages)}; {_count(findings, 'error')}, {_count(findings, 'warning')}"


def _count(findings: Iterable[Finding], level: Level) -> str:
    """Count the findings of a level, and their causes if these are fewer."""
    found = [one for one in findings if one.level == level]
    causes = len(group_by_cause(found))
    return pluralize(len(found), level) + (f" of {pluralize(causes, 'cause')}" if causes < len(found) else "")
