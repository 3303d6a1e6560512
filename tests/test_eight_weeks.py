"""Eight weeks of a maintainer, as they happen: what they type, what they are told, the report and the version, in `tests/weeks`.

Each golden file is one week; read it as a reviewer would: can one decide in ten minutes? `make accept` writes them.
"""

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from support.acme import Docs, Model, Row, docs, model, page_text
from support.repositories import commit_all, git, merge
from support.roots import PROJECT, Root
from support.small_root import TARGET, put

FIRST = date(2026, 1, 5)
WEEKS = PROJECT / "tests" / "weeks"
FILMS, SONGS, IMAGES = "video-generation-acme", "audio-generation-acme", "image-generation-acme"
VERSION = "{{ version | prose }}\n{{ releases | changelog }}\n"
NOTE = 'kind = "fixed"\ntext = "Lists end with a line feed."\n'


@dataclass
class Maintainer:
    """Somebody with a root in a repository, the docs as they are, and what was typed and said this week."""

    root: Root
    docs: Docs = field(default_factory=docs)
    day: date = FIRST
    said: list[str] = field(default_factory=list)

    def type(self, *arguments: str) -> None:
        """Run a command of paramsync, and note what it says."""
        with contextlib.chdir(self.root.path):
            ran = self.root.run_here(*arguments)
        shown = " ".join(f"'{one}'" if "*" in one else one for one in arguments)
        self.note(f"$ paramsync {shown}", ran.out, ran.err, f"[exit {ran.code}]" if ran.code else "")

    def git(self, *arguments: str) -> None:
        self.note(f"$ git {' '.join(arguments)}")
        git(self.root.path, *arguments)

    def note(self, *texts: str) -> None:
        self.said += [text.rstrip("\n") for text in texts if text]

    def save(self, change: Callable[[str, bytes], bytes] = lambda _, text: text) -> None:
        """Save all pages as the site has them, or as something has changed their texts."""
        for name, models in self.docs.items():
            self.root.add_page(name, change(name, page_text(name, models, self.day)))

    def bring_in(self) -> None:
        """Scrape, generate, look at the report, and commit."""
        self.type("scrape")
        self.type("generate")
        self.type("diff", "--format", "markdown")
        self.commit("The docs of the week")

    def commit(self, subject: str) -> None:
        self.note(f"$ git commit --all --message '{subject}'")
        commit_all(self.root.path, subject)
        self.note(f"# the packages are {self.version}")

    def release(self) -> None:
        self.type("release")
        self.commit("Release")

    @property
    def version(self) -> str:
        return (self.root.path / "generated/list/version.txt").read_text().split("\n")[0]

    def models(self, page: str) -> dict[str, Model]:
        return self.docs[page]

    def rows(self, name: str) -> dict[str, Row]:
        return next(models[name] for models in self.docs.values() if name in models).rows


def rename(those: dict[str, Any], old: str, new: str) -> None:
    """Rename a key, and keep the order."""
    renamed = {new if key == old else key: value for key, value in those.items()}
    those.clear()
    those.update(renamed)


def edit_cell(text: bytes, number: int, old: str, new: str) -> bytes:
    """Replace the text of a page where it stands for the n-th time."""
    parts = text.decode().split(old)
    return (old.join(parts[:number]) + new + old.join(parts[number:])).encode()


# The weeks


def begin(who: Maintainer) -> None:
    """The first week: 162 models on three pages."""
    who.docs[IMAGES] = {f"model_image-{number:03}": model(f"Image {number:03}") for number in range(150)}
    who.save()
    who.type("scrape")
    who.type("generate")
    who.commit("Begin")
    who.release()


def rename_things(who: Maintainer) -> None:
    """A parameter and a model get other names, a model has other choices and a new parameter, a text is written anew."""
    rename(who.rows("model_film-a"), "image", "firstFrame")
    rename(who.models(SONGS), "model_song-c", "model_song-c2")
    who.rows("model_film-b")["mode"]["choices"] = "`fast`, `slow`"
    who.rows("model_film-b")["negativePrompt"] = dict(who.rows("model_film-b")["prompt"], required="No")
    who.rows("model_song-a")["seed"]["description"] = "Any number"
    who.save()
    who.bring_in()
    who.release()


def move_page(who: Maintainer) -> None:
    """The page of films gets another name; the old one is still saved at first."""
    who.docs["film-generation-acme"] = who.docs.pop(FILMS)
    who.save()
    who.type("scrape")
    who.git("rm", "-r", "--quiet", f"specs/{FILMS}")
    shutil.rmtree(who.root.path / "specs" / FILMS, ignore_errors=True)
    who.bring_in()


def add_column(who: Maintainer) -> None:
    """All tables have a new column, which means nothing to requests; and a model has another default."""
    who.rows("model_song-b")["duration"]["default"] = "`6`"

    def widen(_: str, text: bytes) -> bytes:
        lines = text.decode().split("\n")
        rows = [
            f"{line} {'Since' if '| Type |' in line else '---' if '| --- |' in line else 'v1'} |"
            if line[:1] == "|"
            else line
            for line in lines
        ]
        return "\n".join(rows).encode()

    who.save(widen)
    who.type("scrape")
    who.note("# in specs/profile.toml, as it says")
    who.root.edit(
        "specs/profile.toml",
        "[possible_columns]",
        '[possible_columns]\n"Since" = "ignored" #',
    )
    who.bring_in()


def half_a_page(who: Maintainer) -> None:
    """Half a page was saved by hand, and then all of it; the column is gone again."""

    def cut(name: str, text: bytes) -> bytes:
        return text[: len(text) // 2] if name == SONGS else text

    who.save(cut)
    who.type("scrape")
    who.save()
    who.bring_in()


def mistype(who: Maintainer) -> None:
    """The docs have an O for a 0; the maintainer corrects it, and a week later so do they."""
    who.rows("model_film-d")["duration"]["minimum"] = "O"
    who.save()
    who.type("scrape")
    overlay = "specs/film-generation-acme/film-d.overlay.toml"
    lines = [
        "[[correct]]",
        'parameter = "duration"',
        'expect = { minimum = "O" }',
        "set = { minimum = 0 }",
        'reason = "A typo."',
    ]
    who.note(f"# {overlay}", *lines)
    put(who.root, {overlay: "\n".join(lines) + "\n"})
    who.bring_in()
    who.rows("model_film-d")["duration"]["minimum"] = "0"
    who.save()
    who.type("scrape")
    who.type("scrape", "--tidy")
    who.bring_in()


def lose_and_return(who: Maintainer) -> None:
    """A bug of the docs: most films are gone, and one has lost its parameters; the next day all is as it was."""
    films = who.models("film-generation-acme")
    kept, rows = dict(films), dict(who.rows("model_song-d"))
    for name in list(films)[1:]:
        del films[name]
    for name in list(rows)[1:]:
        del who.rows("model_song-d")[name]
    who.save()
    who.type("scrape")
    films.update(kept)
    who.rows("model_song-d").update(rows)
    who.save()
    who.bring_in()


def change_600(who: Maintainer) -> None:
    """Six hundred changes that are equal but for the model; and two that are not."""
    for name in who.models(IMAGES):
        rows = who.rows(name)
        rows["seed"] |= {"type": "string", "minimum": "-", "maximum": "-"}
        rows["loop"]["description"] = "Whether it ends as it begins"
        rows["duration"]["maximum"] = "12"
        rows["mode"]["choices"] = "`fast`, `slow`, `best`, `turbo`"
    who.rows("model_image-007")["mode"]["choices"] = "`fast`, `slow`, `turbo`"
    who.save()
    who.bring_in()
    who.release()


def merge_and_revert(who: Maintainer) -> None:
    """Two branches are merged, one of them is reverted, a template is mended by hand, and all is released."""
    who.git("checkout", "--quiet", "-b", "songs")
    who.rows("model_song-a")["duration"]["default"] = "`7`"
    who.save()
    who.bring_in()
    who.git("checkout", "--quiet", "main")
    who.rows("model_song-a")["duration"]["default"] = "`5`"
    who.rows("model_film-a")["loop"]["default"] = "`true`"
    who.save()
    who.bring_in()
    who.note("$ git merge songs", *(f"CONFLICT {path}" for path in merge(who.root.path, "songs")))
    who.rows("model_song-a")["duration"]["default"] = "`7`"
    who.type("scrape")
    who.type("generate")
    who.commit("Merge songs")
    who.git("revert", "--no-edit", "--mainline", "1", "HEAD")
    who.rows("model_song-a")["duration"]["default"] = "`5`"
    who.type("scrape", "--check")
    who.type("generate", "--check")
    who.root.edit("templates/list/notes.txt", "By hand", "Mended by hand")
    who.type("generate")
    who.type("generate", "--check")
    who.note("# templates/notes/line-feed.toml", NOTE)
    put(who.root, {"templates/notes/line-feed.toml": NOTE})
    who.type("generate")
    who.commit("End lists with a line feed")
    who.release()


def upgrade_fork(who: Maintainer) -> None:
    """A fork with a page of its own takes in what upstream has mended, and upstream's versions are not its own."""
    upstream = "upstream"
    who.git("checkout", "--quiet", "-b", upstream)
    who.root.edit("templates/list/notes.txt", "Mended by hand", "Mended anew")
    put(who.root, {"templates/notes/anew.toml": NOTE.replace("line feed", "blank line")})
    who.type("generate")
    who.commit("End lists with a blank line")
    who.release()
    who.git("checkout", "--quiet", "main")
    who.docs["sound-generation-own"] = {"model_own": model("Our own")}
    who.save()
    who.bring_in()
    who.release()
    who.note(f"$ git merge {upstream}", *(f"CONFLICT {path}" for path in merge(who.root.path, upstream)))
    who.type("generate")
    who.git("checkout", "main", "--", "specs/history.jsonl", "specs/released.jsonl")
    who.type("scrape")
    who.type("generate")
    who.commit("Take in what upstream has mended")
    who.type("generate", "--check")
    who.release()


ALL = (
    begin,
    rename_things,
    move_page,
    add_column,
    half_a_page,
    mistype,
    lose_and_return,
    change_600,
    merge_and_revert,
    upgrade_fork,
)


def test_each_week_is_told_as_it_was_read_and_found_good(root: Root, pytestconfig: pytest.Config) -> None:
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    put(root, {"templates/list/version.txt.jinja": VERSION, ".gitignore": ".paramsync_cache\n"})
    git(root.path, "init", "--quiet", "--initial-branch", "main")
    who = Maintainer(root)
    found = {}
    for number, week in enumerate(ALL):
        who.day, who.said = FIRST + timedelta(weeks=number), [f"# {week.__doc__}"]
        week(who)
        found[f"{number + 1:02}-{week.__name__.replace('_', '-')}.txt"] = "\n".join(who.said) + "\n"
    if pytestconfig.getoption("--accept"):
        shutil.rmtree(WEEKS, ignore_errors=True)
        WEEKS.mkdir()
        for name, text in found.items():
            (WEEKS / name).write_text(text)
    assert found == {path.name: path.read_text() for path in sorted(WEEKS.iterdir())}
