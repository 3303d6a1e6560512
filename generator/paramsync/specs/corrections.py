"""An overlay as people write it: corrections, each with what a page is expected to state, the right facts, and the reason. Pure."""

import tomllib
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from paramsync.config import ConfigTable
from paramsync.pages.profile import Word
from paramsync.paths import SAFE_NAME, is_file_name, spec_name
from paramsync.specs.document import NAME_IN_CODE
from paramsync.specs.facts import KEYWORDS
from paramsync.text import Json, json_line, quote

MODEL_KEYWORDS = {  # key -> keyword of the spec
    "title": "title",
    "description": "description",
    "capabilities": "x-capabilities",
    "markdown": "x-markdown",
    "name_in_code": NAME_IN_CODE,
}
# Limited to as many digits as a number of a page may have.
Integer = Annotated[StrictInt, Field(gt=-(10**63), lt=10**64)]
Number = Integer | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Value = StrictStr | StrictBool | Number


class UnreadText(ConfigTable):
    """The text of a cell that holds no such value; only a page states it."""

    text: StrictStr


Unread = TypeVar("Unread", UnreadText, None)


class Facts(ConfigTable, Generic[Unread]):
    """Facts of a parameter (by column) or of a model; an absent key means that the page states nothing."""

    name: Unread | None = None
    type: Word | None = None
    required: StrictBool | Unread | None = None
    default: Value | list[Value] | Unread | None = None
    minimum: Number | Unread | None = None
    maximum: Number | Unread | None = None
    choices: Annotated[list[Value], Field(min_length=1)] | Unread | None = None
    description: Word | None = None
    title: Word | None = None
    capabilities: list[Word] | Unread | None = None
    markdown: Word | None = None
    name_in_code: Word | None = None


class Correction(ConfigTable):
    """A `[[correct]]`: the facts that the page is expected to state, the right ones, and why; without `parameter`, of the model.

    Where both are equal, it confirms what the page states doubtfully.
    """

    model: str = ""  # its id, where the name of the file does not tell
    parameter: str = ""
    expect: Facts[UnreadText] = Facts()
    set: Facts[None] = Facts()
    reason: Word

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the facts that it corrects."""
        return frozenset(self.expect.model_fields_set | self.set.model_fields_set)

    @model_validator(mode="before")
    @classmethod
    def _check_texts(cls, data: Any) -> Any:
        """Tell what is wrong with a table in the place of a value, which the types could tell in riddles only."""
        sides = {side: data.get(side) for side in ("expect", "set")} if isinstance(data, dict) else {}
        for side, facts in sides.items():
            for key, value in facts.items() if isinstance(facts, dict) else ():
                is_text = isinstance(value, dict) and [*value] == ["text"] and isinstance(value["text"], str)
                if isinstance(value, dict) and not (side == "expect" and is_text):
                    also = ', or { text = "…" } with the text of the cell' if side == "expect" else ""
                    raise ValueError(f"{side}.{key}: write a value{also}")
        if "name" in (sides.get("set") or ()):
            raise ValueError("'name' can be expected only; a name in code is set by 'name_in_code'")
        return data

    @model_validator(mode="after")
    def _check_keys(self) -> "Correction":
        known = KEYWORDS if self.parameter else MODEL_KEYWORDS
        if unknown := sorted(self.keys - known.keys()):
            subject = "a parameter" if self.parameter else "a model"
            raise ValueError(f"{subject} has no {unknown[0]!r}; it has {', '.join(known)}")
        _check_name(self.set.name_in_code, self.parameter)
        return self

    @property
    def is_confirmation(self) -> bool:
        """True if it sets what it expects."""
        return not differing_keys(self, self.expect, {key: getattr(self.set, key) for key in self.keys})


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
            f"reason = {json_line(f'In code it would have the same name as {other}.')}",
        ]
    )


def differing_keys(correction: Correction, facts: Facts[Any], stated: Json) -> list[str]:
    """Return the keys whose facts differ; a missing `required` counts as false, and missing `capabilities` as []."""
    nothing = {"required": False, "capabilities": []}
    return [
        key
        for key, none in ((key, nothing.get(key)) for key in sorted(correction.keys))
        if not _is_same(_value_or(getattr(facts, key), none), _value_or(stated.get(key), none))
    ]


def _value_or(value: Any, none: Any) -> Any:
    value = value.model_dump() if isinstance(value, UnreadText) else value
    return none if value is None else value


def _is_same(one: Any, other: Any) -> bool:
    """Compare two JSON values: 1 equals 1.0, but not true."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _check_name(name: str | None, parameter: str) -> None:
    """Check the name in code of a parameter, or of the model, whose files have that name, too."""
    if name is None:
        return
    if not SAFE_NAME.fullmatch(name if parameter else spec_name(name)):
        problem = "begin with a letter or digit, continue with at most 99 letters, digits, . _ or -, and not end with a dot"
        raise ValueError(f"{quote(name)} cannot be a name in code: it must {problem}")
    if not parameter and not is_file_name(spec_name(name)):
        problem = "files are named by it, so it must be neither `page` nor a name that Windows reserves"
        raise ValueError(f"{quote(name)} cannot be a name in code: {problem}")
