"""A draft: a model while its spec is built, with findings and the text that each keyword was read from. Pure data."""

from dataclasses import dataclass, field

from paramsync.findings import Finding
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.text import Json

Origins = dict[str, dict[str, Text]]  # parameter ("": the model) -> keyword -> the text it was read from


@dataclass
class Draft:
    """A model while its spec is built: the spec so far, the text that each keyword was read from, and findings."""

    profile: Profile
    model: str
    spec: Json = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    facts: dict[str, Json] = field(default_factory=dict)  # parameter -> column -> value
    overlay: str = ""  # the file of its corrections, if there is one
    corrections: list[tuple[str, str]] = field(default_factory=list)  # parameter, what was corrected and why

    def report(self, code: str, text: Text, problem: str, parameter: str = "") -> None:
        """Add a finding about a text of the page."""
        self.findings.append(Finding(code, text.place, problem, self.model, parameter))
