"""Which targets a root makes, and whose templates count: its own, or those that come with paramsync."""

import shutil

import pytest

from paramsync.workspace.targets import find_supplied, list_made, list_own, list_stale, list_targets
from support.roots import PROJECT, Root
from support.small_root import PAGE, TARGET, Files, put

SUPPLIED = list_own(find_supplied())
LIST: Files = {f"templates/list/{path}": text for path, text in TARGET.items()}
# What stands in a root -> which targets it makes.
MADE: dict[str, tuple[Files, list[str]]] = {
    "nothing": ({}, SUPPLIED),
    "what others have generated": ({"generated/docs/a.md": ""}, ["docs"]),
    "a target of its own": (LIST, ["list"]),
    "both": (LIST | {"generated/python/a.py": ""}, ["list", "python"]),
    "one of its own in the place of another": ({"templates/docs/a.md": ""}, ["docs"]),
    "notes alone": ({"templates/notes/a.toml": "", "generated/docs/a.md": ""}, ["docs"]),
    "what is somebody else's": ({"generated/grpc/a.py": ""}, SUPPLIED),
    "an empty folder for targets": ({"templates/.gitkeep": ""}, []),
}


def test_the_targets_of_a_checkout_are_beside_its_modules() -> None:
    assert find_supplied() == PROJECT
    assert {"docs", "openapi", "python", "typescript", "vectors"} <= {*SUPPLIED}


@pytest.mark.parametrize("case", MADE)
def test_a_root_makes_its_own_targets_and_those_that_it_has_generated(root: Root, case: str) -> None:
    shutil.rmtree(root.path / "templates")
    stands, made = MADE[case]
    put(root, stands)
    assert list_made(root.path) == made
    assert list_stale(root.path) == []
    assert list_targets(root.path) == sorted({*SUPPLIED, *list_own(root.path)})


def test_a_root_without_templates_is_generated_as_one_with_a_copy_of_them(root: Root) -> None:
    root.add_page("videos", PAGE)
    for name in SUPPLIED:
        root.add_target(name)
    assert root.run("scrape").code == root.run("generate").code == 0
    whole = root.tree("generated")
    shutil.rmtree(root.path / "templates")
    assert root.run("generate", "--check").code == 0
    shutil.rmtree(root.path / "generated")
    ran = root.run("generate", "--target", "docs", "--target", "vectors")
    assert (ran.code, "2 targets (docs, vectors)" in ran.out) == (0, True)
    assert root.run("generate", "--check").code == 0
    assert {*root.tree("generated")} < {*whole}
    # Its own wins by its name, and is not mixed with the other.
    put(root, {path.replace("list", "docs", 1): text for path, text in LIST.items()})
    assert root.run("generate").code == 0
    assert "docs/notes.txt" in root.tree("generated")
    assert "docs/README.md" not in root.tree("generated")


def test_what_is_released_of_a_target_that_comes_with_paramsync_needs_a_note_when_it_changes(
    root: Root,
) -> None:
    root.add_page("videos", PAGE)
    shutil.rmtree(root.path / "templates")
    for command in (("scrape",), ("generate", "--target", "docs"), ("release",)):
        assert root.run(*command).code == 0
    assert root.run("generate", "--check").code == 0
    released = root.path / "specs/released.jsonl"
    text = released.read_text(encoding="utf-8")
    released.write_text(text.replace('"docs/target.toml": "', '"docs/target.toml": "0'), encoding="utf-8")
    ran = root.run("generate", "--check")
    assert ran.code == 1
    assert "docs is not written as it was in 0.1.0, and no note says so" in ran.out
    put(
        root,
        {"templates/notes/n.toml": 'kind = "internal"\ntext = "Another paramsync."\ntargets = ["docs"]\n'},
    )
    assert "[unnoted-change]" not in root.run("generate").out
