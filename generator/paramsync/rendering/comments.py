r"""Which texts may not stand in a comment, because they end it, or begin something in it. Pure.

Behind `// ?>`, PHP prints what follows and runs what `<?php` begins. A target says what ends its comments, or that the end of the line alone does;
until it has said so, a text that holds what does so in some language is an error.
"""

from collections.abc import Sequence

from paramsync.text import quote

ENDS = (
    *("*/", "/*", "*)", "(*", "-}", "{-", "|#", "#|", "#>", "<#", "=#", "#=", "]]", "[["),
    *("-->", "--!>", "<!--", "</script", "<?", "?>", "<%", "%>"),
    *('"""', "'''", "=begin", "=end", "=cut"),
    "\\u",  # Java reads `\u002a\u002f` as `*/`
)


def check_comment(text: str, ends: Sequence[str] | None) -> None:
    """Check that a text, as it is written, ends no comment; `ends` is what does so in the language, if that is known.

    Raises:
        ValueError: it may; the message says which key says how it is written.

    """
    lower = text.lower()
    found = next((one for one in (ENDS if ends is None else ends) if one.lower() in lower), "")
    if not found:
        return
    problem = f"{quote(text)} has {found!r} in it, which "
    if ends is None:
        raise ValueError(
            f"{problem}may end a comment of this language; say below [prose] in target.toml what does, such as ends = ['*/'], and by escape how it is"
            " written, or ends = [] if only the end of a line does"
        )
    raise ValueError(f"{problem}ends a comment; say by escape below [prose] in target.toml how it is written")
