"""The real pages through their real dates, against a server: as HTML at first, as Markdown later, with what vanished in between."""

import json
import re
from collections import Counter
from dataclasses import dataclass

import pytest

from support.roots import CASES, Root, make_root
from support.sites import Site, serve


@dataclass(frozen=True)
class Day:
    """What comes of a day on which the vendor published; `accepted` is what the gate held back."""

    date: str
    fetched: str  # how many pages are new, changed or not
    kinds: str  # of the changes
    version: str
    held: str = ""  # the pages and models that lost too much at once
    accepted: str = ""
    final: str = ""  # the version after that


DAYS = [
    Day("2026-03-13", "new*9", "page-added*9 model-added*18", "0.1.0"),
    Day(
        "2026-04-09",
        "new*4 changed*5 unchanged*4",
        "page-added*4 model-added*8 model-deprecated*4",
        "0.2.0",
        "model_luma-ray-flash-2-540p",
        "parameter-removed*5",
        "0.3.0",
    ),
    Day("2026-04-15", "changed*1 unchanged*12", "model-deprecated*1 model-added*1", "0.4.0"),
    Day("2026-04-16", "new*1 unchanged*13", "page-added*1 model-added*1", "0.5.0"),
    Day("2026-06-15", "changed*1 unchanged*13", "bounds-widened*1", "0.6.0"),
    Day(
        "2026-07-01", "new*1 changed*1 unchanged*13", "page-added*1 model-added*2 model-deprecated*2", "0.7.0"
    ),
]


def counted(words: str) -> Counter[str]:
    return Counter({word: int(number) for word, number in (each.split("*") for each in words.split())})


def publish(site: Site, date: str) -> None:
    """Serve the pages of a date in place of older ones: as HTML in March, as the site did, in Markdown since."""
    for case in sorted(CASES.glob(f"{date}-*")):
        name = case.name.removeprefix(f"{date}-")
        if date == "2026-03-13":
            site.html[name] = (case / "readme.html").read_bytes()
        else:
            site.html.pop(name, None)
            site.pages[name] = (case / "index.md").read_bytes()


def history(root: Root) -> list[dict[str, str]]:
    return [json.loads(line) for line in (root.path / "specs/history.jsonl").read_text().splitlines()]


def test_every_real_page_has_its_day() -> None:
    assert {case.name[:10] for case in CASES.iterdir()} == {day.date for day in DAYS}


def test_the_real_pages_go_through_their_dates(root: Root) -> None:
    root.add_target("python")
    written: list[dict[str, str]] = []
    models: set[str] = set()
    with serve() as site:
        site.connect(root)
        for day in DAYS:
            publish(site, day.date)
            fetched = root.run("fetch", "--allow-loopback")
            assert fetched.code == 0, fetched.out
            said = [line.split() for line in fetched.out.splitlines() if ":" not in line]
            assert Counter(words[1] for words in said) == counted(day.fetched), day.date
            scraped = root.run("scrape")
            assert scraped.code == (3 if day.held else 0), scraped.out
            held = re.findall(r"--accept-removals (.+)$", scraped.out, re.MULTILINE)
            assert held == day.held.split(), scraped.out
            assert check(root, written, day.kinds) == day.version
            written = history(root)
            if day.held:
                assert root.run("scrape", "--accept-removals", *held).code == 0
                assert check(root, written, day.accepted) == day.final
                written = history(root)
            assert root.run("scrape", "--check").code == root.run("generate").code == 0
            names = {path.stem for path in root.path.glob("specs/*/*.json")} - {"page"}
            assert names >= models  # nothing is lost
            models = names
            version = (root.path / "generated/python/scenario_models/version.py").read_text()
            assert f'"{written[-1]["version"]}"' in version
    changelog = (root.path / "generated/python/CHANGELOG.md").read_text()
    versions = [line.split(",")[0] for line in changelog.splitlines() if line.startswith("## ")]
    assert versions == [
        f"## {number}" for number in ("0.7.0", "0.6.0", "0.5.0", "0.4.0", "0.3.0", "0.2.0", "0.1.0")
    ]
    assert "- `model_luma-ray-flash-2-540p`, `loop`: the parameter was removed" in changelog


def check(root: Root, before: list[dict[str, str]], kinds: str) -> str:
    """Release, and check what that has added to the history; give the version."""
    assert root.run("release").code == 0
    now = history(root)
    assert now[: len(before)] == before
    assert Counter(line["kind"] for line in now[len(before) :]) == counted(kinds)
    return now[-1]["version"]


SEED = "specs/third-party-model-generation-ideogram/page.md"


@pytest.mark.parametrize("style", ["text", "markdown", "json", "github"])
def test_the_one_change_of_june_is_reported_on_its_line(
    root: Root, tmp_path_factory: pytest.TempPathFactory, style: str
) -> None:
    other = make_root(tmp_path_factory.mktemp("april") / "root")
    for where, date in ((other, "2026-04-09"), (root, "2026-06-15")):
        page = CASES / f"{date}-third-party-model-generation-ideogram" / "index.md"
        where.add_page("third-party-model-generation-ideogram", page.read_bytes())
        assert where.run("scrape").code == 0
    ran = root.run("diff", str(other.path), "--format", style)
    assert ran.code == 0
    row = next(
        i
        for i, line in enumerate((root.path / SEED).read_text().splitlines(), 1)
        if line.startswith("| `seed`")
    )
    expected = {
        "text": f"{SEED}:{row}:",
        "markdown": f"[line {row}]({SEED}?plain=1#L{row})",
        "json": f'"line": {row},',
        "github": f"::notice file={SEED},line={row},",
    }
    assert expected[style] in ran.out
    said = {"markdown": "a limit was widened |"}.get(style, "a limit was widened from")
    assert ran.out.count(said) == 1
