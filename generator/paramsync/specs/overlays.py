"""Apply overlays: files with corrections that people write for facts that a page has wrong. Pure."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from paramsync.config import ConfigTable, find_tables, read_config
from paramsync.findings import Finding, InputError, Place
from paramsync.pages.page import Piece, Text
from paramsync.pages.profile import Word
from paramsync.paths import SAFE_NAME, is_file_name, spec_name
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.draft import Draft
from paramsync.specs.parameters import KEYWORDS, rewrite_parameter
from paramsync.specs.schema import check_spec
from paramsync.text import Json, json_line, quote, shorten, suggest_name

OVERLAY_SUFFIX = ".overlay.toml"
MAX_REASON = 400  # characters that are shown
MODEL_KEYWORDS = {  # key -> keyword of the spec
    "title": "title",
    "description": "description",
    "capabilities": "x-capabilities",
    "markdown": "x-markdown",
    "name_in_code": NAME_IN_CODE,
}
# Findings after which some rows of a table were not read.
UNREAD_ROW_CODES = {
    "unknown-column",
    "duplicate-column",
    "missing-column",
    "unknown-type",
    "cell-count",
    "table-count",
    "stray-row",
}
# The order of the keywords of a model in a spec.
KEYWORD_ORDER = (
    "$schema",
    "$id",
    "title",
    "description",
    "x-model",
    NAME_IN_CODE,
    "x-capabilities",
    "x-markdown",
)

# Limited to as many digits as a number of a page may have.
Integer = Annotated[StrictInt, Field(gt=-(10**63), lt=10**64)]
Number = Integer | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Value = StrictStr | StrictBool | Number


class Facts(ConfigTable):
    """Facts of a parameter (by column) or of a model; an absent key means that the page states nothing."""

    type: Word | None = None
    required: StrictBool | None = None
    default: Value | list[Value] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    choices: Annotated[list[Value], Field(min_length=1)] | None = None
    description: Word | None = None
    title: Word | None = None
    capabilities: list[Word] | None = None
    markdown: Word | None = None
    name_in_code: Word | None = None


class Correction(ConfigTable):
    """A `[[correct]]`: the facts that the page is expected to state, the right ones, and why; without `parameter`, of the model."""

    model: str = ""  # its id, where the name of the file does not tell
    parameter: str = ""
    expect: Facts = Facts()
    set: Facts = Facts()
    reason: Word

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the facts that it corrects."""
        return frozenset(self.expect.model_fields_set | self.set.model_fields_set)

    @model_validator(mode="after")
    def _check_keys(self) -> "Correction":
        known = KEYWORDS if self.parameter else MODEL_KEYWORDS
        if unknown := sorted(self.keys - known.keys()):
            subject = "a parameter" if self.parameter else "a model"
            raise ValueError(f"{subject} has no {unknown[0]!r}; it has {', '.join(known)}")
        if not _differing_keys(self, self.expect, _stated_facts(self.set)):
            raise ValueError("'expect' and 'set' are equal")
        _check_name(self.set.name_in_code, is_valid=SAFE_NAME.fullmatch if self.parameter else _is_model_name)
        return self


class Overlay(ConfigTable):
    correct: tuple[Correction, ...]

    @model_validator(mode="after")
    def _check_corrections(self) -> "Overlay":
        if not self.correct:
            raise ValueError("the file has no [[correct]]")
        if len(models := sorted({one.model for one in self.correct if one.model})) > 1:
            raise ValueError(f"it is about {models[0]!r} and {models[1]!r}; write a file for each")
        keys = [(one.parameter, key) for one in self.correct for key in sorted(one.keys)]
        twice = [": ".join(filter(None, key)) for index, key in enumerate(keys) if key in keys[:index]]
        if twice:
            raise ValueError(f"{twice[0]} is corrected twice")
        return self


def apply_overlay(draft: Draft, text: str, file: str, schema: Json) -> None:
    """Apply an overlay to the draft of its model; errors and obsolete corrections become findings of the draft."""
    if draft.overlay:
        problem = f"{draft.overlay} is an overlay of the same model; write its corrections there"
        draft.findings.append(Finding("overlay-invalid", Place(file), problem, draft.model))
        return
    draft.overlay = file
    try:
        overlay = read_config(text, file, Overlay)
    except InputError as error:
        draft.findings.append(Finding("overlay-invalid", error.place, error.problem, draft.model))
        return
    placed = [*zip(find_tables(text, file, "correct"), overlay.correct, strict=False)]
    for place, correction in placed:
        if not correction.parameter or correction.parameter in draft.facts or not _has_unread_rows(draft):
            finding = _apply_correction(correction, draft, place)
            draft.findings += [finding] if finding else []
    if not any(finding.is_error for finding in draft.findings):
        draft.findings += _find_invalid(draft, placed, schema)


def find_overlay_model(text: str) -> str:
    """Return the id of the model that an overlay states; empty if it states none, or cannot be read."""
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff")).get("correct")
    except (ValueError, RecursionError):  # which `apply_overlay` reports
        return ""
    found = (one.get("model") for one in tables if isinstance(one, dict)) if isinstance(tables, list) else ()
    return next((model for model in found if model and isinstance(model, str)), "")


def write_naming(where: str, model: str, parameter: str, name: str, other: str) -> str:
    """Write the lines of an overlay that give a model, or a parameter, a name in code; a comment above them says where."""
    facts = {"model": model, "parameter": parameter}
    return "\n".join(
        [
            f"# {where}",
            "[[correct]]",
            *(f"{key} = {json_line(fact)}" for key, fact in facts.items() if fact),
            f"set = {{ name_in_code = {json_line(name)} }}",
            f"reason = {json_line(f'In code it would be called like {other}.')}",
        ]
    )


def find_unmatched_overlays(names: Mapping[str, str], models: set[str]) -> Iterator[Finding]:
    """Find the overlays without a model; `names` maps names to files, and all names are without `model_`."""
    for name, file in names.items():
        if name not in models:
            problem = f"the page has no model {name!r}{suggest_name(name, models)}"
            yield Finding("overlay-unmatched", Place(file), problem)


def _check_name(name: str | None, *, is_valid: Callable[[str], object]) -> None:
    if name is not None and not is_valid(name):
        problem = "begin with a letter or digit, and continue with at most 99 letters, digits, . _ or -"
        raise ValueError(f"{quote(name)} cannot be a name in code: {problem}")


def _is_model_name(name: str) -> bool:
    return is_file_name(spec_name(name))


def _has_unread_rows(draft: Draft) -> bool:
    """Tell whether some rows were not read, so that a parameter that seems to be missing may be on the page."""
    return any(finding.code in UNREAD_ROW_CODES for finding in draft.findings)


def _find_invalid(
    draft: Draft, placed: Iterable[tuple[Place, Correction]], schema: Json
) -> Iterator[Finding]:
    """Check each corrected parameter, and the model, against the schema for specs."""
    properties = draft.spec["properties"]
    subjects = {one.parameter: place for place, one in placed}
    for name, place in subjects.items():
        spec = draft.spec | {"properties": {name: properties[name]} if name else {}}
        if problem := check_spec(spec, schema):
            yield Finding("overlay-invalid", place, problem, draft.model, name)


def _apply_correction(correction: Correction, draft: Draft, place: Place) -> Finding | None:
    """Apply one correction, or return the finding that says why it cannot be applied."""
    parameter = correction.parameter
    if parameter and parameter not in draft.facts:
        problem = f"the model has no parameter {parameter!r}{suggest_name(parameter, draft.facts)}"
        return Finding("overlay-unmatched", place, problem, draft.model)
    stated = draft.facts[parameter] if parameter else _model_facts(draft.spec)
    differing = _differing_keys(correction, correction.expect, stated)
    if differing and not _differing_keys(correction, correction.set, stated):
        problem = f"the page now states the correct value: {_describe(correction)}"
        return Finding("overlay-obsolete", place, problem, draft.model, parameter)
    if differing:
        key = differing[0]
        expected = _format_value(getattr(correction.expect, key))
        problem = (
            f"the overlay expects the {key} {expected}, but the page states {_format_value(stated.get(key))}"
        )
        return Finding("overlay-conflict", place, problem, draft.model, parameter)
    if correction.set.type is not None and correction.set.type not in draft.profile.types:
        problem = f"{correction.set.type!r} is not a known type{suggest_name(correction.set.type, draft.profile.types)}"
        return Finding("overlay-invalid", place, problem, draft.model, parameter)
    if correction.set.name_in_code in {parameter, draft.model, spec_name(draft.model)} - {""}:
        problem = "the name_in_code is the name that it has anyway"
        return Finding("overlay-invalid", place, problem, draft.model, parameter)
    draft.corrections.append(
        (parameter, f"{place}: {_describe(correction)}: {shorten(correction.reason, MAX_REASON)}")
    )
    _write_correction(correction, stated, draft, place)
    return None


def _write_correction(correction: Correction, stated: Json, draft: Draft, place: Place) -> None:
    """Write the right facts into the draft; the origin of each keyword keeps the value of the page."""
    right = {key: getattr(correction.set, key) for key in correction.keys}
    facts = {key: value for key, value in (stated | right).items() if value is not None}
    origins = draft.origins[correction.parameter]
    for key in correction.keys:
        written = "" if stated.get(key) is None else _format_value(stated[key])
        text = Text(place, written, (Piece(written),))
        keywords = KEYWORDS[key] if correction.parameter else (MODEL_KEYWORDS[key],)
        origins |= dict.fromkeys(keywords, text)
    if correction.parameter:
        draft.facts[correction.parameter] = facts
        rewrite_parameter(correction.parameter, draft)
    else:
        spec = {key: fact for key, fact in draft.spec.items() if key not in MODEL_KEYWORDS.values()}
        spec |= {"x-capabilities": []} | {MODEL_KEYWORDS[key]: value for key, value in facts.items()}
        draft.spec = {key: spec[key] for key in (*KEYWORD_ORDER, *spec) if key in spec}


def _model_facts(spec: Json) -> Json:
    facts = {key: spec[keyword] for key, keyword in MODEL_KEYWORDS.items() if keyword in spec}
    return {key: value for key, value in facts.items() if value != []}


def _stated_facts(facts: Facts) -> Json:
    return {key: getattr(facts, key) for key in facts.model_fields_set}


def _differing_keys(correction: Correction, facts: Facts, stated: Json) -> list[str]:
    """Return the keys whose facts differ; a missing `required` counts as false, and missing `capabilities` as []."""
    nothing = {"required": False, "capabilities": []}
    return [
        key
        for key, none in ((key, nothing.get(key)) for key in sorted(correction.keys))
        if not _is_same(_value_or(getattr(facts, key), none), _value_or(stated.get(key), none))
    ]


def _value_or(value: Any, none: Any) -> Any:
    return none if value is None else value


def _is_same(one: Any, other: Any) -> bool:
    """Compare two JSON values: 1 equals 1.0, but not true."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _describe(correction: Correction) -> str:
    descriptions = (
        f"{key} {_format_value(getattr(correction.expect, key))}, corrected to {_format_value(getattr(correction.set, key))}"
        for key in sorted(correction.keys)
    )
    return "; ".join(
        f"{correction.parameter}: {each}" if correction.parameter else each for each in descriptions
    )


def _format_value(value: Any) -> str:
    return "nothing" if value is None else shorten(json_line(value))
