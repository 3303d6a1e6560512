"""The same input gives the same bytes anywhere, and says them in the same order."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from support.roots import CASES, Root, make_root
from support.small_root import HEADER, everything, section, start

CHANGES_NOTHING: dict[str, dict[str, str]] = {
    "hash seed 0, C": {"PYTHONHASHSEED": "0", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"},
    "hash seed 1, UTF-8, a formatter's settings of the user": {
        "PYTHONHASHSEED": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "Asia/Kathmandu",
        "XDG_CONFIG_HOME": "home",
        "HOME": "home",
    },
    "hash seed 4242, Turkish": {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    "ASCII, a formatter's settings around the temporary folder": {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "TMPDIR": "home/ruff",
    },
}


@pytest.fixture(scope="module")
def read_and_written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Root, Root]:
    """Give a root of two real pages and two targets, and one in which all of it is written, too."""
    root = make_root(tmp_path_factory.mktemp("read"))
    for target in ("docs", "python"):
        root.add_target(target)
    for name, form in (
        ("2026-04-15-audio-generation-minimax", "folded.txt"),
        ("2026-04-09-video-generation-runway-ml", "readme.html"),
    ):
        root.add_page(name, (CASES / name / form).read_bytes(), form.split(".")[1])
    written = Root(shutil.copytree(root.path, tmp_path_factory.mktemp("written") / "root"), root.capture)
    assert written.run("scrape").code == written.run("generate").code == 0
    return root, written


@pytest.mark.parametrize("case", CHANGES_NOTHING)
def test_the_same_input_gives_the_same_bytes_anywhere(
    read_and_written: tuple[Root, Root], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, case: str
) -> None:
    root, written = read_and_written
    other = Root(tmp_path, root.capture)
    for path in sorted(root.path.rglob("*"), reverse=True):  # another order of creation, and other times
        copy = other.path / path.relative_to(root.path)
        if path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            os.utime(copy, (0, 0))
    home = tmp_path_factory.mktemp("home")
    (home / "ruff").mkdir()
    (home / "ruff/ruff.toml").write_text("line-length = 40\nformat.quote-style = 'single'\n")
    environment = {name: text.replace("home", str(home), 1) for name, text in CHANGES_NOTHING[case].items()}
    for verb in ("scrape", "generate"):
        process = start(other, verb, **environment)
        said, problem = process.communicate()
        assert (process.returncode, problem) == (0, ""), said
    found = everything(other)
    assert found == everything(written)
    for unwanted in (str(written.path), str(other.path), dt.datetime.now(dt.UTC).date().isoformat()):
        assert not [path for path, content in found.items() if unwanted.encode() in content]


def test_what_is_said_has_the_same_order_under_any_hash_seed(root: Root) -> None:
    twice = "**Capabilities:** `b`\n\n**LLM Markdown:** <https://x>\n\n**LLM Markdown:** <https://x>\n\n"
    root.add_page(
        "page", section("alpha").replace(HEADER, twice + HEADER.replace("Min", "Min | New | Newer"))
    )
    assert len({root.run_process("explain", "alpha", PYTHONHASHSEED=str(seed)).out for seed in range(4)}) == 1
