"""What stands in a page is the text that was given, wherever it stands, and a template may take one of another target.

Modules: coloring.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from paramsync.pages.prose import read_code_span, split_prose
from paramsync.rendering.coloring import CLASSES
from paramsync.rendering.filters import Filters, highlight, html, scale
from paramsync.rendering.naming import Escape
from paramsync.rendering.target import Prose, Target
from paramsync.text import UNSAFE, collapse_whitespace
from support.html_reader import HtmlReader
from support.roots import Root
from support.small_root import put

PROSE = Prose(
    ends=(),
    code="<code>{code}</code>",
    escape=tuple(
        Escape(match=sign, write=f"&{name};")
        for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "#39"))
    ),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "`<b>` and ``a`b``",
        "&lt;b&amp;",
        "-->",
        "{{ 7 }}",
    ]
)


@given(TEXTS)
def test_text_is_text_in_an_element_and_in_an_attribute(text: str) -> None:
    read = HtmlReader(f'<p title="{html(text)}">{html(text)}</p>')
    shown = UNSAFE.sub("\ufffd", text)
    assert read.elements == [("p", {"title": shown})]
    assert read.text == shown


@given(TEXTS)
def test_prose_is_text_whose_code_spans_are_elements(text: str) -> None:
    shown = UNSAFE.sub("\ufffd", collapse_whitespace(text))
    parts = [(kind, read_code_span(one) if kind == "code" else one) for kind, one in split_prose(shown)]
    read = HtmlReader(Filters(Target(prose=PROSE), lambda _: Target()).prose(text))
    assert read.elements == [("code", {})] * sum(kind == "code" for kind, _ in parts)
    assert read.text == "".join(one for _, one in parts)


@given(TEXTS, st.sampled_from(["python", "typescript", "bash", "json"]))
def test_code_in_color_is_the_same_code(text: str, language: str) -> None:
    code = UNSAFE.sub("\ufffd", text).replace("\r", "\n").strip()
    read = HtmlReader(highlight(Markup(code), language))  # noqa: S704 - what filters return
    assert read.text.strip() == code
    assert {tag for tag, _ in read.elements} <= {"span"}
    classes = {f"c-{name}" for name in CLASSES.values()}
    assert all(
        attributes.keys() == {"class"} and attributes["class"] in classes for _, attributes in read.elements
    )


@pytest.mark.parametrize(
    ("value", "low", "high", "placed"),
    [
        (0, 0, 1, 0),
        (1, 0, 1, 200),
        (0.5, 0, 1, 100),
        (7, 5, 5, 0),
        (-3, 0, 9, 0),
        (10, 0, 9, 200),
        (1, 0, 3, 66.67),
        (2**5000, 0, 2**5000, 200),
    ],
)
def test_a_number_is_placed_on_a_line(value: float, low: float, high: float, placed: float) -> None:
    assert scale(value, low, high, 200) == placed


def test_a_template_of_another_target_writes_as_that_does(done: Root) -> None:
    put(
        done,
        {
            "templates/shell/target.toml": "literals.interpolates = {}\nliterals.true = 'yes'\n",
            "templates/shell/macros/own.jinja": "{% macro tell(model) %}{{ true | literal }} {{ model.id | literal }}{% endmacro %}\n",
            "templates/shell/{model}.sh.jinja": '{% import "macros/own.jinja" as own %}{{ own.tell(model) }}\n',
            "templates/shell/names.toml": "",
            "templates/list/shell/{model}.txt.jinja": '{{ true | literal }} {% include "shell/{model}.sh.jinja" %}\n',
            "templates/list/shell.txt.jinja": '{% from "shell/macros/own.jinja" import tell %}{{ tell(models[0]) }}\n',
        },
    )
    done.edit(
        "templates/shell/target.toml",
        "literals.interpolates",
        "names.model = { of = 'model', casing = 'snake' }\nliterals.interpolates",
    )
    ran = done.run("generate", "--target", "list")
    assert ran.code == 0, ran.err
    made = done.path / "generated/list"
    assert (made / "shell/alpha.txt").read_text() == 'true yes "model_alpha"\n'
    assert (made / "shell.txt").read_text() == 'yes "model_alpha"\n'
