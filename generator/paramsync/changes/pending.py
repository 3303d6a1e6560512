"""The pending version: what a release would hold now, by comparing what was released with what is there. Pure.

It depends on nothing else, so that doing something twice, undoing it or taking a detour gives the same version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from paramsync.changes.days import newest_date
from paramsync.changes.history import FIRST_VERSION, Release, current_version, next_version
from paramsync.changes.kinds import Change, greatest_step, suggest_step
from paramsync.changes.notes import NOTE_STEPS, Note
from paramsync.changes.released import Released
from paramsync.changes.specs import SpecSet, compare_spec_sets, read_spec_set
from paramsync.pages.vendor import Vendor
from paramsync.paths import APIS, VENDOR
from paramsync.text import Tree


def find_pending(
    releases: tuple[Release, ...],
    released: Released,
    specs: Tree,
    notes: Iterable[Note],
    vendor: Vendor,
) -> Release | None:
    """Return the version that is pending, or None if nothing has changed since the newest of the releases, or it is not known what.

    `specs` are the JSON files of the vendor's `specs/` now, by their paths below it.

    Raises:
        InputError: a `page.json` or a spec, now or then, is damaged or missing.

    """
    now = read_spec_set(specs, vendor)
    if not releases:
        return _make_first(now)
    if not released.version:
        return None
    changes = compare_spec_sets(read_spec_set(released.specs, vendor), now)
    new = tuple(note for note in notes if note.digest not in released.notes)
    step = greatest_step([suggest_step(changes), *(NOTE_STEPS[note.kind] for note in new)])
    if step is None:
        return None
    version = next_version(current_version(releases), step)
    return Release(version, _newest_date(changes, now), changes, new)


def find_unnoted(released: Released, templates: Mapping[str, str], notes: Iterable[Note]) -> list[str]:
    """Return the templates that have changed since the release, in targets which no newer note is about.

    `templates` are digests by their paths below `templates/`; a path that is in only one of both has changed, too. What is known of
    an API, and what the profile says of the vendor, concerns all targets: any note will do.
    """
    new = [note for note in notes if note.digest not in released.notes]
    before = released.templates
    changed = sorted(path for path in {*before, *templates} if before.get(path) != templates.get(path))
    if VENDOR not in before:  # an older paramsync has written what was released
        changed = [path for path in changed if path != VENDOR]
    targets = ((path, path.split("/")[0]) for path in changed)
    return [
        path for path, of in targets if not any(of in (APIS, VENDOR) or note.is_about(of) for note in new)
    ]


def _make_first(now: SpecSet) -> Release | None:
    changes = compare_spec_sets(SpecSet({}, {}, now.vendor), now)
    first = Release(FIRST_VERSION, _newest_date(changes, now), changes)
    return replace(first, is_first=True) if changes else None


def _newest_date(changes: Iterable[Change], now: SpecSet) -> str:
    return newest_date(now.pages[one.page].updated for one in changes if one.page in now.pages)
