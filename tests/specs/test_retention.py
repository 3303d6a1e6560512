"""What stays, moves, goes and is held back: every case of one model on one page, beside another page."""

import json
from dataclasses import dataclass

import pytest

from paramsync.config import read_config
from paramsync.findings import Finding, Place
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder, PageDocument, read_folder, spec_file, write_page_json, write_spec
from paramsync.specs.draft import Draft
from paramsync.specs.retention import retain
from support.example import SAVED

PROFILE = read_config((SAVED / "profile.toml").read_text(), "profile.toml", Profile)
PLACE = Place("specs/here/page.md", 1)
PAGE_ERROR = Finding("stray-row", PLACE, "a row belongs to no table")
MODEL = "model_a"


def spec_of(model: str, title: str, *names: str) -> dict:
    properties = {name: {"type": "string", "x-type": "string"} for name in names}
    return {
        "title": title,
        "x-model": model,
        "x-capabilities": [],
        "type": "object",
        "properties": properties,
        "required": [],
    }


def page_of(*models: str, error: bool = False, names: tuple[str, ...] = ()) -> BuiltPage:
    """Give a page that lists models, each with a new spec."""
    title = Text(PLACE, "", ())
    drafts = tuple(Draft(PROFILE, one, spec_of(one, "new", *names), {"": {"title": title}}) for one in models)
    return BuiltPage(PageDocument("P", "", "2026-02", models), drafts, (PAGE_ERROR,) if error else ())


def folder_of(
    listed: tuple[str, ...] = (), lost: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> Folder:
    """Give what a folder holds: each model with an old spec."""
    files = {spec_file(one): write_spec(spec_of(one, "old", *names)) for one in (*listed, *lost)}
    page = PageDocument("P", "", "2026-01", listed, dict.fromkeys(lost, "2025-12"))
    return read_folder(files | {"page.json": write_page_json(page)})


@dataclass(frozen=True)
class Case:
    """One model: where it stands now, where it stood, and what becomes of it in the folder of its page `here`."""

    fate: str  # the title of its spec, then `lost since …` if it is deprecated; empty if it goes
    is_here: bool = False
    is_elsewhere: bool = False
    was_listed: bool = False
    was_deprecated: bool = False
    failed: bool = False
    page_has_error: bool = False
    prune: bool = False


CASES = {
    "it is new": Case("new", is_here=True),
    "it is still there": Case("new", is_here=True, was_listed=True),
    "it is there again": Case("new", is_here=True, was_deprecated=True),
    "it is new, and has errors": Case("", is_here=True, failed=True),
    "it has errors now": Case("old", is_here=True, was_listed=True, failed=True),
    "it is there again, with errors": Case(
        "old, lost since 2025-12", is_here=True, was_deprecated=True, failed=True
    ),
    "the page no longer lists it": Case("old, lost since 2026-02", was_listed=True),
    "nor is it to be kept": Case("", was_listed=True, prune=True),
    "it was lost before": Case("old, lost since 2025-12", was_deprecated=True),
    "it was lost before, and is not to be kept": Case("", was_deprecated=True, prune=True),
    "it may be in what cannot be read": Case("old", was_listed=True, page_has_error=True),
    "it may be there, and is to be pruned": Case("old", was_listed=True, page_has_error=True, prune=True),
    "it has moved": Case("", is_elsewhere=True, was_listed=True),
    "it was lost, and is on another page": Case("", is_elsewhere=True, was_deprecated=True),
    "it has moved, and has errors there": Case("old", is_elsewhere=True, was_listed=True, failed=True),
}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_model(name: str) -> None:
    case = CASES[name]
    here = page_of("model_b", *([MODEL] if case.is_here else []), error=case.page_has_error)
    there = page_of("model_c", *([MODEL] if case.is_elsewhere else []))
    was = folder_of(
        ("model_b", *([MODEL] if case.was_listed else [])), (MODEL,) if case.was_deprecated else ()
    )
    failed = frozenset([MODEL] if case.failed else [])
    pages, folders = {"here": here, "there": there}, {"here": was, "there": folder_of(("model_c",))}
    tree = retain(pages, folders, failed, prune=case.prune).folders["here"]
    page, spec = json.loads(tree["page.json"]), json.loads(tree.get("a.json", "{}"))
    since = page.get("deprecated", {}).get(MODEL)
    assert ", lost since ".join(filter(None, [spec.get("title"), since])) == case.fate
    assert (MODEL in page["models"]) == (bool(spec) and not since)
    assert spec.get("deprecated", False) == bool(since)


MANY = tuple(f"model_{letter}" for letter in "abcdefghij")
HELD_BACK = {  # what the page lists, its parameters, and the findings; ten models and five parameters were there
    "two of ten": (MANY[2:], "vwxyz", set()),
    "three of ten": (MANY[3:], "vwxyz", {"many-models-gone"}),
    "one parameter of five": (MANY, "vwxy", set()),
    "two parameters of five": (MANY, "vwx", {"many-parameters-gone"}),
}


@pytest.mark.parametrize("name", HELD_BACK)
def test_a_page_that_has_lost_too_much_at_once_stays_as_it_is_until_that_is_accepted(name: str) -> None:
    models, names, codes = HELD_BACK[name]
    pages = {"here": page_of(*models, names=tuple(names)), "new": page_of()}
    folders = {"here": folder_of(MANY, names=tuple("vwxyz")), "new": folder_of()}
    kept = retain(pages, folders, frozenset(), max_share=0.2)
    assert {one.code for one in kept.findings} == codes
    assert (kept.folders["here"] == folders["here"].files) == bool(codes)
    accepted = retain(pages, folders, frozenset())
    assert accepted.findings == ()
    assert accepted.folders["here"] != folders["here"].files


def test_a_page_that_is_held_back_gives_no_model_away() -> None:
    pages = {"here": page_of(*MANY[5:]), "there": page_of(MANY[0])}
    folders = {"here": folder_of(MANY), "there": folder_of()}
    kept = retain(pages, folders, frozenset(), max_share=0.2)
    assert kept.folders["here"] == folders["here"].files
    assert json.loads(kept.folders["there"]["page.json"])["models"] == []


def test_with_a_page_named_go_the_pages_that_give_it_a_model() -> None:
    pages = {name: page_of() for name in ("giver", "other")} | {"taker": page_of(MODEL)}
    folders = {"giver": folder_of((MODEL,)), "other": folder_of(("model_b",)), "taker": folder_of()}
    kept = retain(pages, folders, frozenset(), ["taker"])
    assert kept.chosen == {"giver", "taker"}
    assert kept.folders["other"] == folders["other"].files
    assert [name for name, tree in kept.folders.items() if "a.json" in tree] == ["taker"]
