"""A draft: a model while its spec is built, with findings and the text that each keyword was read from. Pure data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from paramsync.findings import Finding
from paramsync.pages.meanings import Meaning
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.pages.sources import SourceName
from paramsync.text import Json

Origins = dict[str, dict[str, Text]]  # parameter ("": the model) -> keyword -> the text it was read from
Row = Mapping[Meaning, Text]  # the cells of a row by the meanings of their columns
FactKey = tuple[str, str]  # parameter ("": the model), key of a fact


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says of a fact that another one decides: the text of it, or of what it says nothing of."""

    source: SourceName
    text: Text
    is_same: bool


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
    others: dict[FactKey, list[Statement]] = field(
        default_factory=dict
    )  # what sources say that do not decide
    deciders: dict[FactKey, SourceName] = field(default_factory=dict)  # where there are several sources
    allows_plain_lists: bool = False  # whether choices may stand without code spans
    overlay: str = ""  # the file of its corrections, if there is one
    corrections: list[tuple[str, str]] = field(default_factory=list)  # parameter, what was corrected and why

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
