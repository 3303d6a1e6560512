"""What the profile declares of the sources beside the pages: the LLM Markdown of a model, and its record. Pure."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.declared import Host, Positive, Word, Words, check_placeholders
from paramsync.pages.meanings import (
    FIXED,
    DeclaredMeaning,
    Meaning,
    is_annotation,
    list_keywords,
    read_meaning,
)
from paramsync.paths import SourceName
from paramsync.rules import BY_KEYWORD
from paramsync.text import quote, suggest_name

SOURCE_TITLES: dict[SourceName, str] = {
    "page": "the page",
    "record": "the record",
    "markdown": "the LLM Markdown",
}
# What only a field of a record can mean: with which others, or unless which of them is given, a parameter is required; and what is inside it.
REQUIRED_WITH, UNLESS, INSIDE = "required_with", "required_unless", "properties"
CONDITIONS = (REQUIRED_WITH, UNLESS)
REQUIRED_IF = "x-required-if"  # a condition that nothing checks
MODEL_FACTS = ("title", "description", "capabilities")


def _read_field_meaning(value: object) -> Meaning:
    if isinstance(value, str) and value in (*CONDITIONS, INSIDE):
        return value
    try:
        return read_meaning(value)
    except ValueError as error:
        raise ValueError(f"{error}; of a field, also {REQUIRED_WITH}, {UNLESS} and {INSIDE}") from None


def _check_path(path: str) -> str:
    if not re.fullmatch(r"[^.\s]+(\.[^.\s]+)*", path):
        raise ValueError(f"{quote(path)} is not a path: write keys with dots between them")
    return path


def _check_variable(name: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
        raise ValueError(
            f"{quote(name)} is not the name of a variable, such as API_KEY; the value itself has no place here"
        )
    return name


def _check_sentence(placeholder: str) -> AfterValidator:
    return AfterValidator(lambda text: check_placeholders(text, placeholder))


# The keys that lead to a value of JSON, with dots between them.
FieldPath = Annotated[str, AfterValidator(_check_path)]
FieldMeaning = Annotated[Meaning, BeforeValidator(_read_field_meaning)]
Variable = Annotated[str, AfterValidator(_check_variable)]  # of the environment


class MarkdownSource(ConfigTable):
    """How to read the LLM Markdown of a model, `<model>.llm.md`."""

    hosts: tuple[Host, ...] = ()  # from which `fetch` fetches it; none: not at all
    rate: Positive = 2  # requests per second
    title: Annotated[Word, _check_sentence("title")]  # its heading
    id: Annotated[Word, _check_sentence("id")]  # the paragraph with the id
    columns: dict[str, DeclaredMeaning]
    types: dict[str, Word] = Field(
        default={}
    )  # its word -> that of [types]; other words are those of [types]
    words: Words

    @model_validator(mode="after")
    def _check_columns(self) -> "MarkdownSource":
        if missing := {"name", "type"} - {*self.columns.values()}:
            raise KeyMistakeError(("columns",), f"no column is declared for {', '.join(sorted(missing))}")
        return self

    @property
    def keywords(self) -> frozenset[str]:
        """What it can state of a parameter."""
        return _list_all(self.columns)


class RecordSource(ConfigTable):
    """How to read a model's record, `<model>.record.json`: JSON as the vendor's API sends it, or a part of it."""

    url: Annotated[Word, _check_sentence("id")] | None = None  # where `fetch` fetches it; none: not at all
    user: Variable = (
        "API_KEY"  # the variables with the name and the password that are sent there (HTTP Basic)
    )
    password: Variable = "API_SECRET"  # noqa: S105 - the name of a variable
    rate: Positive = 2  # requests per second
    id: FieldPath
    parameters: FieldPath  # the list of them
    names: Word = (
        ""  # in a condition that nothing checks: the key of an object whose keys are names of parameters
    )
    model: dict[FieldPath, Literal["title", "description", "capabilities"]] = Field(default={})
    fields: dict[FieldPath, FieldMeaning]  # of a parameter
    by_parameter: dict[FieldPath, DeclaredMeaning] = Field(
        default={}
    )  # objects with a fact of each parameter, by its name
    types: dict[str, Word] = Field(
        default={}
    )  # its word -> that of [types]; other words are those of [types]

    @model_validator(mode="after")
    def _check_fields(self) -> "RecordSource":
        seen: dict[str, str] = {}
        for path, meaning in self.fields.items():
            for keyword in list_keywords(meaning):
                if keyword != "ignored" and seen.setdefault(keyword, path) != path:
                    raise KeyMistakeError(("fields", path), f"{seen[keyword]!r} means {keyword}, too")
        if missing := {"name", "type"} - {*self.fields.values()}:
            raise KeyMistakeError(("fields",), f"no field is declared for {', '.join(sorted(missing))}")
        if self.url and not re.match(r"https?://", self.url):
            raise KeyMistakeError(("url",), f"{self.url!r} must begin with https://")
        return self

    @property
    def keywords(self) -> frozenset[str]:
        """What it can state of a parameter."""
        return _list_all(self.fields | self.by_parameter)


class Sources(ConfigTable):
    """What describes a model beside its page, and whose word counts where they contradict each other."""

    order: tuple[SourceName, ...] = get_args(SourceName)  # the first that can state a fact decides
    decides: dict[Word, SourceName] = Field(
        default={}
    )  # fact -> the source that decides it before the others
    may_differ: frozenset[str] = frozenset()  # facts for which it is no finding that sources differ
    record: RecordSource | None = None
    markdown: MarkdownSource | None = None

    @model_validator(mode="after")
    def _check_facts(self) -> "Sources":
        known = [one for one in (*FIXED, *CONDITIONS, INSIDE, *BY_KEYWORD, *MODEL_FACTS) if one != "ignored"]
        for key, facts in (("decides", self.decides), ("may_differ", self.may_differ)):
            for fact in facts:
                if fact not in known and not is_annotation(fact):
                    path = (key, fact) if key == "decides" else (key,)
                    raise KeyMistakeError(path, f"{quote(fact)} is no fact{suggest_name(fact, known)}")
        return self

    @model_validator(mode="after")
    def _check_order(self) -> "Sources":
        if sorted(self.order) != sorted(get_args(SourceName)):
            raise KeyMistakeError(("order",), f"must have each of {', '.join(get_args(SourceName))} once")
        return self

    def rank(self, source: SourceName, fact: str) -> tuple[bool, int]:
        """Rank a source by its word on a fact: the lowest decides."""
        return self.decides.get(fact) != source, self.order.index(source)


def _list_all(meanings: dict[str, Meaning]) -> frozenset[str]:
    return frozenset(keyword for one in meanings.values() for keyword in list_keywords(one)) - {"ignored"}
