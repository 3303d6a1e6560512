"""The front matter of a page of the docs is one text of YAML, and is read back."""

import pytest
import yaml

from paramsync.pages.prose import remove_link_backticks
from paramsync.pages.reader import read_page
from paramsync.rendering.filters import Filters
from paramsync.text import collapse_whitespace
from support.hostile import PROFILE, SPEC_TEXTS, SPELLING, load, shown, spec_files
from support.hostile_roots import LONGEST_MESSAGE, rendered
from support.roots import PROJECT

# fmt: off
TITLES = [
    *("Plain", "(a) Maker's own", "A: B", "A:", "A # B", "It's: x", '"A"', "'A", "''A: B''", "[A]", "{A}: x", "!!str A", "!A", "&A", "*A", "%A", "@A", "`A`", "| A", "? A", "- A", "www.x.de", "a@b.co: \\", "..."),
]
# fmt: on


@pytest.mark.parametrize("title", [*TITLES, *(text for text in SPEC_TEXTS if len(text) < LONGEST_MESSAGE)])
def test_the_front_matter_of_a_page_is_one_text_of_yaml_and_is_read_back(title: str) -> None:
    written = rendered(PROJECT, "docs", load(spec_files(0, title)))["reference/p0.md"]
    front = yaml.safe_load(written.split("---\n")[1])
    prose = Filters(SPELLING["docs"], SPELLING.__getitem__).prose(title)
    assert front == {"title": f"{prose} | Scenario Docs"}
    for text in (written, collapse_whitespace(written)):
        assert remove_link_backticks(read_page(text, "page.md", PROFILE).title) == remove_link_backticks(
            shown(title)
        )
