"""What vanishes from a page is kept until somebody lets it go, and not written at all where too much vanishes at once.

Modules: document.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from support.roots import Root, make_root
from support.small_root import TARGET, TOP, everything, put, section

LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


def page(*names: str, date: str = "2026-04-09", **changed: str) -> str:
    """Make a page of models; `changed` gives some another default."""
    sections = (section(name, changed.get(name, "`1`")) for name in names)
    return TOP.replace("2026-04-09", date) + "".join(sections)


def without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in LETTERS if name not in names)


@pytest.fixture
def six(root: Root) -> Root:
    """Give a root with a page of six models and one of one, scraped."""
    root.add_page("videos", page(*LETTERS))
    root.add_page("songs", page("eta"))
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert [root.run(verb).code for verb in ("scrape", "generate", "release")] == [0, 0, 0]
    return root


def kinds(root: Root) -> list[str]:
    """Release what is pending; name the kinds of change of the newest version."""
    assert root.run("release").code == 0
    lines = [json.loads(line) for line in (root.path / "specs/history.jsonl").read_text().splitlines()]
    return [line["kind"] for line in lines if line["version"] == lines[-1]["version"]]


def manifest(root: Root, name: str = "videos") -> Any:
    return root.read_json(f"specs/{name}/page.json")


# Quarantine


def test_a_model_that_vanishes_keeps_its_spec_marked_with_the_date_of_the_page(six: Root) -> None:
    before = six.read_json("specs/videos/beta.json")
    six.add_page("videos", page(*without("beta"), date="2026-05-01"))
    ran = six.run("scrape")
    assert (ran.code, kinds(six)) == (0, ["model-deprecated"])
    spec = six.read_json("specs/videos/beta.json")
    facts = list(before.items())
    assert list(spec.items()) == [*facts[:5], ("deprecated", True), *facts[5:]]
    assert manifest(six)["deprecated"] == {"model_beta": "2026-05-01"}
    assert "model_beta" not in manifest(six)["models"]
    six.add_page("videos", page(*without("beta"), date="2026-06-01"))
    assert six.run("scrape").code == 0
    assert manifest(six)["deprecated"] == {"model_beta": "2026-05-01"}  # since when, not until when
    assert six.run("generate").code == 0
    assert "Beta" in (six.path / "generated/list/models/beta.txt").read_text()


def test_when_it_returns_the_marks_go(six: Root) -> None:
    before = six.tree("specs/videos")
    six.add_page("videos", page(*without("beta")))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-deprecated"])
    six.add_page("videos", page(*LETTERS))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-returned"])
    assert six.tree("specs/videos") == before


def test_when_it_returns_with_an_error_it_stays_as_it_is(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    six.run("scrape")
    kept = six.tree("specs/videos")
    six.add_page("videos", page(*LETTERS, beta="`O`"))
    for options in ([], ["--prune"]):
        assert six.run("scrape", *options).code == 3
        now = six.tree("specs/videos")
        assert now["beta.json"] == kept["beta.json"]
        assert manifest(six)["deprecated"] == {"model_beta": "2026-04-09"}
        assert six.run("generate").code == 0


def test_only_prune_lets_it_go(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    for _ in range(2):
        assert six.run("scrape").code == 0
    checked = six.run("scrape", "--prune", "--check")
    assert checked.code == 1
    assert "specs/videos/beta.json: stale\n" in checked.out
    assert (six.run("scrape", "--prune").code, kinds(six)) == (0, ["model-removed"])
    assert "beta.json" not in six.tree("specs/videos")
    assert "deprecated" not in manifest(six)
    assert six.run("scrape", "--check").code == 0


def test_prune_lets_go_what_vanishes_just_now_too(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    assert (six.run("scrape", "--prune").code, kinds(six)) == (0, ["model-removed"])
    assert "beta.json" not in six.tree("specs/videos")


def test_a_model_that_moves_to_another_page_is_not_kept_on_the_first(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    six.add_page("songs", page("eta", "beta"))
    assert (six.run("scrape", "songs").code, kinds(six)) == (
        0,
        ["model-moved"],
    )  # and the page that gives it away
    assert "beta.json" not in six.tree("specs/videos")
    assert six.run("scrape", "--check").code == six.run("generate").code == 0


def test_a_model_that_moves_with_an_error_stays_where_it_was(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    six.add_page("songs", page("eta", "beta", beta="`O`"))
    before = six.tree("specs/videos")
    assert six.run("scrape").code == 3
    assert six.tree("specs/videos")["beta.json"] == before["beta.json"]
    assert "model_beta" in manifest(six)["models"]
    six.add_page("songs", page("eta", "beta"))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-moved"])


def test_a_model_that_moves_from_a_page_that_cannot_be_read_stays_there(six: Root) -> None:
    six.add_page("songs", page("eta", "beta"))
    for unreadable in (b"\xff", ""):
        put(six, {"specs/videos/page.md": unreadable})
        before = six.tree("specs/videos")
        assert six.run("scrape").code == 3
        assert six.tree("specs/videos") == before
        assert "beta.json" not in six.tree("specs/songs")
        assert six.run("generate").code == 0
    six.add_page("videos", page(*without("beta")))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-moved"])


def test_a_spec_that_somebody_has_spoiled_is_kept_and_stops_nothing(six: Root) -> None:
    put(six, {"specs/videos/beta.json": '{"x-model": "model_beta", "properties": {}}'})
    six.add_page("videos", page(*without("beta"), date="2026-05-01", alpha="`2`"))
    ran = six.run("scrape")
    assert ran.code == 0
    assert manifest(six)["deprecated"] == {"model_beta": "2026-05-01"}
    assert "specs/videos/beta.json" in six.run("generate").err


def test_a_deprecated_model_that_turns_up_on_another_page_returns_there(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-deprecated"])
    six.add_page("songs", page("eta", "beta"))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-moved", "model-returned"])
    assert "beta.json" not in six.tree("specs/videos")
    assert "deprecated" not in manifest(six)


def test_while_a_section_has_lost_its_id_nobody_is_deprecated(six: Root) -> None:
    before = six.tree("specs/videos")
    six.add_page("videos", page(*LETTERS).replace("**Model ID:** `model_beta`\n", ""))
    assert six.run("scrape").code == 3
    assert six.tree("specs/videos")["beta.json"] == before["beta.json"]
    assert "deprecated" not in manifest(six)


def test_a_new_model_may_not_be_spelled_like_a_deprecated_one(six: Root) -> None:
    six.add_page("videos", page(*without("beta")))
    six.run("scrape")
    six.add_page("videos", page(*without("beta"), "BETA"))
    ran = six.run("scrape")
    assert ran.code == 3
    assert (
        "its name would equal that of model_beta (file BETA), which no page lists any more: paramsync scrape --prune removes it;"
        in ran.out
    )
    assert six.run("generate").code == 0
    assert (six.run("scrape", "--prune").code, kinds(six)) == (0, ["model-renamed"])
    assert six.run("generate").code == 0


# The gate


def test_a_page_that_loses_more_than_a_fifth_of_its_models_is_not_written(six: Root) -> None:
    before = everything(six)
    text = page(*without("beta", "epsilon", "zeta"), alpha="`2`")
    six.add_page("videos", text)
    six.add_page("songs", page("eta", eta="`2`"))
    checked, ran = six.run("scrape", "--check"), six.run("scrape")
    assert checked.code == ran.code == 3
    assert "3 of 6 models disappeared at once: model_beta, model_epsilon, model_zeta;" in ran.out
    after = everything(six)
    differing = {path for path in before | after if before.get(path) != after.get(path)}
    songs = {f"specs/songs/{file}" for file in ("page.md", "eta.json")}
    assert differing == {"specs/videos/page.md", *songs}  # the others are written


def test_removals_are_accepted_when_told_so(six: Root) -> None:
    six.add_page("videos", page("alpha"))
    assert six.run("scrape").code == 3
    assert (six.run("scrape", "--accept-removals", "videos").code, kinds(six)) == (
        0,
        ["model-deprecated"] * 5,
    )
    assert six.run("scrape").code == 0  # they are gone no more than once
    six.add_page("videos", page("alpha", alpha="`2`"))
    assert (six.run("scrape", "--prune").code, kinds(six)) == (0, ["model-removed"] * 5 + ["default"])


def test_a_few_are_not_too_many_and_the_profile_may_say_otherwise(six: Root) -> None:
    six.add_page("videos", page(*LETTERS[:4]))
    assert six.run("scrape", "--check").code == 1
    six.edit("specs/profile.toml", "floor = 3", "floor = 2")
    assert six.run("scrape", "--check").code == 3
    six.edit("specs/profile.toml", "share = 0.2", "share = 0.34")
    assert six.run("scrape", "--check").code == 1
    for number, says in (("0.34", "share = 0.34, floor = 3"), ("20", "share = 0.2, floor = 3")):
        six.edit("specs/profile.toml", "{ share = 0.34, floor = 2 }", number)
        ran = six.run("scrape")
        assert (ran.code, f"removals: write removals = {{ {says} }}" in ran.err) == (3, True), ran.err
        six.edit("specs/profile.toml", f"removals = {number}", "removals = { share = 0.34, floor = 2 }")


def test_what_is_on_another_page_now_has_not_vanished(six: Root) -> None:
    six.add_page("videos", page(*LETTERS[:3]))
    six.add_page("songs", page("eta", *LETTERS[3:]))
    assert (six.run("scrape").code, kinds(six)) == (0, ["model-moved"] * 3)


def row(name: str, kind: str = "string") -> str:
    return f"| `{name}` | {kind} | No | - | - | - | - | X |\n"


def test_a_model_that_loses_too_many_parameters_keeps_its_spec_and_the_rest_of_its_page_is_written(
    six: Root,
) -> None:
    long = page(*LETTERS).replace("| How strong |\n", f"| How strong |\n{''.join(map(row, 'pqrs'))}", 1)
    six.add_page("videos", long)
    assert (six.run("scrape").code, kinds(six)) == (0, ["parameter-added"] * 4)
    six.add_page("videos", long.replace(row("p") + row("q"), ""))
    assert six.run("scrape", "--check").code == 1  # two
    before = six.tree("specs/videos")
    six.add_page("videos", page(*LETTERS, beta="`2`"))
    ran = six.run("scrape")
    assert ran.code == 3
    assert "model_alpha: 4 of 5 parameters disappeared at once: p, q, r, s;" in ran.out
    after = six.tree("specs/videos")
    assert {name for name in after if after[name] != before[name]} == {"page.md", "beta.json"}
    assert kinds(six) == ["default"]
    assert (six.run("scrape", "--accept-removals", "alpha").code, kinds(six)) == (
        0,
        ["parameter-removed"] * 4,
    )


# Nothing is lost, whatever happens

WEEKS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(LETTERS), min_size=1),  # on the first page
        st.sets(st.sampled_from(LETTERS), max_size=2),  # on the second, unless on the first
        st.sampled_from(["`1`", "`2`", "`O`"]),
        st.sampled_from([(), ("--accept-removals", "videos"), ("--check",)]),
    ),
    min_size=1,
    max_size=6,
)


@given(weeks=WEEKS)
@settings(max_examples=40, deadline=None)
def test_a_model_that_was_ever_written_is_never_lost(weeks: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        seen: set[str] = set()
        for first, second, default, options in weeks:
            root.add_page("videos", page(*sorted(first), alpha=default))
            root.add_page("songs", page("eta", *sorted(second - first)))
            code = root.run("scrape", *options).code
            assert code in ((0, 1, 3) if options == ("--check",) else (0, 3))
            now = {path.stem for path in root.path.glob("specs/*/*.json")} - {"page"}
            assert now >= seen
            seen |= now
            listed = [name for where in ("videos", "songs") for name in names_of(root, where)]
            assert sorted(listed) == sorted(f"model_{name}" for name in now)
            before = everything(root)
            assert root.run("scrape", *options).code == code
            assert everything(root) == before  # and again the same


ACTIONS = {
    "nothing": lambda _: None,
    "lose the specs": lambda root: [path.unlink() for path in root.path.glob("specs/videos/*.json")],
    "lose a spec": lambda root: (root.path / "specs/videos/beta.json").unlink(missing_ok=True),
    "lose the manifest": lambda root: (root.path / "specs/videos/page.json").unlink(missing_ok=True),
    "spoil a spec": lambda root: put(root, {"specs/videos/alpha.json": "<<<"}),
    "lose a page": lambda root: shutil.rmtree(root.path / "specs/songs"),
    "move a page": lambda root: (root.path / "specs/songs").rename(root.path / "specs/tunes"),
}


@given(
    weeks=st.lists(
        st.tuples(
            st.sets(st.sampled_from(LETTERS), min_size=1),
            st.sets(st.sampled_from(LETTERS), max_size=2),
            st.sampled_from(["`1`", "`2`", "`O`"]),
            st.sampled_from(sorted(ACTIONS)),
            st.sampled_from(
                [
                    ("--accept-removals", "videos"),
                    ("--accept-removals", "videos", "--prune"),
                    ("videos", "--accept-removals", "videos"),
                    (),
                ]
            ),
        ),
        min_size=2,
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_people_do_a_version_is_what_has_changed_since_the_last_one(weeks: list[Any]) -> None:
    note(str(weeks))
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        known: set[str] = set()
        for first, second, default, action, options in weeks:
            root.add_page("videos", page(*sorted(first), alpha=default))
            root.add_page("songs", page("eta", *sorted(second - first)))
            if (root.path / "specs/tunes").exists():
                shutil.rmtree(root.path / "specs/songs")
                root.add_page("tunes", page("eta", *sorted(second - first)))
            if action != "move a page" or not (root.path / "specs/tunes").exists():
                ACTIONS[action](root) if (root.path / "specs/songs").exists() else None
            code = root.run("scrape", *options).code
            assert code in (0, 3)
            assert root.run("scrape", *options, "--check").code == code  # nothing is left to do
            present = {name for where in ("videos", "songs", "tunes") for name in names_of(root, where)}
            if root.run("release").code == 0:
                assert {*models_released(root)} == present
                assert gone_or_come(root, known) == present
                known = present


def models_released(root: Root) -> list[str]:
    path = root.path / "specs/released.jsonl"
    contents = [json.loads(line)["content"] for line in path.read_text().splitlines()[1:]]
    return [one["x-model"] for one in contents if "x-model" in one]


def gone_or_come(root: Root, known: set[str]) -> set[str]:
    """Apply what the newest version says of models to those that were known before."""
    lines = [json.loads(line) for line in (root.path / "specs/history.jsonl").read_text().splitlines()]
    newest = [line for line in lines if line["version"] == lines[-1]["version"]]
    come = {line["model"] for line in newest if line["kind"] in ("model-added", "model-renamed")}
    gone = {line["model"] for line in newest if line["kind"] == "model-removed"}
    gone |= {
        line["old"] for line in newest if line["kind"] == "model-renamed" and line["severity"] == "breaking"
    }
    return (known | come) - (gone - come)


def names_of(root: Root, where: str) -> list[str]:
    path = root.path / "specs" / where / "page.json"
    facts = json.loads(path.read_text()) if path.exists() else {"models": []}
    return [*facts["models"], *facts.get("deprecated", {})]


def test_a_damaged_file_that_is_written_anew_is_told_once(six: Root) -> None:
    for file, model in {"alpha.json": "model_alpha: ", "page.json": ""}.items():
        sound = six.tree("specs/videos")
        (six.path / "specs/videos" / file).write_text("{")
        ran = six.run("scrape")
        told = f"specs/videos/{file}:1:2: warning: {model}not JSON: "
        assert (ran.code, ran.out.count(told), six.tree("specs/videos")) == (0, 1, sound)
        assert "damaged-spec" not in six.run("scrape").out


def test_a_damaged_spec_that_is_pruned_needs_no_restoring(six: Root) -> None:
    six.add_page("videos", page(*LETTERS[1:]))
    assert six.run("scrape").code == 0
    six.edit("specs/videos/alpha.json", '"type": "object"', '"type": []')
    assert "[damaged-spec]" in six.run("scrape").out
    assert "[damaged-spec]" not in six.run("scrape", "--prune").out


@pytest.mark.parametrize("damage", ["<<<<<<< HEAD\n", "", '{"x-model": "model_ALPHA"}', "[]", '{"type": []}'])
def test_a_deprecated_model_whose_spec_is_damaged_is_left_for_somebody_to_restore(
    six: Root, damage: str
) -> None:
    six.add_page("videos", page(*LETTERS[1:]))
    assert six.run("scrape").code == 0
    file = six.path / "specs/videos/alpha.json"
    file.write_text(damage)
    for _ in range(2):
        ran = six.run("scrape")
        assert (ran.code, file.read_text()) == (0, damage)
        assert re.search(
            r"^specs/videos/alpha\.json\S* warning: model_alpha: .*\[damaged-spec\]$", ran.out, re.MULTILINE
        )
    assert "model_alpha" in six.read_json("specs/videos/page.json")["deprecated"]
    assert six.run("generate").code == 3
