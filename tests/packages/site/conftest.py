"""Sites in a real Chromium, from the disk and over http."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.probes import Probe, probing
from support.roots import make_once
from support.servers import serving
from support.site_roots import make_real_site
from support.site_server import SiteServer
from support.tabs import OpenTab, Tab, chromium, tab


@pytest.fixture(scope="module")  # no longer: its event loop keeps others from theirs
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the site of all real pages and that of the example, with a history."""
    make = tmp_path_factory.mktemp
    return make_once(tmp_path_factory, "site", lambda: make_real_site(make("site") / "root"))


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Give the URL of the same site on loopback."""
    with serving(SiteServer(site)) as server:
        yield server.url


@pytest.fixture
def open_tab(browser: Browser, site: Path, served: str) -> Iterator[OpenTab]:
    """Give a way to open a tab on the site, from the disk unless another URL is given; no page in it may say anything or ask elsewhere."""
    with ExitStack() as stack:
        opened: list[Tab] = []

        def open_one(base: str = "", **settings: Any) -> Tab:
            bases = {"": site.as_uri(), "http": served}
            opened.append(stack.enter_context(tab(browser, bases.get(base, base), **settings)))
            return opened[-1]

        yield open_one
        assert [fault for one in opened for fault in one.find_faults()] == []


@pytest.fixture
def probe(site: Path, tmp_path: Path) -> Iterator[Probe]:
    """Give a page that tries all that the policy refuses."""
    with probing(site, tmp_path / "probe") as probe:
        yield probe
