"""The forms in which packages take a text."""

from paramsync.specs.text_forms import LOCAL, PLAIN, find_forms

FILES = ("file", "file_array")


def test_a_file_with_choices_takes_only_these() -> None:
    assert LOCAL in find_forms("file_array", (), FILES)
    assert find_forms("file", ("a",), FILES) == find_forms("string", ("a",), FILES) == {PLAIN}
