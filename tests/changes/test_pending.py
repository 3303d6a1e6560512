"""The pending version is what is there now, compared with what was released: not how one came there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.changes.history import FIRST_VERSION, Release, read_history
from paramsync.changes.kinds import VERSION_STEPS
from paramsync.changes.notes import Note
from paramsync.changes.pending import find_pending, find_unnoted
from paramsync.changes.released import Released
from paramsync.text import Tree
from support.roots import Root
from support.services import VENDOR
from support.small_root import TARGET, TOP, everything, forget, put, section

LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
VERSION_TXT = "{{ version | prose }}\n{{ releases | changelog }}\n"


def page(*names: str, date: str = "2026-04-09", **changed: str) -> str:
    return TOP.replace("2026-04-09", date) + "".join(
        section(name, changed.get(name, "`1`")) for name in names
    )


# What may be done to the page between two releases; the keys are the steps that they ask for.
DONE = {
    "a default": page(*LETTERS, beta="`2`"),
    "a title": page(*LETTERS).replace("## Beta", "## Bee"),
    "a model more": page(*LETTERS, "eta"),
    "a model less": page(*LETTERS[:5]),
    "another model": page(*LETTERS[:5], "theta"),
    "a bound": page(*LETTERS).replace("| 0 | 9 |", "| 0 | 8 |"),
    "as it was": page(*LETTERS),
    "a date": page(*LETTERS, date="2026-05-01"),
}
VERSIONS = dict.fromkeys(DONE, "0.2.0") | {"a title": "0.1.1", "as it was": "0.1.0", "a date": "0.1.0"}


@pytest.fixture
def six(root: Root) -> Root:
    """Give a root of six models that has released its first version."""
    root.add_page("videos", DONE["as it was"])
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    put(root, {"templates/list/version.txt.jinja": VERSION_TXT})
    assert [root.run(verb).code for verb in ("scrape", "generate", "release")] == [0, 0, 0]
    return root


def version(root: Root) -> str:
    """Give the version that a target sees."""
    return (root.path / "generated/list/version.txt").read_text().split("\n")[0]


def bring_in(root: Root, text: str, *options: str) -> dict[str, bytes]:
    """Save a page, scrape and generate; give everything that there is then."""
    root.add_page("videos", text)
    for verb in (("scrape", *options), ("generate",)):
        ran = root.run(*verb)
        assert ran.code == 0, ran.out + ran.err
    return everything(root)


@pytest.mark.parametrize("done", DONE)
def test_whatever_was_done_before_the_same_page_gives_the_same_bytes(six: Root, done: str) -> None:
    straight = bring_in(six, DONE[done], "--prune")
    assert version(six) == VERSIONS[done]
    for detour in ("a bound", "another model", "as it was"):
        bring_in(six, DONE[detour], "--prune")
    forget(six)
    assert bring_in(six, DONE[done], "--prune") == straight
    assert bring_in(six, DONE[done], "--prune") == straight


def test_a_deprecated_model_that_returns_before_a_release_leaves_no_trace(six: Root) -> None:
    before = everything(six)
    bring_in(six, DONE["a model less"])
    assert version(six) == "0.2.0"
    assert bring_in(six, DONE["as it was"]) == before


def test_a_release_takes_what_is_pending_and_changes_no_package(six: Root) -> None:
    pending = bring_in(six, DONE["a default"])
    assert six.run("release").code == 0
    assert six.run("generate", "--check").code == 0
    after = everything(six)
    changed = {path for path in after if pending.get(path) != after[path]}
    assert changed == {"specs/history.jsonl", "specs/released.jsonl"}
    assert six.run("release").out.startswith("release: nothing to release since 0.2.0")
    assert everything(six) == after
    bring_in(six, DONE["as it was"])
    assert version(six) == "0.3.0"  # a revert goes on


def test_a_first_version_is_pending_until_it_is_released(root: Root) -> None:
    root.add_page("videos", DONE["as it was"])
    put(root, {"templates/list/version.txt.jinja": VERSION_TXT})
    for verb in ("scrape", "generate"):
        assert root.run(verb).code == 0
    assert version(root) == "0.1.0"
    assert "The first version: 6 models." in (root.path / "generated/list/version.txt").read_text()
    ran = root.run("release", "--check")
    assert (ran.code, "0.1.0, the first version, with 6 models" in ran.out) == (1, True)
    assert root.run("release").code == 0
    assert root.run("generate", "--check").code == root.run("release", "--check").code == 0


# Pure

RELEASES = (Release("1.2.3", "", ()),)
NOTES = [Note("", kind, "Text.") for kind in ("breaking", "added", "fixed", "internal")]  # type: ignore[arg-type]
STEPS = {"breaking": "2.0.0", "added": "1.3.0", "fixed": "1.2.4", "internal": "1.2.4"}


@given(old=st.sets(st.sampled_from(NOTES)), new=st.sets(st.sampled_from(NOTES)))
def test_the_greatest_step_of_the_new_notes_counts(old: set[Note], new: set[Note]) -> None:
    released = Released("1.2.3", notes=frozenset(note.digest for note in old))
    pending = find_pending(RELEASES, released, {}, sorted(old | new, key=NOTES.index), VENDOR)
    steps = [STEPS[note.kind] for note in NOTES if note in new - old]
    assert (pending and pending.version) == next((step for step in steps if step), None)
    assert pending is None or {*pending.notes} == new - old


def test_no_change_of_models_is_a_major_version() -> None:
    assert {*VERSION_STEPS.values()} == {"minor", "patch"}


BEFORE = Note("before", "fixed", "Before.")
PATHS = st.sampled_from(["python/a.py", "python/b.py", "typescript/a.ts"])
DIGESTS = st.dictionaries(PATHS, st.sampled_from("xy"))


@given(
    old=DIGESTS,
    new=DIGESTS,
    targets=st.lists(st.sampled_from([(), ("python",), ("typescript", "docs")]), max_size=2),
)
@settings(deadline=None)
def test_a_changed_template_needs_a_newer_note_about_its_target(
    old: Tree, new: Tree, targets: list[tuple[str, ...]]
) -> None:
    released = Released("1.2.3", templates=old, notes=frozenset({BEFORE.digest}))
    notes = [
        BEFORE,
        *(Note("", "fixed", str(number), one) for number, one in enumerate(targets)),
    ]
    changed = {path for path in PATHS_OF if old.get(path) != new.get(path)}
    covered = {path for path in changed for one in targets if not one or path.split("/")[0] in one}
    assert find_unnoted(released, new, notes) == sorted(changed - covered)


PATHS_OF = ("python/a.py", "python/b.py", "typescript/a.ts")


def test_without_specs_there_is_no_first_version() -> None:
    assert find_pending((), Released(), {}, (), VENDOR) is None
    assert FIRST_VERSION == "0.1.0"
    assert read_history("", "specs/history.jsonl") == ()
