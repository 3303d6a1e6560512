"""`paramsync init`: a root from a URL, from a saved page or from nothing, which overwrites nothing and leads on.

Modules: starter.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from support.repositories import git
from support.roots import PROJECT, Root
from support.sites import HTML, Site, body, redirect
from support.small_root import everything
from support.workflows import run_step

KLING = PROJECT / "tests/vendors/kling/specs/image-generation/page.md"
TELEGRAM = PROJECT / "tests/vendors/telegram/specs/bot-api/page.html"
WORKFLOW = ".github/workflows/paramsync.yml"
CI = ".github/workflows/ci.yml"  # of which something else keeps the pins up to date
USES = re.compile(r"uses: (\S+@.*)")
WRITTEN = {".gitattributes", WORKFLOW, "specs/README.md", "specs/profile.toml"}


@pytest.fixture
def new(tmp_path: Path, root: Root) -> Root:
    """Give a root that is not there yet."""
    return Root(tmp_path / "acme", root.capture)


def files_of(root: Root) -> set[str]:
    return {path for path, content in everything(root).items() if content != b"a folder"}


def test_a_saved_page_is_read_by_what_is_written_and_each_step_names_the_next(new: Root) -> None:
    ran = new.run("init", str(KLING))
    assert (ran.code, ran.err) == (0, "")
    assert files_of(new) == {*WRITTEN, "specs/page/page.md"} - {"specs/page/page.md"} | {
        "specs/image-generation/page.md"
    }
    assert "init: 1 page, 1 model, 8 parameters; 5 files written, 0 unchanged\n" in ran.out
    assert ran.out.endswith(f"next: paramsync scrape --root {new.path}\n")
    assert 'name = "Acme"' in (new.path / "specs/profile.toml").read_text(encoding="utf-8")
    scraped = new.run("scrape")
    assert (scraped.code, "0 errors, 0 warnings" in scraped.out) == (0, True)
    assert new.run("generate", "--target", "vectors").code == 0
    checked = [new.run("scrape", "--check").code, new.run("generate", "--check").code]
    assert checked == [0, 0]


def test_a_url_is_fetched_as_fetch_does_which_then_finds_nothing_new(new: Root, site: Site) -> None:
    site.robots = "User-agent: *\nAllow: /\n"
    site.files["/bots/api"] = TELEGRAM.read_bytes(), HTML
    url = f"{site.origin}/bots/api?lang=en"
    ran = new.run("init", "--allow-loopback", url)
    assert (ran.code, ran.err) == (0, "")
    assert site.paths == ["/robots.txt", "/bots/api?lang=en"]
    assert files_of(new) == {*WRITTEN, "specs/telegram-bot-api/page.html"}
    ran = new.run("fetch", "--allow-loopback")
    assert (ran.code, "1 page; 0 files written, 1 unchanged" in ran.out) == (0, True), ran
    assert new.run("scrape").code == 0


REFUSED: dict[str, tuple[Callable[[Site], None], str]] = {
    "robots.txt": (lambda site: setattr(site, "robots", "User-agent: *\nDisallow: /\n"), "robots.txt"),
    "a page that is not there": (lambda _: None, "there is no such page (status 404 or 410)"),
    "a page that is none": (lambda site: site.fail("page", "json"), "neither Markdown nor HTML"),
    "another host": (
        lambda site: site.fail("page", redirect("https://elsewhere.example/")),
        "host 'elsewhere.example'",
    ),
    "another encoding": (
        lambda site: site.fail("page", body(b"<!doctype html><p>\xff</p>", HTML)),
        "not valid UTF-8",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_url_that_cannot_be_fetched_leaves_nothing(new: Root, site: Site, case: str) -> None:
    prepare, said = REFUSED[case]
    prepare(site)
    ran = new.run("init", "--allow-loopback", f"{site.origin}/page")
    assert (ran.code, ran.out, said in ran.err) == (3, "", True), ran
    assert not new.path.exists()


MISUSED = {
    "nowhere.md": (2, "is neither a file nor a URL"),
    "http://a b/": (2, "is not a plain URL"),
    "https://docs.example.com": (2, "is not a plain URL, with a host and a path"),
    "http://docs.example.com/page": (3, "http is for hosts of this machine only"),
}


@pytest.mark.parametrize("page", MISUSED)
def test_what_is_no_page_is_named(new: Root, page: str) -> None:
    ran = new.run("init", page)
    code, said = MISUSED[page]
    assert (ran.code, ran.out, said in ran.err) == (code, "", True), ran
    assert not new.path.exists()


def test_nothing_is_overwritten(new: Root) -> None:
    new.add_page("image-generation", "mine", "html")
    (new.path / ".gitattributes").write_text("mine")
    ran = new.run("init", str(KLING))
    assert ran.code == 0
    assert re.search(r"^\.gitattributes +is there already, and stays as it is$", ran.out, re.MULTILINE)
    assert files_of(new) == {*WRITTEN, "specs/image-generation/page.html"}
    assert everything(new)[".gitattributes"] == everything(new)["specs/image-generation/page.html"] == b"mine"
    before = everything(new)
    ran = new.run("init", str(KLING))
    assert (ran.code, "has specs/profile.toml already" in ran.err, everything(new) == before) == (
        2,
        True,
        True,
    )


def test_a_page_that_stands_where_it_belongs_stays_there(new: Root) -> None:
    page = new.add_page("pictures", KLING.read_bytes())
    assert new.run("init", str(page)).code == 0
    assert files_of(new) == {*WRITTEN, "specs/pictures/page.md"}
    assert new.run("scrape").code == 0


def test_without_a_page_there_is_a_profile_to_fill_in(new: Root) -> None:
    ran = new.run("init")
    assert (ran.code, files_of(new)) == (0, WRITTEN)
    assert "next: fill in specs/profile.toml, save a page as specs/NAME/page.md" in ran.out
    new.add_page("pictures", "# Pictures\n\n| Name | Description |\n|---|---|\n| `size` | How large |\n")
    assert new.run("scrape").code == 0


# Pages from which nothing can be guessed -> what is said.
NO_TABLES = {
    "": "no table of parameters was found. If a browser shows one, the page may be made by a script",
    "<!doctype html><html><body><div id=app></div><script src=a.js></script></body></html>": "found. If a browser",
    "# A\n\n| Color | Hex |\n|---|---|\n| red | f00 |\n": "was found; there are tables with 'Color, Hex'. If a browser",
}


@pytest.mark.parametrize("text", NO_TABLES)
def test_a_page_without_parameters_says_what_may_be_wrong_and_leaves_nothing(
    new: Root, tmp_path: Path, text: str
) -> None:
    page = tmp_path / "welcome.html"
    page.write_text(text)
    ran = new.run("init", str(page))
    assert (ran.code, ran.out, NO_TABLES[text] in ran.err) == (3, "", True), ran
    assert not new.path.exists()


def test_the_workflow_is_safe_and_its_steps_fail_when_files_disagree(new: Root, tmp_path: Path) -> None:
    assert new.run("init", str(KLING)).code == new.run("scrape").code == 0
    assert new.run("generate", "--target", "vectors").code == 0
    zizmor = Path(sys.executable).with_name("zizmor")
    options = ["--quiet", "--offline", "--strict-collection", "--persona=auditor"]
    done = subprocess.run(
        [zizmor, *options, new.path / WORKFLOW], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (new.path / WORKFLOW).read_text(encoding="utf-8")
    pins, own = USES.findall(text), USES.findall((PROJECT / CI).read_text(encoding="utf-8"))
    assert len(pins) == 2
    assert {*pins} <= {*own}
    steps = yaml.safe_load(text)["jobs"]["check"]["steps"]
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"

    def check() -> list[int]:
        checks = [step for step in steps if "--check" in step.get("run", "") and "fetch" not in step["run"]]
        return [run_step(step, new.path, PATH=path).code for step in checks]

    assert check() == [0, 0]
    new.edit("specs/image-generation/page.md", "on, off |", "on, off, auto |")
    assert check() == [1, 0]
    assert new.run("scrape").code == 0
    assert check() == [0, 1]


def test_there_is_no_workflow_but_at_the_top_of_a_repository(new: Root) -> None:
    new.path.mkdir()
    git(new.path, "init", "--quiet")
    below = Root(new.path / "vendors/acme", new.capture)
    assert below.run("init").code == 0
    assert files_of(below) == WRITTEN - {WORKFLOW}
    assert new.run("init").code == 0
    assert WORKFLOW in files_of(new)
