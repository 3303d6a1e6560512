"""Texts that would like to be code, pages and specs that hold them, and the proof that they stayed text."""

import ast
import html
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from cmarkgfm import cmark

from paramsync.changes.history import Release
from paramsync.changes.kinds import KINDS, Change
from paramsync.commands.root import read_target
from paramsync.config import read_config
from paramsync.findings import Place
from paramsync.pages.inline import read_text
from paramsync.pages.meanings import RESERVED
from paramsync.pages.page import Source
from paramsync.pages.profile import Profile
from paramsync.pages.prose import remove_link_backticks
from paramsync.pages.reader import read_page
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.names.slugs import make_slug
from paramsync.rendering.pages import Page, load_pages
from paramsync.rendering.passed_on import pass_annotation_on, pass_on
from paramsync.rendering.remarks import REMARKS, write_header
from paramsync.rendering.target import Target
from paramsync.specs.build import build_specs
from paramsync.text import UNSAFE, collapse_whitespace
from paramsync.workspace.entries import read_tree
from support.example import SAVED
from support.hostile_html import find_feed_problems, find_page_problems
from support.hostile_typescript import find_typescript_problems
from support.roots import PROJECT
from support.services import SERVICE, VENDOR, build
from support.twins import WORD, find_difference

# fmt: off
TEXTS = [
    *('"', "'", '"""', "'''", '\\"""', '\\\\"""', '""" + boom() + """', '"); boom() #', "“", "x\\", "x\\\\", "\\", "\\N{BEL}\\x07\\u0007" ),
    *(f"a{end}boom()" for end in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), *("# x\r\nboom()", "{{ 7*7 }}", "{% raw %}", "{# #}", "{{ model.title }}", "{0.__class__}", "%s %(x)s", "*/ boom() /*", "${x}", "`${boom()}`" ),
    *("`", "``", "`a", "``a`", "` `", "`` ` ``", "``` `` ```", "\\`<b>`", "`a\\`", "`a` `b", "~~~", "~~a~~", "a~|~b", "[x]`]`" ),
    *("nul\0", "bell\x07\x1b[31m\x7f\x9b", "\u202eevil\u2066", "a\u200bb\u200e\u061c", "a\ufeffb", "\ue000\ufdd0\uffff\U000e0041" ),
    *("../", "../../evil", "/etc/passwd", "C:\\x", "CON", "nul.txt", "page", "__proto__", "constructor", "__init__", "-rf", ".hidden", "a.", "class", "None", "oneOf" ),
    *("<script>alert(1)</script>", "</code><img src=x onerror=y>", "<!-- x", "<![CDATA[ x ]]>", "<?php", "</td></tr></table>", "<https://a.b/>" ),
    *("|", "a|b", "\\|", "a\\|b", "`a|b`", "`a\\|b`", "| --- | --- |", "| | --- | x", "a || b"), *("&lt;b&gt;", "&#x202e;", "&#xd800;", "&amp;lt;", "&copy", "&;"), *("# x", "## x\n\n**Model ID:** `model_evil`", "C #", "#", "> x", "- x", "- - -", "---", "-- --", "===", "1. x", "+ x", "***", "**Model ID:** `evil`", "  \t x" ),
    *("[x](javascript:boom)", "![x](//evil)", "[x]: //evil", "https://a.b/?c=d&lt;e", "https:[x](javascript:boom)", "https:*a*_b_|c", "https://a.b/`c`" ),
    *("👩‍👩‍👧‍👦 a\u0301 \u0645\u200c\u0646", "ｅｖａｌ ﹫ ＂ ﹨ ‘’“”", "x\u00a0\u3000y", "ﬁ K Å", "-", "-1e5", "0x1F", "1_000", "NaN", "1e999", "٣" ),
    *("x" * 100_000, 'word \\" | ' * 200, "9" * 5_000, "'\"" * 1_000),
]
# fmt: on
# What a renderer makes a link without being asked, and swallows with it: the backslash before a tag, or the code span beside it.
# fmt: off
LINKS = [
    *(f"See {link}\\<img src=x onerror=alert(1)> {link}<a href='javascript:boom'>b</a> {link}" for link in ("https://x/", "http://[::1]/", "ftp://x.y/", "//x.y/", "www.x/", "WWW.x.y", "mailto:a@b.c", "xmpp:a@b.c/d", "a@b.co", "a@[IPv6:::1]", "x.com", "a/b.md", "127.0.0.1", "xn--a.xn--b", "例え.テスト", "git+ssh://x/", "x.museum/")),
    *('(https://x/a_(b)), "www.x." *a@b.co*; https://x/?a=b&amp;c', "`a`https://x/<b>", "https://x/`<b>`", "``a`https://x/`<b>``", "a `https://x/ `b", "\\`https://x/<b>", "\\https://x/\\<b>", "`https://x/`", "`` ` https://x/ ` ``", "https://x/|<b>|www.x", "[https://x/](https://y/<b>)", "![a](https:/x)", "https:`//x/<b>", "`[`www.x`]`", "a@b`.co", "www.&#46;x", "a&#64;b.co", "www&period;x.y", "https:&#47;/x", "[a]: https://x/", "**https://x/**_www.x_", "@name #12 GH-1 a/b#1 0123456789abcdef0123456789abcdef01234567", "https://x/" * 20, "a.com" * 50, "`" * 50 + "www.x", "www.x\u00a0<b>www.x\u3000<b>", "https://x/\u202e<b>", "x。com x．com <b>"),
    *("www.x.com", "x.com", "GH-1", "127.0.0.1", "Jan 127.0.0.1", "deadbeef 1"),
]
# fmt: on
# What only a spec can say: JSON's escapes give halves of pairs; and what a reader folds or leaves out.
SPEC_TEXTS = [*TEXTS, "\ud800", "a\udfffb\\", "\udc00\ud800", '\ud800"""', "a  \n\n\n  b", "\n# x", " - x "]
HOT = "`\\|<>*_[]()!#&;~-+=.:/\"'{}%$ \n\r\t\x0b\x1c\x85\u2028\u202e\ufeff\ufffd\0ax1"

HARMLESS = {
    "title": "Page",
    "kind": "video generation",
    "date": "2026-04-09",
    "provider": "Maker",
    "model": "One",
    "description": "It makes one.",
    "id": "model_one",
    "capability": "txt2img",
    "address": "https://a.b/one",
    "name": "size",
    "type": "string",
    "required": "No",
    "default": "big",
    "choice": "huge",
    "parameter": "How big.",
    "minimum": "0",
    "maximum": "1",
}
OWN_LINK = re.compile(r"(?<=\]\()(?:\.\./)*(?:providers/)?[A-Za-z0-9-]+(?:\.full(?:-[0-9]+)?)?\.md(?=\))")
VOLUME = re.compile("(?<=^bytes = )[0-9_]+", re.MULTILINE)
WHOLE = "100_000_000"  # bytes: words are shorter than texts, and would be cut elsewhere
PATH = re.compile(r"providers/[A-Za-z0-9.-]+")
CAPITALS = (("Qx", "Qx"), ("Qx", "qx"), ("qx", "Qx"), ("qx", "qx"))  # of words, in their order
SHORT = 10  # characters that stand upright in the head of a column
CONDITION = {"conditional", "values", "operator", "and"}
PLAIN = {"", "$ref", *CONDITION, "How much.", *HARMLESS.values(), *map(str.lower, HARMLESS.values())} - {
    *TEXTS
}
OWN_NAMES = (
    "x-model",
    "x-markdown",
    "x-name-in-code",
)  # of which no more than a name or an address can be said
KNOWN_NAMES = (*RESERVED, *REMARKS, "x-unit", "x-note", "x-more")
STRICT = ("id", "name", "type", "required", "minimum", "maximum")  # what a page may not say at will
PREFIXES = {"id": "model_", "address": "https://a.b/"}

MARKDOWN = """---
title: {title} | Scenario Docs
---

> This page is auto-generated from model configurations. Last updated: {date}.

This reference lists all available **{title}** {kind} models and their parameters.

## {provider}

### {model}

{description}

**Model ID:** `{id}`

**Capabilities:** `{capability}`

**LLM Markdown:** <{address}>

| Parameter | Type | Required | Default | Min | Max | Allowed Values | Description |
| --- | --- | --- | --- | --- | --- | --- | --- |
| `{name}` | {type} | {required} | `{default}` | - | - | `{choice}`, `{default}` | {parameter} |
| `scale` | number | No | - | {minimum} | {maximum} | - | How much. |
"""
HTML = """<!DOCTYPE html><html><head><title>{title} | Scenario Docs</title></head><body><h1>{title}</h1>
<p>This page is auto-generated from model configurations. Last updated: {date}.</p>
<p>This reference lists all available <strong>{title}</strong> {kind} models and their parameters.</p>
<h2>{provider}</h2><h3>{model}</h3><p>{description}</p><p><strong>Model ID:</strong> <code>{id}</code></p>
<p><strong>Capabilities:</strong> <code>{capability}</code></p>
<p><strong>LLM Markdown:</strong> <a href="{address}">{address}</a></p>
<table><tr><th>Parameter</th><th>Type</th><th>Required</th><th>Default</th><th>Min</th><th>Max</th><th>Allowed Values</th>
<th>Description</th></tr>
<tr><td><code>{name}</code></td><td>{type}</td><td>{required}</td><td><code>{default}</code></td><td>-</td><td>-</td>
<td><code>{choice}</code>, <code>{default}</code></td><td>{parameter}</td></tr>
<tr><td><code>scale</code></td><td>number</td><td>No</td><td>-</td><td>{minimum}</td><td>{maximum}</td><td>-</td><td>How much.</td></tr>
</table></body></html>
"""


def write_page(form: str, facts: Mapping[str, str]) -> str:
    """Write a page of one model: raw Markdown, or escaped HTML."""
    if form == "html":
        return HTML.format(**{key: html.escape(text) for key, text in facts.items()})
    return MARKDOWN.format(**facts)


def spec_files(number: int, text: str) -> dict[str, Any]:
    """Give the JSON of a page whose every text is hostile, as if somebody had edited it by hand."""
    model = f"model_m{number}"
    string = {"type": "string", "x-type": "string"}
    spec = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:scenario:{model}",
        "title": text,
        "description": text,
        "x-model": model,
        "x-capabilities": [text, "plain"],
        "x-markdown": f"https://a.b/{quote(text[:200], errors='replace')}",
        "type": "object",
        "properties": {
            "style": {**string, "enum": ["plain", text], "default": text, "description": text},
            "prompt": {**string, "x-unit": f"in {text}", "default": text, "description": f"{text} {text}"},
            "tags": {
                "type": "array",
                "x-type": "string_array",
                "items": {"type": "string", "enum": [text, "plain"]},
                "default": ["plain", text],
                "description": f"See {text}.",
            },
        },
        "required": ["style"],
        "additionalProperties": False,
    }
    gone = spec | {"$id": f"urn:scenario:{model}-gone", "x-model": f"{model}-gone", "deprecated": True}
    manifest = {
        "title": text,
        "kind": text,
        "updated": text,
        "models": [model],
        "deprecated": {f"{model}-gone": text},
        "providers": {model: text, text: text, f"{model}-gone": text},
    }
    return {
        f"p{number}/page.json": manifest,
        f"p{number}/m{number}.json": spec,
        f"p{number}/m{number}-gone.json": gone,
    }


def annotated_files(number: int, texts: Sequence[str]) -> dict[str, Any]:
    """Give the JSON of a page with what no page says yet: hostile words for types, annotations and their names, at any depth."""
    page, model = f"p{number}/page.json", f"p{number}/m{number}.json"
    files = spec_files(number, "plain")
    manifest, spec = files[page], files[model]
    each = [_annotated_values(text, spec["$id"]) for text in texts]
    spec["properties"] = {
        f"{key}{index}": one for index, some in enumerate(each) for key, one in some.items()
    }
    notes = {f"x-{text}": text for text in texts}
    spec |= {
        "required": ["word0"],
        "x-note": texts[0],
        "x-more": [*texts, None, {text: text for text in texts}],
        **notes,
    }
    return {page: manifest | {"deprecated": {}}, model: spec}


def _annotated_values(text: str, reference: str) -> dict[str, Any]:
    said = {"x-type": text, "x-unit": text, f"x-{text}": text}
    inner = {"type": "string", "description": text, **said}
    return {
        "word": {"type": "number", "x-more": [text, None, {text: [None, {text: text}]}], **said},
        "shape": {"type": "object", "properties": {"inner": inner}, "additionalProperties": False, **said},
        "list": {"type": "array", "items": {"type": "array", "items": inner}, "x-type": text},
        "either": {"anyOf": [inner, {"type": "integer", **said}], "x-type": text},
        "other": {"$ref": reference, "x-type": text},
        "told": {"type": "string", "enum": ["plain", text], "x-type": "file", **facts_for_people(text)},
    }


def facts_for_people(text: str) -> dict[str, Any]:
    """Give what a record says of a parameter, where each text is hostile."""
    told = {"x-label", "x-kind", "x-group", "x-hint", "x-placeholder", "x-mask-from"}
    return dict.fromkeys(sorted(told), text) | {
        "x-labels": {text: text, "$ref": "#/leak"}, "x-model-types": [text], "x-required-if": {text: [text]},
    }  # fmt: skip


def load(specs: Mapping[str, Any]) -> tuple[Page, ...]:
    """Load pages from the JSON of `specs/`."""
    return load_pages({path: json.dumps(value) for path, value in specs.items()}, SERVICE)


def load_root(root: Path) -> tuple[Page, ...]:
    """Load the pages that a root has."""
    specs = {
        path.relative_to(root / "specs").as_posix(): path.read_text() for path in root.glob("specs/*/*.json")
    }
    return load_pages(specs, SERVICE)


def find_problems(
    name: str,
    tree: Mapping[str, str],
    pages: Sequence[Page],
    twin: Mapping[str, str] | None = None,
    releases: Sequence[Release] = (),
) -> list[str]:
    """Say where a hostile text is more than text: where a file is not what it would be with plain words.

    `twin` is what a target writes for `disarm(pages)`; by default, what the project's own templates write.
    """
    plain, texts = disarm(pages)
    twin = twin or build(name, plain, releases)
    problems = find_differences(name, tree, twin, texts, pages)
    if not problems and name in FACTS:
        problems += FACTS[name](tree, pages)
    return sorted(problems)


def find_differences(
    name: str,
    tree: Mapping[str, str],
    twin: Mapping[str, str],
    texts: Mapping[str, str],
    pages: Sequence[Page],
) -> list[str]:
    """Say where what is written is not the twin with the texts in the places of their words."""
    twin = name_as_texts(twin, texts)
    problems = [f"{path}: is missing, or should not be there" for path in tree.keys() ^ twin.keys()]
    for path in tree.keys() & twin.keys():
        try:
            problems += _compare_file(path, tree[path], twin[path], texts)
        except (SyntaxError, json.JSONDecodeError) as error:
            problems.append(f"{path}: {error}")
    if not problems and name in ("site", "typescript"):
        models = [model for page in pages for model in page.models]
        problems += find_typescript_problems(tree, twin, texts, models)
    if not problems and name == "site":
        problems += find_page_problems(tree, twin, texts, _read_code)
    return problems


def disarm(pages: Sequence[Page]) -> tuple[tuple[Page, ...], dict[str, str]]:
    """Put a plain word in the place of each text, the same for the same; give the text of each word too.

    What is plain already stays, so that a file without a hostile text is the same in the twin. Capabilities and providers, by which
    pages are ordered, have words of their own in the same order.
    """
    words: dict[str, str] = {}
    all_models = [model for page in pages for model in page.models]
    capabilities = _name_in_order(
        6, {one for model in all_models for one in model.capabilities if one != HARMLESS["capability"]}
    )
    providers = _name_in_order(7, {model.provider for model in all_models}, make_slug)
    headings: dict[str, str] = {}  # word -> text: annotations of several names may have one

    def word(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(word(item) for item in value)
        if isinstance(value, dict):
            return {word(key): word(item) for key, item in value.items()}
        if not isinstance(value, str) or value in PLAIN:
            return value
        return words.setdefault(value, f"qx{len(words)}qx")

    def plain(model: Model) -> Model:
        plain_url = word(model.markdown)
        markdown = plain_url if plain_url in PLAIN else f"https://{plain_url}"
        rules = plain_rules(model.spec)
        said = [capabilities.get(one, one) for one in model.capabilities]
        made = make_model(
            {**rules, "x-capabilities": said} if said else rules,
            providers[model.provider],
            word(model.anchor),
            model.source,
            model.find_spec,
            service=SERVICE,
            name=model.name,
        )
        facts = {
            "markdown": markdown,
            "deprecated_since": word(model.deprecated_since),
            "page_url": model.page_url,
        }
        return replace(made, **facts, is_deprecated=model.is_deprecated, is_referred=model.is_referred)

    def plain_rules(rules: dict[str, Any]) -> dict[str, Any]:
        """Put words into a spec, or into the rules of a parameter and of all that is inside it."""
        said = {key: word(rules[key]) for key in ("title", "description", "enum", "default") if key in rules}
        said |= {key: word(rules[key]) for key in rules if key.startswith("x-") and key not in OWN_NAMES}
        inner = {key: plain_rules(one) for key, one in rules.get("properties", {}).items()}
        items = {"items": plain_rules(rules["items"])} if "items" in rules else {}
        branches = {"anyOf": [*map(plain_rules, rules["anyOf"])]} if "anyOf" in rules else {}
        plain = {**rules, **said, **items, **branches, **({"properties": inner} if inner else {})}
        return {name_of(key): one for key, one in plain.items()}

    def name_of(key: str) -> str:
        """Put a word into the name of an annotation, and into the heading that it becomes."""
        if not key.startswith("x-") or key in KNOWN_NAMES:
            return key
        made = f"x-{word(key.removeprefix('x-'))}"
        headings[write_header(made)] = write_header(key)
        return made

    twins = []
    for page in pages:
        groups = [
            replace(
                one,
                heading=one.heading and providers[one.heading],
                anchor=word(one.anchor),
                models=tuple(map(plain, one.models)),
            )
            for one in page.groups
        ]
        facts = {key: word(getattr(page, key)) for key in ("title", "kind", "updated")}
        gone = tuple(map(plain, page.deprecated))
        twins.append(replace(page, **facts, groups=tuple(groups), deprecated=gone))
    found = [*words.items(), *capabilities.items(), *providers.items()]
    return tuple(twins), {word: text for text, word in found} | headings


def name_as_texts(twin: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """Give the files of a twin the paths that they have with the texts, also where Markdown links them."""

    def name(path: str) -> str:
        return WORD.sub(lambda word: make_slug(texts[word[0]]), path)

    return {name(path): OWN_LINK.sub(lambda link: name(link[0]), text) for path, text in twin.items()}


def _name_in_order(role: int, texts: Iterable[str], fold: Callable[[str], str] = str) -> dict[str, str]:
    """Give a word for each text, in the order of what they are folded to; those of texts that are folded alike differ in capitals alone.

    A word is as long as its text where this is too long for the head of a column.
    """
    words: dict[str, str] = {}
    ordered = sorted(texts, key=lambda one: (fold(one), one))
    for rank, (_, group) in enumerate(groupby(ordered, fold)):
        alike = [*group]
        for (start, end), text in zip(CAPITALS[-len(alike) :], alike, strict=True):
            words[text] = f"{start}{role}{rank:05}{'' if len(text) <= SHORT else '000'}{end}"
    return words


def shown(text: str) -> str:
    """Say how a text reaches people: folded, and unsafe characters replaced."""
    return UNSAFE.sub("\ufffd", collapse_whitespace(text))


def documented(text: str) -> str:
    """Say how a text stands in a docstring: no test runner finds an example there, and no documentation tool a directive."""
    return re.sub(r">>>|\A\.\.(?=\s|\Z)", r"\\\g<0>", shown(text))


def _compare_file(path: str, text: str, twin: str, texts: Mapping[str, str]) -> Iterator[str]:
    if unsafe := {*UNSAFE.findall(text)} - {"\n", "\ufffd"}:
        yield f"{path}: holds {unsafe!a}"
    if text == twin and not WORD.search(twin):
        return  # no text got in
    if path.endswith(".py"):
        yield from find_difference(path, _code(text, {}), _code(twin, texts))
    elif path.endswith((".md", "llms.txt")):
        yield from find_difference(path, "\n".join(blocks(text, {})), "\n".join(blocks(twin, texts)))
    elif path.endswith(".json"):
        found, expected = json.loads(text), _put_back(json.loads(twin), texts)
        if path == "openapi.json":
            found, expected = _without_prose(found), _without_prose(expected)  # which is read back below
        yield from find_difference(path, json.dumps(found), json.dumps(expected))
    elif path.endswith(".xml"):
        yield from find_feed_problems(path, text, twin, texts)


SPACES = re.compile(r"[\s`]+")


def _code(text: str, texts: Mapping[str, str]) -> str:
    """Dump the syntax of a module; each word is replaced by its text. Docstrings are folded, and how long a fence of code is depends on it."""
    tree = ast.parse(text)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_doc = id(node) in docs
            swap = lambda found, is_doc=is_doc: documented(texts[found[0]]) if is_doc else texts[found[0]]  # noqa: E731
            value = WORD.sub(swap, node.value) if texts else node.value
            node.value = SPACES.sub("", value) if is_doc else value
    return ast.dump(tree)


def blocks(text: str, texts: Mapping[str, str]) -> Iterator[str]:
    """Give what a Markdown renderer makes of a text, without the texts themselves; but whole what stands in a fence.

    Each word there is replaced by its text. Left out is what any URL or code may be: a link that shows where it leads, and a code span.
    """
    rendered = cmark.markdown_to_html_with_extensions(text, UNSAFE_HTML, ["table", "strikethrough"])
    for found in ELEMENT.finditer(LINK.sub(_without_autolink, rendered)):
        code = html.unescape(found["code"] or "")
        yield found["tag"] or _read_code(code, texts, found["language"] or "")


def _read_code(code: str, texts: Mapping[str, str], language: str) -> str:
    return _code(code, texts) if language.lower() == "python" else _tokens(code, texts)


def _without_autolink(link: re.Match[str]) -> str:
    leads_to, shown = (unquote(html.unescape(one)) for one in link.groups())
    return link[2] if leads_to == shown else link[0]


UNSAFE_HTML = cmark.Options.CMARK_OPT_UNSAFE  # a tag that has come in stays a tag
LINK = re.compile('<a href="(https:[^"]*)">([^<]*)</a>')
ELEMENT = re.compile(
    r"""
      <pre><code(?:\ class="language-(?P<language>\w+)")?>(?P<code>.*?)</code></pre>
    | <(?!/?code>)(?P<tag>[^\s>]+)
    """,
    re.VERBOSE | re.DOTALL,
)
STRING = re.compile(r'"(?:[^"\\\n\r\u2028\u2029]|\\.)*"')
ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|(.))")
SIGNS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _tokens(code: str, texts: Mapping[str, str]) -> str:
    """Give TypeScript or JSON with its strings as their values; each word is replaced by its text."""

    def value(match: re.Match[str]) -> str:
        text = ESCAPE.sub(_unescape, match[0][1:-1])
        text = WORD.sub(lambda found: texts[found[0]], text) if texts else text
        return ascii(text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))  # joins halves

    return STRING.sub(value, code)


def _unescape(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    return chr(int(number, 16)) if number else SIGNS.get(match[3], match[3])


def _put_back(value: Any, texts: Mapping[str, str]) -> Any:
    """Put its text in the place of each word in JSON; that of an address is the whole address."""
    if isinstance(value, dict):
        return {
            WORD.sub(lambda one: texts[one[0]], key): _put_back(item, texts) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_put_back(item, texts) for item in value]
    if isinstance(value, str) and "/" in value and PATH.fullmatch(value):
        return WORD.sub(lambda one: make_slug(texts[one[0]]), value)
    is_word = isinstance(value, str) and re.fullmatch(f"(?:https://)?({WORD.pattern})", value)
    if isinstance(value, str) and value.swapcase() in texts:  # a vector with a near miss of a choice
        text = texts[value.swapcase()]
        return text + " " if text == text.swapcase() else text.swapcase()
    return texts[is_word[1]] if is_word else value


def _wrong_literals(tree: Mapping[str, str], pages: Sequence[Page]) -> Iterator[str]:
    models = sorted((model for page in pages for model in page.models), key=lambda model: model.id)
    calls = [
        node
        for node in ast.walk(ast.parse(tree["scenario_models/catalogue.py"]))
        if isinstance(node, ast.Call) and node.keywords
    ]
    infos = [{one.arg: ast.literal_eval(one.value) for one in call.keywords} for call in calls]
    for model, info in zip(models, infos, strict=True):
        keys = ("id", "title", "provider", "capabilities", "deprecation")
        if any(info.get(key, "") != getattr(model, key) for key in keys):
            yield f"catalogue.py: {model.id}"
        checks = ast.parse(tree[f"scenario_models/validators/{info['module']}.py"])
        made = [node.value for node in checks.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        calls = [one for one in made if isinstance(one, ast.Call) and not isinstance(one.args[0], ast.Name)]
        constants = [ast.literal_eval(call.args[0]) for call in calls]
        names = tuple(one.name for one in model.parameters)
        if constants != [names, *(one.choices for one in model.parameters if one.choices)]:
            yield f"validators/{info['module']}.py: constants"
        typed = ast.parse(tree[f"scenario_models/typed/{info['module']}.py"])
        found = {node.value for node in ast.walk(typed) if isinstance(node, ast.Constant)}
        values = [value for one in model.parameters for value in (*one.choices, *_flat(one.default))]
        if not {model.id, *values} <= found:
            yield f"typed/{info['module']}.py: choices or defaults"


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _lost_facts(tree: Mapping[str, str], pages: Sequence[Page]) -> Iterator[str]:
    for page in pages:
        path = f"reference/{page.name}.md"
        built = build_specs(read_page(tree[path], path, PROFILE), PROFILE)
        found = {draft.model: _as_shown(draft.spec) for draft in built.drafts}
        listed = [model for group in page.groups for model in group.models]
        expected = {model.id: _as_shown(model.spec) for model in listed}
        yield from find_difference(path, json.dumps(found), json.dumps(expected))
        yield from find_difference(path, _bare(built.document.title), _bare(page.title))
        headings = {
            model.id: _bare(group.heading) for group in page.groups for model in group.models if group.heading
        }
        providers = {model: _bare(heading) for model, heading in built.document.providers.items()}
        yield from find_difference(path, json.dumps(providers), json.dumps(headings))


def _lost_rules(tree: Mapping[str, str], pages: Sequence[Page]) -> Iterator[str]:
    document = json.loads(tree["openapi.json"])
    for model in (model for page in pages for model in page.models):
        found = read_operation(document, model.id)
        expected = as_read(model.spec) | {"example": model.example}
        yield from find_difference(
            "openapi.json", json.dumps(found, sort_keys=True), json.dumps(expected, sort_keys=True)
        )


def read_operation(document: Any, model: str) -> dict[str, Any]:
    """Read the spec of a model back from its operation, and its example."""
    operation = document["paths"][f"/generate/custom/{model}"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    body = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    rules = {key: _unwrap(one, document) for key, one in body["properties"].items()}
    found = {**body, "properties": rules, "title": operation["summary"], "example": content["example"]}
    found |= {"deprecated": True} if operation.get("deprecated") else {}
    assert operation.get("description") == body.get("description")
    return _in_prose(found, lambda text: read_text(Source.of("", text), 0, len(text)).prose)


def _unwrap(value: Any, document: Any = None) -> Any:
    """Take choices out of the `allOf` that keeps them from some programs, and give references as specs have them."""
    if isinstance(value, list):
        return [_unwrap(one, document) for one in value]
    if not isinstance(value, dict):
        return value
    value = value.get("allOf", [value])[0]
    inner = {key: _unwrap(one, document) for key, one in value.items()}
    if document and "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        inner["$ref"] = f"urn:scenario:{document['components']['schemas'][name]['x-model']}"
    return inner


def as_read(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a spec is, read back from OpenAPI."""
    kept = {key: value for key, value in spec.items() if key not in ("$schema", "$id", "x-markdown")}
    kept |= {key: pass_annotation_on(value) for key, value in kept.items() if key.startswith("x-")}
    kept["properties"] = {
        key: _unwrap(pass_on(one, str, str, SEAM, key)) for key, one in spec["properties"].items()
    }
    return _in_prose(kept, lambda text: remove_link_backticks(shown(text)))


def _in_prose(spec: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Change the texts for people in a spec, and in all values inside it."""
    changed = {key: change(spec[key]) for key in ("title", "description") if isinstance(spec.get(key), str)}
    passed = {**spec, **changed}
    inner = {key: _in_prose(one, change) for key, one in passed.get("properties", {}).items()}
    items = {"items": _in_prose(passed["items"], change)} if "items" in passed else {}
    branches = {"anyOf": [_in_prose(one, change) for one in passed["anyOf"]]} if "anyOf" in passed else {}
    return {**passed, **items, **branches, **({"properties": inner} if inner else {})}


def _without_prose(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_prose(one) for one in value]
    if not isinstance(value, dict):
        return value
    value = pass_on(value, str, str, SEAM) if "x-type" in value else value
    texts = [key for key in ("summary", "description") if isinstance(value.get(key), str)]
    return {key: _without_prose(one) for key, one in value.items() if key not in texts}


def _bare(text: str) -> str:
    """Leave out what the reference may spell otherwise: white space, fences, and the backslash before a bar in code."""
    spelled = UNSAFE.sub("\ufffd", collapse_whitespace(text)).strip()  # any space at an end is lost
    return re.sub("[ `]", "", spelled).replace("\\|", "|")


FACTS = {"python": _wrong_literals, "docs": _lost_facts, "openapi": _lost_rules}
BAR = ("\\|", "\\\ufffd")  # in a code span of a table, Markdown cannot write a bar behind a backslash


def _as_shown(value: Any, key: str = "") -> Any:
    """Say what a spec becomes on its way through the reference."""
    if isinstance(value, dict):
        changed = {name: _as_shown(item, name) for name, item in value.items()}
        nothing = ("", "-") if "x-type" in value else ("",)
        return {name: item for name, item in changed.items() if name != "description" or item not in nothing}
    if isinstance(value, list):
        return [_as_shown(item, key) for item in value]
    if not isinstance(value, str):
        return value
    if key == "x-markdown":
        return shown(value)
    return (
        _bare(value)
        if key in ("title", "description", "x-unit")
        else collapse_whitespace(UNSAFE.sub("\ufffd", value)).replace(
            *(BAR if key in ("enum", "default") else ("", ""))
        )
    )


SEAM = tomllib.loads((PROJECT / "templates/openapi/target.toml").read_text())["literals"]["left_out"]
COLUMNS = '[possible_columns]\n"Unit" = "x-unit"\n'
PROFILE_TEXT = (SAVED / "profile.toml").read_text().replace("[possible_columns]", COLUMNS, 1)
PROFILE = read_config(PROFILE_TEXT, "specs/profile.toml", Profile)
SPELLING = {
    path.name: read_target(PROJECT, path.name, VENDOR.api) for path in (PROJECT / "templates").glob("[!.]*/")
}


def templates_of(root: Path, name: str) -> tuple[dict[str, str], Target]:
    """Read a root's templates for a target, and how it spells."""
    templates = read_tree(root / "templates" / name, root)
    templates["target.toml"] = VOLUME.sub(WHOLE, templates["target.toml"])
    return templates, read_config(templates["target.toml"], "target.toml", Target)


def hostile_changes(text: str) -> list[Change]:
    """Make a change of each kind, of both text and lists, with a text in every place that a page or a file can fill."""
    values = [text, [text, text], {"minimum": 1}, None]
    return [
        Change(kind, severity, text, text, text, old=old, new=text, place=Place("specs/page/page.md", 3, 4))
        for kind, (severity, _) in KINDS.items()
        for old in values
    ]
