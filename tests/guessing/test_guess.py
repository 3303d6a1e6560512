"""A profile that is guessed from a page reads it as a careful reader would, whatever vendor wrote it.

Modules: found, guess, ids, profile_text, sentences, types, usual.
"""

import json
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_page_is_read_by_the_profile_that_init_writes(tmp_path: Path, root: Root, folder: Path) -> None:
    page, name = next(folder.glob("**/page.[hmt]*")), "things"
    file = tmp_path / f"{name}{page.suffix}"
    file.write_bytes(page.read_bytes())
    made = Root(tmp_path / "made", root.capture)
    assert made.run("init", str(file)).code == 0
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
