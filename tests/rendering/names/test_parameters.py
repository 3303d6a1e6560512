"""Names of parameters lead to all models that take them, whatever their spelling, and to those that mean the same.

Modules: slugs, variants, twins, providers.
"""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramsync.paths import WINDOWS_DEVICES
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.names.parameters import Name, collect_names
from paramsync.rendering.names.slugs import make_slug
from paramsync.rendering.service import Service
from support.roots import Root
from support.spec_pages import spec

TEXT: dict[str, Any] = {"type": "string"}
SYNC = ["loop", "bounce", "cut_off", "silence", "remap"]
RATIOS = ["16:9", "9:16", "1:1", "4:3"]
LONG = "How what is heard is kept in time with what is seen."


def choice(*choices: Any, **facts: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [*choices], **facts}


def make_models(*parameters: dict[str, Any], service: Service | None = None) -> list[Model]:
    """Make a model of each, called A, B, and so on."""
    specs = (spec(f"model_{index}", **one) for index, one in enumerate(parameters))
    return [make_model(one, "Acme", service=service or Service()) for one in specs]


def find_name(models: list[Model], slug: str) -> Name:
    return next(one for one in collect_names(models) if one.slug == slug)


# Slugs

SLUGS = {
    "syncMode": "syncmode",
    "sync_mode": "syncmode",
    "SyncMode": "syncmode",
    "sync-mode": "syncmode",
    "Luma Labs": "lumalabs",
    "3d": "3d",
    "aux": "aux-321f6814",
    "com1": "com1-957a49c3",
    "größe": "gre-d353a267",
    "模式": "name-47a27008",
    "": "name-e3b0c442",
    "_": "name-d2e2adf7",
    "a/b": "ab-c14cddc0",
    "x" * 61: f"{'x' * 60}-c508e75f",
}


@pytest.mark.parametrize("name", SLUGS)
def test_a_slug_follows_from_a_name_without_its_spelling(name: str) -> None:
    assert make_slug(name) == SLUGS[name]


@given(st.text(), st.text())
def test_slugs_are_safe_and_two_names_share_one_only_where_they_are_spelled_alike(
    name: str, other: str
) -> None:
    slug = make_slug(name)
    assert re.fullmatch(r"[a-z0-9]{1,60}(-[0-9a-f]{8})?", slug)
    assert not WINDOWS_DEVICES.match(slug)
    assert make_slug(re.sub("[a-z]", lambda one: one[0].upper(), name)) == slug

    def fold(text: str) -> str:
        return re.sub("[ ._-]", "", re.sub("[A-Z]", lambda one: one[0].lower(), text)) or text

    assert (fold(name) == fold(other)) == (make_slug(other) == slug)


# Spellings and variants


def test_names_that_differ_in_spelling_are_one_with_a_part_for_each() -> None:
    models = make_models({"sync_mode": TEXT}, {"syncMode": TEXT}, {"syncMode": TEXT}, {"SyncMode": TEXT})
    (name,) = collect_names(models)
    assert (name.name, name.slug) == ("syncMode", "syncmode")
    assert [(one.name, len(one.uses)) for one in name.spellings] == [
        ("syncMode", 2),
        ("SyncMode", 1),
        ("sync_mode", 1),
    ]
    assert {one.id for one in name.models} == {one.id for one in models}


def test_what_allows_the_same_values_is_one_variant_whatever_else_is_said() -> None:
    one = choice(*RATIOS, default="16:9", description="One.")
    models = make_models(
        {"ratio": choice("16:9", "21:9")},
        {"ratio": one},
        {"ratio": choice(*reversed(RATIOS), default="1:1", **{"x-label": "Ratio"})},
        {"ratio": TEXT | {"maxLength": 5}},
        {"ratio": TEXT},
        {"ratio": one},
    )
    name = find_name(models, "ratio")
    found = [[use.model.id[-1] for use in one.uses] for one in name.variants]
    assert found == [["1", "2", "5"], ["0"], ["3"], ["4"]]
    first, second, third, _ = name.variants
    assert [(value, len(uses)) for value, uses in first.defaults] == [("16:9", 2), ("1:1", 1)]
    assert (first.choices, first.added, first.missing) == (tuple(RATIOS), (), ())
    assert (second.added, second.missing) == (("21:9",), ("9:16", "1:1", "4:3"))
    assert (dict(third.row.limits), third.added, third.missing) == ({"maxLength": 5}, (), ())
    assert [value for value, _ in name.choices] == [*RATIOS, "21:9"]
    assert [(text, len(uses)) for text, uses in name.descriptions] == [("", 4), ("One.", 2)]


def test_values_inside_objects_are_found_with_the_path_to_them() -> None:
    inner = {"type": "object", "properties": {"image": TEXT, "at": {"type": "number"}}}
    parts = {"anyOf": [TEXT, {"type": "array", "items": inner}]}
    models = make_models({"image": TEXT}, {"inputs": {"type": "array", "items": inner}}, {"part": parts})
    name = find_name(models, "image")
    assert [(one.model.id[-1], one.path) for one in name.inside] == [
        ("1", "inputs[].image"),
        ("2", "part[].image"),
    ]
    assert [one.id[-1] for one in name.models] == ["0", "1", "2"]
    only_inside = find_name(models, "at")
    assert (only_inside.name, only_inside.uses, only_inside.variants, only_inside.types) == (
        "at",
        (),
        (),
        ("number",),
    )


# Twins: parameters of two models -> the kinds of reasons, none where they are no twins.

TWINS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "a name with the other in it, choices and description": (
        {"syncMode": choice(*SYNC, description="Lipsync mode when audio and video are out of sync")},
        {"lipsyncMode": choice(*SYNC, description="Lipsync mode when audio and video are out of sync.")},
        ["choices", "description"],
    ),
    "many choices": ({"mode": choice(*SYNC)}, {"fit": choice(*reversed(SYNC))}, ["choices"]),
    "few choices of names that are alike": (
        {"voice": choice("anna", "bob", "cleo")},
        {"voiceId": choice("anna", "bob", "cleo")},
        ["choices"],
    ),
    "few choices and the description": (
        {"fps": choice("24", "30", description="Frames.")},
        {"rate": choice("24", "30", description="Frames")},
        ["choices", "description"],
    ),
    "nearly the choices of names that are alike": (
        {"aspectRatio": choice(*RATIOS, "21:9")},
        {"ratio": choice(*RATIOS)},
        ["nearly"],
    ),
    "a long description": ({"seed": TEXT | {"description": LONG}}, {"noise": TEXT | {"description": LONG}}, ["description"]),
    "a label of several words": (
        {"firstFrame": TEXT | {"x-label": "First Frame Image"}},
        {"start": TEXT | {"x-label": "First frame image"}},
        ["label"],
    ),
    "few choices alone": ({"quality": choice("low", "high")}, {"effort": choice("low", "high")}, []),
    "many numbers alone": (
        {"copies": {"type": "number", "enum": [1, 2, 3, 4, 5]}},
        {"zoom": {"type": "number", "enum": [1, 2, 3, 4, 5]}},
        [],
    ),
    "nearly the choices alone": ({"ratio": choice(*RATIOS, "21:9")}, {"shape": choice(*RATIOS)}, []),
    "a short description": ({"left": TEXT | {"description": "The text."}}, {"right": TEXT | {"description": "The text."}}, []),
    "a label of a word": ({"syncMode": TEXT | {"x-label": "Mode"}}, {"faceMode": TEXT | {"x-label": "Mode"}}, []),
    "a description with other choices": (
        {"size": choice("1K", "2K", description=LONG)},
        {"area": choice("small", "large", description=LONG)},
        [],
    ),
    "a description of another type": ({"one": TEXT | {"description": LONG}}, {"two": {"type": "number", "description": LONG}}, []),
    "names that one model has": (
        {"width": TEXT | {"description": LONG}, "height": TEXT | {"description": LONG}},
        {"height": TEXT | {"description": LONG}},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TWINS)
def test_names_that_mean_the_same_lead_to_each_other_and_say_why(case: str) -> None:
    *parameters, reasons = TWINS[case]
    names = collect_names(make_models(*parameters))
    found = {
        one.name: [(twin.name, [each.kind for each in twin.reasons]) for twin in one.twins] for one in names
    }
    one, other = (next(iter(each)) for each in parameters)
    expected = {one: [(other, reasons)], other: [(one, reasons)]} if reasons else {key: [] for key in found}
    assert found == expected


def test_a_reason_tells_which_choices_only_one_has() -> None:
    models = make_models({"aspectRatio": choice(*RATIOS, "21:9")}, {"ratio": choice("1:1", *RATIOS)})
    (twin,) = find_name(models, "aspectratio").twins
    (reason,) = twin.reasons
    assert (twin.name, {*reason.shared}, reason.own, reason.missing) == ("ratio", {*RATIOS}, (), ("21:9",))


def test_what_many_names_have_in_common_makes_no_twins_and_takes_no_time() -> None:
    said = choice(*SYNC, description=LONG, **{"x-label": "One of many"})
    near = [choice(*(f"{one}{number}" for one in range(9)), "x") for number in range(4)]
    models = make_models(*({f"name{index}": said, f"other{index}": near[index % 4]} for index in range(2000)))
    names = collect_names(models)
    started = time.process_time()
    assert [one.twins for one in names[:2]] == [(), ()]
    assert time.process_time() - started < 2


# Paths

PATHS = {
    "names/{parameter}.txt": "target.toml has no names.parameter, which {parameter} needs",
    "of/{provider}/{model}.txt": "{model} and {provider} cannot stand in one path",
    "by/{page}/{parameter}.txt": "{page} and {parameter} cannot stand in one path",
}
TARGET = 'names.model = { of = "model", casing = "as-is" }\nnames.page = { of = "page", casing = "as-is" }\n'
SLUGGED = 'names.provider = { of = "provider", casing = "slug" }\nnames.parameter = { of = "wire", casing = "slug" }\n'
SPELLED = 'names.parameter = { of = "parameter", casing = "snake" }\n'


@pytest.mark.parametrize("path", [*PATHS, "spelled/{parameter}.txt"])
def test_a_path_that_cannot_be_made_is_an_error(root: Root, path: str) -> None:
    folder = root.path / "templates/list"
    (folder / path).parent.mkdir(parents=True)
    (folder / f"{path}.jinja").write_text("x\n")
    is_spelled, is_alone = path.startswith("spelled"), path.startswith("names")
    (folder / "target.toml").write_text(TARGET + (SPELLED if is_spelled else "" if is_alone else SLUGGED))
    ran = root.run("generate", "--target", "list")
    said = PATHS.get(path, '{parameter} needs names.parameter with of = "wire" and casing = "slug"')
    assert (ran.code, said in ran.err) == (3, True), ran.err
