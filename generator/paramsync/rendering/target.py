"""How a target writes names, types, literals and prose, from its `target.toml`. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.pages import Page
from paramsync.rendering.values import Part, Property, Shape, Value
from paramsync.rules import BY_KEYWORD, JsonType
from paramsync.text import suggest_name

# The start of a word in camelCase.
CAMEL_CASE_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[A-Za-z0-9]+")


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_check_pattern)]


class Escape(ConfigTable):
    r"""A regular expression, and what replaces each match; `\g<0>` is the match itself."""

    match: Pattern
    write: str

    @model_validator(mode="after")
    def _check_write(self) -> Self:
        try:
            re.sub(self.match, self.write, "")
        except (re.error, IndexError) as error:
            raise KeyMistakeError(("write",), f"{self.write!r} is not a valid replacement: {error}") from None
        return self


class Naming(ConfigTable):
    """How names of one kind are spelled; names of one kind must be unique.

    A parameter's name that equals the name of its model, spelled as the kind `beside`, gets an underscore.
    """

    # choices: of a parameter with choices; wire: of a parameter, as the API knows it, whatever it is called in code; part: of a nested
    # object, or of one of the alternatives for a value
    of: Literal["page", "model", "parameter", "choices", "wire", "part"]
    casing: Literal["as-is", "snake", "screaming", "pascal", "camel"]
    escape: tuple[Escape, ...] = ()  # applied after the casing
    digit: str = ""  # the prefix of a name that begins with a digit
    beside: str = ""
    reserved: frozenset[str] = frozenset()  # names that get an underscore at the end

    @property
    def subject(self) -> str:
        """The kind of thing that has such a name: page, model, parameter or part."""
        return "parameter" if self.of in ("choices", "wire") else self.of

    def spell(self, name: str) -> str:
        """Spell a name: `syncMode` as `sync_mode`, `sync-lipsync-v2` as `SyncLipsyncV2`."""
        spelled = _CASINGS[self.casing](name)
        for one in self.escape:
            spelled = re.sub(one.match, one.write, spelled)
        if spelled[:1].isdigit():
            spelled = self.digit + spelled
        return spelled + "_" if spelled in self.reserved else spelled


class Literals(ConfigTable):
    """How values are written.

    `keys` has keys of objects that are not written as other texts are. `control` is the escape of an unsafe character, with `{code}` for its code point; `astral` that of one above U+FFFF.
    The filter `schema` omits choices and defaults that match the pattern `left_out`.
    """

    true: str = "true"
    false: str = "false"
    null: str = "null"
    keys: Mapping[str, str] = Field(default_factory=dict)
    control: str = "\\u{code:04x}"
    astral: str = "\\U{code:08x}"
    left_out: Pattern = ""


class Prose(ConfigTable):
    """How text for people is escaped and wrapped."""

    over: str = ""  # the name of a target: its prose is escaped here
    escape: tuple[Escape, ...] = ()
    code_spans: bool = False  # keep code spans, and make code spans of what a renderer would make links of
    width: Annotated[int, Field(ge=0)] = 0  # of a line, in characters; 0: one line


def _check_keyword(keyword: str) -> str:
    if keyword not in BY_KEYWORD:
        raise ValueError(f"there is no rule {keyword!r}{suggest_name(keyword, BY_KEYWORD)}")
    return keyword


Keyword = Annotated[str, AfterValidator(_check_keyword)]
ValueType = JsonType | Literal["any", "file"]
Command = Annotated[tuple[Annotated[str, Field(pattern=r"^[^\x00]+$")], ...], Field(min_length=1)]


class FilesOfApi(ConfigTable):
    """Files that are made for the vendor of one API alone."""

    match: Annotated[str, Field(min_length=1)]  # of paths in the target's folder: `{package}/client/**`
    api: Annotated[str, Field(min_length=1)]


class Target(ConfigTable):
    """The content of a `target.toml`."""

    names: Mapping[str, Naming] = Field(default_factory=dict)
    # What a value of a JSON type is in the language; `any`: of any type, `file`: what is sent as a file.
    types: Mapping[ValueType, str] = Field(default_factory=dict)
    # What tells whether `{v}` has a JSON type.
    checks: Mapping[JsonType, str] = Field(default_factory=dict)
    alternatives: str = " or "  # between two of them
    # Keyword -> what the templates write of a rule, by names of their own; `{v}` is the value, `{limit}` the limit.
    rules: Mapping[Keyword, Mapping[str, str]] = Field(default_factory=dict)
    literals: Literals = Literals()
    prose: Prose = Prose()
    formatters: tuple[Command, ...] = ()
    files: tuple[FilesOfApi, ...] = ()


Subject = Page | Model | Parameter | Property | Value | Shape | Part
SUBJECTS: dict[type, tuple[str, ...]] = {
    Page: ("page",),
    Model: ("model",),
    Parameter: ("parameter",),
    Property: ("parameter",),
    Value: ("parameter",),
    Shape: ("part",),
    Part: ("part",),
}


def spell(subject: Subject, kind: str, target: Target) -> str:
    """Spell the name of a page, a model, a parameter or a part of one; `kind` is a key of [names].

    Raises:
        LookupError: the target has no such kind of names.

    """
    naming = target.names.get(kind)
    if naming is None or naming.subject not in SUBJECTS[type(subject)]:
        raise LookupError(
            f"target.toml has no names.{kind} of a {SUBJECTS[type(subject)][0]}; add it under [names]"
        )
    in_code = (
        subject.name_in_code if isinstance(subject, Parameter | Property) and naming.of != "wire" else ""
    )
    spelled, beside = naming.spell(in_code or subject.name), target.names.get(naming.beside)
    is_taken = beside and isinstance(subject, Parameter) and beside.spell(subject.model) == spelled
    return spelled + "_" if is_taken else spelled


def _snake(name: str) -> str:
    return "_".join(WORD.findall(CAMEL_CASE_BOUNDARY.sub("_", name))).lower() + _trailing_underscores(name)


def _screaming(name: str) -> str:
    return _snake(name).upper()


def _pascal(name: str) -> str:
    return "".join(run[0].upper() + run[1:] for run in WORD.findall(name)) + _trailing_underscores(name)


def _camel(name: str) -> str:
    pascal = _pascal(name)
    return pascal[:1].lower() + pascal[1:]


def _trailing_underscores(name: str) -> str:
    """Return the underscores at the end of a name, which distinguish it from the name without them."""
    return "_" * (len(name) - len(name.rstrip("_")))


_CASINGS: dict[str, Callable[[str], str]] = {
    "as-is": str,
    "snake": _snake,
    "screaming": _screaming,
    "pascal": _pascal,
    "camel": _camel,
}
