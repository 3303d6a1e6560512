"""Web text never becomes markup: of any text, renderers make what they make of a plain word, and nothing that acts."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import isqrt
from time import process_time
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change
from paramsync.changes.reports import as_changelog
from paramsync.changes.review import MAX_BYTES, as_markdown
from paramsync.findings import Place
from paramsync.pages import prose
from paramsync.rendering.filters import Filters
from paramsync.rendering.names.slugs import make_slug
from paramsync.rendering.pages import NOT_IN_SLUG, Page
from support.hostile import (
    HOT,
    LINKS,
    SPEC_TEXTS,
    SPELLING,
    disarm,
    facts_for_people,
    load,
    shown,
    spec_files,
    templates_of,
)
from support.renderers import elements, find_markup, render_all, visible
from support.rendering import render
from support.roots import PROJECT, Root
from support.services import SERVICE, find_templates
from support.twins import WORD

LONGEST = 300
EACH = 40  # texts of a report, which has room for as many
TEXTS = list(dict.fromkeys(text[:LONGEST] for text in (*SPEC_TEXTS, *LINKS)))
# What is in them is in the reference, too: a few are enough.
SKIPPED = re.compile("models/m[0-9]*[124578][.]md")
COMMENT = re.compile(r"^ */\*\*\n(.*?)\*/", re.DOTALL | re.MULTILINE)
# Defaults, choices and examples, which are literals, have a test of their own.
LITERALS = "(?:@defaultValue|One of|For example:)"
COMMENT_MARGIN = re.compile(rf"^ *\*(?: {LITERALS} .*| |$)", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\ntitle: (?P<quoted>'.*')\n---\n")
LINK_TO = re.compile(rf"(?<=\]\()(?:\.\./)*(?:providers/)?{WORD.pattern}[a-z0-9.-]*\.md(?=\))")  # a provider
TARGETS = ("docs", "openapi", "python", "sandbox", "site", "typescript", "vectors")


def pages_of(texts: Sequence[str], on_each: int = 10) -> tuple[Page, ...]:
    """Load pages of so many models, each of which says a text wherever it can; the last of a page is gone from it."""
    specs: dict[str, Any] = {}
    for start in range(0, len(texts), on_each):
        manifest: dict[str, Any] = {"models": [], "providers": {}}
        for number, text in enumerate(texts[start : start + on_each], start):
            page, model, _ = spec_files(number, text).values()
            model["properties"] = {"style": model["properties"]["style"] | facts_for_people(text)}
            specs[f"p{start}/m{number}.json"] = model
            manifest = {
                **page,
                "models": [*manifest["models"], *page["models"]],
                "providers": {**manifest["providers"], model["x-model"]: text},
            }
        gone = manifest["models"][1:][-1:]
        manifest["models"] = [one for one in manifest["models"] if one not in gone]
        specs[f"p{start}/page.json"] = {**manifest, "deprecated": dict.fromkeys(gone, manifest["title"])}
    return load(specs)


def written(name: str, pages: Sequence[Page], root: Any = PROJECT) -> dict[str, str]:
    """Render what a target has in Markdown; each text of OpenAPI, and each doc comment, is a file of its own."""
    templates, target = templates_of(root, name)
    wanted = re.compile(r"\.md\.jinja$|llms\.txt|openapi\.json|^macros|^target|^src/(models|validators)/")
    chosen = {path: text for path, text in templates.items() if wanted.search(path)}
    tree = render(
        name,
        chosen,
        {**SPELLING, name: target}.__getitem__,
        pages,
        service=SERVICE,
        find_templates=find_templates,
    )
    if document := tree.get("openapi.json"):
        tree |= {f"{where}.md": text for where, text in _descriptions(json.loads(document), "openapi")}
    tree |= {
        f"{path}{number}.md": COMMENT_MARGIN.sub("", comment)
        for path, text in tree.items()
        if path.endswith(".ts")
        for number, comment in enumerate(COMMENT.findall(text))
    }
    tree = dict(_join_volumes(tree))
    return {path: FRONT_MATTER.sub(_unquote, text) for path, text in tree.items() if not SKIPPED.match(path)}


def _join_volumes(tree: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Join what is cut by its length: volumes without what stands above their first model."""
    joined: dict[str, str] = {}
    for path, text in sorted(tree.items(), key=lambda one: [*map(int, re.findall(r"\.full-(\d+)", one[0]))]):
        name, is_volume = re.subn(r"\.full(-\d+)?\.md$", ".full.md", path)
        joined[name] = joined.get(name, "") + (text.partition("\n## ")[2] if is_volume else text)
    yield from joined.items()


def _unquote(front: re.Match[str]) -> str:
    """Take the quotes of YAML from a title; they are more than a renderer knows that takes front matter for a heading."""
    return front[0].replace(front["quoted"], front["quoted"][1:-1].replace("''", "'"))


def _descriptions(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Give the texts of an OpenAPI document that programs show as Markdown, and where they stand."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if key in ("title", "summary", "description") and isinstance(one, str):
            yield f"{where}/{key}", one
        elif key not in ("enum", "default", "example"):
            yield from _descriptions(one, f"{where}/{key}")


def find_problems(name: str, pages: Sequence[Page], root: Any = PROJECT) -> list[str]:
    """Say where a renderer makes more, or less, of a text than of a word."""
    plain, words = disarm(pages)
    texts = {word: shown(text) for word, text in words.items()}
    tree = written(name, pages, root)

    def put(path: str) -> str:
        return WORD.sub(lambda word: make_slug(words[word[0]]), path)

    twin = {
        put(path): LINK_TO.sub(lambda link: put(link[0]), text) for path, text in written(name, plain).items()
    }
    return [*find_markup(tree, twin, texts), *_find_dead_anchors(tree)]


def _find_dead_anchors(tree: Mapping[str, str]) -> Iterator[str]:
    """Find links in a table of contents that lead to no heading, by the way in which sites make anchors of headings."""
    paths = [path for path in tree if path.startswith("reference/")]
    for renderer, pages in render_all([tree[path] for path in paths]).items():
        for path, page in zip(paths, pages, strict=True):
            headings = map(visible, re.findall(r"<h[23]>.*?</h[23]>", page, re.DOTALL))
            there = {NOT_IN_SLUG.sub("", heading.lower()).replace(" ", "-") for heading in headings}
            linked = {unquote(anchor) for anchor in re.findall('href="#([^"]*)"', page)}
            missing = {anchor for anchor in linked if not there & {anchor, re.sub("-[0-9]+$", "", anchor)}}
            yield from (f"{path}: {renderer}: no heading is {anchor!a}" for anchor in missing)


@pytest.mark.parametrize("name", TARGETS)
def test_no_renderer_makes_more_or_less_of_a_hostile_text_than_of_a_word(name: str) -> None:
    problems = find_problems(name, pages_of(TEXTS))
    assert not problems, "\n".join(problems)


# What a page could say, in pieces: a link that is whole only together with what is around it, or that something cuts.
# fmt: off
PIECES = [
    *("https://x", "https:", "//", "www.", "WWW", "mailto:", "xmpp:", "ftp://", "@", "a@b.co", ".com", "b", "1.2.3.4", "x.y/", "localhost", "[::1]"),
    *("<img src=x onerror=y>", "<b>", "<!--", "-->", "[x](y)", "![x](y)", "[", "]", "](", ")", "<", ">", "`", "``", "` `", "\\", "\\\\", "|", "*", "**", "_", "~~", "#", "&lt;", "&#64;", "&period;", "-", "1.", "!", "\u00e9", "\u3000", "\u3002", " "),
]
# fmt: on
TEXT = st.lists(st.sampled_from(PIECES) | st.sampled_from(HOT), min_size=1, max_size=12).map("".join)


@settings(max_examples=12, derandomize=True, deadline=None, phases=[Phase.generate])
@given(texts=st.lists(TEXT.filter(str.strip), min_size=1, max_size=12))
def test_no_text_that_can_be_thought_of_becomes_markup(texts: list[str]) -> None:
    pages = pages_of(texts)
    problems = [problem for name in ("docs", "openapi") for problem in find_problems(name, pages)]
    assert not problems, "\n".join(problems)


WEAKER = [
    ("docs/target.toml", "code_spans = true", "code_spans = false"),
    ("docs/target.toml", r"[_*\[~`<]", r"[_*\[~`]"),
    ("docs/target.toml", r"[_*\[~`<]", r"[_*\[~<]"),
    ("docs/target.toml", r"[_*\[~`<]", r"[_*~`<]"),
    ("docs/target.toml", r"|\\(?=[!-/:-@\[-`{-~]|\Z)", ""),
    ("docs/macros.jinja", "model.description | prose", "model.description | json"),
    ("docs/README.md.jinja", 'prose(also="]")', "prose"),
    ("openapi/openapi.json.jinja", 'page.title | prose("docs")', "page.title"),
    ("openapi/openapi.json.jinja", 'model.title | prose("docs")', "model.title | prose"),
    ("openapi/openapi.json.jinja", 'model.description | prose("docs")', "model.description"),
    ("openapi/openapi.json.jinja", 'schema(parameter.name, referred, request, "docs", ', "json("),
    ("docs/target.toml", r"  { match = '(?<=\])\(', write = '\\(' },", ""),
    ("typescript/target.toml", 'over = "docs"', ""),
]
WITNESSES = [
    "https://x/\\<img src=x>",
    "<img src=x>",
    "` https://x/<b>",
    "[x](y)",
    "![x](y)",
    "\\<img src=x>",
]


@cache
def witnessed(name: str) -> Sequence[Page]:
    """Give pages of all witnesses; with all protections of a target, each is text."""
    pages = pages_of(WITNESSES, on_each=1)
    assert find_problems(name, pages) == []
    return pages


@pytest.mark.parametrize(("file", "old", "new"), WEAKER)
def test_with_one_protection_less_a_text_becomes_markup(root: Root, file: str, old: str, new: str) -> None:
    name = file.partition("/")[0]
    root.add_target(name)
    pages = witnessed(name)
    root.edit(f"templates/{file}", old, new)
    assert find_problems(name, pages, root.path) != []


def test_defaults_choices_and_examples_in_a_doc_comment_are_code_spans() -> None:
    files = written("typescript", pages_of(TEXTS)).values()
    literals = [one for file in files for one in re.findall(f"{LITERALS} (.*)", file)]
    assert len(literals) == 4 * len(TEXTS)  # an example in both modules of a model
    for renderer, pages in render_all(literals).items():
        left = {re.sub("<code>.*?</code>", "", page, flags=re.DOTALL).strip() for page in pages}
        assert left == {"<p></p>", "<p>, .</p>"}, renderer


# What only one part of the pattern for links knows.
KNOWN = {
    "//": "//a.b",
    r"www(?:\.|\Z)": "www.x",
    "(?<=.)@": "mailto:a@b",
    r"(?<=[^.])\.[^\W\d_]{2}": "x.de",
    r"\d\.\d{1,3}\.\d{1,3}\.\d": "1.2.3.4",
}


@pytest.mark.parametrize("part", KNOWN)
def test_with_one_kind_of_link_less_a_text_becomes_a_link(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = pages_of([KNOWN[part]])
    assert find_problems("docs", pages) == []
    assert part in prose.LINK.pattern
    fewer = re.compile(prose.LINK.pattern.replace(part, "(?!)"), prose.LINK.flags)
    monkeypatch.setattr(prose, "LINK", fewer)
    assert find_problems("docs", pages) != []


# What GitHub alone makes more of: a formula, which editors set as well, and a picture.
ON_GITHUB = {
    "$x$": "`$x$`",
    "$$x y$$.": "`$$x` `y$$`.",
    "$`x`$": "`$`\\`x\\``$`",
    "from $5, \\$6 or ($7)": "from $5, \\\\$6 or ($7)",
    "($8$) $9 and x$": "(`$8$`) $9 and `x$`",
    "(:octocat:) :+1:": "`(:octocat:)` `:+1:`",
    ":100: :1234:": "`:100:` `:1234:`",
    "at 16:9: or 4:3, or 12:30:45": "at 16:9: or 4:3, or 12:30:45",
    "a: b :c": "a: b :c",
}


@pytest.mark.parametrize("text", ON_GITHUB)
def test_what_only_github_makes_a_formula_or_a_picture_is_code(text: str) -> None:
    assert Filters(SPELLING["docs"], SPELLING.__getitem__).prose(text) == ON_GITHUB[text]


def reports(texts: Sequence[str]) -> list[str]:
    """Give what tells changes, with a text in each: a report and a changelog."""
    kinds = [*KINDS.items()] * len(texts)
    changes = [
        Change(
            kind, severity, text, text, text, old=old, new=text, place=Place(f"specs/{text} 1/page.md", 3, 4)
        )
        for text, (kind, (severity, _)) in zip(texts, kinds, strict=False)
        for old in (text, [text, text])
    ]
    releases = [Release(f"1.{number}.0", text, (changes[2 * number],)) for number, text in enumerate(texts)]
    return [as_markdown(changes), as_changelog(releases)]


def test_no_renderer_makes_more_of_a_hostile_text_in_what_tells_changes() -> None:
    texts = [text[:60] for text in TEXTS]
    groups = [texts[start : start + EACH] for start in range(0, len(texts), EACH)]
    found = [one for group in groups for one in reports(group)]
    plain = [one for group in groups for one in reports([f"plain {number}" for number in range(len(group))])]
    assert max(map(len, found)) < MAX_BYTES
    assert "more change" not in "".join(found[::2])
    for renderer, pages in render_all([*found, *plain]).items():
        made = [*map(elements, pages)]
        assert made[: len(found)] == made[len(found) :], renderer


LONG = {
    "dots": lambda n: "a." * (n // 2),
    "at signs": lambda n: "@" * n,
    "slashes": lambda n: "/" * n,
    "colons": lambda n: ":a" * (n // 2),
    "no links": lambda n: "a" * n,
    "brackets": lambda n: "(" * (n // 2) + "www.x" + ")" * (n // 2),
    "full stops": lambda n: "www.x" + "." * n + "b",
    "links": lambda n: "https://x.y/z " * (n // 14),
    "code": lambda n: "`www.x` " * (n // 8),
    "pads": lambda n: "` ` " * (n // 4),
    "open code": lambda n: "`a " * (n // 3),
    "longer and longer fences": lambda n: " ".join("`" * one for one in range(1, isqrt(2 * n))),
    "fences in fences": lambda n: "a".join(
        "`" * one for one in (*range(2, isqrt(2 * n), 2), *range(isqrt(2 * n), 0, -2))
    ),
}


@pytest.mark.parametrize("case", LONG)
def test_a_long_text_is_split_and_read_in_linear_time(case: str) -> None:
    filters = Filters(SPELLING["docs"], SPELLING.__getitem__)

    def seconds(text: str) -> float:
        times = []
        for _ in range(5):
            start = process_time()
            filters.prose(text)
            prose.remove_link_backticks(text)
            times.append(process_time() - start)
        return min(times)

    assert seconds(LONG[case](80_000)) < 12 * seconds(LONG[case](20_000))
