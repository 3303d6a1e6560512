"""The verb `diff`: what changed in the specs between two roots, or two revisions of one. Reads files and asks git."""

from pathlib import Path

from paramsync.changes.reports import REPORTS
from paramsync.changes.review import Context
from paramsync.changes.specs import compare_specs, read_spec_set
from paramsync.changes.summary import sort_changes, summarize
from paramsync.commands.outcome import DRIFT, IN_ORDER, Outcome
from paramsync.findings import InputError, Place, UsageError
from paramsync.pages.vendor import Vendor
from paramsync.text import Tree
from paramsync.workspace.revisions import find_root_path, read_revision, read_root, specs_of


def diff(root: Path, old: str, new: str | None, *, format_name: str, fail_on: str | None) -> Outcome:
    """Compare two sides, each a root folder or a git revision; without a new one, the root as it is now.

    The exit code is 1 where a change is as bad as `fail_on`, `breaking` or `any`, else 0.

    Raises:
        InputError: a `page.json` or a spec of either side is damaged.
        UsageError: a side is neither a root folder nor a revision.

    """
    before = _read(root, old)
    after = read_root(root) if new is None else _read(root, new)
    was, now = specs_of(before), specs_of(after)
    if was == now:
        changes = []
    else:
        from paramsync.changes.locate import locate  # reads pages, which takes pydantic and more
        from paramsync.commands.review import find_vendor

        vendor = find_vendor(after)
        _check(was, vendor, old)
        _check(now, vendor, new or "")
        changes = [*locate(compare_specs(was, now, vendor), before, after, vendor.prefix)]
    context = Context(root_path=find_root_path(root) if format_name in ("github", "markdown") else "")
    if format_name == "markdown":
        from paramsync.commands.review import describe_held_back, describe_sides  # reads all pages

        context = describe_sides(root, before, after, context) if changes else context
        context = describe_held_back(root, context) if new is None else context
    report = REPORTS[format_name](changes, context)
    failing = [one for one in changes if fail_on in {"any", one.severity}]
    return Outcome(
        lines=(report,) if report else (),
        changes=tuple(sort_changes(changes)) if format_name == "text" else (),
        subject=summarize(changes) if format_name == "text" else "",
        exit_code=DRIFT if failing else IN_ORDER,
    )


def _read(root: Path, name: str) -> Tree:
    folder = Path(name)
    if (folder / "specs").is_dir():
        return read_root(folder.resolve())
    if folder.is_absolute() or name in {".", ".."}:
        raise UsageError(f"{name} has no specs/; give a root folder, or a git revision")
    return read_revision(root, name)


def _check(specs: Tree, vendor: Vendor, name: str) -> None:
    """Raise the error of a side that cannot be read, with the name of the side in its place."""
    try:
        read_spec_set(specs, vendor)
    except InputError as error:
        if not name:
            raise
        place = Place(f"{name}:{error.place.file}", error.place.line, error.place.column)
        raise InputError(place, error.mere_problem) from None  # no remedy mends a commit
