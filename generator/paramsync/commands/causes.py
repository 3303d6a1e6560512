"""Findings by their causes: what one act mends is one message. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from paramsync.findings import Finding

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
        return (self.example.common_lines if len(self.findings) > 1 else "") or self.example.lines


def group_by_cause(findings: Iterable[Finding]) -> list[Cause]:
    """Group findings by their causes, in the order of their first ones."""
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for one in findings:
        groups[one.code, one.cause or _generalize(one)].append(one)
    return [Cause(tuple(group)) for group in groups.values()]


def _generalize(finding: Finding) -> str:
    """Return the problem without numbers that are no values: 1 of 4 parameters is as 2 of 9."""
    return NUMBER.sub(lambda found: found[1] or "#", finding.problem)
