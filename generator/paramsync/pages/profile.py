"""The profile: how to read a vendor's pages, from `specs/profile.toml`. Pure."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from paramsync.config import ConfigTable, KeyMistakeError
from paramsync.pages.acceptances import Acceptance
from paramsync.pages.declared import Words, check_placeholders, find_in_sentence
from paramsync.pages.meanings import DeclaredMeaning, Meaning, is_annotation, list_keywords
from paramsync.pages.page import Form
from paramsync.pages.removals import Removals
from paramsync.pages.site import Site
from paramsync.pages.sources import Sources
from paramsync.pages.statements import Sentences
from paramsync.pages.tables import Tables
from paramsync.pages.types import DeclaredType, check_types, find_type, has_references
from paramsync.pages.vendor import UNNAMED, Vendor
from paramsync.text import Json, suggest_name


class PageSentences(ConfigTable):
    """The sentences in which a page states its title, date and kind; `{…}` are placeholders for what is read."""

    title: str = ""  # without one, a page is not expected to state this
    updated: str = ""
    kind: str = ""

    @field_validator("title", "updated", "kind")
    @classmethod
    def _check_sentence(cls, sentence: str, info: ValidationInfo) -> str:
        return check_placeholders(sentence, str(info.field_name)) if sentence else ""

    def find(self, sentence: Literal["title", "updated", "kind"], text: str) -> str | None:
        """Find the text at the placeholder of that name, or None if the text does not contain the sentence."""
        is_whole, pattern = sentence == "title", getattr(self, sentence)
        return find_in_sentence(pattern, sentence, text, is_whole=is_whole) if pattern else None


class Labels(ConfigTable):
    """The labels before a model's facts, without the colon; an empty one is not there."""

    id: str = ""
    capabilities: str = ""
    markdown: str = ""


def _check_complete(columns: dict[str, Meaning]) -> dict[str, Meaning]:
    if "name" not in columns.values():
        raise ValueError("no column is declared for name")
    return columns


class Profile(ConfigTable):
    vendor: Vendor = UNNAMED
    site: Site | None = None
    removals: Removals = Removals()
    # The forms of a page that may list choices and capabilities without code spans, where no cell of choices has one.
    plain_lists: frozenset[Form] = frozenset()
    page: PageSentences = PageSentences()
    labels: Labels = Labels()
    tables: Tables = Tables()
    columns: Annotated[dict[str, DeclaredMeaning], AfterValidator(_check_complete)]  # of each page
    possible_columns: dict[str, DeclaredMeaning] = Field(default={})  # which a page may lack
    types: dict[str, DeclaredType] = Field(
        default={}
    )  # the vendor's word, or a pattern -> what it stands for
    prose: Sentences
    words: Words = Words()
    sources: Sources = Field(default=Sources())
    accept: tuple[Acceptance, ...] = ()

    @model_validator(mode="after")
    def _check_headers(self) -> "Profile":
        seen: set[str] = set()
        for table in ("columns", "possible_columns"):
            for header in getattr(self, table):
                if header.casefold() in seen:
                    raise KeyMistakeError((table, header), "this header is declared twice")
                seen.add(header.casefold())
        return self

    @model_validator(mode="after")
    def _check_tables(self) -> "Profile":
        if self.tables.id == "label" and not self.labels.id:
            problem = "the id of a model is at a label: write id below [labels], or say below [tables] where else it is"
            raise KeyMistakeError(("labels",), problem)
        word, problem = check_types(self.types)
        if problem:
            raise KeyMistakeError(("types", word), problem)
        given = {keyword for one in self.meanings.values() for keyword in list_keywords(one)}
        if unknown := [one for one in self.tables.needs if one not in given]:
            raise KeyMistakeError(("tables", "needs"), f"no column means {unknown[0]!r}")
        if "type" in self.meanings.values() and not self.types:
            raise KeyMistakeError(("columns",), "there is a column for the type, but no [types]")
        return self

    @model_validator(mode="after")
    def _check_source_types(self) -> "Profile":
        for name in ("record", "markdown"):
            source = getattr(self.sources, name)
            for word, meant in (source.types if source else {}).items():
                if self.find_type(meant) is None:
                    problem = f"{meant!r} is not a word of [types]{suggest_name(meant, self.types)}"
                    raise KeyMistakeError(("sources", name, "types", word), problem)
        return self

    @model_validator(mode="after")
    def _check_vendor_types(self) -> "Profile":
        for key in ("files", "samples"):
            if unknown := sorted({*getattr(self.vendor, key)} - {*self.types}):
                problem = f"{unknown[0]!r} is not a word of [types]{suggest_name(unknown[0], self.types)}"
                raise KeyMistakeError(("vendor", key), problem)
        return self

    def replace_tables(self, **tables: Any) -> "Profile":
        """Return the profile with other tables, and nothing that follows from those that it had."""
        return Profile.model_construct(
            **({name: getattr(self, name) for name in Profile.model_fields} | tables)
        )

    @cached_property
    def meanings(self) -> dict[str, Meaning]:
        """The meaning of each header, which is as well in other case."""
        declared = self.columns | self.possible_columns
        return {header.casefold(): column for header, column in declared.items()}

    @cached_property
    def annotations(self) -> list[str]:
        """The annotations that columns and fields of a record give, in their order."""
        record, markdown = self.sources.record, self.sources.markdown
        fields = (record.fields | record.by_parameter).values() if record else ()
        columns = (*self.meanings.values(), *(markdown.columns.values() if markdown else ()))
        stated = (
            keyword
            for one in self.prose
            for keyword in (*one.placeholders, *one.states)
            if is_annotation(keyword)
        )
        found = (one for one in (*columns, *fields, *stated) if isinstance(one, str))
        return [*dict.fromkeys(one for one in found if is_annotation(one))]

    @property
    def label_texts(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.labels.id, self.labels.capabilities, self.labels.markdown)))

    def find_type(self, word: str) -> Json | None:
        """Find the schema of the values of a vendor's word; None if it is not declared. Another model is a `$ref` to its id."""
        if word not in self._found_types:
            self._found_types[word] = find_type(word, self.types)
        return self._found_types[word]

    @cached_property
    def _found_types(self) -> dict[str, Json | None]:
        return {}

    @cached_property
    def has_references(self) -> bool:
        """True if a word may stand for another model."""
        return has_references(self.types)

    @cached_property
    def needed(self) -> frozenset[Meaning]:
        """The meanings that each table has, but for columns that are not read."""
        return frozenset(self.columns.values()) - {"ignored"}
