"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from paramsync.changes.history import describe_changes, extend_history, read_history
from paramsync.commands.causes import drop_consequences, group_by_cause
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.project import Project, read_project
from paramsync.commands.root import FileUpdate, prefix_paths, read_history_text, update_files
from paramsync.findings import Finding, Level, UsageError
from paramsync.paths import HISTORY
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage
from paramsync.specs.retention import Retention, retain
from paramsync.text import Tree, pluralize, suggest_name
from paramsync.workspace import files


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

    A model that its page no longer lists is kept, deprecated, unless it is to be pruned. A page that has lost too much at once is
    not written, unless its removals are accepted.

    Raises:
        InputError: `specs/profile.toml`, `specs/spec.schema.json` or `specs/history.jsonl` cannot be used.
        UsageError: there is no page of a name.

    """
    project = read_project(root, progress, prune=prune)
    for name in names:
        if name not in project.pages:
            raise UsageError(f"there is no page {name!r} in specs/{suggest_name(name, project.pages)}")
    max_share = 1 if accept_removals else project.profile.removals
    retention = retain(
        project.pages, project.folders, project.failed, names, max_share=max_share, prune=prune
    )
    text = read_history_text(root)
    history, damaged = _extend_history(text, project, retention.folders)
    update = _update(root, project, retention, text, history, check=check)
    known = (*project.findings, *damaged)
    about = _about(retention.chosen, known, project) if names else known
    pages = {model: name for name, folder in project.folders.items() for model in folder.page.all_models}
    findings = sorted(
        drop_consequences((*about, *retention.findings), pages), key=lambda finding: finding.place
    )
    errors = sum(finding.is_error for finding in findings)
    return Outcome(
        results=(*findings, *update.differences),
        subject=_subject([project.pages[name] for name in sorted(retention.chosen)], findings),
        changed=update.changed,
        unchanged=update.unchanged,
        exit_code=INPUT_ERROR if errors else DRIFT if check and update.changed else IN_ORDER,
    )


def _about(pages: Collection[str], findings: Iterable[Finding], project: Project) -> list[Finding]:
    """Return the findings about some pages and their models."""
    models = {model for name in pages for model in project.pages[name].models}
    return [one for one in findings if one.place.file.split("/")[1] in pages or one.model in models]


def _update(
    root: Path, project: Project, retention: Retention, text: str, history: str, *, check: bool
) -> FileUpdate:
    """Write, or compare, the history and the folders of the pages that were chosen."""
    actual = {HISTORY: text} if files.kind_of(root / HISTORY) else {}
    expected = {HISTORY: history} if history or actual else {}
    for name in sorted(retention.chosen):
        expected |= prefix_paths(f"specs/{name}", retention.folders[name])
        actual |= prefix_paths(f"specs/{name}", project.folders[name].files)
    return update_files(root, expected, actual, check=check)


def _extend_history(text: str, project: Project, trees: Mapping[str, Tree]) -> tuple[str, list[Finding]]:
    """Return the text of the history with the new changes, and a finding for each folder whose specs cannot be compared."""
    before = {name: folder.files for name, folder in project.folders.items()}
    changes, damages = describe_changes(read_history(text, HISTORY), before, trees)
    dates = {name: page.document.updated for name, page in project.pages.items()}
    findings = [Finding("damaged-spec", error.place, error.problem) for error in damages]
    return extend_history(text, HISTORY, changes, dates), findings


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
