"""Firefox shows the site as Chromium does, from the disk and over http: it searches, filters, comes back, remembers a tab, has nothing to say, and keeps to the policy."""

import json
from pathlib import Path

import pytest

from support.browsers import find_firefox
from support.firefox import drive
from support.probes import ENDED, Probe

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

LIPSYNC = ["Sync Lipsync React-1", "Sync Lipsync v2", "SYNC Lipsync v2 Pro", "Sync-3 Lipsync"]
ROWS = """[...document.querySelectorAll("[data-row]")].filter(row => row.checkVisibility())
  .map(row => row.querySelector("a").textContent)"""
TAB = 'document.querySelector("[role=tab][aria-selected=true]").textContent'
THEME = "document.documentElement.dataset.theme ?? null"


def test_firefox_searches_filters_remembers_and_keeps_to_the_policy(
    site: Path, served: str, probe: Probe
) -> None:
    steps: list[tuple[str, ...]] = []
    for base in (site.as_uri(), served):
        steps += [
            ("open", f"{base}/index.html"),
            ("press", "/"),
            ("type", "lipsync bounce"),
            ("read", ROWS),
            ("choose", "[name=sort]", "parameters"),
            ("reload",),
            ("read", ROWS),
            ("read", "location.search"),
            ("press", "/"),
            ("press", "ArrowDown"),
            ("press", "Enter"),
            ("wait", "document.title.startsWith('Sync Lipsync React-1')"),
            ("click", "[role=tab]:nth-child(2)"),
            ("click", ".theme"),
            ("open", f"{base}/models/sync-lipsync-v3.html#syncMode"),
            ("read", TAB),
            ("read", THEME),
            ("read", "document.querySelector(':target').checkVisibility()"),
            ("read", "document.documentElement.scrollWidth <= innerWidth"),
        ]
    half, seen = len(steps) // 2, len(steps)
    for url in probe.urls.values():
        steps += [("open", url), ("wait", ENDED), ("read", "JSON.stringify(window.ends)")]
    driven = drive(find_firefox(), steps)
    for given in (driven.given[:half], driven.given[half:seen]):
        found, again, query, chosen, theme, *is_seen = (
            one for one, step in zip(given, steps, strict=False) if step[0] == "read"
        )
        assert found == LIPSYNC
        assert again == [LIPSYNC[0], LIPSYNC[2], LIPSYNC[1], LIPSYNC[3]]
        assert query == "?q=lipsync+bounce&sort=parameters"
        assert (chosen, theme, is_seen) == ("TypeScript", "light", [True, True])
    for step, said, asked in zip(steps[:seen], driven.said, driven.asked, strict=False):
        assert said == [], step
        assert [url for url in asked if not url.startswith(served)] == [], step
    for ends in driven.given[seen + 2 :: 3]:
        probe.check(json.loads(ends))
