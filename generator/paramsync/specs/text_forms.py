"""The forms in which the packages take the text of a parameter: as it is, by a reference, or from a local file. Pure."""

PLAIN, REFERENCE, LOCAL = "plain text", "reference", "local file"
# The vendor's word for a type, or for that of an array's elements -> the forms. A file is uploaded, or given by a reference: any
# other text, such as a prompt, is refused.
FORMS: dict[str, frozenset[str]] = {"file": frozenset({REFERENCE, LOCAL})}
ANY_TEXT = frozenset({PLAIN, REFERENCE})  # for all other words
# A choice is taken for a plain text: only packages know what a reference looks like.
CHOICE = frozenset({PLAIN})


def find_forms(word: str, choices: object) -> frozenset[str]:
    """Return the forms for a type, given the vendor's word and the choices, which are taken as they are written."""
    return CHOICE if choices else FORMS.get(word.removesuffix("_array"), ANY_TEXT)
