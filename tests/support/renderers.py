"""Markdown as others show it: four renderers, each as permissive as it can be set, and what they make of a text."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from cmarkgfm import cmark

from support.node import ask_node
from support.twins import WORD, find_difference

EXTENSIONS = ["autolink", "strikethrough", "table", "tasklist"]
TAG = re.compile(r"<[^>]*>?")
CODE = re.compile(r"</?code\b[^>]*>")
BLOCK_OF_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
ADDRESS = re.compile(r'(?<=<a href=")https?:[^"]*')
SHOWN_ADDRESS = re.compile(r'<a href="https?:[^>]*>[^<]*</a>')
FINGERPRINT = re.compile("(?<=<!-- )[0-9a-f]{12}(?= -->)")
FRAGMENT = re.compile(r'(?<=#)[^"#]*(?=">$)')
# What a text may lose on its way: white space, the fences of code, and what a code span of a table cannot hold.
LOST = re.compile(r"[\s`\\|\ufffd]")


def render_all(texts: Sequence[str]) -> dict[str, list[str]]:
    """Give the HTML that each renderer makes of each text."""
    made: dict[str, list[str]] = ask_node("markdown.mjs", list(texts))
    unsafe = cmark.Options.CMARK_OPT_UNSAFE
    made["cmark-gfm"] = [cmark.markdown_to_html_with_extensions(text, unsafe, EXTENSIONS) for text in texts]
    return made


def find_markup(tree: Mapping[str, str], twin: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    """Say where a renderer makes more of a hostile text, or less, than of the plain word that stands for it in the twin."""
    paths = [path for path in sorted(tree) if path.endswith((".md", "llms.txt")) and tree[path] != twin[path]]
    made = render_all([side[path] for path in paths for side in (tree, twin)])
    for renderer, pages in made.items():
        for path, found, plain in zip(paths, pages[::2], pages[1::2], strict=True):
            yield from find_difference(f"{path}: {renderer}: elements", elements(found), elements(plain))
            expected = WORD.sub(lambda word: texts[word[0]], visible(plain))
            yield from find_difference(
                f"{path}: {renderer}: text", LOST.sub("", visible(found)), LOST.sub("", expected)
            )


def elements(page: str) -> list[str]:
    """Give the tags of HTML; those of code spans left out, and where an address or an anchor leads."""
    tags = TAG.findall(CODE.sub("", BLOCK_OF_CODE.sub("<pre>", page)))
    return [FINGERPRINT.sub("", FRAGMENT.sub("", ADDRESS.sub("", tag))) for tag in tags]


def visible(page: str) -> str:
    """Give the text that people see, without blocks of code and addresses."""
    return html.unescape(TAG.sub("", SHOWN_ADDRESS.sub("", BLOCK_OF_CODE.sub("", page))))
