"""Wrong usage ends with exit code 2, bad input with 3; one bad model never stops the others.

Modules: generate, project, scrape.
"""

import shutil

import pytest

from paramsync.paths import SCHEMA
from support.roots import Root
from support.small_root import NAMES, PAGE, everything, put, section

MISUSE: dict[tuple[str, ...], str] = {
    ("scrap",): "invalid choice: 'scrap'",
    ("scrape", "vidoes"): "no page 'vidoes' in specs/; did you mean 'videos'?",
    ("scrape", "../videos"): "no page '../videos'",
    ("generate", "--target", "lst"): "no target 'lst'; did you mean 'list'?",
    ("generate", "--target", ".."): "no target '..'",
    ("explain", "alfa"): "no page has a model 'alfa'; did you mean 'alpha'?",
    ("explain", "alpha", "strenght"): "model_alpha has no parameter 'strenght'; did you mean 'strength'?",
}


@pytest.mark.parametrize("arguments", MISUSE, ids=" ".join)
def test_wrong_usage_exits_2_and_names_what_was_meant(done: Root, arguments: tuple[str, ...]) -> None:
    before = everything(done)
    ran = done.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert MISUSE[arguments] in ran.err
    assert everything(done) == before


def test_a_folder_that_is_no_root_exits_2(done: Root) -> None:
    shutil.rmtree(done.path / "specs")
    ran = done.run("generate")
    assert (ran.code, ran.out) == (2, "")
    assert "has no specs/" in ran.err


# What stands where the schema for specs should: nothing, or as somebody, or an older version, wrote it.
SCHEMAS: dict[str, bytes | None] = {
    "none": None,
    "empty": b"",
    "one that refuses all": b"false\n",
    "another": b'{"properties": {"title": {"maxLength": 1}}}\n',
    "no JSON": b"<<<<<<< HEAD\n{\n",
    "not UTF-8": b"\xff",
}


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_schema_for_specs_that_is_not_as_paramsync_writes_it_is_drift_which_scrape_mends(
    done: Root, case: str
) -> None:
    right = everything(done)
    put(done, {SCHEMA: SCHEMAS[case]})
    before = everything(done)
    assert done.run("generate", "--check").code == done.run("diff", str(done.path)).code == 0
    checked = done.run("scrape", "--check")
    assert (checked.code, everything(done)) == (1, before)
    assert f"{SCHEMA}: {'changed' if SCHEMAS[case] is not None else 'missing'}\n" in checked.out
    ran = done.run("scrape", "videos")
    assert (ran.code, everything(done)) == (0, right)
    assert "; 1 file written, " in ran.out
    assert done.run("scrape", "--check").code == 0


# One bad model never stops the others

BAD_PAGES = {  # the page, the specs that are kept, and those that are written
    "a row that cannot be read": (section("alpha", "`O.5`") + section("beta", "`2`"), {"alpha"}, {"beta"}),
    "a bad model that is new": (PAGE + section("gamma", "`O.5`"), {"alpha", "beta"}, set()),
    "a model without its id": (
        section("alpha").replace("**Model ID:** `model_alpha`", "") + section("beta", "`2`"),
        {"alpha"},
        {"beta"},
    ),
    "no models": ("# Not found\n", {"alpha", "beta"}, set()),
    "nothing": ("", {"alpha", "beta"}, set()),
    "not UTF-8": (b"\xff", {"alpha", "beta"}, set()),
    "folded, with an unclear heading": (PAGE.replace("\n", " "), {"alpha", "beta"}, set()),
}


@pytest.mark.parametrize("case", BAD_PAGES)
def test_a_bad_model_keeps_its_last_good_spec_and_never_stops_the_others(done: Root, case: str) -> None:
    text, kept, written = BAD_PAGES[case]
    before = done.tree("specs/videos")
    done.add_page("videos", text)
    done.add_page("other", section("delta"))
    checked = done.run("scrape", "--check")
    assert checked.code == done.run("scrape").code == done.run("scrape", "videos").code == 3
    after = done.tree("specs/videos")
    specs = {name.removesuffix(".json") for name in after} - {"page", "page.md"}
    assert specs == kept | written
    assert {name for name in specs if after[f"{name}.json"] == before.get(f"{name}.json")} == kept
    assert set(done.read_json("specs/videos/page.json")["models"]) == {f"model_{name}" for name in specs}
    assert "delta.json" in done.tree("specs/other")
    assert done.run("generate").code == 0


BAD_TARGETS = {  # the file of one of two targets, and what it says
    "a template": ("broken.txt.jinja", "{{ nope }}\n"),
    "a target.toml": ("target.toml", "colour = 1\n"),
    "a formatter": ("target.toml", f'formatters = [["no-tool"]]\n{NAMES}'),
}


@pytest.mark.parametrize("case", BAD_TARGETS)
def test_a_bad_target_stays_as_it_is_and_never_stops_the_others(done: Root, case: str) -> None:
    file, text = BAD_TARGETS[case]
    before = done.tree("generated/list")
    put(
        done,
        {
            f"templates/list/{file}": text,
            "templates/list/added.txt": "New.\n",
            "templates/other/a.txt": "A.\n",
        },
    )
    for _ in range(2):  # also when all others are written
        ran = done.run("generate")
        assert (ran.code, ran.err.count(f"templates/list/{file}:")) == (3, 1), ran
    assert done.tree("generated/list") == before
    assert [*done.tree("generated/other")] == ["a.txt"]


def test_a_page_with_an_error_and_a_broken_manifest_is_reported(done: Root) -> None:
    lost = section("alpha").replace("**Model ID:** `model_alpha`", "")
    put(done, {"specs/videos/page.md": lost + section("beta"), "specs/videos/page.json": "{"})
    assert done.run("scrape").code == 3
