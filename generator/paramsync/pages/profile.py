"""How to read this vendor's pages, from `specs/profile.toml`. Pure."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from paramsync.config import ConfigTable
from paramsync.findings import CODES

Column = Literal[
    "name", "type", "required", "default", "minimum", "maximum", "choices", "description", "ignored"
]
JsonType = Literal["string", "number", "boolean", "object"]
PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")  # `{title}`, escaped
Word = Annotated[str, Field(min_length=1)]


class PageSentences(ConfigTable):
    """The sentences in which a page says what it is; `{…}` marks what is read."""

    title: str
    updated: str
    kind: str

    @field_validator("title", "updated", "kind")
    @classmethod
    def _check_placeholders(cls, sentence: str, info: ValidationInfo) -> str:
        marks = PLACEHOLDER.findall(re.escape(sentence))
        if (
            info.field_name not in marks
            or len(set(marks)) < len(marks)
            or not all(map(str.isidentifier, marks))
        ):
            raise ValueError(f"{sentence!r} needs the mark {{{info.field_name}}}, and each mark once")
        return sentence

    def find(self, sentence: Literal["title", "updated", "kind"], text: str) -> str | None:
        """Find what stands at the mark of that name in a text, or None where the sentence is not there."""
        escaped = re.escape(getattr(self, sentence))
        if sentence == "title":  # the whole text is the sentence
            found = re.fullmatch(PLACEHOLDER.sub(r"(?P<\1>.+?)", escaped), text)
        else:  # the sentence stands somewhere; a bound keeps the search from growing with the square of a long text
            found = re.search(PLACEHOLDER.sub(r"(?P<\1>.{1,200}?)", escaped), text)
        return found[sentence] if found else None


class Labels(ConfigTable):
    """The labels in front of a model's facts, without their colon."""

    id: Word
    capabilities: Word
    markdown: Word


class Words(ConfigTable):
    """The page's words in cells."""

    yes: frozenset[str]
    no: frozenset[str]
    true: frozenset[str]
    false: frozenset[str]
    nothing: frozenset[str]
    empty: frozenset[str]


def _check_acceptable(code: str) -> str:
    if code not in CODES:
        raise ValueError(f"there is no finding {code!r}")
    if CODES[code][0] == "error":
        raise ValueError(f"{code!r} is an error, and only a warning can be accepted")
    return code


def _check_complete(columns: dict[str, Column]) -> dict[str, Column]:
    missing = sorted({*get_args(Column)} - {"ignored", *columns.values()})
    if missing:
        raise ValueError(f"no column holds {', '.join(missing)}")
    return columns


class Acceptance(ConfigTable):
    """A known oddity: the finding that is not to be reported, and why."""

    code: Annotated[str, AfterValidator(_check_acceptable)]
    model: str
    parameter: str = ""
    reason: Word


Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$")]
Agent = Annotated[str, Field(pattern=r"^[A-Za-z_-]+(/[!-~]+)?( [ -~]*)?$")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Site(ConfigTable):
    """Where the pages are: `paramsync fetch` asks these hosts, and no others."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]  # with the port where it is not the usual one
    indexes: Annotated[tuple[Word, ...], Field(min_length=1)]  # llms.txt, a sitemap, or a page with links
    page: Word  # the address of a page, with marks for what differs; {page} names its folder
    user_agent: Agent
    rate: Positive = 2  # requests per second
    deadline: Positive = 900  # seconds for a whole run

    @field_validator("page")
    @classmethod
    def _check_placeholders(cls, address: str) -> str:
        marks = PLACEHOLDER.findall(re.escape(address))
        if "page" not in marks or len(set(marks)) < len(marks) or not all(map(str.isidentifier, marks)):
            raise ValueError(f"{address!r} needs the mark {{page}}, and each mark once")
        return address

    @model_validator(mode="after")
    def _check_hosts(self) -> "Site":
        for address in (*self.indexes, self.page):
            found = re.match(r"https?://([^/]*)/", address)
            if not found or found[1] not in self.hosts:
                raise ValueError(f"{address!r} must begin with https:// and one of the hosts")
        return self


class Profile(ConfigTable):
    """How to read one vendor's pages."""

    site: Site | None = None
    removals: Annotated[float, Field(ge=0, le=1)] = (
        0.2  # of a page's models, or a model's parameters, at once
    )
    page: PageSentences
    labels: Labels
    columns: Annotated[dict[str, Column], AfterValidator(_check_complete)]
    types: dict[str, JsonType | Annotated[list[JsonType], Field(min_length=1, max_length=1)]]
    words: Words
    accept: tuple[Acceptance, ...] = ()

    @property
    def label_texts(self) -> tuple[str, ...]:
        """The labels as they stand on a page."""
        return (self.labels.id, self.labels.capabilities, self.labels.markdown)
