"""The policy of a page refuses what it should, asked from within: no text becomes markup or code, and nothing leaves the machine."""

import pytest
from playwright.sync_api import Browser

from support.probes import ENDED, Probe
from support.tabs import tab

pytestmark = pytest.mark.foreign("tests/packages/site/conftest.py")


def test_each_try_from_within_is_refused_but_one_to_this_machine(browser: Browser, probe: Probe) -> None:
    for url in probe.urls.values():
        base, path = url.rsplit("/", 1)
        with tab(browser, base) as opened:
            page = opened.open(path)
            page.wait_for_function(f"() => {ENDED}")
            probe.check(page.evaluate("window.ends"))
