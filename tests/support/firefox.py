"""A Firefox as it is, driven step by step by puppeteer-core: Playwright drives a Firefox of its own only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from support.node import TYPESCRIPT, run


@dataclass(frozen=True)
class Driven:
    """What each step gave, what the pages said meanwhile, and what they asked for over http."""

    given: list[Any]
    said: list[list[str]]
    asked: list[list[str]]


def drive(firefox: str, steps: Sequence[tuple[Any, ...]]) -> Driven:
    """Do steps in one tab; `tests/packages/typescript/firefox.mjs` knows them."""
    done = run("node", "firefox.mjs", firefox, json.dumps(steps), cwd=TYPESCRIPT)
    assert done.returncode == 0, done.stderr
    return Driven(**json.loads(done.stdout))
