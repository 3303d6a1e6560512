"""A profile that is guessed from a page reads it as a careful reader would, whatever vendor wrote it.

Modules: found, ids, profile_text, sentences, types, usual, words.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from paramsync.config import read_config
from paramsync.guessing.guess import guess_profile
from paramsync.guessing.names import name_page, name_vendor_of_folder
from paramsync.guessing.profile_text import Origin, write_profile
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_unknown_page
from paramsync.paths import is_folder_name
from support.hostile import TEXTS
from support.roots import PROJECT, Root, read_specs

HERE = Path(__file__).parent / "pages"
VENDORS = PROJECT / "tests/vendors"
FOLDERS = [
    folder
    for above in (HERE, VENDORS)
    for folder in sorted(above.iterdir())
    if (folder / "expected.json").exists()
]
# Where no heading names a model, the page is one, under its own name.
NAMED_BY_PAGE = {"action", "helm"}
FILLED_IN = {"rest": ('"Part" = "any"', '"Part" = "object"')}  # as the comment above it asks


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_page_is_read_by_the_profile_that_init_writes(tmp_path: Path, root: Root, folder: Path) -> None:
    page, name = next(folder.glob("**/page.[hmt]*")), "things"
    file = tmp_path / f"{name}{page.suffix}"
    file.write_bytes(page.read_bytes())
    made = Root(tmp_path / "made", root.capture)
    assert made.run("init", str(file)).code == 0
    if folder.name in FILLED_IN:
        made.edit("specs/profile.toml", *FILLED_IN[folder.name])
    ran = made.run("scrape")
    assert (ran.code, " error" in ran.out.replace("0 errors", "")) == (0, False), ran.out
    specs = {spec["x-model"]: spec for spec in read_specs(made, name).values()}
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    if folder.name in NAMED_BY_PAGE:
        assert len(specs) == len(expected) == 1
        specs = dict(zip(expected, specs.values(), strict=True))
    ids = {spec["$id"]: model for model, spec in specs.items()}
    assert {*specs} == {*expected}
    for model, wanted in expected.items():
        assert specs[model]["required"] == wanted["required"], model
        assert {*specs[model]["properties"]} == {*wanted["properties"]}, model
        assert pick(specs[model]["properties"], wanted["properties"], ids) == wanted["properties"], model


def pick(found: Any, wanted: Any, ids: dict[str, str]) -> Any:
    """Give of what is found the keywords that are wanted; a `$ref` by the id of its model."""
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return ids.get(found, found) if isinstance(found, str) else found
    return {key: pick(found[key], one, ids) for key, one in wanted.items() if key in found}


def test_whatever_stands_on_a_page_what_is_written_is_a_profile() -> None:
    for text in TEXTS:
        cell = text[:5000].replace("|", "\\|").replace("\n", " ")
        rows = "".join(f"| `a{number}` | {cell} | {cell} | {cell} | {cell} |\n" for number in range(2))
        table = f"| Name | Type | Required | Default | Description |\n|---|---|---|---|---|\n{rows}"
        other = f"| Name | Description | {cell} |\n|---|---|---|\n| `a` | {cell} | {cell} |\n"
        for page in (f"# {cell}\n\n{table}", f"# {cell}\n\n## {cell}\n\n{other}\n## b\n\n{other}"):
            read = read_unknown_page(page, "page.md")
            name, vendor = name_page(cell, read.title), name_vendor_of_folder(cell)
            written = write_profile(guess_profile(read), Origin(vendor, name, "https://a.b/c"))
            assert read_config(written, "profile.toml", Profile).vendor.name == vendor
            assert is_folder_name(name)
            assert "boom(" not in re.sub(r'"(?:\\.|[^"\\])*"|#[^\n]*', "", written)
