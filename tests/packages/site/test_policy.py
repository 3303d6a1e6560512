"""The policy of a page refuses what it should, asked from within: no text becomes markup or code, and nothing leaves the machine."""

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.browsers import find_firefox, serving
from support.firefox import drive
from support.tabs import tab

pytestmark = pytest.mark.foreign("tests/packages/site/probe.js")

PROBE = Path(__file__).parent / "probe.js"
# What a parser makes of a page into which somebody has got more than text.
HOSTILE = """
<script>window.hasRun = true</script>
<img src="x" onerror="window.hasRun = true">
<svg><script>window.hasRun = true</script></svg>
<script src="http://ELSEWHERE/x.js"></script>
<script src="probe.js"></script>
</body>"""
WAYS: dict[str, Callable[[Path, str], str]] = {
    "disk": lambda folder, _: folder.as_uri(),
    "http": lambda _, address: address,
}
ENDED = "() => window.ends !== undefined"


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Give another host, as far as the policy can tell, to which nobody may connect."""
    with socket.create_server(("127.0.0.2", 0)) as listening:
        listening.settimeout(0)
        yield f"127.0.0.2:{listening.getsockname()[1]}"
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.fixture
def probed(site: Path, elsewhere: str, tmp_path: Path) -> Path:
    """Give a copy of the catalogue with a script that tries everything."""
    folder = tmp_path / "probed"
    shutil.copytree(site / "assets", folder / "assets")
    shutil.copy(PROBE, folder)
    text = (site / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(
        text.replace("</body>", HOSTILE.replace("ELSEWHERE", elsewhere)), encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_chromium_refuses_each_try_but_one_to_this_machine(
    browser: Browser, probed: Path, elsewhere: str, way: str
) -> None:
    with serving(probed) as (address, told, _), tab(browser, WAYS[way](probed, address)) as opened:
        page = opened.open(f"index.html?loopback={address}&elsewhere={elsewhere}")
        page.wait_for_function(ENDED)
        check(page.evaluate("window.ends"))
        assert told.get(timeout=5) == b"x"


def test_firefox_refuses_the_same(probed: Path, elsewhere: str) -> None:
    with serving(probed) as (address, told, _):
        query = f"loopback={address}&elsewhere={elsewhere}"
        urls = [f"{make(probed, address)}/index.html?{query}" for make in WAYS.values()]
        read = [("wait", ENDED), ("read", "JSON.stringify(window.ends)")]
        driven = drive(find_firefox(), [step for url in urls for step in (("open", url), *read)])
        for ends in driven.given[2::3]:
            check(json.loads(ends))
            assert told.get(timeout=5) == b"x"


def check(ends: dict[str, str]) -> None:
    assert ends.pop("a POST to this machine") == "sent"
    assert len(ends) > 25
    assert {name: end for name, end in ends.items() if end != "refused"} == {}
