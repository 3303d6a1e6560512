"""An overlay as people write it: corrections, each with what a page is expected to state, the right facts, and the reason. Pure."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.declared import Word
from paramsync.pages.meanings import is_annotation
from paramsync.pages.sources import CONDITIONS, INSIDE
from paramsync.paths import SAFE_NAME, is_file_name
from paramsync.rules import BY_KEYWORD, LIMITS, json_key
from paramsync.specs.document import MODEL_KEYWORDS
from paramsync.specs.facts import KEYWORDS
from paramsync.text import Json, quote, suggest_name, toml_text

# Limited to as many digits as a number of a page may have.
Integer = Annotated[StrictInt, Field(gt=-(10**63), lt=10**64)]
Number = Integer | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Value = StrictStr | StrictBool | Number


class UnreadText(ConfigTable):
    """The text of a cell that holds no such value; only a page states it."""

    text: StrictStr


# Keys whose values are no texts: a text is that of a cell which cannot be read.
TEXT_OF_CELL = frozenset(["name", "required", "choices", "capabilities", *CONDITIONS, *LIMITS])
Unread = TypeVar("Unread", UnreadText, None)


class Facts(ConfigTable, Generic[Unread]):
    """Facts of a parameter (by column) or of a model; an absent key means that the page states nothing.

    Beside the keys that are named here, it has those of rules and annotations.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Value | Unread | None]

    name: Unread | None = None
    type: Word | None = None
    required: StrictBool | Unread | None = None
    default: Value | list[Value] | Unread | None = None
    choices: Annotated[list[Value], Field(min_length=1)] | Unread | None = None
    description: Word | None = None
    title: Word | None = None
    capabilities: list[Word] | Unread | None = None
    markdown: Word | None = None
    name_in_code: Word | None = None
    required_with: Annotated[list[Word], Field(min_length=1)] | Unread | None = None
    required_unless: Annotated[list[Word], Field(min_length=1)] | Unread | None = None

    @model_validator(mode="after")
    def _check_rules(self) -> "Facts[Unread]":
        for key, value in (self.model_extra or {}).items():
            rule = LIMITS.get(key)
            if key not in BY_KEYWORD and not is_annotation(key):
                known = [*type(self).model_fields, *BY_KEYWORD]
                problem = f"there is no such key{suggest_name(key, known)}; there are {', '.join(known)}, and annotations such as x-unit"
                raise KeyMistakeError((key,), problem)
            if rule and not isinstance(value, UnreadText) and not rule.allows_limit(value):
                raise KeyMistakeError((key,), f"must be {rule.limit_kind}")
        return self

    def get(self, key: str) -> Any:
        """Return a fact, or None where there is none."""
        return getattr(self, key, None)


class Correction(ConfigTable):
    """A `[[correct]]`: the facts that the page is expected to state, the right ones, and why; without `parameter`, of the model.

    Where both are equal, it confirms what the page states doubtfully.
    """

    model: str = ""  # its id, where the name of the file does not tell
    parameter: str = ""
    expect: Facts[UnreadText] = Facts.model_validate({})
    set: Facts[None] = Facts.model_validate({})
    reason: Word

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the facts that it corrects."""
        return frozenset(self.expect.model_fields_set | self.set.model_fields_set)

    @model_validator(mode="before")
    @classmethod
    def _read_texts(cls, data: Any) -> Any:
        """Take a text for that of a cell where no value is a text, and tell what is wrong with a table in the place of a value."""
        if not isinstance(data, dict):
            return data
        sides = {side: facts for side in ("expect", "set") if isinstance(facts := data.get(side), dict)}
        for side, facts in sides.items():
            for key, value in facts.items():
                is_text = isinstance(value, dict) and [*value] == ["text"] and isinstance(value["text"], str)
                if isinstance(value, dict) and not (side == "expect" and is_text):
                    also = ", or the text of the cell in quotes" if side == "expect" else ""
                    raise KeyMistakeError((side, key), f"write a value{also}")
        if "name" in sides.get("set", ()):
            raise KeyMistakeError(
                ("set", "name"), "'name' can be expected only; a name in code is set by 'name_in_code'"
            )
        expect = {key: _read_text(key, value) for key, value in sides.get("expect", {}).items()}
        return data | ({"expect": expect} if expect else {})

    @model_validator(mode="after")
    def _check_keys(self) -> "Correction":
        known = [key for key in KEYWORDS if key != INSIDE] if self.parameter else [*MODEL_KEYWORDS]
        annotations = {key for key in self.keys if self.parameter and is_annotation(key)}
        if unknown := sorted(self.keys - {*known} - annotations):
            side = "expect" if unknown[0] in self.expect.model_fields_set else "set"
            subject = "a parameter" if self.parameter else "a model, as there is no 'parameter',"
            raise KeyMistakeError(
                (side, unknown[0]), f"{subject} has no {unknown[0]!r}; it has {', '.join(known)}"
            )
        if problem := _find_bad_name(self.set.name_in_code, self.parameter):
            raise KeyMistakeError(("set", "name_in_code"), problem)
        return self

    @property
    def is_confirmation(self) -> bool:
        """True if it sets what it expects."""
        return not differing_keys(self, self.expect, {key: self.set.get(key) for key in self.keys})


class Overlay(ConfigTable):
    correct: tuple[Correction, ...]

    @model_validator(mode="after")
    def _check_corrections(self) -> "Overlay":
        if not self.correct:
            raise ValueError("the file has no [[correct]]")
        seen: dict[tuple[str, str], int] = {}
        models = [one.model for one in self.correct]
        for index, one in enumerate(self.correct):
            if (first := next(filter(None, models), "")) != one.model and one.model:
                problem = f"the file is about {first!r}, and this about {one.model!r}; write a file for each"
                raise KeyMistakeError(("correct", index, "model"), problem)
            for key in sorted(one.keys):
                if seen.setdefault((one.parameter, key), index) != index:
                    side = "expect" if key in one.expect.model_fields_set else "set"
                    problem = f"{': '.join(filter(None, (one.parameter, key)))} is corrected twice"
                    raise KeyMistakeError(("correct", index, side, key), problem)
        return self


def find_overlay_model(data: Json) -> str:
    """Return the id of the model that an overlay states, right or wrong as it is otherwise; empty if it states none."""
    tables = data.get("correct")
    found = (one.get("model") for one in tables if isinstance(one, dict)) if isinstance(tables, list) else ()
    return next((model for model in found if model and isinstance(model, str)), "")


def write_expectation(file: str, parameter: str, key: str, text: str) -> str:
    """Write the lines of an overlay that settle a cell which cannot be read; whoever pastes them adds the right value."""
    expect = f"expect = {{ {key} = {toml_text(text)} }}"
    right = f"set = {{ {key} = … }} # the right value; without this line, there is none"
    about = [f"parameter = {toml_text(parameter)}"] if parameter else []
    lines = [f"# {file}", "[[correct]]", *about, expect, *([right] if key != "name" else []), 'reason = "…"']
    return "\n".join(lines)


def write_naming(where: str, model: str, parameter: str, name: str, other: str) -> str:
    """Write the lines of an overlay that give a model, or a parameter, a name in code; a comment above them says where."""
    facts = {"model": model, "parameter": parameter}
    return "\n".join(
        [
            f"# {where}",
            "[[correct]]",
            *(f"{key} = {toml_text(fact)}" for key, fact in facts.items() if fact),
            f"set = {{ name_in_code = {toml_text(name)} }}",
            f"reason = {toml_text(f'In code it would have the same name as {other}.')}",
        ]
    )


def differing_keys(correction: Correction, facts: Facts[Any], stated: Json) -> list[str]:
    """Return the keys whose facts differ; a missing `required` counts as false, and missing `capabilities` as []."""
    nothing = {"required": False, "capabilities": []}
    return [
        key
        for key, none in ((key, nothing.get(key)) for key in sorted(correction.keys))
        if not _is_same(_value_or(facts.get(key), none), _value_or(stated.get(key), none))
    ]


def _read_text(key: str, value: Any) -> Any:
    return {"text": value} if key in TEXT_OF_CELL and isinstance(value, str) else value


def _value_or(value: Any, none: Any) -> Any:
    value = value.model_dump() if isinstance(value, UnreadText) else value
    return none if value is None else value


def _is_same(one: Any, other: Any) -> bool:
    """Compare two JSON values. A text that is expected may be that of a cell."""
    if isinstance(one, str) and isinstance(other, dict):
        return other == {"text": one}
    return bool(json_key(one) == json_key(other))


def _find_bad_name(name: str | None, parameter: str) -> str:
    """Say what is wrong with the name in code of a parameter, or of the model, whose files have that name, too."""
    if name is None:
        return ""
    if not SAFE_NAME.fullmatch(name):
        problem = "begin with a letter or digit, continue with at most 99 letters, digits, . _ or -, and not end with a dot"
        return f"{quote(name)} cannot be a name in code: it must {problem}"
    if not parameter and not is_file_name(name):
        problem = "files are named by it, so it must be neither `page` nor a name that Windows reserves"
        return f"{quote(name)} cannot be a name in code: {problem}"
    return ""
