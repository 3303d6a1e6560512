"""A vendor and a page are named after where the page is from."""

import pytest

from paramsync.guessing.names import NO_VENDOR, name_page, name_vendor_of_folder, name_vendor_of_url

VENDORS = {
    "https://docs.scenario.com/a": "Scenario",
    "https://core.telegram.org/bots/api": "Telegram",
    "https://www.example.co.uk/": "Example",
    "https://raw.githubusercontent.com/acme/action/main/README.md": "Acme",
    "https://github.com/acme": "Acme",
    "https://acme.github.io/docs": "Acme",
    "https://stripe.com/docs": "Stripe",
    "http://127.0.0.1:8000/page": NO_VENDOR,
    "https://localhost/": "Localhost",
}
PAGES = {
    ("docs/image-generation/", ""): "image-generation",
    ("api/reference/Text%20to%20Speech.html", ""): "text-to-speech",
    ("acme/action/main/README.md", "Build & push — Action"): "build-push-action",
    ("index.html", ""): "page",
    ("bots/api", "Telegram Bot API"): "telegram-bot-api",
    ("con", "nul"): "page",
    ("画像", "画像"): "page",
    ("a" * 300, ""): "a" * 60,
}


@pytest.mark.parametrize("url", VENDORS)
def test_a_vendor_has_the_name_of_its_host(url: str) -> None:
    assert name_vendor_of_url(url) == VENDORS[url]


def test_a_vendor_without_a_host_has_the_name_of_the_root() -> None:
    folders = {
        "kling": "Kling",
        "my-models": "My-models",
        "ACME": "ACME",
        "": NO_VENDOR,
        "7": NO_VENDOR,
        "…": NO_VENDOR,
    }
    assert {folder: name_vendor_of_folder(folder) for folder in folders} == folders


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_last_name_that_says_something(page: tuple[str, str]) -> None:
    assert name_page(*page) == PAGES[page]
