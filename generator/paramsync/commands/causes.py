"""Findings by their causes: what follows from another finding is none of its own, and what one act mends is one message. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from paramsync.findings import Finding

STALE = "stale-acceptance"  # follows from an error of its model, or of the page that lists it: what is accepted may be there
FROM_PAGE = {
    "lost-models",
    "overlay-unmatched",
}  # follow from another error of their page, if they are about no model
# A code -> those that follow from it on the same page.
FROM_CODE = {"lost-models": {"no-models"}, "duplicate-page": {"duplicate-model"}}
NUMBER = re.compile(r"""("[^"]*"|'[^']*')|\d+""")  # or what is quoted, in which a number is a value


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that one act mends, at least one, in their order."""

    findings: tuple[Finding, ...]

    @property
    def example(self) -> Finding:
        return self.findings[0]

    @property
    def lines(self) -> str:
        """What to write: for the example or, if commands differ in their last word only, one command with all these words."""
        texts = dict.fromkeys(one.lines for one in self.findings)
        commands = {text.rpartition(" ")[0] for text in texts}
        if len(commands) == 1 and all(text.startswith("paramsync ") and "\n" not in text for text in texts):
            return " ".join([*commands, *(text.rpartition(" ")[2] for text in texts)])
        return self.example.lines


def drop_consequences(findings: Collection[Finding], pages: Mapping[str, str]) -> list[Finding]:
    """Leave out the findings that follow from others; `pages` gives the page that a model stands on, or stood on."""
    errors = [one for one in findings if one.is_error]
    cut_off = {one.model for one in errors if one.code == "missing-section"} - {
        ""
    }  # with the end of the page
    failed = {one.model for one in errors if one.code != STALE} - {""}
    broken = {_page(one) for one in errors if not one.model}
    broken_first = {_page(one) for one in errors if not one.model and one.code not in FROM_PAGE}
    following = {(_page(one), one.cause, code) for one in errors for code in FROM_CODE.get(one.code, ())}

    def follows(one: Finding) -> bool:
        if one.code == STALE:
            return one.model in failed or pages.get(one.model) in broken
        if one.code in FROM_PAGE and not one.model and _page(one) in broken_first:
            return True
        return (one.is_error and one.model in cut_off) or (_page(one), one.cause, one.code) in following

    return [one for one in findings if not follows(one)]


def group_by_cause(findings: Iterable[Finding]) -> list[Cause]:
    """Group findings by their causes, in the order of their first ones."""
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for one in findings:
        groups[one.code, one.cause or _generalize(one)].append(one)
    return [Cause(tuple(group)) for group in groups.values()]


def _page(finding: Finding) -> str:
    """Return the name of the page in whose folder a finding is; empty outside of one."""
    _, _, below = finding.place.file.partition("/")
    return below.rpartition("/")[0]


def _generalize(finding: Finding) -> str:
    """Return the problem without numbers that are no values: 1 of 4 parameters is as 2 of 9."""
    return NUMBER.sub(lambda found: found[1] or "#", finding.problem)
