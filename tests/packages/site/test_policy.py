"""The policy of a page refuses what it should, asked from within: no text becomes markup or code, and nothing leaves the machine."""

import json
import shutil
import socket
from collections.abc import Iterator
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
ENDED = "() => window.ends !== undefined"


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Give another host, as far as the policy can tell, to which nobody may connect."""
    with socket.create_server(("127.0.0.2", 0)) as listening:
        listening.setblocking(False)
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
    (folder / "index.html").write_text(text.replace("</body>", HOSTILE.replace("ELSEWHERE", elsewhere)), encoding="utf-8")
    return folder


@pytest.mark.parametrize("way", ["disk", "http"])
@pytest.mark.parametrize("name", ["Chromium", "Firefox"])
def test_each_try_from_within_is_refused_but_one_to_this_machine(
    browser: Browser, probed: Path, elsewhere: str, name: str, way: str
) -> None:
    with serving(probed) as (address, told, _):
        base = probed.as_uri() if way == "disk" else address
        url = f"{base}/index.html?loopback={address}&elsewhere={elsewhere}"
        if name == "Firefox":
            steps = [("open", url), ("wait", ENDED), ("read", "JSON.stringify(window.ends)")]
            ends = json.loads(drive(find_firefox(), steps).given[-1])
        else:
            with tab(browser, base) as opened:
                page = opened.open(url.removeprefix(f"{base}/"))
                page.wait_for_function(ENDED)
                ends = page.evaluate("window.ends")
        assert told.get(timeout=5) == b"x"
    assert ends.pop("a POST to this machine") == "sent"
    assert len(ends) > 25
    assert {name: end for name, end in ends.items() if end != "refused"} == {}
