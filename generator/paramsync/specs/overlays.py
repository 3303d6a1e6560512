"""What we know better than a page: corrections that people write, laid over what the page says. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from paramsync.config import ConfigTable, find_tables, read_config
from paramsync.findings import Finding, InputError, Place
from paramsync.pages.page import Piece, Text
from paramsync.pages.profile import Word
from paramsync.specs.parameters import KEYWORDS, Draft, rewrite_parameter
from paramsync.specs.schema import check_spec
from paramsync.text import Json, json_line, shorten, suggest_name

OVERLAY_SUFFIX = ".overlay.toml"
MODEL_KEYWORDS = {  # key -> keyword of the spec
    "title": "title",
    "description": "description",
    "capabilities": "x-capabilities",
    "markdown": "x-markdown",
}
# What hides rows of a table.
UNREAD_ROW_CODES = {
    "unknown-column",
    "duplicate-column",
    "missing-column",
    "unknown-type",
    "cell-count",
    "table-count",
    "stray-row",
}
KEYWORD_ORDER = ("$schema", "$id", "title", "description", "x-model", "x-capabilities", "x-markdown")

# As long as the longest number of a page.
Integer = Annotated[StrictInt, Field(gt=-(10**63), lt=10**64)]
Number = Integer | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Value = StrictStr | StrictBool | Number


class Facts(ConfigTable):
    """Some of what a page says, or should say: of a parameter by its columns, of a model by its facts; what is absent is nothing."""

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


class Correction(ConfigTable):
    """What the page is expected to say, what is right instead, and why; of a parameter, or else of the model."""

    parameter: str = ""
    expect: Facts = Facts()
    set: Facts = Facts()
    reason: Word

    @property
    def keys(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(self.expect.model_fields_set | self.set.model_fields_set)

    @model_validator(mode="after")
    def _check_keys(self) -> "Correction":
        known = KEYWORDS if self.parameter else MODEL_KEYWORDS
        if unknown := sorted(self.keys - known.keys()):
            subject = "a parameter" if self.parameter else "a model"
            raise ValueError(f"{subject} has no {unknown[0]!r}; it has {', '.join(known)}")
        if not _differing_keys(self, self.expect, _stated_facts(self.set)):
            raise ValueError("'expect' and 'set' say the same")
        return self


class Overlay(ConfigTable):
    """A file of corrections of one model."""

    correct: tuple[Correction, ...]

    @model_validator(mode="after")
    def _check_corrections(self) -> "Overlay":
        if not self.correct:
            raise ValueError("there is no [[correct]]")
        keys = [(one.parameter, key) for one in self.correct for key in sorted(one.keys)]
        twice = [": ".join(filter(None, key)) for index, key in enumerate(keys) if key in keys[:index]]
        if twice:
            raise ValueError(f"{twice[0]} is corrected twice")
        return self


def apply_overlay(draft: Draft, text: str, file: str, schema: Json) -> None:
    """Correct a draft by its overlay. What is wrong with the overlay, or no longer needed, becomes findings of the draft."""
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


def find_unmatched_overlays(names: Mapping[str, str], models: set[str]) -> Iterator[Finding]:
    """Find the overlays, by their names and files, that no model of their page has; by names without `model_`."""
    for name, file in names.items():
        if name not in models:
            problem = f"the page has no model {name!r}{suggest_name(name, models)}"
            yield Finding("overlay-unmatched", Place(file), problem)


def _has_unread_rows(draft: Draft) -> bool:
    """Tell whether rows of the page could not be read, so that a parameter may be there and not be known."""
    return any(finding.code in UNREAD_ROW_CODES for finding in draft.findings)


def _find_invalid(
    draft: Draft, placed: Iterable[tuple[Place, Correction]], schema: Json
) -> Iterator[Finding]:
    """Find what has been corrected to something that is no spec, each by itself."""
    properties = draft.spec["properties"]
    subjects = {one.parameter: place for place, one in placed}
    for name, place in subjects.items():
        spec = draft.spec | {"properties": {name: properties[name]} if name else {}}
        if problem := check_spec(spec, schema):
            yield Finding("overlay-invalid", place, problem, draft.model, name)


def _apply_correction(correction: Correction, draft: Draft, place: Place) -> Finding | None:
    """Apply one correction, or find out why not."""
    parameter = correction.parameter
    if parameter and parameter not in draft.facts:
        problem = f"the model has no parameter {parameter!r}{suggest_name(parameter, draft.facts)}"
        return Finding("overlay-unmatched", place, problem, draft.model)
    says = draft.facts[parameter] if parameter else _model_facts(draft.spec)
    differing = _differing_keys(correction, correction.expect, says)
    if differing and not _differing_keys(correction, correction.set, says):
        problem = f"the page says what is right by now: {_describe(correction)}"
        return Finding("overlay-obsolete", place, problem, draft.model, parameter)
    if differing:
        key = differing[0]
        expected = _format_value(getattr(correction.expect, key))
        problem = (
            f"the overlay expects the {key} {expected}, and the page says {_format_value(says.get(key))}"
        )
        return Finding("overlay-conflict", place, problem, draft.model, parameter)
    if correction.set.type is not None and correction.set.type not in draft.profile.types:
        problem = f"{correction.set.type!r} is not a known type{suggest_name(correction.set.type, draft.profile.types)}"
        return Finding("overlay-invalid", place, problem, draft.model, parameter)
    draft.corrections.append((parameter, f"{place}: {_describe(correction)}: {correction.reason}"))
    _write_correction(correction, says, draft, place)
    return None


def _write_correction(correction: Correction, says: Json, draft: Draft, place: Place) -> None:
    """Write what is right into the draft, as if the page had said it; each keyword keeps what the page says beside it."""
    right = {key: getattr(correction.set, key) for key in correction.keys}
    facts = {key: value for key, value in (says | right).items() if value is not None}
    origins = draft.origins[correction.parameter]
    for key in correction.keys:
        written = "" if says.get(key) is None else _format_value(says[key])
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


def _differing_keys(correction: Correction, facts: Facts, says: Json) -> list[str]:
    """Name the keys by which two differ; not required is what nothing is, and so is a model without capabilities."""
    nothing = {"required": False, "capabilities": []}
    return [
        key
        for key, none in ((key, nothing.get(key)) for key in sorted(correction.keys))
        if not _is_same(_value_or(getattr(facts, key), none), _value_or(says.get(key), none))
    ]


def _value_or(value: Any, none: Any) -> Any:
    return none if value is None else value


def _is_same(one: Any, other: Any) -> bool:
    """Tell whether two values of JSON are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _describe(correction: Correction) -> str:
    """Say what a correction changes."""
    told = (
        f"{key} {_format_value(getattr(correction.expect, key))}, corrected to {_format_value(getattr(correction.set, key))}"
        for key in sorted(correction.keys)
    )
    return "; ".join(f"{correction.parameter}: {each}" if correction.parameter else each for each in told)


def _format_value(value: Any) -> str:
    return "nothing" if value is None else shorten(json_line(value))
