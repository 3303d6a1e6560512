"""`paramsync fetch`: each page is saved as the site serves it, beside all that stands in its folder, or stays as it was.

Modules: page_store.
"""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.crashes import WITHOUT, die_everywhere
from support.roots import CASES, PAGES, PROJECT, Root
from support.sites import (
    FILMS,
    HTML,
    MARKDOWN,
    PHOTOS,
    SONGS,
    Site,
    fetch,
    page,
    rows,
    saved,
)
from support.small_root import everything, start
from support.waiting import wait_until


def test_pages_are_saved_as_they_are_and_the_next_run_touches_none(root: Root, site: Site) -> None:
    site.pages = {name: path.read_bytes() for name, path in PAGES.items()}
    ran = fetch(root)
    assert (ran.code, ran.err) == (0, "")
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}
    assert rows(ran) == dict.fromkeys(sorted(PAGES), "new")
    assert ran.out.endswith(
        f"fetch: {len(PAGES)} pages; {len(PAGES)} files written, 0 unchanged\nnext: paramsync scrape --root {root.path}\n"
    )
    stamps = {path: path.stat() for path in root.path.rglob("page.md")}
    site.requests.clear()
    ran = fetch(root)
    assert rows(ran) == dict.fromkeys(sorted(PAGES), "unchanged")
    assert ran.code == 0
    assert {path: path.stat() for path in root.path.rglob("page.md")} == stamps
    asked = [headers for path, headers, _ in site.requests if path.endswith("index.md")]
    assert len(asked) == len(PAGES)
    assert all("If-None-Match" in headers for headers in asked)


@pytest.mark.parametrize("form", ["readme.html", "starlight.html"])
def test_html_is_fetched_where_there_is_no_markdown_and_gives_the_same_specs(
    root: Root, site: Site, form: str
) -> None:
    site.pages = {}
    folders = {name[11:]: CASES / name for name in sorted(path.name for path in CASES.iterdir())}
    site.html = {name: (folder / form).read_bytes() for name, folder in folders.items()}
    assert fetch(root).code == 0
    assert saved(root) == {f"{name}/page.html": text for name, text in site.html.items()}
    assert root.run("scrape").code == 0


def test_a_page_that_changes_or_changes_its_form_is_saved_anew_beside_all_else(
    root: Root, site: Site
) -> None:
    fetch(root)
    overlay = root.path / "specs" / FILMS / "film.overlay.toml"
    overlay.write_text("# by hand\n")
    site.pages[FILMS] = page("film", "clip", "reel")
    ran = fetch(root)
    assert rows(ran) == {FILMS: "changed", SONGS: "unchanged", PHOTOS: "unchanged"}
    site.only_html()
    ran = fetch(root)
    assert rows(ran) == dict.fromkeys((FILMS, SONGS, PHOTOS), "changed")
    assert set(saved(root)) == {f"{name}/page.html" for name in site.pages}
    assert overlay.read_text() == "# by hand\n"
    site.has_markdown = True
    fetch(root)
    assert set(saved(root)) == {f"{name}/page.md" for name in site.pages}


def test_a_check_says_what_would_change_and_saves_nothing(root: Root, site: Site) -> None:
    fetch(root, FILMS)
    site.pages[FILMS] = page("film", "clip", "reel")
    before = everything(root), root.tree(".paramsync_cache")
    ran = fetch(root, "--check")
    assert ran.code == 1
    assert rows(ran) == {FILMS: "changed", SONGS: "new", PHOTOS: "new"}
    assert ran.out.endswith(
        "fetch: 3 pages; 3 files out of date, 0 unchanged\n"
        f"drift: run paramsync fetch --root {root.path} --allow-loopback, read the diff, and commit it\n"
    )
    assert (everything(root), root.tree(".paramsync_cache")) == before
    site.fail(SONGS, "500")
    assert fetch(root, "--check").code == 3
    site.mend()
    fetch(root)
    assert fetch(root, "--check").code == 0


def test_a_page_may_be_named(root: Root, site: Site) -> None:
    assert rows(fetch(root, SONGS, SONGS)) == {SONGS: "new"}
    assert set(saved(root)) == {f"{SONGS}/page.md"}
    ran = fetch(root, "video-generation-acne")
    assert (ran.code, ran.out) == (2, "")
    assert f"the site lists no page 'video-generation-acne'; did you mean '{FILMS}'?" in ran.err


def test_a_page_with_findings_is_saved_for_scrape_to_report(root: Root, site: Site) -> None:
    site.pages[FILMS] = page("film", "clip", default="`many`").replace(b"| Min |", b"| Least |")
    assert rows(fetch(root))[FILMS] == "new"
    assert root.run("scrape").code == 3


FIRST = {  # what stands before the first heading of Markdown
    "a comment": b"<!-- made by a script\n-->\n",
    "a component": b"<Note>\n  Made by a script.\n</Note>\n\n",
    "a comment of MDX": b"{/* made by a script */}\n",
    "an element of HTML": b"<p align='center'>Made by a script.</p>\n\n",
    "an import": b'import { Note } from "@site/components";\n\n',
}


def test_markdown_may_begin_with_a_comment_or_a_tag(root: Root, site: Site) -> None:
    names = {f"video-generation-{number}": first for number, first in enumerate(FIRST.values())}
    for name, first in names.items():
        site.pages[name] = first + page(f"film{name[17:]}")
    ran = fetch(root)
    assert ran.code == 0, ran.out
    assert {name: rows(ran)[name] for name in names} == dict.fromkeys(names, "new")
    assert root.run("scrape").code == 0
    models = {name: root.read_json(f"specs/{name}/page.json")["models"] for name in names}
    assert models == {name: [f"model_film{name[17:]}"] for name in names}


def test_a_page_without_models_is_not_saved(root: Root, site: Site) -> None:
    name = "video-generation-overview"
    site.pages[name] = b"---\ntitle: Video Overview | Scenario Docs\n---\n\nHow to make videos.\n"
    ran = fetch(root)
    assert ran.code == 0
    assert "is a page without models, and is not saved" in rows(ran)[name]
    assert f"{name}/page.md" not in saved(root)


def test_one_page_at_two_urls_is_saved_once(root: Root, site: Site) -> None:
    site.pages[SONGS] = site.pages[FILMS]
    ran = fetch(root)
    assert ran.code == 3
    assert (rows(ran)[FILMS], rows(ran)[PHOTOS]) == ("new", "new")
    assert f"all its models belong to the page {FILMS}" in rows(ran)[SONGS]


def test_a_file_in_the_place_of_a_folder_stays(root: Root, site: Site) -> None:
    (root.path / "specs" / FILMS).write_text("By hand.\n")
    ran = fetch(root)
    assert ran.code == 3
    assert f"specs/{FILMS} is a file, and must be a folder" in rows(ran)[FILMS]
    assert (root.path / "specs" / FILMS).read_text() == "By hand.\n"


def test_a_page_that_is_not_listed_any_more_is_reported_and_stays(root: Root, site: Site) -> None:
    fetch(root)
    site.unlisted.add(FILMS)
    site.pages[FILMS] = page("film", "clip", "reel")
    ran = fetch(root)
    assert ran.code == 0
    assert rows(ran)[FILMS] == f"not listed  changed; {site.url(FILMS)}index.md still serves it"
    del site.pages[FILMS]
    ran = fetch(root)
    assert ran.code == 3
    assert f"if it is gone for good, remove specs/{FILMS}; the saved page stays" in rows(ran)[FILMS]
    assert f"{FILMS}/page.md" in saved(root)


# A page that has moved

NEW = "video-generation-apex"


def move(site: Site, *, by_html: bool) -> None:
    if by_html:  # as a site does that has no server of its own
        site.pages[NEW] = site.pages.pop(FILMS)
        leads = f'<!doctype html><title>Redirecting</title><meta http-equiv="refresh" content="0;url={site.path(NEW)}"></html>'
        site.files[site.path(FILMS)] = leads.encode(), HTML
    else:
        site.moved(FILMS, NEW)


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("by_html", [True, False])
def test_a_page_that_has_moved_takes_its_folder_along(
    root: Root, site: Site, *, by_html: bool, remembers: bool
) -> None:
    site.pages["video-generation-other"] = page("other")
    fetch(root)
    root.run("scrape")
    (root.path / "specs" / FILMS / "film.overlay.toml").write_text("# by hand\n")
    before = root.tree(f"specs/{FILMS}")
    move(site, by_html=by_html)
    if not remembers:
        shutil.rmtree(root.path / ".paramsync_cache")
    checked = everything(root)
    assert rows(fetch(root, "--check"))[FILMS] == f"moved  to {NEW}"
    assert everything(root) == checked
    ran = fetch(root)
    assert rows(ran)[FILMS] == f"moved  to {NEW}"
    assert rows(ran)[NEW] == "unchanged"
    assert ran.code == 0
    assert not (root.path / "specs" / FILMS).exists()
    assert root.tree(f"specs/{NEW}") == before
    assert rows(fetch(root)) == dict.fromkeys((NEW, SONGS, PHOTOS, "video-generation-other"), "unchanged")


def test_a_page_that_has_moved_to_a_folder_that_is_there_is_left_to_people(root: Root, site: Site) -> None:
    fetch(root)
    root.run("scrape")
    site.pages[NEW] = page("reel")
    fetch(root)
    del site.pages[NEW]
    site.moved(FILMS, NEW)
    before = root.tree(f"specs/{FILMS}")
    ran = fetch(root)
    assert ran.code == 3
    assert f"specs/{NEW} exists already" in rows(ran)[FILMS]
    assert root.tree(f"specs/{FILMS}") == before


def test_an_old_url_in_an_index_does_no_harm(root: Root, site: Site) -> None:
    site.redirects[NEW] = FILMS
    site.files["/llms.txt"] = f"{site.llms_text()}[old]({site.url(NEW)})".encode(), "text/plain"
    for what in ("new", "unchanged"):
        ran = fetch(root)
        assert rows(ran)[NEW] == f"moved  to {FILMS}, which is {what}"
        assert rows(ran)[FILMS] == "unchanged"
        assert ran.code == 0
    assert not (root.path / "specs" / NEW).exists()


def test_a_page_that_redirects_to_one_of_other_models_is_not_moved(root: Root, site: Site) -> None:
    fetch(root)
    root.run("scrape")
    site.pages[NEW] = page("reel")
    site.redirects[FILMS] = NEW
    ran = fetch(root)
    assert ran.code == 3
    assert f"redirects to {NEW}, which has none of its models" in rows(ran)[FILMS]
    assert rows(ran)[NEW] == "new"
    assert (root.path / "specs" / FILMS / "page.md").is_file()


# The profile

MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "a host in capitals": (
        {"hosts": '["Docs.example.com"]'},
        "site.hosts: 'Docs.example.com' must be a host in small letters",
    ),
    "a host with a path": ({"hosts": '["docs.example.com/a"]'}, "without https:// or a path\n"),
    "no host": ({"hosts": "[]"}, "site.hosts: must not be empty"),
    "hosts that are no array": ({"hosts": '"docs.example.com"'}, "site.hosts: must be an array"),
    "a port that is too high": (
        {"hosts": '["docs.example.com:99999"]'},
        "the port of 'docs.example.com:99999'",
    ),
    "port 0": ({"hosts": '["docs.example.com:0"]'}, "the port of 'docs.example.com:0'"),
    "an index elsewhere": ({"indexes": '["https://elsewhere.example/llms.txt"]'}, "one of the hosts"),
    "a page elsewhere": ({"page": '"https://elsewhere.example/{page}"'}, "one of the hosts"),
    "words of ours in a value": (
        {"page": '"https://docs.example.com/Tuple"'},
        "'https://docs.example.com/Tuple' needs",
    ),
    "no pages behind an index": ({"page": '""'}, "needs the placeholder {page}"),
    "a page that is named and elsewhere": (
        {"pages": '{ a = "https://elsewhere.example/" }'},
        "one of the hosts",
    ),
    "a name that is no folder": (
        {"pages": '{ "a/b" = "https://docs.example.com/" }'},
        "'a/b' cannot be the name of a folder",
    ),
    "two names for a folder": (
        {"pages": '{ a = "https://docs.example.com/", A = "https://docs.example.com/" }'},
        "only in case",
    ),
    "no mark": ({"page": '"https://docs.example.com/"'}, "needs the placeholder {page}"),
    "a rate of nothing": ({"rate": 0}, "site.rate"),
    "no end": ({"deadline": "inf"}, "site.deadline"),
    "an agent of two lines": ({"user_agent": '"a\\r\\nb: c"'}, "site.user_agent"),
    "an unknown key": ({"hots": 1}, "site.hots"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_the_profile_is_named(root: Root, site: Site, case: str) -> None:
    changes, said = MISTAKES[case]
    site.connect(root, **changes)
    ran = fetch(root)
    assert (ran.code, ran.out) == (3, "")
    file, line, column, rest = ran.err.split(":", 3)
    [key] = changes
    rows = (root.path / file).read_text().splitlines()
    assert (file, rest.startswith(f" error: site.{key}")) == ("specs/profile.toml", True)
    assert rows[int(line) - 1].startswith(f"{key} = ")
    assert int(column) > 0
    assert said in ran.err
    assert site.requests == []


def test_a_profile_without_a_site_is_an_error_that_says_what_to_add(root: Root) -> None:
    profile = root.path / "specs" / "profile.toml"
    profile.write_text(re.sub(r"(?ms)^\[site\].*?^\[", "[", profile.read_text()))
    ran = root.run("fetch")
    assert ran.code == 3
    assert (
        "specs/profile.toml: error: there is no [site]; add it, with hosts, user_agent, and pages or indexes and page"
        in ran.err
    )


def test_pages_that_the_profile_names_are_fetched_as_they_are(root: Root, site: Site) -> None:
    site.files |= {"/raw/README.md": (page("film"), MARKDOWN), "/app": (site.body_of(site.path(SONGS)))}
    name_pages(root, site, films="/raw/README.md", songs="/app?lang=en", none="/none")
    ran = fetch(root)
    assert (ran.code, sorted(site.paths)) == (3, ["/app?lang=en", "/none", "/raw/README.md", "/robots.txt"])
    assert "the site has no such page (status 404 or 410)" in ran.out
    assert {*saved(root)} == {"films/page.md", "songs/page.html"}
    name_pages(root, site, films="/raw/README.md", songs="/app?lang=en")
    ran = fetch(root)
    assert (ran.code, "2 pages; 0 files written, 2 unchanged" in ran.out) == (0, True)
    assert all("If-None-Match" in headers for _, headers, _ in site.requests[-2:])
    # What is saved and not named is not looked for beside the others.
    name_pages(root, site, films="/raw/README.md")
    ran = fetch(root)
    assert (ran.code, "songs  failed" in ran.out) == (3, True)
    assert "if it is gone for good, remove specs/songs" in ran.out
    assert {*saved(root)} == {"films/page.md", "songs/page.html"}
    assert fetch(root, "films").code == 0


def name_pages(root: Root, site: Site, **pages: str) -> None:
    """Let the profile of a root name pages, and no index."""
    site.requests.clear()
    named = ", ".join(f'{name} = "{site.origin}{path}"' for name, path in pages.items())
    site.connect(root, pages=f"{{ {named} }}")
    profile = root.path / "specs/profile.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(re.sub(rf"(?m)^(?:indexes|page) = .*{site.port}.*\n", "", text), encoding="utf-8")


# What happens to a run


def test_ctrl_c_stops_at_once_and_leaves_all_as_it_was(root: Root, site: Site) -> None:
    site.fail(FILMS, "silent")
    before = everything(root)
    process = start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT))
    wait_until(lambda: any(FILMS in path for path in site.paths))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "")
    assert everything(root) == before


def test_after_a_kill_each_page_is_the_old_or_the_new_one_whole(root: Root, site: Site) -> None:
    names = [f"video-generation-{number}" for number in range(40)]
    old = {name: page(f"m-{name}") for name in names}
    site.pages = dict(old)
    fetch(root)
    site.only_html()
    new = {name: site.body_of(site.path(name))[0] for name in names}
    process = start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT))
    wait_until(lambda: [*root.path.glob("specs/*/page.html")] or process.poll() is not None)
    process.kill()
    process.communicate()
    for name in names:
        forms = {path.name: path.read_bytes() for path in (root.path / "specs" / name).iterdir()}
        assert forms
        assert forms.items() <= {"page.md": old[name], "page.html": new[name]}.items()
    assert fetch(root).code == 0
    assert saved(root) == {f"{name}/page.html": text for name, text in new.items()}
    assert not (root.path / ".paramsync_cache/pending").exists()


def test_a_run_that_dies_while_it_saves_leaves_old_and_new_files_and_the_next_finishes(
    root: Root, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fetch(root)
    root.run("scrape")
    (root.path / "specs" / FILMS / "film.overlay.toml").write_text("# by hand\n")
    site.moved(FILMS, NEW)
    site.pages[SONGS] = page("song", "tune", "hymn")
    site.pages["video-generation-other"] = page("other")
    old = everything(root)
    roots = die_everywhere(root, tmp_path_factory.mktemp("copies"), "at a step", "fetch", "--allow-loopback")
    assert fetch(root).code == 0
    new = everything(root)
    assert f"specs/{NEW}/film.overlay.toml" in new
    half = [copy for copy in roots if (copy.path / ".paramsync_cache/pending/plan.json").exists()]
    assert {everything(copy) == old for copy in half} == {True, False}
    for copy in roots:
        left = everything(copy)
        assert all(
            left.get(path) in (old.get(path), new.get(path)) for path in left.keys() | old.keys() | new.keys()
        )
        assert "Traceback" not in copy.run("scrape", "--check").err
        assert everything(copy) == left
        if copy in half:  # any verb finishes
            assert copy.run("explain", "film").code in (0, 3)
        else:
            assert fetch(copy).code == 0
        assert everything(copy) == new


IN_PLACE: dict[str, Callable[[Path], object]] = {
    "a symbolic link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "a named pipe": os.mkfifo,
    "a folder": Path.mkdir,
}


@pytest.mark.parametrize("what", IN_PLACE)
def test_what_is_no_file_in_a_page_s_place_stays_and_the_others_are_saved(
    root: Root, site: Site, what: str
) -> None:
    fetch(root)
    place = root.path / "specs" / FILMS / "page.md"
    place.rename(place.with_name("elsewhere"))
    IN_PLACE[what](place)
    kind = place.lstat().st_mode
    site.pages[SONGS] = page("song", "tune", "hymn")
    for _ in range(2):
        ran = fetch(root)
        assert ran.code == 3
        assert f"specs/{FILMS}/page.md: error: is {what}; put " in rows(ran)[FILMS]
    assert saved(root)[f"{SONGS}/page.md"] == site.pages[SONGS]
    assert place.lstat().st_mode == kind


def test_a_page_s_folder_that_is_a_link_is_refused(root: Root, site: Site) -> None:
    fetch(root)
    folder = root.path / "specs" / FILMS
    folder.rename(root.path / "elsewhere")
    folder.symlink_to(root.path / "elsewhere")
    site.pages[FILMS] = page("film", "clip", "reel")
    before = everything(root)
    ran = fetch(root)
    assert (ran.code, f"specs/{FILMS}: error: is a symbolic link" in ran.err) == (3, True)
    assert everything(root) == before


def test_no_module_is_needed_that_windows_has_not(root: Root, site: Site) -> None:
    command = [sys.executable, "-c", WITHOUT, "fetch", "--allow-loopback", "--root", str(root.path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}


def test_two_runs_at_once_do_no_harm(root: Root, site: Site) -> None:
    site.pages |= {f"video-generation-{number}": page(f"m-{number}") for number in range(10)}
    processes = [start(root, "fetch", "--allow-loopback", PYTHONPATH=str(PROJECT)) for _ in range(3)]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert saved(root) == {f"{name}/page.md": text for name, text in site.pages.items()}
    assert rows(fetch(root)) == dict.fromkeys(sorted(site.pages), "unchanged")


def test_a_terminal_shows_a_bar_and_quiet_none(root: Root, site: Site) -> None:
    for quiet, is_shown in (((), True), (("--quiet",), False)):
        terminal, screen = pty.openpty()
        command = [
            sys.executable,
            "-m",
            "paramsync",
            "fetch",
            "--allow-loopback",
            "--root",
            root.path,
            *quiet,
        ]
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=screen, check=False)
        os.close(screen)
        shown = b""
        with open(terminal, "rb", buffering=0) as file:  # noqa: PTH123 - it has no path
            try:
                while chunk := file.read(65536):
                    shown += chunk
            except OSError:  # so ends a terminal
                pass
        assert done.returncode == 0
        assert (b"fetch" in shown) is is_shown


def test_only_fetch_loads_what_asks_the_site(root: Root) -> None:
    root.add_page(FILMS, page("film"))
    code = (
        "import sys; from paramsync.cli import main; main(['scrape', '--root', sys.argv[1]]);"
        "print({'httpcore', 'protego', 'asyncio', 'paramsync.site.crawl'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, root.path], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("set()\n")
