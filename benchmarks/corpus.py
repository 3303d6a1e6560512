"""The corpus: a root of any number of models, made by rule from the pages of the tests.

The models of all saved pages are taken in turn; each copy gets an id and a heading of its own, and fifty stand on a page.

    python benchmarks/corpus.py 1000 FOLDER
"""

import re
import shutil
import statistics
import sys
from itertools import cycle, islice
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGES = PROJECT / "tests/pages/real"
PROFILE = PROJECT / "tests/example/specs/profile.toml"
EACH = 50  # models on a page
SECTION = re.compile(r"^(?=#{2,3} )", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PARAMETER = re.compile(r"^\| `", re.MULTILINE)
ID = re.compile(r"model_[a-z0-9.-]+")
TOP = """---
title: Made {number} | Scenario Docs
---

> This page is auto-generated from model configurations. Last updated: 2026-07-01.

This reference lists all available **Made {number}** image generation models and their parameters.

"""


def write_root(count: int, root: Path) -> None:
    """Write the profile and the pages of a root of so many models into a new folder."""
    sections = [_number(section, index) for index, section in enumerate(take_sections(count))]
    (root / "specs").mkdir(parents=True)
    shutil.copy(PROFILE, root / "specs")
    for number, first in enumerate(range(0, count, EACH)):
        folder = root / f"specs/image-generation-made-{number:03}"
        folder.mkdir()
        text = TOP.format(number=number) + "".join(sections[first : first + EACH])
        (folder / "page.md").write_text(text, encoding="utf-8")


def count_parameters(count: int) -> float:
    """Count the parameters of one of so many models, on average."""
    return statistics.mean(len(PARAMETER.findall(section)) for section in take_sections(count))


def take_sections(count: int) -> list[str]:
    return [*islice(cycle(read_sections()), count)]


def read_sections() -> list[str]:
    """Read the sections of the saved pages that describe a model, in the order of the pages."""
    texts = [(folder / "index.md").read_text(encoding="utf-8") for folder in sorted(PAGES.iterdir())]
    found = [section for text in texts for section in SECTION.split(text) if "**Model ID:**" in section]
    return [section.rstrip().removesuffix("---").rstrip() + "\n\n" for section in found]


def _number(section: str, index: int) -> str:
    """Give a copy of a section an id and a heading of its own, as wide for any number of models."""
    numbered = ID.sub(lambda found: f"{found[0]}-{index:05}", section)
    return HEADING.sub(lambda found: f"## {found[1]} {index:05}", numbered, count=1)


if __name__ == "__main__":
    write_root(int(sys.argv[1]), Path(sys.argv[2]))
