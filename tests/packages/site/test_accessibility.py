"""axe finds nothing on any kind of page, in light and dark, wide and on a phone; nor does Lighthouse take a point in twenty."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from support.browsers import find_chromium
from support.node import NPM_PACKAGES, TYPESCRIPT, WHEEL, run
from support.site_roots import KINDS
from support.tabs import PHONE, WIDE, Tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")

OpenTab = Callable[..., Tab]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": WIDE},
    "dark, on a phone": {"color_scheme": "dark", "viewport": PHONE, "is_mobile": True},
}
# All rules, those of good practice among them; stylesheets are not asked for again, which the policy would refuse.
AXE = """axe.run(document, { preload: false, resultTypes: ["violations"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))"""
JUDGED = ("index.html", "models/sync-lipsync-v2.html")
LEAST = 0.95


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(open_tab: OpenTab, look: str) -> None:
    axe = (NPM_PACKAGES / "axe-core/axe.min.js").read_text(encoding="utf-8")
    opened = open_tab(**LOOKS[look])
    for path in KINDS:
        page = opened.open(path)
        page.evaluate(f"{axe}; null")
        assert page.evaluate(AXE) == [], path


def test_lighthouse_gives_nearly_all_points(served: str) -> None:
    urls = [f"{served}/{path}" for path in JUDGED]
    node = WHEEL / "bin/node"  # as new as it asks for
    done = run(node, "audits.mjs", find_chromium(), *urls, cwd=TYPESCRIPT)
    assert done.returncode == 0, done.stderr
    for path, judged in zip(JUDGED, json.loads(done.stdout), strict=True):
        assert {*judged["scores"]} == {"accessibility", "best-practices"}
        assert min(judged["scores"].values()) >= LEAST, (path, judged)
