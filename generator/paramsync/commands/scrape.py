"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from paramsync.commands.accepting import find_accepted, show_command
from paramsync.commands.causes import group_by_cause
from paramsync.commands.consequences import drop_consequences
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.page_changes import count_changes
from paramsync.commands.project import Project, find_failed_models, read_project
from paramsync.commands.root import FileUpdate, prefix_paths, update_files
from paramsync.commands.tidying import find_tidied, tidy_files
from paramsync.findings import Finding, Level, UsageError
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage
from paramsync.specs.retention import Retention, retain
from paramsync.text import Tree, pluralize, suggest_name


def scrape(
    root: Path,
    names: Sequence[str],
    *,
    check: bool,
    prune: bool,
    tidy: bool,
    accept_removals: Sequence[str],
    given_root: str,
    progress: Progress,
) -> Outcome:
    """Read the saved pages, and write (or, to check, compare) the specs of those named, or of all.

    A model that its page no longer lists is kept, deprecated, unless it is to be pruned. A page or a model that has lost too much
    at once is not written, unless its removals are accepted. `given_root` is the option --root, for a command that is shown.

    Raises:
        InputError: `specs/profile.toml` or `specs/spec.schema.json` cannot be used.
        UsageError: there is no page of a name, or no page and no model whose removals are accepted.

    """
    project = read_project(root, progress, prune=prune)
    for name in names:
        if name not in project.pages:
            raise UsageError(f"there is no page {name!r} in specs/{suggest_name(name, project.pages)}")
    tidied = find_tidied(root, project.findings, names) if tidy else {}
    retention = retain(
        project.pages,
        project.folders,
        find_failed_models(one for one in project.findings if one not in tidied),
        names,
        limits=project.profile.removals,
        accepted=find_accepted(accept_removals, project.pages, project.folders),
        prune=prune,
    )
    command = [*names, *(["--root", given_root] if given_root else []), *(["--prune"] if prune else [])]
    held_back = [show_command(finding, command) for finding in retention.findings]
    tidied_files = tidy_files(root, tidied)
    update = _update(root, project, retention, tidied_files, check=check)
    about = _about(retention.chosen, project.findings, project) if names else project.findings
    findings = _sort_out([one for one in (*about, *held_back) if one not in tidied], project)
    chosen = {name: project.pages[name] for name in sorted(retention.chosen)}
    errors = sum(finding.is_error for finding in findings)
    return Outcome(
        results=(*findings, *update.differences),
        subject=_subject(chosen.values(), findings),
        changed=update.changed,
        unchanged=update.unchanged,
        tidied=tuple(sorted(tidied_files[1])),
        counts=count_changes(chosen, project.folders, retention.folders),
        exit_code=INPUT_ERROR if errors else DRIFT if check and update.changed else IN_ORDER,
    )


def _about(pages: Collection[str], findings: Iterable[Finding], project: Project) -> list[Finding]:
    """Return the findings about some pages, and those on other pages about models that are on these, too."""
    models = {model for name in pages for model in project.pages[name].models}
    return [
        one for one in findings if one.place.file.split("/")[1] in pages or (one.page and one.model in models)
    ]


def _sort_out(findings: Collection[Finding], project: Project) -> list[Finding]:
    """Return the findings that follow from no other, in the order of their places."""
    pages = {model: name for name, folder in project.folders.items() for model in folder.page.all_models}
    return sorted(drop_consequences(findings, pages), key=lambda finding: finding.place)


def _update(
    root: Path, project: Project, retention: Retention, tidied: tuple[Tree, Tree], *, check: bool
) -> FileUpdate:
    """Write, or compare, the folders of the pages that were chosen, and the files that were tidied."""
    expected, actual = map(dict, tidied)
    for name in sorted(retention.chosen):
        expected |= prefix_paths(f"specs/{name}", retention.folders[name])
        actual |= prefix_paths(f"specs/{name}", project.folders[name].files)
    return update_files(root, expected, actual, check=check)


def _subject(pages: Collection[BuiltPage], findings: Collection[Finding]) -> str:
    specs = [draft.spec for page in pages for draft in page.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    worked_on = [(len(pages), "page"), (len(specs), "model"), (parameters, "parameter")]
    subject = ", ".join(pluralize(*one) for one in worked_on)
    return f"{subject}; {_count(findings, 'error')}, {_count(findings, 'warning')}"


def _count(findings: Iterable[Finding], level: Level) -> str:
    """Count the findings of a level, and their causes if these are fewer."""
    found = [one for one in findings if one.level == level]
    causes = len(group_by_cause(found))
    return pluralize(len(found), level) + (f" of {pluralize(causes, 'cause')}" if causes < len(found) else "")
