"""The verb `diff`: what changed in the specs between two roots, or two revisions of one. Reads files and asks git."""

from dataclasses import replace
from pathlib import Path

from paramsync.changes.history import current_version, read_history
from paramsync.changes.reports import REPORTS
from paramsync.changes.review import Context
from paramsync.changes.specs import compare_specs, read_spec_set
from paramsync.changes.summary import summarize
from paramsync.commands.outcome import DRIFT, IN_ORDER, Outcome
from paramsync.findings import Finding, InputError, Place, UsageError
from paramsync.paths import HISTORY
from paramsync.text import Tree
from paramsync.workspace.revisions import find_root_path, read_revision, read_root


def diff(root: Path, old: str, new: str | None, *, format_name: str, fail_on: str | None) -> Outcome:
    """Compare two sides, each a root folder or a git revision; without a new one, the root as it is now.

    The exit code is 1 where a change is as bad as `fail_on`, `breaking` or `any`, else 0.

    Raises:
        InputError: a `page.json` or a spec of either side is damaged.
        UsageError: a side is neither a root folder nor a revision.

    """
    before = _read(root, old)
    after = read_root(root) if new is None else _read(root, new)
    was, now = _specs(before), _specs(after)
    if was == now:
        changes = []
    else:
        from paramsync.changes.locate import locate  # reads pages, which takes pydantic and more

        _check(was, old)
        _check(now, new or "")
        changes = [*locate(compare_specs(was, now), before, after)]
    context = Context(root_path=find_root_path(root) if format_name in ("github", "markdown") else "")
    if format_name == "markdown":
        held_back = _find_held_back(root) if new is None else ()
        context = replace(_describe(context, before, after), urls=_find_urls(root), held_back=held_back)
    report = REPORTS[format_name](changes, context)
    failing = [one for one in changes if fail_on in {"any", one.severity}]
    return Outcome(
        lines=(report,) if report else (),
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


def _specs(side: Tree) -> Tree:
    """Return the JSON files of the pages' folders, by their paths below `specs/`."""
    below = {path.removeprefix("specs/"): text for path, text in side.items()}
    return {path: text for path, text in below.items() if path.endswith(".json") and "/" in path}


def _describe(context: Context, before: Tree, after: Tree) -> Context:
    """Add what the two sides tell: their versions, and the providers of models."""
    providers = {
        model: entry.provider
        for side in (before, after)
        for model, entry in read_spec_set(_specs(side)).models.items()
        if entry.provider
    }
    return replace(context, before=_version(before), after=_version(after), providers=providers)


def _version(side: Tree) -> str:
    """Return the version of the packages of a side; empty where its history cannot be read."""
    try:
        return current_version(read_history(side.get(HISTORY, ""), HISTORY))
    except InputError:
        return ""


def _find_urls(root: Path) -> dict[str, str]:
    """Return the URL of each page that `fetch` has fetched here."""
    from paramsync.site.cache import read_entries
    from paramsync.site.urls import html_url

    return {page: html_url(entry.url) for page, entry in read_entries(root).items()}


def _find_held_back(root: Path) -> tuple[Finding, ...]:
    """Return the errors because of which specs of the root stay as they were; none where nothing can be read at all."""
    from paramsync.commands.scrape import scrape

    try:
        found = scrape(root, (), check=True, prune=False, accept_removals=False, progress=iter).results
    except InputError:
        return ()
    return tuple(one for one in found if isinstance(one, Finding) and one.is_error)


def _check(specs: Tree, name: str) -> None:
    """Raise the error of a side that cannot be read, with the name of the side in its place."""
    try:
        read_spec_set(specs)
    except InputError as error:
        where = f"{name}:{error.place.file}" if name else error.place.file
        raise InputError(Place(where, error.place.line, error.place.column), error.problem) from None
