"""Roots of hostile texts: written, generated and looked through for what is more than text."""

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from paramsync.changes.history import Release
from paramsync.commands.contents import read_contents
from paramsync.rendering.pages import Page
from paramsync.text import UNSAFE
from support.hostile import SPELLING, VOLUME, WHOLE, disarm, find_problems, load_root, templates_of
from support.rendering import render
from support.roots import PROJECT, Ran, Root
from support.services import SERVICE, find_templates

TARGETS = ("python", "docs", "openapi", "site", "typescript", "vectors")
MESSAGE = re.compile(
    r"(specs|templates)/.+?(:\d+:\d+)?: (error|warning): .+"
    r"|(changes|scrape|generate|next): .+"
    r"|[\d,]+ more of other causes; --verbose shows all \[[a-z-]+\]"
)
MORE = re.compile(r"also specs/.+|and \d+ more( in \d+ files)?: .+; --verbose shows all")  # of the same cause
LONGEST_MESSAGE = 600


def check_messages(ran: Ran) -> None:
    """Find one clear line for each thing, below it what to write, and nothing in it that a terminal obeys."""
    said = ran.out + ran.err
    assert not {*UNSAFE.findall(said)} - {"\n"}
    for message in re.split(r"\n(?! {4})", said.rstrip("\n")):
        line, *below = message.split("\n    ")
        assert MESSAGE.fullmatch(line), line[:LONGEST_MESSAGE]
        assert all(len(one) < LONGEST_MESSAGE for one in (line, *below)), message
        check_lines([one for one in below if not MORE.fullmatch(one)])


def check_lines(lines: list[str]) -> None:
    """Expect what is to be written to be one thing of an overlay or of the profile, with a blank to fill in."""
    if lines:
        (entry,) = tomllib.loads("\n".join(lines).replace("= …", "= 0")).values()
        assert entry == 0 or len(entry) == 1, lines


def keep_whole(root: Root) -> None:
    """Let the site cut no text of a provider: plain words are shorter than texts, and would be cut elsewhere."""
    manifest = root.path / "templates/site/target.toml"
    manifest.write_text(VOLUME.sub(WHOLE, manifest.read_text(encoding="utf-8")), encoding="utf-8")


def generate(root: Root) -> list[str]:
    """Generate, and say where a hostile text is more than text."""
    for source in (root.path / "specs").glob("*/page.[!j]*"):
        source.unlink()  # the twin has none
    ran = root.run("generate")
    check_messages(ran)
    if ran.code:
        return [ran.err]
    pages = load_root(root.path)
    trees = {
        name: {path: text.decode() for path, text in root.tree(f"generated/{name}").items()}
        for name in TARGETS
    }
    releases = read_contents(root.path).versions.every_version
    twins = {"site": rendered(PROJECT, "site", disarm(pages)[0], releases)}  # whose texts are not cut
    return [
        problem
        for name in TARGETS
        for problem in find_problems(name, trees[name], pages, twins.get(name), releases)
    ]


def others(root: Root) -> dict[str, bytes]:
    """Give all that no run may touch: what stands beside the specs and `generated/`, and beside the root."""
    beside = {path.name: b"" for path in root.path.parent.iterdir()}
    tree = root.tree(".").items()
    return beside | {
        path: text
        for path, text in tree
        if not re.match(r"(generated/|specs/p\d+/|\.paramsync_cache/)", path)
    }


def add_specs(root: Root, specs: dict) -> None:
    for path, value in specs.items():
        file = root.path / "specs" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(value), encoding="utf-8")


def rendered(
    root: Path,
    name: str,
    pages: Sequence[Page],
    releases: Sequence[Release] = (),
    only: re.Pattern[str] = re.compile(""),
) -> dict[str, str]:
    """Render without formatting, or only some templates; what other targets spell, they spell as in the project."""
    templates, target = templates_of(root, name)
    return render(
        name,
        {path: text for path, text in templates.items() if only.match(path)},
        {**SPELLING, name: target}.__getitem__,
        pages,
        releases,
        service=SERVICE,
        find_templates=find_templates,
    )
