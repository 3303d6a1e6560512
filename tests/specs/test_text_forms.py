"""The table of what packages take for a word: it tells words apart where a target does."""

import tomllib
from itertools import combinations

import pytest

from paramsync.specs.text_forms import LOCAL, PLAIN, find_forms
from support.example import SAVED
from support.names import TARGETS

PROFILE = SAVED / "profile.toml"


@pytest.mark.parametrize("target", [name for name, target in TARGETS.items() if target.types])
def test_words_for_one_json_type_differ_in_their_forms_if_a_target_gives_them_other_types(
    target: str,
) -> None:
    words, types = tomllib.loads(PROFILE.read_text("utf-8"))["types"], TARGETS[target].types
    pairs = [pair for pair in combinations(words, 2) if words[pair[0]] == words[pair[1]]]
    assert len(pairs) > 5
    for one, other in pairs:
        assert (find_forms(one, ()) == find_forms(other, ())) is (types[one] == types[other]), (one, other)


def test_a_file_with_choices_takes_only_these() -> None:
    assert LOCAL in find_forms("file_array", ())
    assert find_forms("file", ("a",)) == find_forms("string", ("a",)) == {PLAIN}
