"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from paramsync.changes.history import HISTORY, describe_changes, extend_history, read_history
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.project import Project, read_project
from paramsync.commands.root import prefix_paths, read_history_text, update_files
from paramsync.findings import Finding, UsageError
from paramsync.progress import Progress
from paramsync.specs.build import BuiltPage
from paramsync.specs.retention import retain
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
    kept = retain(project.pages, project.folders, project.failed, names, max_share=max_share, prune=prune)
    recorded = read_history_text(root)
    history, damages = _extend_history(recorded, project, kept.folders)
    findings = [one for one in project.findings if not names or _page_of(one) in kept.chosen]
    findings += [*kept.findings, *(one for one in damages if _page_of(one) in kept.chosen)]
    actual = {f"specs/{HISTORY}": recorded} if files.kind_of(root / "specs" / HISTORY) else {}
    expected = {f"specs/{HISTORY}": history} if history or actual else {}
    for name in sorted(kept.chosen):
        expected |= prefix_paths(f"specs/{name}", kept.folders[name])
        actual |= prefix_paths(f"specs/{name}", project.folders[name].files)
    update = update_files(root, expected, actual, check=check)
    errors = sum(finding.is_error for finding in findings)
    pages = [project.pages[name] for name in sorted(kept.chosen)]
    subject = (
        f"{_subject(pages)}; {pluralize(errors, 'error')}, {pluralize(len(findings) - errors, 'warning')}"
    )
    return Outcome(
        results=(
            *sorted(findings, key=lambda finding: finding.place),
            *update.differences,
        ),
        subject=subject,
        changed=update.changed,
        unchanged=update.unchanged,
        exit_code=INPUT_ERROR if errors else DRIFT if check and update.changed else IN_ORDER,
    )


def _page_of(finding: Finding) -> str:
    return finding.place.file.split("/")[1]


def _extend_history(text: str, project: Project, trees: Mapping[str, Tree]) -> tuple[str, list[Finding]]:
    """Give the text of the history with the new changes, and a finding for each folder whose specs cannot be compared."""
    before = {name: folder.files for name, folder in project.folders.items()}
    changes, damages = describe_changes(read_history(text, f"specs/{HISTORY}"), before, trees)
    dates = {name: page.document.updated for name, page in project.pages.items()}
    findings = [Finding("damaged-spec", error.place, error.problem) for error in damages]
    return extend_history(text, f"specs/{HISTORY}", changes, dates), findings


def _subject(pages: Collection[BuiltPage]) -> str:
    specs = [draft.spec for built in pages for draft in built.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    return f"{pluralize(len(pages), 'page')}, {pluralize(len(specs), 'model')}, {pluralize(parameters, 'parameter')}"
