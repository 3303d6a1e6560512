"""A twin is what comes out where a plain word stands in the place of each hostile text; it must not differ but for the words."""

import re
from collections.abc import Iterator, Sequence

WORD = re.compile("(?:qx|Qx)[0-9]+(?:qx|Qx)")  # in capitals: in the heading that an annotation is
AROUND = 60  # letters, or parts, that are shown before and behind a difference


def find_difference(where: str, found: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    """Say where two texts, or lists of texts, begin to differ."""
    if found != expected:
        at = next((i for i, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), 0)
        around = slice(max(at - AROUND, 0), at + AROUND)
        yield f"{where}: {found[around]!a} should be {expected[around]!a}"
