"""The versions of a root: those that were released, and the one that is pending. Reads files."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paramsync.changes.history import Release, current_version, read_history
from paramsync.changes.notes import Note, read_notes
from paramsync.changes.pending import find_pending, find_unnoted
from paramsync.changes.released import Released, read_last_released
from paramsync.findings import Finding, InputError, Place
from paramsync.pages.vendor import Vendor
from paramsync.paths import APIS, HISTORY, NOTE_SUFFIX, NOTES, PROFILE, RELEASED, VENDOR
from paramsync.text import Json, Tree, json_line, suggest_name, unify_line_ends
from paramsync.workspace import files
from paramsync.workspace.targets import is_own, list_made, list_targets, read_templates

DIGEST_LENGTH = 16  # hex digits, to see that a template has changed


@dataclass(frozen=True)
class Versions:
    """What was released, and what is there since."""

    root: Path
    vendor: Vendor
    history: str
    releases: tuple[Release, ...]
    released: Released
    notes: tuple[Note, ...]
    pending: Release | None

    @property
    def is_unrecorded(self) -> bool:
        """True if the history was written by an older paramsync, which did not keep what was released."""
        return bool(self.releases) and not self.released.version

    @property
    def every_version(self) -> tuple[Release, ...]:
        """All versions, the pending one included, the newest first."""
        return (self.pending, *self.releases) if self.pending else self.releases

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The digests of the templates now, by their paths below `templates/`."""
        names = list_made(self.root)
        own = [APIS] if is_own(self.root, APIS) else []
        trees = {name: read_templates(self.root, name) for name in (*names, *own)}
        texts = {f"{name}/{path}": text for name, tree in trees.items() for path, text in tree.items()}
        vendor = self.vendor
        facts = vendor.model_dump(mode="json", exclude_defaults=True) | {"files": sorted(vendor.files)}
        texts[VENDOR] = json_line(facts)
        return {path: _digest(text) for path, text in texts.items()}

    def find_unnoted(self) -> list[str]:
        """Return the templates that have changed since the release without a note; none where nothing was released."""
        return find_unnoted(self.released, self.templates, self.notes) if self.releases else []


def read_versions(root: Path, specs: Tree, vendor: Vendor) -> Versions:
    """Read the versions of a vendor's root, whose `specs` are the JSON files of `specs/` by their paths below it.

    Raises:
        InputError: the history, what was released, a note or a spec cannot be used.

    """
    history = files.read_optional_text(root / HISTORY, root)
    releases = read_history(history, HISTORY)
    released = read_last_released(files.read_optional_text(root / RELEASED, root), releases)
    notes = _read_notes(root, released)
    pending = find_pending(releases, released, specs, notes, vendor)
    return Versions(root, vendor, history, releases, released, notes, pending)


def read_released_specs(root: Path) -> dict[str, Json]:
    """Read the specs of the newest version, by model; none where it cannot be read, of which `generate` tells."""
    with suppress(InputError):
        releases = read_history(files.read_optional_text(root / HISTORY, root), HISTORY)
        return read_last_released(files.read_optional_text(root / RELEASED, root), releases).by_model
    return {}


def require_recorded(versions: Versions) -> None:
    """Raise an error where there is nothing to compare with, so that no version could ever be pending."""
    if versions.is_unrecorded:
        problem = (
            f"is not there, and {HISTORY} ends with {current_version(versions.releases)}; restore it from git; or, if an older "
            "paramsync has written the history, run paramsync release: it records what is there now as what was released"
        )
        raise InputError(Place(RELEASED), problem)


def report_unnoted(versions: Versions) -> tuple[Finding, ...]:
    """Report each target whose templates have changed since the release, where no note says what users notice."""
    changed: dict[str, list[str]] = {}
    for path in versions.find_unnoted():
        changed.setdefault(path.split("/")[0], []).append(path)
    version = current_version(versions.releases)
    return tuple(
        _report_unnoted(target, paths, version)
        if target == VENDOR or is_own(versions.root, target)
        else _report_supplied(target, version)
        for target, paths in changed.items()
    )


def _report_supplied(target: str, version: str) -> Finding:
    """Report a target that came with another paramsync, or has joined or left those that the root makes."""
    problem = f"{target} is not written as it was in {version}, and no note says so"
    return Finding("unnoted-change", Place(f"templates/{NOTES}"), problem, lines=_write_note(target))


def _report_unnoted(target: str, paths: list[str], version: str) -> Finding:
    more = f", and {len(paths) - 1} more of this target," if len(paths) > 1 else ""
    subject = "[vendor] " if target == VENDOR else ""
    problem = f"{subject}has changed since {version}{more} without a note"
    place = Place(PROFILE if target == VENDOR else f"templates/{paths[0]}")
    return Finding("unnoted-change", place, problem, lines=_write_note(target))


def _write_note(target: str) -> str:
    lines = (
        f"templates/{NOTES}/NAME{NOTE_SUFFIX}",
        'kind = "fixed" # or "breaking", "added", "internal"',
        'text = "What users notice."',
        f'targets = ["{target}"] # without it: all' if target not in (APIS, VENDOR) else "",
    )
    return "\n".join(filter(None, lines))


def _read_notes(root: Path, released: Released) -> tuple[Note, ...]:
    """Read the notes of a root; what else stands in their folder would be forgotten, and so would one of an unknown target."""
    found = {
        path.relative_to(root).as_posix(): path
        for path in files.list_entries(root / "templates" / NOTES, root)
    }
    texts = {name: files.read_text(path, root) for name, path in found.items() if path.suffix == NOTE_SUFFIX}
    for name in sorted(found.keys() - texts.keys()):
        if found[name].name[0] != ".":
            problem = f"is no note; give it a name that ends in {NOTE_SUFFIX}, or move it elsewhere"
            raise InputError(Place(name), problem)
    notes = read_notes(texts)
    targets = list_targets(root)
    for name, note in zip(texts, notes, strict=True):
        unknown = [one for one in note.targets if one not in targets and note.digest not in released.notes]
        if unknown:
            problem = f"targets: there is no target {unknown[0]!r}{suggest_name(unknown[0], targets)}"
            raise InputError(Place(name), problem)
    return notes


def _digest(text: str) -> str:
    content = unify_line_ends(text.removeprefix("\ufeff")).encode(errors="surrogateescape")
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
