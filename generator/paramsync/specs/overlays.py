"""Apply overlays: files with corrections that people write for facts that a page has wrong. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from paramsync.config import TomlFile
from paramsync.findings import UNREAD_ROWS, Finding, InputError, Place
from paramsync.pages.page import Piece, Text
from paramsync.pages.sources import CONDITIONS, REQUIRED_IF, SOURCE_TITLES
from paramsync.paths import OVERLAY_SUFFIX, SAFE_NAME
from paramsync.specs.corrections import (
    Correction,
    Overlay,
    UnreadText,
    differing_keys,
    write_expectation,
)
from paramsync.specs.document import MODEL_KEYWORDS, order_keywords
from paramsync.specs.draft import Corrected, Draft
from paramsync.specs.facts import keywords_of
from paramsync.specs.parameters import read_untyped, rename_limits, rewrite_parameters
from paramsync.specs.spec_checks import check_spec
from paramsync.text import Json, json_line, shorten, suggest_name

PlaceFinder = Callable[..., Place]  # keys below a [[correct]] -> the place
Problem = tuple[
    str, tuple[str, ...], str
]  # the code of a finding, the key that it is about, and what is wrong
MAX_REASON = 400  # characters that are shown
MAX_SHOWN_TEXT = 200  # of a cell, in lines to paste


def apply_overlay(draft: Draft, file: TomlFile) -> None:
    """Apply an overlay to the draft of its model; errors and obsolete corrections become findings of the draft."""
    if draft.overlay:
        problem = f"{draft.overlay} is an overlay of the same model; write its corrections there"
        draft.findings.append(Finding("overlay-invalid", Place(file.name), problem, draft.model))
        return
    draft.overlay = file.name
    try:
        overlay = file.read(Overlay)
    except InputError as error:
        draft.findings.append(Finding("overlay-invalid", error.place, error.problem, draft.model))
        return
    placed = [(partial(_find_place, file, index), one) for index, one in enumerate(overlay.correct)]
    placed.sort(key=lambda each: each[1].set.type is None)  # a type is needed first
    for find, correction in placed:
        if correction.parameter in draft.untyped and _is_type(correction.set.type, draft):
            read_untyped(correction.parameter, str(correction.set.type), draft)
        if not correction.parameter or correction.parameter in draft.facts or not _has_unread_rows(draft):
            finding = _apply_correction(correction, draft, find)
            draft.findings += [finding] if finding else []
    if not any(finding.is_error for finding in draft.findings):
        draft.findings += _find_invalid(draft, placed)


def show_corrections(draft: Draft) -> Iterator[Finding]:
    """Return the findings of a draft; with one about a cell that cannot be read, the lines that settle it in an overlay."""
    unread = {id(finding): key for key in draft.unread for finding in draft.doubts.get(key, ())}
    folder = draft.origins[""]["x-model"].place.file.rpartition("/")[0]
    file = draft.overlay or f"{folder}/{draft.name}{OVERLAY_SUFFIX}"
    for finding in draft.findings:
        key = unread.get(id(finding))
        is_short = key and len(draft.unread[key].prose) <= MAX_SHOWN_TEXT
        lines = write_expectation(file, *key, draft.unread[key].prose) if key and is_short else ""
        yield replace(finding, lines=lines) if lines else finding


def find_unmatched_overlays(names: Mapping[str, str], models: set[str]) -> Iterator[Finding]:
    """Find the overlays without a model; `names` maps names to files, and all names are without `model_`."""
    for name, file in names.items():
        if name not in models:
            problem = f"the page has no model {name!r}{suggest_name(name, models)}"
            yield Finding("overlay-unmatched", Place(file), problem)


def _has_unread_rows(draft: Draft) -> bool:
    """Tell whether some rows were not read, so that a parameter that seems to be missing may be on the page."""
    return any(finding.code in UNREAD_ROWS for finding in draft.findings)


def _find_invalid(draft: Draft, placed: Iterable[tuple[PlaceFinder, Correction]]) -> Iterator[Finding]:
    """Check each corrected parameter, and the model, against the schema for specs."""
    properties = draft.spec["properties"]
    subjects = {one.parameter: find() for find, one in placed}
    for name, place in subjects.items():
        valid = name if SAFE_NAME.fullmatch(name) else "parameter"  # it may say that it is inside another one
        spec = draft.spec | {"properties": {valid: properties[name]} if name else {}}
        if problem := check_spec(spec):
            yield Finding("overlay-invalid", place, problem, draft.model, name)


def _find_place(file: TomlFile, index: int, *path: str) -> Place:
    """Return the place of a correction, or of a key in it."""
    return file.find(("correct", index, *path))


def _apply_correction(correction: Correction, draft: Draft, find: PlaceFinder) -> Finding | None:
    """Apply one correction, or return the finding that says why it cannot be applied."""
    parameter = correction.parameter
    if parameter and parameter not in draft.facts:
        problem = f"the model has no parameter {parameter!r}{suggest_name(parameter, draft.facts)}"
        return Finding("overlay-unmatched", find("parameter"), problem, draft.model)
    stated = _stated_facts(draft, correction)
    problems = (*_compare_with_page(correction, draft, stated), *_check_names(correction, draft))
    for code, path, problem in problems:
        return Finding(code, find(*path), problem, draft.model, parameter)
    draft.corrections.append(
        (parameter, f"{find()}: {_describe(correction)}: {shorten(correction.reason, MAX_REASON)}")
    )
    _write_correction(correction, stated, draft, find)
    draft.settle(parameter, correction.keys)
    return None


def _compare_with_page(correction: Correction, draft: Draft, stated: Json) -> Iterator[Problem]:
    """Compare what a correction expects with what the page states; return a problem for each that is wrong."""
    is_in_doubt = any((correction.parameter, key) in draft.doubts for key in correction.keys)
    differing = differing_keys(correction, correction.expect, stated)
    is_told_twice = any((correction.parameter, key) in draft.statements for key in correction.keys)
    if correction.is_confirmation and not is_in_doubt and not is_told_twice:
        yield "overlay-invalid", (), "'expect' and 'set' are equal"
    elif correction.is_confirmation and not is_in_doubt and not differing:
        yield "overlay-obsolete", (), "the sources no longer contradict each other"
    if differing and not differing_keys(correction, correction.set, stated):
        source = _name_source(correction.parameter, sorted(correction.keys), draft)
        yield "overlay-obsolete", (), f"{source} now states the correct value: {_describe(correction)}"
    for key in differing:
        expected, found = _format_value(correction.expect.get(key)), _format_value(stated.get(key))
        source = _name_source(correction.parameter, [key], draft)
        problem = f"the overlay expects the {key} {expected}, but {source} states {found}"
        yield "overlay-conflict", (_side_of(correction, key, "expect", "set"), key), problem


def _name_source(parameter: str, keys: Iterable[str], draft: Draft) -> str:
    """Name the source that decides facts."""
    found = (
        draft.statements[parameter, key][0].source for key in keys if (parameter, key) in draft.statements
    )
    return SOURCE_TITLES[next(found, "page")]


def _side_of(correction: Correction, key: str, first: str, second: str) -> str:
    """Return the side of a correction that has a key, the first if both have."""
    return first if key in getattr(correction, first).model_fields_set else second


def _check_names(correction: Correction, draft: Draft) -> Iterator[Problem]:
    kind = correction.set.type
    if kind is None and "type" in correction.keys:
        yield "overlay-invalid", ("expect", "type"), "each parameter has a type; write the right one in set"
    if kind is not None and not _is_type(kind, draft):
        near = suggest_name(kind, draft.profile.types)
        yield "overlay-invalid", ("set", "type"), f"{kind!r} is not a known type{near}"
    for key in CONDITIONS:
        for name in correction.set.get(key) or ():
            if name == correction.parameter or name not in draft.facts:
                problem = f"the model has no other parameter {name!r}{suggest_name(name, draft.facts)}"
                yield "overlay-invalid", ("set", key), problem
    names = {correction.parameter} if correction.parameter else {draft.model, draft.name}
    if correction.set.name_in_code in names:
        yield "overlay-invalid", ("set", "name_in_code"), "the name_in_code is the name that it has anyway"


def _is_type(word: str | None, draft: Draft) -> bool:
    return bool(word) and draft.find_type(str(word)) is not None


def _write_correction(correction: Correction, stated: Json, draft: Draft, find: PlaceFinder) -> None:
    """Write the right facts into the draft; the origin of each keyword keeps the value of the page."""
    right = {key: correction.set.get(key) for key in correction.keys}
    if right.get("type"):
        rename_limits(correction.parameter, right, draft)
    known = _known_facts(draft, correction.parameter)
    if correction.keys.intersection(CONDITIONS):  # now its meaning is known
        right.setdefault(REQUIRED_IF)
    facts = {key: value for key, value in (known | right).items() if value is not None}
    origins = draft.origins[correction.parameter]
    for key in correction.keys:
        written = "" if stated.get(key) is None else _format_value(stated[key])
        place = find(_side_of(correction, key, "set", "expect"), key)
        text = Text(place, written, (Piece(written),))
        keywords = keywords_of(key) if correction.parameter else (MODEL_KEYWORDS[key],)
        draft.corrected[correction.parameter, key] = Corrected(
            _find_text(draft, correction.parameter, key, keywords),
            stated.get(key),
            correction.set.get(key),
            correction.reason,
        )
        origins |= dict.fromkeys(keywords, text)
    if correction.parameter:
        draft.facts[correction.parameter] = facts
        rewrite_parameters([correction.parameter], draft)
    else:
        spec = {key: fact for key, fact in draft.spec.items() if key not in MODEL_KEYWORDS.values()}
        nothing: Json = {"x-capabilities": []} if "x-capabilities" in draft.spec else {}
        spec |= nothing | {MODEL_KEYWORDS[key]: value for key, value in facts.items()}
        draft.spec = order_keywords(spec)


def _find_text(draft: Draft, parameter: str, key: str, keywords: Iterable[str]) -> Text | None:
    """Find the text that states a fact, or would; None where there is no place for it."""
    origins = draft.origins[parameter]
    return draft.unread.get((parameter, key)) or next(
        (origins[one] for one in keywords if one in origins), None
    )


def _known_facts(draft: Draft, parameter: str) -> Json:
    """Return the facts of a parameter, or of the model, that could be read."""
    if parameter:
        return draft.facts[parameter]
    facts = {key: draft.spec[keyword] for key, keyword in MODEL_KEYWORDS.items() if keyword in draft.spec}
    return {key: value for key, value in facts.items() if value not in ([], "")}


def _stated_facts(draft: Draft, correction: Correction) -> Json:
    """Return the facts that the page states, and the text of each cell that cannot be read: as it is expected, if that is its text."""
    parameter = correction.parameter
    facts = _known_facts(draft, parameter)
    for (name, key), cell in draft.unread.items():
        if name == parameter:
            expected = correction.expect.get(key)
            expected = expected.text if isinstance(expected, UnreadText) else expected
            is_same = isinstance(expected, str) and expected in (cell.written, cell.value, cell.plain)
            facts = facts | {key: {"text": expected if is_same else cell.prose}}
    return facts


def _describe(correction: Correction) -> str:
    descriptions = (
        f"{key} {_format_value(correction.expect.get(key))}, corrected to {_format_value(correction.set.get(key))}"
        for key in sorted(correction.keys)
    )
    return "; ".join(
        f"{correction.parameter}: {each}" if correction.parameter else each for each in descriptions
    )


def _format_value(value: Any) -> str:
    if isinstance(value, UnreadText | dict):
        text = value.text if isinstance(value, UnreadText) else value["text"]
        return f"the text {shorten(json_line(text))}"
    return "nothing" if value is None else shorten(json_line(value))
