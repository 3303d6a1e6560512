"""A real Chromium, driven by Playwright; and its tabs, which know what their pages say to the console, and what they ask for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from support.browsers import find_chromium

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
# As on any machine: no sandbox where tests run as root, no graphics card, and nobody who is asked what is new.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium.

    Playwright has an event loop in this thread until the end, so that nothing else may have one meanwhile.
    """
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A tab in which pages below a URL are open: what they have said, asked for and shown in dialogs so far."""

    page: Page
    base: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(20_000)  # a loaded machine is slow
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", self._dismiss)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}/{path}")
        return self.page

    def find_faults(self) -> list[str]:
        """Give all that no page may do: what was said, and requests to elsewhere."""
        inside = (f"{self.base}/", "data:")
        return [*self.said, *(f"asks for {url}" for url in self.asked if not url.startswith(inside))]

    def _dismiss(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()


OpenTab = Callable[..., Tab]  # as a fixture gives it: where pages are, and the settings of the tab


@contextmanager
def tab(browser: Browser, base: str, **settings: Any) -> Iterator[Tab]:
    """Open a tab that knows nothing of others; `settings` are those of a Playwright context."""
    context = browser.new_context(**{"viewport": WIDE, **settings})
    try:
        yield Tab(context.new_page(), base)
    finally:
        context.close()
