"""The verb `release`: the pending version to `specs/history.jsonl`, and what is there now to `specs/released.jsonl`."""

from collections import Counter
from pathlib import Path

from paramsync.changes.history import Release, append_release, current_version
from paramsync.changes.released import Released, write_released
from paramsync.changes.summary import count_severities
from paramsync.commands.contents import read_contents
from paramsync.commands.numbers import check_next_version
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.root import read_all_specs, update_files
from paramsync.commands.spelling import read_targets
from paramsync.commands.versions import Versions, report_unnoted
from paramsync.paths import HISTORY, RELEASED
from paramsync.text import Tree, pluralize
from paramsync.workspace import files


def release(root: Path, *, check: bool) -> Outcome:
    """Enter the pending version into the history (or, to check, say which one is pending).

    What is there now is what later versions are compared with. Nothing is written where a changed template has no note, or a target
    lacks a model because of its name.

    Raises:
        InputError: the history, a note or a spec cannot be used.

    """
    contents, specs = read_contents(root), read_all_specs(root)
    versions = contents.versions
    if versions.is_unrecorded:
        version = current_version(versions.releases)
        expected = {RELEASED: _write_released(versions, version, specs)}
        return _update(root, expected, f"what is there now is recorded as {version}", check=check)
    left_out, _ = contents.find_unwritable(read_targets(root, contents.service.vendor.api))
    if left_out:
        return Outcome(results=tuple(left_out), subject="nothing is released", exit_code=INPUT_ERROR)
    if findings := report_unnoted(versions):
        return Outcome(results=findings, subject="nothing is released", exit_code=DRIFT)
    if not versions.pending:
        return Outcome(subject=f"nothing to release since {current_version(versions.releases)}")
    check_next_version(root, versions.pending.version)
    expected = {
        HISTORY: append_release(versions.history, versions.pending),
        RELEASED: _write_released(versions, versions.pending.version, specs),
    }
    return _update(root, expected, _describe(versions.pending), check=check)


def _update(root: Path, expected: Tree, subject: str, *, check: bool) -> Outcome:
    actual = {path: files.read_optional_text(root / path, root) for path in expected}
    update = update_files(root, expected, {path: text for path, text in actual.items() if text}, check=check)
    exit_code = DRIFT if check and update.changed else IN_ORDER
    return Outcome(subject=subject, changed=update.changed, unchanged=update.unchanged, exit_code=exit_code)


def _write_released(versions: Versions, version: str, specs: Tree) -> str:
    notes = versions.released.notes.union(note.digest for note in versions.notes)
    return write_released(Released(version, specs, versions.templates, notes))


def _describe(pending: Release) -> str:
    if pending.is_first:
        models = sum(one.kind == "model-added" for one in pending.changes)
        return f"{pending.version}, the first version, with {pluralize(models, 'model')}"
    kinds = Counter(note.kind for note in pending.notes)
    noted = "".join(f", {pluralize(number, f'{kind} note')}" for kind, number in kinds.items())
    return f"{pending.version}: {count_severities(pending.changes)}{noted}"
