"""A draft: a model while its spec is built, with findings and the text that each keyword was read from. Pure data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paramsync.findings import Finding
from paramsync.pages.meanings import Meaning
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.pages.types import replace_references
from paramsync.paths import SourceName
from paramsync.rules import json_key
from paramsync.specs.document import name_in_code
from paramsync.text import Json

Origins = dict[str, dict[str, Text]]  # parameter ("": the model) -> keyword -> the text it was read from
Row = Mapping[Meaning, Text]  # the cells of a row by the meanings of their columns
FactKey = tuple[str, str]  # parameter ("": the model), key of a fact


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says of a fact: a value, or None for nothing; `text` is that of it, or of the parameter."""

    source: SourceName
    value: Any
    text: Text
    is_unread: bool = False  # the text cannot be read

    @property
    def says_something(self) -> bool:
        return self.value is not None or self.is_unread


@dataclass(frozen=True, slots=True)
class Corrected:
    """A fact that an overlay has corrected, or confirmed: the text that states it, if there is one, its value, the right one, and why."""

    text: Text | None
    value: Any
    right: Any
    reason: str

    @property
    def is_confirmation(self) -> bool:
        return bool(json_key(self.value) == json_key(self.right))


@dataclass
class Draft:
    """A model while its spec is built: the spec so far, the text that each keyword was read from, and findings."""

    profile: Profile
    model: str
    spec: Json = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    facts: dict[str, Json] = field(default_factory=dict)  # parameter -> meaning of a column -> value
    unread: dict[FactKey, Text] = field(default_factory=dict)  # the cells that could not be read
    # Rows of an unknown type, and the cell of the name, with what strikes it out.
    untyped: dict[str, tuple[Row, Text]] = field(default_factory=dict)
    doubts: dict[FactKey, list[Finding]] = field(default_factory=dict)  # findings that a correction settles
    tables: str = ""  # what stands before the names of the tables of the profile by which it is read
    inner: Origins = field(
        default_factory=dict
    )  # the same as `origins`, of what is inside parameters, by path: a/b
    can_state: frozenset[str] = frozenset()  # the facts of parameters that its source can state
    may_leave_out: frozenset[str] = frozenset()  # of these, what it states in sentences alone
    # Where there are several sources: what they say of each fact, first the one that decides it.
    statements: dict[FactKey, list[Statement]] = field(default_factory=dict)
    references: Mapping[str, str] = field(
        default_factory=dict
    )  # id of a model to which a type may refer -> `$id`
    marks: dict[str, Json] = field(
        default_factory=dict
    )  # parameter -> facts that stand in the cell of its name
    nested: dict[str, Json] = field(
        default_factory=dict
    )  # where names are nested: parameters by the whole name
    allows_plain_lists: bool = False  # whether choices may stand without code spans
    overlay: str = ""  # the file of its corrections, if there is one
    corrections: list[tuple[str, str]] = field(default_factory=list)  # parameter, what was corrected and why
    corrected: dict[FactKey, Corrected] = field(default_factory=dict)  # the same, fact by fact

    @property
    def parameters(self) -> dict[str, Json]:
        """The schemas of parameters, by the names that the page has."""
        found: dict[str, Json] = self.nested or self.spec.get("properties", {})
        return found

    def find_type(self, word: str) -> Json | None:
        """Find the schema of the values of a vendor's word for a type; None if it is not declared."""
        schema = self.profile.find_type(word)
        return schema if schema is None else replace_references(schema, self.references)

    def get_type(self, word: str) -> Json:
        """Return the schema of the values of a word that is declared; any value where a table has no types."""
        return self.find_type(word) or {}

    @property
    def name(self) -> str:
        """The name that follows from the id, which an overlay may change."""
        return self.profile.vendor.name_of(self.model)

    @property
    def name_in_code(self) -> str:
        """The name from which code spells the model, and which its files have."""
        return name_in_code(self.spec, self.profile.vendor.prefix)

    def report(
        self,
        code: str,
        text: Text,
        problem: str,
        parameter: str = "",
        lines: str = "",
        *,
        common_lines: str = "",
    ) -> None:
        """Add a finding about a text of the page; `lines` are those to write where that is known, `common_lines` if it is frequent."""
        finding = Finding(code, text.place, problem, self.model, parameter, lines, common_lines=common_lines)
        self.findings.append(finding)

    def doubt(
        self, code: str, text: Text, problem: str, parameter: str, column: str, *, common_lines: str = ""
    ) -> None:
        """Add a finding about a fact, which an overlay settles when it corrects the fact."""
        self.report(code, text, problem, parameter, common_lines=common_lines)
        self.doubts.setdefault((parameter, column), []).append(self.findings[-1])

    def report_unread(
        self, code: str, text: Text, problem: str, parameter: str, column: str, *, common_lines: str = ""
    ) -> None:
        """Report a text that is no value of its column, and keep it, so that an overlay can expect it."""
        self.unread[parameter, column] = text
        self.doubt(code, text, problem, parameter, column, common_lines=common_lines)

    def settle(self, parameter: str, columns: Iterable[str]) -> None:
        """Remove the findings about facts that an overlay has corrected."""
        for column in columns:
            self.unread.pop((parameter, column), None)
            for finding in self.doubts.pop((parameter, column), ()):
                self.findings.remove(finding)
