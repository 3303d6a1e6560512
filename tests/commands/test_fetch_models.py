"""`paramsync fetch`: the LLM Markdown and the record of each model are saved beside its page, and follow the model.

Modules: fetch_models, fetch_pages, model_store.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.example import SAVED
from support.roots import Root, read_specs
from support.sandboxes import running
from support.sites import (
    FILMS,
    KEYS,
    MARKDOWN,
    SONGS,
    Site,
    fetch,
    llm_markdown,
    page,
    record,
    redirect,
    rows,
    serve,
)
from support.small_root import everything


@pytest.fixture
def api() -> Iterator[Site]:
    """Give a second server, whose every record is for those who have the keys."""
    with serve() as api:
        yield api


@pytest.fixture
def world(root: Root, site: Site, api: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a site with two pages of three models, which have Markdown there and records at the API."""
    site.pages = {FILMS: site.link(page("film", "clip")), SONGS: site.link(page("song"))}
    site.connect_markdown(root)
    api.connect_records(root)
    for one in (site, api):
        one.serve_models("film", "clip", "song")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return site


def sources(root: Root) -> dict[str, bytes]:
    """Give the saved files of models."""
    tree = root.tree("specs").items()
    return {path: text for path, text in tree if path.endswith((".llm.md", ".record.json"))}


def test_each_model_has_its_files_beside_its_page_and_the_next_run_touches_none(
    root: Root, world: Site, api: Site
) -> None:
    ran = fetch(root)
    assert (ran.code, ran.err) == (0, "")
    assert rows(ran) == {
        FILMS: "new  2 new LLM Markdown files, 2 new records",
        SONGS: "new  1 new LLM Markdown file, 1 new record",
    }
    found = sources(root)
    assert len(found) == 6
    assert found[f"{FILMS}/film.llm.md"] == llm_markdown("film")
    assert json.loads(found[f"{FILMS}/film.record.json"]) == {
        "model": {
            "id": "model_film",
            "inputs": [{"default": 1, "max": 9, "min": 0, "name": "strength", "step": 0.5, "type": "number"}],
            "name": "Film",
        }
    }
    assert all("Authorization" not in headers for _, headers, _ in world.requests)
    assert ran.out.splitlines()[-2] == (
        "fetch: 2 pages, 3 LLM Markdown files, 3 records; 8 files written, 0 unchanged"
    )
    stamps = {path: path.stat() for path in root.path.rglob("*.*.*")}
    world.requests.clear()
    api.requests.clear()
    ran = fetch(root)
    assert (ran.code, rows(ran)) == (0, {FILMS: "unchanged", SONGS: "unchanged"})
    assert {path: path.stat() for path in root.path.rglob("*.*.*")} == stamps
    asked = [headers for path, headers, _ in (*world.requests, *api.requests) if "/models/" in path]
    assert [*map(set, asked)]
    assert all("If-None-Match" in headers for headers in asked)
    assert root.run("scrape").code == 0
    assert root.read_json(f"specs/{FILMS}/film.json")["properties"]["strength"]["x-step"] == 0.5


def test_a_check_says_what_would_change_and_saves_nothing(root: Root, world: Site, api: Site) -> None:
    assert fetch(root).code == 0
    world.files["/api/models/model_film/markdown"] = llm_markdown("film", "`2`"), MARKDOWN
    api.files["/v1/models/model_song"] = record("song", default=2), "application/json"
    before = everything(root), root.tree(".paramsync_cache")
    ran = fetch(root, "--check")
    assert ran.code == 1
    assert rows(ran) == {
        FILMS: "unchanged  1 changed LLM Markdown file",
        SONGS: "unchanged  1 changed record",
    }
    assert "fetch: 2 pages, 3 LLM Markdown files, 3 records; 2 files out of date, 6 unchanged\n" in ran.out
    assert (everything(root), root.tree(".paramsync_cache")) == before
    assert not [key for key in KEYS.values() if key in ran.out + ran.err]
    assert fetch(root).code == 0
    assert sources(root)[f"{FILMS}/film.llm.md"] == world.files["/api/models/model_film/markdown"][0]
    assert json.loads(sources(root)[f"{SONGS}/song.record.json"])["model"]["inputs"][0]["default"] == 2
    assert fetch(root, "--check").code == 0


def test_what_is_not_saved_of_a_record_is_no_change(root: Root, world: Site, api: Site) -> None:
    fetch(root)
    value = json.loads(api.files["/v1/models/model_film"][0])["model"]
    other = {"model": {**dict(reversed(value.items())), "ownerId": "team_y", "updatedAt": "2026-11-01"}}
    api.files["/v1/models/model_film"] = json.dumps(other).encode(), "application/json"
    before = sources(root)
    ran = fetch(root)
    assert rows(ran) == {FILMS: "unchanged", SONGS: "unchanged"}
    assert sources(root) == before
    assert b"team" not in before[f"{FILMS}/film.record.json"]


def test_a_profile_that_reads_more_of_a_record_has_it_fetched_again(root: Root, world: Site) -> None:
    root.edit("specs/profile.toml", 'step = "x-step"', 'step = "ignored"')
    fetch(root)
    assert b"step" not in sources(root)[f"{FILMS}/film.record.json"]
    root.edit("specs/profile.toml", 'step = "ignored"', 'step = "x-step"')
    assert rows(fetch(root))[FILMS] == "unchanged  2 changed records"
    assert b"step" in sources(root)[f"{FILMS}/film.record.json"]


def test_sources_and_pages_may_be_chosen_and_saved_pages_are_enough(
    root: Root, world: Site, api: Site
) -> None:
    fetch(root, "--source", "page")
    assert (sources(root), api.requests) == ({}, [])
    world.requests.clear()
    ran = fetch(root, SONGS, "--source", "record")
    assert ran.out.splitlines()[:2] == [
        f"{SONGS}  models  1 new record",
        "fetch: 1 record; 1 file written, 0 unchanged",
    ]
    assert (world.requests, [*sources(root)]) == ([], [f"{SONGS}/song.record.json"])
    fetch(root, "--source", "markdown", "--source", "record")
    assert len(sources(root)) == 6
    ran = fetch(root, "video-generation-acne", "--source", "record")
    assert (ran.code, ran.out) == (2, "")
    assert f"no page 'video-generation-acne' is saved; did you mean '{FILMS}'?" in ran.err


# What the profile and the environment ask for


UNSET: dict[str, tuple[dict[str, str], int, str]] = {
    "neither": (
        {},
        0,
        "records are not fetched: SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET are not set\n",
    ),
    "empty ones": (
        dict.fromkeys(KEYS, " "),
        0,
        "records are not fetched: SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET are not set\n",
    ),
    "no secret": (
        {"SCENARIO_SDK_API_KEY": "api_userUserUser"},
        2,
        "SCENARIO_SDK_API_KEY is set, but SCENARIO_SDK_API_SECRET is not: set both for records, or none\n",
    ),
    "no key": (
        {"SCENARIO_SDK_API_SECRET": "s3cret-S3cret"},
        2,
        "SCENARIO_SDK_API_SECRET is set, but SCENARIO_SDK_API_KEY is not: set both for records, or none\n",
    ),
    "a colon in the name": (
        {"SCENARIO_SDK_API_KEY": "api:user", "SCENARIO_SDK_API_SECRET": "s3cret-S3cret"},
        2,
        "the key in SCENARIO_SDK_API_KEY has a colon",
    ),
}


@pytest.mark.parametrize("case", UNSET)
def test_without_keys_records_are_not_fetched(
    root: Root, world: Site, api: Site, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    variables, code, said = UNSET[case]
    for name in KEYS:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = fetch(root)
    assert (ran.code, api.requests) == (code, [])
    assert said in ran.out + ran.err
    assert not [value for value in variables.values() if value.strip() and value in ran.out + ran.err]
    assert len(sources(root)) == (3 if code == 0 else 0)


def test_a_source_is_fetched_only_where_the_profile_says_from_where(root: Root, site: Site) -> None:
    site.pages = {FILMS: site.link(page("film"))}
    site.serve_models("film")
    assert rows(fetch(root)) == {FILMS: "new"}
    assert not [path for path in site.paths if "/models/" in path]
    for source, said in (
        ("markdown", "no hosts in [sources.markdown]"),
        ("record", "no url in [sources.record]"),
    ):
        ran = fetch(root, "--source", source)
        assert (ran.code, ran.out, said in ran.err) == (2, "", True)


def test_nothing_is_fetched_from_where_a_page_or_an_id_would_lead(root: Root, world: Site, api: Site) -> None:
    text = page("film", "clip", "reel").decode()
    text = text.replace("`model_clip`", "`model_../../secret`").replace("`model_reel`", "`a?b=c`")
    link = "\n\n**LLM Markdown:** <https://elsewhere.example/{}>\n\n**Cap"
    world.pages = {FILMS: text.replace("\n\n**Cap", link.format("film")).encode()}
    ran = fetch(root)
    assert ran.code == 3
    said = "host 'elsewhere.example' is not among the hosts of [sources.markdown] in profile.toml"
    assert said in rows(ran)[f"{FILMS}/film.llm.md"]
    assert {path for path in (*world.paths, *api.paths) if "models" in path} == {"/v1/models/model_film"}
    assert [*sources(root)] == [f"{FILMS}/film.record.json"]


# What is gone, has moved, or is new


def test_a_record_goes_when_the_api_says_that_its_model_is_gone_but_not_many_at_once(
    root: Root, world: Site, api: Site
) -> None:
    world.pages = {FILMS: world.link(page("film", "clip", "reel", "tape"))}
    world.serve_models("reel", "tape")
    api.serve_models("reel", "tape")
    fetch(root)
    before = sources(root)
    world.fail("models", "404")
    api.fail("v1", "404")
    ran = fetch(root)
    assert ran.code == 3
    assert sources(root) == before
    assert rows(ran)["4 records"].startswith("kept  4 of 4 models have gone from the API at once; the saved")
    api.mend()
    api.fail("model_film", "410")
    api.fail("model_clip", "404")
    ran = fetch(root)
    assert ran.code == 0
    assert (
        rows(ran)["2 records"]
        == "removed  the API has no such model any more: film.record.json, clip.record.json"
    )
    gone = {f"{FILMS}/film.record.json", f"{FILMS}/clip.record.json"}
    assert sources(root) == {path: text for path, text in before.items() if path not in gone}
    assert (fetch(root).code, set(sources(root))) == (0, before.keys() - gone)


@pytest.mark.parametrize("source", [[], ["--source", "page", "--source", "markdown"]])
def test_files_follow_their_page_and_their_model(root: Root, world: Site, source: list[str]) -> None:
    fetch(root)
    root.run("scrape")
    before = sources(root)
    world.moved(FILMS, "video-generation-apex")
    world.pages["video-generation-apex"] = world.link(page("clip"))
    world.pages[SONGS] = world.link(page("song", "film"))
    ran = fetch(root, *source)
    assert ran.code == 0, ran.out
    assert "1 moved LLM Markdown file, 1 moved record" in rows(ran)[SONGS]
    assert sources(root) == {
        path.replace(FILMS, SONGS if "film." in path else "video-generation-apex"): text
        for path, text in before.items()
    }
    assert root.run("scrape").code == 0
    ran = fetch(root)
    assert "moved" not in ran.out


def test_files_follow_their_model_to_its_name_in_code(root: Root, world: Site) -> None:
    fetch(root)
    root.run("scrape")
    overlay = root.path / "specs" / FILMS / "film.overlay.toml"
    overlay.write_text('[[correct]]\nset = { name_in_code = "movie" }\nreason = "Asked."\n')
    root.run("scrape")
    ran = fetch(root, "--source", "page")
    assert rows(ran)[FILMS] == "unchanged  1 moved LLM Markdown file, 1 moved record"
    assert {path for path in sources(root) if "clip" not in path and FILMS in path} == {
        f"{FILMS}/movie.llm.md",
        f"{FILMS}/movie.record.json",
    }
    assert root.run("scrape").code == 0
    assert rows(fetch(root)) == {FILMS: "unchanged", SONGS: "unchanged"}

    # And back, once it has lost that name.
    overlay.unlink()
    assert root.run("scrape").code == 0
    assert rows(fetch(root))[FILMS] == "unchanged  1 moved LLM Markdown file, 1 moved record"
    assert {path.partition(".")[0] for path in sources(root)} == {
        f"{FILMS}/film",
        f"{FILMS}/clip",
        f"{SONGS}/song",
    }
    assert "duplicate-source" not in root.run("scrape").out


def test_a_304_of_another_file_is_not_taken_for_that_of_a_model(root: Root, world: Site, api: Site) -> None:
    api.files["/v2/film"] = record("film"), "application/json"
    api.fail("model_film", redirect("/v2/film"))
    fetch(root)
    api.fail("model_clip", redirect("/v2/film"))
    ran = fetch(root)
    assert "it is about 'model_film', not model_clip" in rows(ran)[f"{FILMS}/clip.record.json"]


def test_files_stay_where_no_page_lists_their_model_any_more(root: Root, world: Site) -> None:
    fetch(root)
    root.run("scrape")
    before = sources(root)
    world.pages[FILMS] = world.link(page("clip"))
    assert fetch(root).code == 0
    assert sources(root) == before


def test_a_field_that_the_profile_does_not_name_is_told_once_with_the_line_that_names_it(
    root: Root, world: Site, api: Site
) -> None:
    for model in ("film", "clip", "song"):
        api.files[f"/v1/models/model_{model}"] = record(model, weight=1), "application/json"
    ran = fetch(root)
    assert ran.code == 0
    assert ran.out.count("weight") == 2, ran.out
    assert rows(ran)[f"{SONGS}/song.record.json"] == (
        "unread  the profile does not name the field weight, here and in 2 more;"
        ' below [sources.record.fields] in specs/profile.toml: "weight" = "ignored", or its meaning'
    )
    root.edit("specs/profile.toml", 'step = "x-step"', 'step = "x-step"\n"weight" = "ignored"')
    (root.path / ".paramsync_cache/fetch-models.json").unlink()
    assert "weight" not in fetch(root).out


def test_what_is_no_file_in_the_place_of_one_stays_and_the_others_are_saved(root: Root, world: Site) -> None:
    fetch(root)
    place = root.path / "specs" / FILMS / "film.record.json"
    place.unlink()
    place.mkdir()
    world.files["/api/models/model_song/markdown"] = llm_markdown("song", "`2`"), MARKDOWN
    ran = fetch(root)
    assert ran.code == 3
    assert "cannot be saved: " in rows(ran)[f"{FILMS}/film.record.json"]
    assert "is a folder" in ran.out
    assert place.is_dir()
    assert sources(root)[f"{SONGS}/song.llm.md"] == llm_markdown("song", "`2`")


# End to end


def test_pages_markdown_and_the_records_of_the_sandbox_give_one_spec_whose_keywords_name_all_three(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "video-generation-sync-labs"
    text = (SAVED / name / "page.txt").read_text()  # which has lost where the Markdown is
    place = rf"\1 {site.origin}/api/models/\2/markdown"
    text = re.sub(r"(\*\*Model ID:\*\* `([^`]+)`.*?\*\*LLM Markdown:\*\*)", place, text)
    site.pages = {name: text.encode()}
    site.connect_markdown(root)
    root.add_page(name, site.pages[name])
    assert root.run("scrape").code == 0
    specs = read_specs(root, name).values()
    for spec in specs:
        site.files[f"/api/models/{spec['x-model']}/markdown"] = as_markdown(spec), MARKDOWN
    with running() as sandbox:
        url = f"{sandbox.environment['SCENARIO_BASE_URL']}/models/{{id}}"
        root.edit("specs/profile.toml", "[sources.record]", f'[sources.record]\nurl = "{url}"\nrate = 1000')
        for variable in KEYS:
            monkeypatch.setenv(variable, sandbox.environment[variable])
        ran = fetch(root)
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert rows(ran) == {name: f"unchanged  {len(specs)} new LLM Markdown files, {len(specs)} new records"}
    before = {spec["x-model"]: spec["properties"] for spec in specs}
    assert root.run("scrape").code == 0
    told = root.run("explain", "sync-lipsync-v2", "temperature").out
    for file in ("page.md:", "sync-lipsync-v2.llm.md:", "sync-lipsync-v2.record.json:"):
        assert f"specs/{name}/{file}" in told
    for spec in read_specs(root, name).values():
        for parameter, facts in before[spec["x-model"]].items():
            assert spec["properties"][parameter].items() >= facts.items()
            assert "x-label" in spec["properties"][parameter]


def as_markdown(spec: dict[str, Any]) -> bytes:
    """Write a spec as the LLM Markdown of its model."""
    words = {
        "file": "assetId",
        "file_array": "assetId[]",
        "string_array": "string[]",
        "number_array": "number[]",
    }
    lines = [
        f"# {spec['title']} — API Reference",
        "",
        f"Model ID: `{spec['x-model']}`",
        "",
        "### Parameters",
        "",
    ]
    lines += ["| Parameter | Type | Required | Default | Description |", "|---|---|---|---|---|"]
    for parameter, facts in spec["properties"].items():
        given = facts.get("default")
        default = "-" if given is None else f"`{given if isinstance(given, str) else json.dumps(given)}`"
        required = "yes" if parameter in spec["required"] else "-"
        kind = words.get(facts["x-type"], facts["x-type"])
        lines.append(f"| `{parameter}` | {kind} | {required} | {default} | {facts['description']} |")
    return "\n".join([*lines, "", "### Example Requests", ""]).encode()
