"""Parameters whose names say that they are inside each other."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.paths import PROFILE
from paramsync.specs.build import build_specs
from paramsync.specs.nesting import nest_parameters

PROFILE_TEXT = """
[tables]
id = "page"
nested = "{nested}"
[columns]
Name = "name"
Type = "type"
Required = "required"
[types]
text = "string"
[words]
yes = ["yes"]
no = ["no"]
"""
NAME = st.text("abc-_1", min_size=1, max_size=4).filter(lambda name: name[0] not in "-_")
LEAF = st.booleans()  # whether it is required


def members(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.booleans(), st.dictionaries(NAME, inner, min_size=1, max_size=3))


# A parameter: whether it is required, or whether it is an array of objects and what is inside them.
OBJECTS = st.dictionaries(NAME, st.recursive(LEAF, members, max_leaves=6), min_size=1, max_size=4)


def rows(objects: dict[str, Any], before: str = "") -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    for name, one in objects.items():
        if isinstance(one, bool):
            found.append((before + name, one))
        else:
            is_array, inside = one
            found += rows(inside, f"{before}{name}{'[]' if is_array else ''}.")
    return found


def schema(objects: dict[str, Any]) -> dict[str, Any]:
    """Make the schema that the rows must give."""
    properties = {}
    for name, one in objects.items():
        if isinstance(one, bool):
            properties[name] = {"type": "string", "x-type": "text"}
        else:
            is_array, inside = one
            found = {"type": "object", **schema(inside), "additionalProperties": False}
            properties[name] = {"type": "array", "items": found} if is_array else found
    return {"properties": properties, "required": [name for name, one in objects.items() if one is True]}


def in_brackets(name: str) -> str:
    first, *others = name.split(".")
    return first + "".join(f"[{one.removesuffix('[]')}]{'[]' * one.endswith('[]')}" for one in others)


@given(OBJECTS, st.randoms(), st.sampled_from([".", "[]"]))
def test_rows_in_any_order_give_the_objects_that_their_names_mean(
    objects: dict[str, Any], random: Any, nested: str
) -> None:
    listed = [(in_brackets(name) if nested == "[]" else name, needed) for name, needed in rows(objects)]
    random.shuffle(listed)
    text = "# Chart\n\n| Name | Type | Required |\n| --- | --- | --- |\n"
    text += "".join(f"| `{name}` | text | {'yes' if needed else 'no'} |\n" for name, needed in listed)
    profile = read_config(PROFILE_TEXT.replace("{nested}", nested), PROFILE, Profile)
    [draft] = build_specs(read_page(text, "specs/chart/page.md", profile), profile).drafts
    nest_parameters(draft)
    assert not draft.findings
    wanted = schema(objects)
    assert draft.spec["properties"] == sort_like(wanted["properties"], draft.spec["properties"])
    assert sorted(draft.spec["required"]) == sorted(wanted["required"])
    assert [*draft.parameters] == [name for name, _ in listed]


def sort_like(wanted: Any, found: Any) -> Any:
    """Order lists of names as they were found: the rows may come in any order."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {key: sort_like(one, found.get(key)) for key, one in wanted.items()}
    if isinstance(wanted, list) and isinstance(found, list) and sorted(wanted) == sorted(found):
        return found
    return wanted
