"""A scrape makes no circles of objects, and so needs no collector of them."""

import gc
from string import ascii_lowercase

import pytest

from paramsync.commands.scrape import ScrapeOptions, scrape
from support.roots import Root
from support.small_root import TOP, section

PAGES = {
    "sound": TOP + "".join(map(section, ascii_lowercase)),
    "with an error in each model": TOP + "".join(section(name, "`many`") for name in ascii_lowercase),
    "with a stray row in each model": TOP
    + "".join(section(name) + "| row |\n\n" for name in ascii_lowercase),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_scrape_leaves_nothing_to_the_collector(done: Root, case: str) -> None:
    done.add_page("songs", PAGES[case].replace("model_", "model_song-"))
    scrape(done.path, ScrapeOptions(check=True), iter)  # what is imported makes circles, once
    gc.collect()
    gc.disable()  # else it might find them before they are counted
    try:
        outcome = scrape(done.path, ScrapeOptions(check=True), iter)
        found = gc.collect()
    finally:
        gc.enable()
    assert outcome.subject.startswith("2 pages, 28 models")
    assert found < len(ascii_lowercase)  # less than one for each model
