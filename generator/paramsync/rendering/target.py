"""How a target writes names, types, literals and prose, from its `target.toml`. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.rendering.choices import Choice
from paramsync.rendering.literals import Literals
from paramsync.rendering.models import Model, Parameter
from paramsync.rendering.names.parameters import Name, Spelling
from paramsync.rendering.names.providers import Provider
from paramsync.rendering.names.twins import Twin
from paramsync.rendering.naming import KIND, Composed, Escape, Naming, spell_choices
from paramsync.rendering.pages import Page
from paramsync.rendering.rows import Row
from paramsync.rendering.values import Part, Property, Shape, Value
from paramsync.rules import BY_KEYWORD, JsonType
from paramsync.text import suggest_name


class Prose(ConfigTable):
    """How text for people is escaped and wrapped."""

    over: str = ""  # the name of a target: its prose is escaped here
    escape: tuple[Escape, ...] = ()
    ends: tuple[Annotated[str, Field(min_length=1)], ...] | None = (
        None  # what ends a comment, beside the end of a line
    )
    code_spans: bool = False  # keep code spans, and make code spans of what a renderer would make links of
    code: Annotated[str, Field(pattern=r"\{code\}")] | None = (
        None  # what a code span becomes that is not kept: `<code>{code}</code>`
    )
    width: Annotated[int, Field(ge=0)] = 0  # of a line, in characters; 0: one line
    prefix: str = ""  # of the lines after the first, as in a comment; no line then ends in a backslash


def _check_keyword(keyword: str) -> str:
    if keyword not in BY_KEYWORD:
        raise ValueError(f"there is no rule {keyword!r}{suggest_name(keyword, BY_KEYWORD)}")
    return keyword


Keyword = Annotated[str, AfterValidator(_check_keyword)]
ValueType = JsonType | Literal["any", "file"]
Command = Annotated[tuple[Annotated[str, Field(pattern=r"^[^\x00]+$")], ...], Field(min_length=1)]


class Kind(NamedTuple):
    """A kind of names: of what it is, in which scope it is unique, and whether the name of a model, or of all choices, is part of it."""

    of: str
    scope: str
    has_model: bool
    has_choices: bool


class Verification(ConfigTable):
    """How the validators of a target are run against the vectors, whose folder is `{vectors}`: by commands that exit with 0 if they agree."""

    commands: Annotated[tuple[Command, ...], Field(min_length=1)]


class FilesOfApi(ConfigTable):
    """Files that are made for the vendor of one API alone."""

    match: Annotated[str, Field(min_length=1)]  # of paths in the target's folder: `{package}/client/**`
    api: Annotated[str, Field(min_length=1)]
    # Kind of [names] -> names that these files use, which get an underscore at the end as well.
    reserved: Mapping[str, frozenset[str]] = Field(default_factory=dict)


class Volumes(ConfigTable):
    """How a text about all models of a provider is cut: what is written for each, and how long a volume is at most."""

    template: Annotated[str, Field(pattern=r"^macros/.+\.jinja$")]
    bytes: Annotated[int, Field(ge=1000)]


class Target(ConfigTable):
    """The content of a `target.toml`."""

    names: Mapping[str, Naming] = Field(default_factory=dict)
    composed: Mapping[str, Composed] = Field(default_factory=dict)
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
    apis: frozenset[str] = frozenset()  # which templates see beside those of `files`
    volumes: Volumes | None = None
    verify: Verification | None = None

    @model_validator(mode="after")
    def _check_composed(self) -> Self:
        for name, composed in self.composed.items():
            path = ("composed", name)
            if name in self.names:
                raise KeyMistakeError(path, f"there is [names.{name}], too; give it another name")
            if lost := [kind for kind in composed.kinds if kind not in self.names]:
                raise KeyMistakeError(
                    (*path, "write"), f"there is no [names.{lost[0]}]{suggest_name(lost[0], self.names)}"
                )
            owners, subject = [self.names[kind].of for kind in composed.kinds[:-1]], self.find_subject(name)
            if any(owner != "model" and (owner, subject) != ("choices", "choice") for owner in owners):
                raise KeyMistakeError(
                    (*path, "write"), f"only the name of its model may stand before that of a {subject}"
                )
        return self

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        for index, one in enumerate(self.files):
            for kind in one.reserved:
                if kind not in self.names:
                    problem = f"there is no [names.{kind}]{suggest_name(kind, self.names)}"
                    raise KeyMistakeError(("files", index, "reserved", kind), problem)
        return self

    def reserve_for(self, api: str) -> Self:
        """Return the target as it spells names for a vendor of an API: what its files for that API use is reserved."""
        own = [one.reserved for one in self.files if one.api == api]
        names = {
            kind: naming.model_copy(
                update={"reserved": naming.reserved.union(*(one.get(kind, ()) for one in own))}
            )
            for kind, naming in self.names.items()
        }
        return self.model_copy(update={"names": names})

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """All kinds of names, those in [names] and those in [composed]."""
        found = {
            name: Kind(
                one.of, one.scope or name, has_model=one.of == "model", has_choices=one.of == "choices"
            )
            for name, one in self.names.items()
        }
        for name, composed in self.composed.items():
            *_, last = parts = [found[kind] for kind in composed.kinds]
            has_model, has_choices = (
                any(one.has_model for one in parts),
                any(one.has_choices for one in parts),
            )
            found[name] = Kind(last.of, composed.scope or last.scope, has_model, has_choices)
        return found

    @cached_property
    def shared(self) -> frozenset[str]:
        """The kinds of names that stand beside those of another kind, or of another model."""
        scopes = Counter(kind.scope for kind in self.kinds.values())
        return frozenset(
            name
            for name, kind in self.kinds.items()
            if scopes[kind.scope] > 1 or (kind.has_model and kind.of != "model")
        )

    def find_subject(self, kind: str) -> str:
        """Return what has names of a kind, or nothing if there is no such kind."""
        naming = self.names.get(self.composed[kind].kinds[-1] if kind in self.composed else kind)
        return naming.subject if naming else ""


FindTarget = Callable[[str], Target]  # name -> target; raises LookupError
Subject = (
    Page
    | Model
    | Provider
    | Name
    | Spelling
    | Twin
    | Row
    | Parameter
    | Property
    | Value
    | Shape
    | Part
    | Choice
)
SUBJECTS: dict[type, tuple[str, ...]] = {
    Page: ("page",),
    Model: ("model", "provider"),
    Provider: ("provider",),
    Name: ("parameter",),
    Spelling: ("parameter",),
    Twin: ("parameter",),
    Row: ("parameter",),
    Parameter: ("parameter",),
    Property: ("parameter",),
    Value: ("parameter",),
    Shape: ("part",),
    Part: ("part",),
    Choice: ("choice",),
}


def spell(subject: Subject, kind: str, target: Target) -> str:
    """Spell the name of a page, a model or its provider, a parameter, a part of one or a choice; `kind` is a key of [names] or [composed].

    Raises:
        LookupError: the target has no such kind of names.

    """
    if target.find_subject(kind) not in SUBJECTS[type(subject)]:
        problem = f"target.toml has no names.{kind} of a {SUBJECTS[type(subject)][0]}; add it under [names]"
        raise LookupError(problem)
    if kind not in target.composed:
        return _spell_one(subject, target.names[kind], target)
    return KIND.sub(
        lambda found: _spell_part_of(subject, found[1], kind, target), target.composed[kind].write
    )


def _spell_part_of(subject: Subject, part: str, kind: str, target: Target) -> str:
    """Spell one of the names that a composed one has in it: its own, or that of what it belongs to."""
    naming = target.names[part]
    if isinstance(subject, Page | Model) or part == target.composed[kind].kinds[-1]:
        return _spell_one(subject, naming, target)
    if isinstance(subject, Choice) and naming.of == "choices":
        return naming.spell(subject.choices)
    if isinstance(subject, Provider | Name | Spelling | Twin | Row):
        raise TypeError(f"{kind} has the name of a model in it, and many models may have this one")
    return naming.spell(subject.model)


def _spell_one(subject: Subject, naming: Naming, target: Target) -> str:
    if isinstance(subject, Choice):
        return spell_choices(naming, subject.names)[subject.index]
    if isinstance(subject, Model) and naming.of == "provider":
        return naming.spell(subject.provider)
    if isinstance(subject, Row):
        return naming.spell(subject.own_name)
    in_code = (
        subject.name_in_code if isinstance(subject, Parameter | Property) and naming.of != "wire" else ""
    )
    spelled, beside = naming.spell(in_code or subject.name), target.names.get(naming.beside)
    is_taken = beside and isinstance(subject, Parameter) and beside.spell(subject.model) == spelled
    return spelled + "_" if is_taken else spelled


def has_slugs(naming: Naming) -> bool:
    """Tell whether names of a kind are slugs, of which one may be that of several spellings."""
    return naming.casing == "slug" and naming.of in ("wire", "provider")
