"""The verb `generate`: specs and templates to `generated/`. Reads and writes files."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from paramsync.changes.history import Release, current_version
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.root import (
    prefix_paths,
    read_acceptances,
    read_all_specs,
    read_service,
    read_target,
    update_files,
)
from paramsync.commands.spelling import find_unwritable
from paramsync.commands.versions import (
    Versions,
    read_released_specs,
    read_versions,
    report_unnoted,
    require_recorded,
)
from paramsync.findings import Finding, InputError, Place, UsageError
from paramsync.paths import is_folder_name
from paramsync.progress import Progress
from paramsync.rendering.coverage import find_lacking
from paramsync.rendering.formatters import run_formatters
from paramsync.rendering.pages import Page, all_models, leave_out, load_pages
from paramsync.rendering.render import render
from paramsync.rendering.selection import Selection, check_files, select_templates
from paramsync.rendering.service import Api, Service
from paramsync.rendering.target import Target
from paramsync.text import Tree, pluralize, suggest_name
from paramsync.workspace import files
from paramsync.workspace.targets import list_made, list_stale, list_targets, read_decoded_templates


def generate(root: Path, names: Sequence[str], *, check: bool, progress: Progress) -> Outcome:
    """Render the targets named, or all that the root makes, and put them in place (or, to check, compare them).

    Raises:
        InputError: a spec, a target.toml or a template cannot be used; nothing is written.
        UsageError: there is no target of a name.

    """
    targets = _find_targets(root, names)
    specs = read_all_specs(root)
    service = read_service(root)
    pages = load_pages(specs, service)
    versions = read_versions(root, specs)
    require_recorded(versions)
    chosen = list(dict.fromkeys(names)) or sorted([*list_made(root), *list_stale(root)])
    selected = {name: read_templates(root, name, service.api) for name in chosen if name in targets}
    used = {
        name: read_target(root, name, service.vendor.api) for name, one in selected.items() if one.templates
    }
    findings, left_out = find_unwritable(
        pages, used, read_released_specs(root), read_acceptances(root), service.vendor
    )
    models = all_models(pages)
    lacking = {name: [*find_lacking(name, target, models)] for name, target in used.items()}
    findings += [one for found in lacking.values() for one in found]
    expected: Tree = {}
    actual: Tree = {}
    chosen = [name for name in chosen if not lacking.get(name)]
    for name in progress(chosen):
        folder = f"generated/{name}"
        if name in used:
            sound = leave_out(pages, left_out[name])
            tree = build_target(root, name, sound, versions.every_version, service=service)
            expected |= prefix_paths(folder, tree)
        actual |= prefix_paths(folder, files.read_tree(root / folder, root))
    update = update_files(root, expected, actual, check=check)
    unnoted = report_unnoted(versions)
    subject = f"{pluralize(len(chosen), 'target')} ({', '.join(chosen)}), {pluralize(len(models), 'model')}, {_describe(versions)}"
    return Outcome(
        results=(*findings, *unnoted, *update.differences),
        lines=tuple(filter(None, (one.describe(name) for name, one in selected.items()))),
        subject=subject,
        changed=update.changed,
        unchanged=update.unchanged,
        exit_code=_exit_code(findings, is_drift=check and bool(update.changed or unnoted)),
        is_lasting=not unnoted,
    )


def read_templates(root: Path, name: str, api: Api | None) -> Selection:
    """Read the files of a target's folder, without those that are made for another API than that of the vendor.

    Raises:
        InputError: one cannot be read, or its target.toml declares files that are not there.

    """
    templates = read_decoded_templates(root, name)
    target = read_target(root, name, api["name"] if api else "")
    check_files(templates, target, name)
    return select_templates(templates, target, api)


def build_target(
    root: Path,
    name: str,
    pages: Sequence[Page],
    releases: Sequence[Release],
    *,
    service: Service,
) -> Tree:
    """Render and format one target.

    Raises:
        InputError: its target.toml or a template is wrong.

    """
    templates = read_templates(root, name, service.api).templates
    place = Place(f"templates/{name}/target.toml")
    targets = list_targets(root)

    @cache
    def find_target(other: str) -> Target:
        if other not in targets:
            raise LookupError(f"unknown target {other!r}{suggest_name(other, targets)}")
        return read_target(root, other, service.vendor.api)

    target = find_target(name)
    tree = render(name, templates, find_target, pages, releases, service=service)
    return run_formatters(tree, target.formatters, place)


def _find_targets(root: Path, names: Sequence[str]) -> list[str]:
    """Find all targets, and check that those named are among them."""
    targets = list_targets(root)
    for name in targets:
        if not is_folder_name(name):
            problem = "cannot be the name of a target on every system; use letters, digits and . _ -"
            raise InputError(Place(f"templates/{name}"), problem)
    for name in names:
        if name not in targets:
            raise UsageError(f"there is no target {name!r}{suggest_name(name, targets)}")
    return targets


def _describe(versions: Versions) -> str:
    """Say which version the packages have, and from which one they come."""
    if not versions.pending:
        return f"version {current_version(versions.releases)}"
    before = f"after {versions.releases[0].version}" if versions.releases else "the first"
    return f"version {versions.pending.version}, {before}"


def _exit_code(findings: Sequence[Finding], *, is_drift: bool) -> int:
    if findings:
        return INPUT_ERROR
    return DRIFT if is_drift else IN_ORDER
