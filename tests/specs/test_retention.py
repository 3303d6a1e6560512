"""What stays, moves, goes and is held back: every case of one model on one page, beside another page.

Modules: removals, renames, retention.
"""

import json
from dataclasses import dataclass, field

import pytest

from paramsync.config import read_config
from paramsync.findings import Finding, Place
from paramsync.pages.page import Text
from paramsync.pages.profile import Profile
from paramsync.pages.removals import Removals
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder, PageDocument, read_folder, spec_file, write_page_json, write_spec
from paramsync.specs.draft import Draft
from paramsync.specs.retention import mark_deprecated, retain
from support.example import SAVED
from support.vectors import made_spec

PROFILE = read_config((SAVED / "profile.toml").read_text(), "profile.toml", Profile)
PLACE = Place("specs/here/page.md", 1)
PAGE_ERROR = Finding("stray-row", PLACE, "a row belongs to no table")
VENDOR = PROFILE.vendor
MODEL = "model_a"


def spec_of(model: str, title: str, *names: str) -> dict:
    spec = made_spec({name: {"type": "string", "x-type": "string"} for name in names})
    return spec | {"$id": f"urn:scenario:{model}", "title": title, "x-model": model}


def page_of(*models: str, error: bool = False, names: tuple[str, ...] = ()) -> BuiltPage:
    """Give a page that lists models, each with a new spec."""
    title = Text(PLACE, "", ())
    drafts = tuple(Draft(PROFILE, one, spec_of(one, "new", *names), {"": {"title": title}}) for one in models)
    return BuiltPage(
        PageDocument("P", "", "2026-02", models, prefix=VENDOR.prefix), drafts, (PAGE_ERROR,) if error else ()
    )


def folder_of(
    listed: tuple[str, ...] = (), lost: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> Folder:
    """Give what a folder holds: each model with an old spec."""
    files = {
        spec_file(VENDOR.name_of(one)): write_spec(spec_of(one, "old", *names)) for one in (*listed, *lost)
    }
    page = PageDocument("P", "", "2026-01", listed, dict.fromkeys(lost, "2025-12"), prefix=VENDOR.prefix)
    return read_folder(files | {"page.json": write_page_json(page)}, VENDOR.prefix)


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
LIMITS = Removals()


def spec_with(model: str, letters: str) -> dict:
    """Make a spec: each letter is a parameter, and a capital is that of its small letter under another name."""
    spec = spec_of(model, "new", *letters)
    for letter, rules in spec["properties"].items():
        rules["description"] = letter.lower()
    return spec


@dataclass(frozen=True)
class Loss:
    """What was on the page `here`, is there now, and is on another page now; models with their parameters, a letter each."""

    before: dict[str, str]
    now: dict[str, str]
    elsewhere: dict[str, str] = field(default_factory=dict)
    held: str = ""  # the page or the models that are held back
    lost_before: dict[str, str] = field(default_factory=dict)
    error: bool = False
    failed: str = ""
    names: tuple[str, ...] = ()


TEN = dict(zip(MANY, "abcdefghij", strict=True))
OTHERS = {"model_x": "xyz", "model_y": "yz"}


def but(letters: str, **more: str) -> dict[str, str]:
    """Give the ten models without some, and with others."""
    return {model: one for model, one in TEN.items() if one not in letters} | {
        f"model_{name}": one for name, one in more.items()
    }


LOSSES = {
    "two of ten models": Loss(TEN, but("ab")),
    "three of ten": Loss(TEN, but("abc"), held="here"),
    "two of three": Loss(dict([*TEN.items()][:3]), but("bcdefghij")),
    "all but one of four": Loss(dict([*TEN.items()][:4]), but("bcdefghij"), held="here"),
    "three of ten, renamed": Loss(TEN, but("abc", k="a", l="b", m="c")),
    "three of ten, renamed on another page": Loss(
        TEN, but("abc"), {"model_k": "a", "model_l": "b", "model_m": "c"}
    ),
    "three of ten, renamed on a page that is not read": Loss(
        TEN, but("abc"), {"model_k": "a", "model_l": "b", "model_m": "c"}, held="here", names=("here",)
    ),
    "five of ten, two of them renamed": Loss(TEN, but("abcde", k="a", l="b"), held="here"),
    "three of ten, renamed and changed": Loss(TEN, but("abc", k="az", l="bz", m="cz"), held="here"),
    "three of ten, renamed with errors": Loss(
        TEN, but("abc", k="a", l="b", m="c"), held="here", failed="model_k model_l model_m"
    ),
    "three of ten, moved": Loss(TEN, but("abc"), dict([*TEN.items()][:3])),
    "three of ten, where the page has an error": Loss(TEN, but("abc"), error=True),
    "three that were lost before": Loss(OTHERS, OTHERS, lost_before=dict([*TEN.items()][:3])),
    "one of two parameters": Loss({"model_a": "vw"}, {"model_a": "v"}),
    "two of five": Loss({"model_a": "vwxyz"}, {"model_a": "vwx"}),
    "three of five": Loss({"model_a": "vwxyz"}, {"model_a": "vw"}, held="model_a"),
    "three of twenty": Loss({"model_a": "abcdefghijklmnopqrst"}, {"model_a": "defghijklmnopqrst"}),
    "five of five, renamed": Loss({"model_a": "vwxyz"}, {"model_a": "VWXYZ"}),
    "five of six, two of them renamed": Loss({"model_a": "uvwxyz"}, {"model_a": "uVW"}, held="model_a"),
    "three of five, and more that are new": Loss(
        {"model_a": "vwxyz"}, {"model_a": "vwabcdef"}, held="model_a"
    ),
    "three of five, of a model with errors": Loss({"model_a": "vwxyz"}, {"model_a": "vw"}, failed="model_a"),
    "three of five, of a model that moves": Loss(
        {"model_a": "vwxyz", **OTHERS}, OTHERS, {"model_a": "vw"}, held="model_a"
    ),
    "three of five, of a model that returns": Loss(
        OTHERS, {"model_a": "vw", **OTHERS}, lost_before={"model_a": "vwxyz"}, held="model_a"
    ),
    "three of five, where the page has an error": Loss(
        {"model_a": "vwxyz"}, {"model_a": "vw"}, held="model_a", error=True
    ),
    "three of five in one model, and three of ten models": Loss(
        TEN | {"model_z": "vwxyz"}, but("abc", z="vw"), held="here model_z"
    ),
}


def built(name: str, models: dict[str, str], *, error: bool = False) -> BuiltPage:
    title = Text(Place(f"specs/{name}/page.md", 1), "", ())
    drafts = (
        Draft(PROFILE, one, spec_with(one, letters), {"": {"title": title}})
        for one, letters in models.items()
    )
    return BuiltPage(
        PageDocument("P", "", "2026-02", (*models,), prefix=VENDOR.prefix),
        (*drafts,),
        (PAGE_ERROR,) if error else (),
    )


@pytest.mark.parametrize("name", LOSSES)
def test_what_has_lost_too_much_at_once_stays_as_it_is_until_that_is_accepted(name: str) -> None:
    loss = LOSSES[name]
    pages = {
        "here": built("here", loss.now, error=loss.error),
        "there": built("there", loss.elsewhere | {"model_0": "0"}),
    }
    specs = {one: spec_with(one, letters) for one, letters in loss.before.items()}
    specs |= {one: mark_deprecated(spec_with(one, letters)) for one, letters in loss.lost_before.items()}
    files = {spec_file(VENDOR.name_of(one)): write_spec(spec) for one, spec in specs.items()}
    page = PageDocument(
        "P", "", "2026-01", (*loss.before,), dict.fromkeys(loss.lost_before, "2025-12"), prefix=VENDOR.prefix
    )
    folders = {
        "here": read_folder(files | {"page.json": write_page_json(page)}, VENDOR.prefix),
        "there": folder_of(("model_0",)),
    }
    failed = frozenset(loss.failed.split())
    held, held_models = frozenset(loss.held.split()), {one for one in loss.held.split() if one in specs}
    kept = retain(pages, folders, failed, loss.names, limits=LIMITS)
    assert {one.model or one.place.file.split("/")[1] for one in kept.findings} == held
    assert (kept.folders["here"] == folders["here"].files) == ("here" in held)
    assert all(
        kept.folders["here"][spec_file(VENDOR.name_of(one))] == files[spec_file(VENDOR.name_of(one))]
        for one in held_models
    )
    for other in (*held, "there"):  # the others are not accepted with one
        findings = retain(
            pages, folders, failed, loss.names, limits=LIMITS, accepted=frozenset([other])
        ).findings
        told = {(one.code, one.model or one.place.file.split("/")[1]) for one in findings}
        unused = {("nothing-to-accept", other)} - {("nothing-to-accept", one) for one in held}
        assert {one for one in told if one[0] == "nothing-to-accept"} == unused
        assert {one for code, one in told - unused} == held - {other}
    accepted = retain(pages, folders, failed, loss.names, limits=LIMITS, accepted=held)
    assert accepted.findings == ()
    assert not held or accepted.folders["here"] != folders["here"].files


def test_a_page_that_is_held_back_gives_no_model_away() -> None:
    pages = {"here": page_of(*MANY[5:]), "there": page_of(MANY[0])}
    folders = {"here": folder_of(MANY), "there": folder_of()}
    kept = retain(pages, folders, frozenset(), limits=LIMITS)
    assert kept.folders["here"] == folders["here"].files
    assert json.loads(kept.folders["there"]["page.json"])["models"] == []


def test_with_a_page_named_go_the_pages_that_give_it_a_model() -> None:
    pages = {name: page_of() for name in ("giver", "other")} | {"taker": page_of(MODEL)}
    folders = {"giver": folder_of((MODEL,)), "other": folder_of(("model_b",)), "taker": folder_of()}
    kept = retain(pages, folders, frozenset(), ["taker"])
    assert kept.chosen == {"giver", "taker"}
    assert kept.folders["other"] == folders["other"].files
    assert [name for name, tree in kept.folders.items() if "a.json" in tree] == ["taker"]
