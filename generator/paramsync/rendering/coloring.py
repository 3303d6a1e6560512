"""Code as HTML with a class for each kind of token that has a color, by Pygments, which is loaded when it is needed. Pure."""

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

# Tokens, with those below them, by the names that Pygments has for them; of several that match, the first decides.
CLASSES = {
    "Keyword.Constant": "number",
    "Keyword": "keyword",
    "Name.Tag": "keyword",
    "Operator.Word": "keyword",
    "Literal.String.Interpol": "",
    "Literal.String": "string",
    "Literal.Number": "number",
    "Comment": "comment",
    "Name.Function": "name",
    "Name.Builtin": "name",
    "Name.Class": "name",
    "Name.Namespace": "name",
}


def color(code: str, language: str) -> str:
    """Write code as HTML with a class for each kind of token that has a color.

    Raises:
        ValueError: Pygments does not know the language.

    """
    tokens = _load(language).get_tokens(code)
    parts = groupby(tokens, lambda token: _find_class(token[0]))
    return "".join(_write(name, "".join(text for _, text in part)) for name, part in parts)


def _write(name: str, text: str) -> str:
    return f'<span class="c-{name}">{escape(text)}</span>' if name else escape(text)


@cache
def _find_class(token: "_TokenType") -> str:
    """Find the class of a kind of token; empty for one without a color."""
    path = f"{'.'.join(token)}."
    return next((name for prefix, name in CLASSES.items() if path.startswith(f"{prefix}.")), "")


@cache
def _load(language: str) -> "Lexer":
    from pygments.lexers import get_lexer_by_name  # most targets have no code to color
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        raise ValueError(f"Pygments knows no language {language!r}") from None
