"""Code as HTML with a class for each kind of token, by Pygments, which is loaded when it is needed. Pure."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexer import Lexer


def color(code: str, language: str) -> str:
    """Write code as HTML with a class for each kind of token.

    Raises:
        ValueError: Pygments does not know the language.

    """
    import pygments  # most targets have no code to color

    lexer, formatter = _load(language)
    return pygments.highlight(code, lexer, formatter)


@cache
def _load(language: str) -> tuple["Lexer", "HtmlFormatter[str]"]:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True, classprefix="c-")
    except ClassNotFound:
        raise ValueError(f"Pygments knows no language {language!r}") from None
