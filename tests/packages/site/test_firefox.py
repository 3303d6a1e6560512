"""Firefox shows the site as Chromium does, from the disk and over http: it searches, filters, comes back, remembers a tab, has nothing to say, and keeps to the policy."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.browsers import find_firefox
from support.firefox import drive
from support.probes import ENDED, Probe
from support.site_roots import LIPSYNC

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

ROWS = """[...document.querySelectorAll("[data-row]")].filter(row => row.checkVisibility())
  .map(row => row.querySelector("a").textContent)"""
TAB = 'document.querySelector("[role=tab][aria-selected=true]").textContent'
THEME = "document.documentElement.dataset.theme ?? null"


def list_steps(base: str) -> list[tuple[Any, ...]]:
    """List what is done in one tab; behind what is read, what it shall be."""
    by_parameters = [LIPSYNC[0], LIPSYNC[2], LIPSYNC[1], LIPSYNC[3]]
    return [
        ("open", f"{base}/index.html"),
        ("press", "/"),
        ("type", "lipsync bounce"),
        ("read", ROWS, LIPSYNC),
        ("choose", "[name=sort]", "parameters"),
        ("reload",),
        ("read", ROWS, by_parameters),
        ("read", "location.search", "?q=lipsync+bounce&sort=parameters"),
        ("press", "/"),
        ("press", "ArrowDown"),
        ("press", "Enter"),
        ("wait", "document.title.startsWith('Sync Lipsync React-1')"),
        ("click", "[role=tab]:nth-child(2)"),
        ("choose", "[data-theme-switch]", "light"),
        ("open", f"{base}/models/sync-lipsync-v3.html#syncMode"),
        ("read", TAB, "TypeScript"),
        ("read", THEME, "light"),
        ("read", "document.querySelector(':target').checkVisibility()", True),
        ("read", "document.documentElement.scrollWidth <= innerWidth", True),
    ]


def test_firefox_searches_filters_remembers_and_keeps_to_the_policy(
    site: Path, served: str, probe: Probe
) -> None:
    steps = [step for base in (site.as_uri(), served) for step in list_steps(base)]
    tries: list[tuple[Any, ...]] = []
    for url in probe.urls.values():
        tries += [("open", url), ("wait", ENDED), ("read", "JSON.stringify(window.ends)")]
    driven = drive(find_firefox(), [*steps, *tries])
    # What the tries say is not asked: each is refused, and says so.
    for step, given, said, asked in zip(steps, driven.given, driven.said, driven.asked, strict=False):
        assert step[0] != "read" or given == step[2], step
        assert said == [], step
        assert [url for url in asked if not url.startswith(served)] == [], step
    ends = [one for one in driven.given[len(steps) :] if one]
    assert len(ends) == len(probe.urls)
    for one in ends:
        probe.check(json.loads(one))
