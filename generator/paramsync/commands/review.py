"""What the report for reviewers says beside the changes. Reads files."""

from dataclasses import replace
from pathlib import Path

from paramsync.changes.history import current_version, read_history
from paramsync.changes.notes import read_notes
from paramsync.changes.pending import find_pending
from paramsync.changes.released import read_last_released
from paramsync.changes.review import Context
from paramsync.changes.specs import read_spec_set
from paramsync.commands.scrape import find_errors
from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.pages.vendor import UNNAMED, Vendor
from paramsync.paths import HISTORY, NOTES, PROFILE, RELEASED
from paramsync.site.cache import read_entries
from paramsync.site.urls import html_url
from paramsync.text import Tree
from paramsync.workspace.revisions import specs_of


def describe_sides(root: Path, before: Tree, after: Tree, context: Context) -> Context:
    """Add what two sides of a comparison tell: their versions, the providers of models, and where `fetch` has found pages."""
    vendor = find_vendor(after)
    providers = {
        model: entry.provider
        for side in (before, after)
        for model, entry in read_spec_set(specs_of(side), vendor).models.items()
        if entry.provider
    }
    urls = {page: html_url(entry.url) for page, entry in read_entries(root).items()}
    was, now = find_version(before), find_version(after)
    return replace(context, before=was, after=now, providers=providers, urls=urls)


def find_vendor(side: Tree) -> Vendor:
    """Return whose specs a side has, as its profile says; that may be of another time, and not be one by the rules of today."""
    try:
        return read_config(side[PROFILE], PROFILE, Profile).vendor
    except (InputError, KeyError):
        return UNNAMED


def find_version(side: Tree) -> str:
    """Return the version that a release of a side would have, or has had; empty where it cannot be read."""
    try:
        releases = read_history(side.get(HISTORY, ""), HISTORY)
        released = read_last_released(side.get(RELEASED, ""), releases)
        notes = read_notes(
            {path: text for path, text in side.items() if path.startswith(f"templates/{NOTES}/")}
        )
        pending = find_pending(releases, released, specs_of(side), notes, find_vendor(side))
    except InputError:
        return ""
    return pending.version if pending else current_version(releases)


def describe_held_back(root: Path, context: Context) -> Context:
    """Add the errors because of which specs of the root stay as they were, or the one because of which no page can be read."""
    try:
        return replace(context, held_back=find_errors(root))
    except InputError as error:
        return replace(context, unread=error)
