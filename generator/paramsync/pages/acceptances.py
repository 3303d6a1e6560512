"""Which warnings are not reported, and why: the tables [[accept]] of the profile. Pure."""

from typing import Annotated

from pydantic import AfterValidator

from paramsync.config import ConfigTable
from paramsync.findings import CODES, NOT_ACCEPTABLE, Finding
from paramsync.pages.declared import Word, matches


def _check_acceptable(code: str) -> str:
    if code not in CODES:
        raise ValueError(f"unknown finding code {code!r}")
    if CODES[code][0] == "error":
        raise ValueError(f"{code!r} is an error; only warnings can be accepted")
    if code in NOT_ACCEPTABLE:
        raise ValueError(f"{code!r} is about no page; only warnings about pages can be accepted")
    return code


class Acceptance(ConfigTable):
    """A warning that is not to be reported, and why; in the names, `*` stands for any text."""

    code: Annotated[str, AfterValidator(_check_acceptable)]
    page: str = "*"
    model: str = ""  # that the warning names, with or without the prefix of ids, if it names one
    parameter: str = ""
    reason: Word

    def accepts(self, finding: Finding, prefix: str) -> bool:
        """Tell whether it accepts a finding; `prefix` is what the ids of the vendor's models begin with."""
        return (
            self.code == finding.code
            and matches(finding.page, self.page)
            and matches_model(finding.model, self.model, prefix)
            and matches(finding.parameter, self.parameter)
        )

    def find_unnamed(self, finding: Finding, prefix: str) -> dict[str, str]:
        """Return what it would have to name, too, in order to accept a finding; nothing if that would not do."""
        named = {key: getattr(finding, key) for key in ("model", "parameter")}
        unnamed = {key: name for key, name in named.items() if name and not getattr(self, key)}
        return unnamed if self.model_copy(update=dict.fromkeys(unnamed, "*")).accepts(finding, prefix) else {}


def matches_model(model: str, pattern: str, prefix: str) -> bool:
    """Tell whether a pattern, with or without what all ids begin with, stands for a model."""
    return matches(model, pattern) or (bool(pattern) and matches(model, prefix + pattern))
