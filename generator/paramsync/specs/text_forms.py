"""The forms in which the packages take the text of a parameter: as it is, by a reference, or from a local file. Pure."""

from collections.abc import Container

PLAIN, REFERENCE, LOCAL = "plain text", "reference", "local file"
# A file is uploaded, or given by a reference: any other text, such as a prompt, is refused.
FILE = frozenset({REFERENCE, LOCAL})
ANY_TEXT = frozenset({PLAIN, REFERENCE})
# A choice is taken for a plain text: only packages know what a reference looks like.
CHOICE = frozenset({PLAIN})


def find_forms(word: str, choices: object, files: Container[str]) -> frozenset[str]:
    """Return the forms for a type, given the vendor's word and the choices, which are taken as they are written.

    `files` are the words for types of files that are uploaded.
    """
    return CHOICE if choices else FILE if word in files else ANY_TEXT


def is_file(word: str, choices: object, files: Container[str]) -> bool:
    """Tell whether local files are taken for a type."""
    return LOCAL in find_forms(word, choices, files)
