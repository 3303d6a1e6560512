"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`."""

from collections.abc import Collection, Container, Iterable, Sequence
from pathlib import Path

from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.project import Project, read_project
from paramsync.commands.root import FileUpdate, prefix_paths, update_files
from paramsync.findings import Finding, UsageError
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
    accept_removals: bool,
    progress: Progress,
) -> Outcome:
    """Read the saved pages, and write (or, to check, compare) the specs of those named, or of all.

    A model that its page no longer lists is kept, deprecated, unless it is to be pruned. A page that has lost too much at once is
    not written, unless its removals are accepted.

    Raises:
        InputError: `specs/profile.toml` or `specs/spec.schema.json` cannot be used.
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
    update = _update(root, project, retention, check=check)
    about = _about(retention.chosen, project.findings) if names else project.findings
    findings = sorted((*about, *retention.findings), key=lambda finding: finding.place)
    errors = sum(finding.is_error for finding in findings)
    return Outcome(
        results=(*findings, *update.differences),
        subject=_subject([project.pages[name] for name in sorted(retention.chosen)], errors, len(findings)),
        changed=update.changed,
        unchanged=update.unchanged,
        exit_code=INPUT_ERROR if errors else DRIFT if check and update.changed else IN_ORDER,
    )


def _about(pages: Container[str], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings about some pages."""
    return [one for one in findings if one.place.file.split("/")[1] in pages]


def _update(root: Path, project: Project, retention: Retention, *, check: bool) -> FileUpdate:
    """Write, or compare, the folders of the pages that were chosen."""
    expected: Tree = {}
    actual: Tree = {}
    for name in sorted(retention.chosen):
        expected |= prefix_paths(f"specs/{name}", retention.folders[name])
        actual |= prefix_paths(f"specs/{name}", project.folders[name].files)
    return update_files(root, expected, actual, check=check)


def _subject(pages: Collection[BuiltPage], errors: int, findings: int) -> str:
    specs = [draft.spec for page in pages for draft in page.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    worked_on = [(len(pages), "page"), (len(specs), "model"), (parameters, "parameter")]
    found = [(errors, "error"), (findings - errors, "warning")]
    return "; ".join(", ".join(pluralize(*one) for one in each) for each in (worked_on, found))
