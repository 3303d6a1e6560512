"""Each fact of a real page has an origin, at whose place stands what is written."""

from pathlib import Path

import pytest

from paramsync.config import read_config
from paramsync.pages.page import split_lines
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.specs.build import build_specs
from paramsync.specs.origins import find_facts
from support.example import SAVED
from support.roots import CASES, FORMS

PAGES = sorted(path for form in FORMS for path in CASES.glob(f"*/{form}"))


@pytest.fixture(scope="module")
def profile() -> Profile:
    return read_config((SAVED / "profile.toml").read_text(encoding="utf-8"), PROFILE, Profile)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_fact_is_read_from_stands_at_its_place(page: Path, profile: Profile) -> None:
    text = page.read_text(encoding="utf-8")
    lines = ["", *split_lines(text)]
    built = build_specs(read_page(text, f"specs/page/page.{FORMS[page.name]}", profile), profile)
    facts = [
        fact for draft in built.drafts for found in find_facts(draft, draft.spec).values() for fact in found
    ]
    assert len(facts) > 10 * len(built.drafts) > 0
    for fact in facts:
        (said,) = fact.quotations
        start = sum(map(len, lines[: said.place.line])) + said.place.column - 1
        assert text.startswith(said.written, start), (fact, said)
        assert said.judgement == "decides"
        assert said.source == "page"
        assert fact.is_documented
        assert not fact.is_disputed
