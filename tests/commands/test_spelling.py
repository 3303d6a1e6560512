"""Names that differ on the page and not in code: the finding shows the overlay to write, and that settles it.

What the packages make of such names: `rendering/test_names.py`.

Modules: naming_findings.
"""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.alike import CHOICE, NUMBER, add_naming_targets, command, make_page, paste, settle
from support.roots import Root, let_all_go, make_root
from support.small_root import put

PAGE = {"model_vision": {"topP": NUMBER, "top_k": NUMBER}, "model_a-b": {"size": NUMBER}}
VISION = "specs/videos/vision.overlay.toml"
SHOWN = f"""\
    # {VISION}
    [[correct]]
    parameter = "top_p"
    set = {{ name_in_code = "top_p_2" }}
    reason = "In code it would have the same name as topP."
"""


@pytest.fixture
def named(root: Root) -> Root:
    """Give a root with all ways to spell, and one page of two models, all written."""
    add_naming_targets(root.path)
    root.add_page("videos", make_page(PAGE))
    assert root.run("scrape").code == root.run("generate").code == 0
    return root


def kinds(root: Root, before: Path) -> list[str]:
    """Give what changed since a copy of a root was made."""
    changes = json.loads(root.run("diff", str(before), "--format", "json").out)["changes"]
    return [f"{one['severity']} {one['kind']} {one.get('parameter', '')}".strip() for one in changes]


def copy(root: Root, folder: Path) -> Path:
    return Path(shutil.copytree(root.path, folder))


def test_what_is_shown_for_a_new_parameter_settles_it(named: Root, tmp_path: Path) -> None:
    assert named.run("release").code == 0
    first = copy(named, tmp_path / "first")
    vision = {"top_p": CHOICE} | PAGE["model_vision"]
    named.add_page("videos", make_page({"model_vision": vision, "model_a-b": {"size": CHOICE}}))
    told = named.run("scrape")
    assert (told.code, told.out.count("[left-out]"), SHOWN in told.out) == (0, 1, True), told.out
    assert "model_vision: top_p: in python, its name would equal that of topP (parameter top_p); " in told.out
    assert [*named.read_json("specs/videos/vision.json")["properties"]] == ["top_p", "topP", "top_k"]
    for verb in ("generate", "release"):
        assert (named.run(verb).code, SHOWN in named.run(verb).out) == (3, True)
    assert not (named.path / "generated/python/vision.txt").exists()
    assert (named.path / "generated/docs/vision.txt").exists()
    assert named.read_json("specs/videos/a-b.json")["properties"]["size"]["type"] == "string"
    [record] = json.loads(named.run("scrape", "--format", "json").out)["results"]
    assert "\n".join(f"    {line}" for line in record["lines"].split("\n")) + "\n" == SHOWN
    assert "%0A[[correct]]%0A" in named.run("scrape", "--format", "github").out

    paste(named.path, told.out)
    assert (named.run("scrape").code, named.run("generate").code) == (0, 0)
    assert named.read_json("specs/videos/vision.json")["properties"]["top_p"]["x-name-in-code"] == "top_p_2"
    assert "compatible parameter-added top_p" in kinds(named, first)
    assert not [one for one in kinds(named, first) if "name-in-code" in one]
    rows = [line.split() for line in named.run("explain", "vision", "top_p").out.splitlines()]
    assert ["x-name-in-code", '"top_p_2"', f"{VISION}:3:13"] in rows

    assert named.run("release").out.startswith("release: 0.2.0: ")
    second = copy(named, tmp_path / "second")
    named.edit(VISION, '"top_p_2"', '"nucleus"')
    assert (named.run("scrape").code, named.run("generate").code) == (0, 0)
    assert kinds(named, second) == ["breaking name-in-code top_p"]
    assert 'the name in code changed from "top_p_2" to "nucleus"' in named.run("diff", str(second)).out
    assert named.run("release").out.startswith("release: 0.3.0: 1 breaking")

    (named.path / VISION).unlink()
    again = named.run("scrape")
    assert (again.code, SHOWN.replace("top_p_2", "nucleus") in again.out) == (0, True), again.out
    assert named.run("generate").code == 3


def test_of_models_that_are_alike_the_ones_that_were_there_go_on_being_written(named: Root) -> None:
    models = {one: {"size": CHOICE} for one in ("model_a.b", "model_a-b", "model_A-B", "a-b")} | {
        "model_vision": PAGE["model_vision"]
    }
    named.add_page("videos", make_page(models))
    told = named.run("scrape")
    found = [line.split(": ")[1:3] for line in told.out.splitlines() if " its name would equal " in line]
    expected = [["warning", "model_a.b"], ["error", "model_A-B"], ["error", "a-b"]]
    assert (told.code, found) == (3, expected)
    assert named.read_json("specs/videos/a-b.json")["properties"]["size"]["type"] == "string"
    assert paste(named.path, told.out) == 3
    assert (named.run("scrape").code, named.run("generate").code) == (0, 0)
    specs = [path.stem for path in (named.path / "specs/videos").glob("*.json")]
    assert len({one.lower() for one in specs}) == len(specs) == 6
    overlays = [path.name for path in (named.path / "specs/videos").glob("*.toml")]
    assert len({one.lower() for one in overlays}) == 3
    for target in ("docs", "vectors"):
        names = [path.name.lower() for path in (named.path / "generated" / target).glob("*.txt")]
        assert len({*names}) == len(names) == 5
    before = named.tree("specs")
    assert named.run("scrape", "--check").code == 0
    # one that the page no longer lists keeps its name, and has it when it comes back
    named.add_page("videos", make_page({one: models[one] for one in models if one != "model_a.b"}))
    assert (named.run("scrape").code, named.run("generate").code) == (0, 0)
    assert named.tree("specs").keys() == before.keys()
    named.add_page("videos", make_page(models))
    assert named.run("scrape").code == 0
    after = named.tree("specs")
    assert {path for path in before if before[path] != after[path]} == set()


def test_two_models_whose_specs_would_have_one_file_are_told_without_any_target(root: Root) -> None:
    root.add_page("videos", make_page({one: {"size": NUMBER} for one in ("model_a-b", "model_A-b")}))
    ran = root.run("scrape")
    problem = "in the files of specs, its name would equal that of model_a-b (file A-b); "
    assert (ran.code, f"error: model_A-b: {problem}" in ran.out) == (3, True), ran.out
    assert paste(root.path, ran.out) == 1
    assert root.run("scrape").code == 0


PLAIN_PROFILE = """[vendor]
name = "Acme"
[tables]
id = "heading"
values = "bare"
[columns]
"Parameter" = "name"
"Type" = "type"
[types]
text = "string"
"""
PLAIN_PAGE = "# Acme\n\n" + "".join(
    f"## {heading}\n\n| Parameter | Type |\n|---|---|\n| size | text |\n\n"
    for heading in ("Two words", "two/words")
)


def test_ids_whose_names_are_alike_are_told_and_what_is_shown_gives_each_its_own_id(root: Root) -> None:
    put(root, {"specs/profile.toml": PLAIN_PROFILE})
    root.add_page("videos", PLAIN_PAGE)
    ran = root.run("scrape")
    assert (ran.code, ran.out.count("[names-alike]")) == (3, 1), ran.out
    assert paste(root.path, ran.out) == 1
    assert root.run("scrape").code == 0
    found = [root.read_json(f"specs/videos/{name}.json") for name in ("two-words", "two-words-2")]
    assert {spec["x-model"]: spec["$id"] for spec in found} == {
        "Two words": "urn:acme:Two%20words",
        "two/words": "urn:acme:two%2Fwords",
    }


FORM = "it must begin with a letter or digit, continue with at most 99 letters, digits, . _ or -, and not end with a dot"
FILE = "files are named by it, so it must be neither `page` nor a name that Windows reserves"
# What is in the overlay of a parameter, or of the model, and what is said of it.
MISTAKES = {
    "it is no name": ("topP", '"a b"', f"'a b' cannot be a name in code: {FORM}"),
    "it ends with a dot": ("topP", '"a."', f"'a.' cannot be a name in code: {FORM}"),
    "it is too long for a model": ("", f'"{"a" * 101}"', f"cannot be a name in code: {FORM}"),
    "a file of the page has it": ("", '"Page"', f"'Page' cannot be a name in code: {FILE}"),
    "Windows reserves it": ("", '"con"', f"'con' cannot be a name in code: {FILE}"),
    "it is no text": ("topP", "1", "set.name_in_code: must be a text in quotes"),
    "it is the name": ("topP", '"topP"', "the name_in_code is the name that it has anyway"),
    "it is taken": ("topP", '"top-k"', "in python, its name would equal that of top_k (parameter top_k); "),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_wrong_name_in_code_is_told(named: Root, case: str) -> None:
    parameter, given, said = MISTAKES[case]
    of = f'parameter = "{parameter}"\n' if parameter else ""
    overlay = f'[[correct]]\n{of}set = {{ name_in_code = {given} }}\nreason = "So it is."\n'
    put(named, {VISION: overlay})
    ran, is_left_out = named.run("scrape"), case == "it is taken"
    assert (ran.code, said in ran.out) == (0 if is_left_out else 3, True), ran.out
    assert named.run("generate").code == (3 if is_left_out else 0)


def test_what_one_target_cannot_tell_apart_is_left_out_of_that_target_alone(named: Root) -> None:
    named.edit("specs/videos/vision.json", '"top_k"', '"top-P"')
    ran = named.run("generate")
    assert (ran.code, ran.out.count("[names-alike]")) == (3, 1)
    assert (
        "specs/videos/vision.json: error: model_vision: top-P: the model is not written for python: "
        "the name of the parameter there (parameter top_p) equals that of topP; "
    ) in ran.out
    assert f"    # {VISION}\n" in ran.out
    written = {*named.tree("generated")}
    assert {"python/a_b.txt", "docs/vision.txt", "docs/a-b.txt"} < written
    assert "python/vision.txt" not in written
    assert named.run("generate", "--target", "docs").code == 0
    with (named.path / "specs/profile.toml").open("a") as profile:
        profile.write('[[accept]]\ncode = "left-out"\nmodel = "vision"\nparameter = "*"\nreason = "So."\n')
    assert (named.run("generate").code, {*named.tree("generated")}) == (0, written)
    named.edit(
        "specs/videos/a-b.json", '"size": {', '"vision": { "$ref": "urn:scenario:model_vision" }, "size": {'
    )
    ran = named.run("generate", "--target", "python")
    assert (
        "model_a-b: the model is not written for python: it refers to model_vision, which is not; " in ran.out
    )
    assert (ran.code, named.tree("generated").keys()) == (3, written - {"python/a_b.txt"})


def test_overlays_of_one_model_stand_in_one_file(named: Root) -> None:
    correction = "[[correct]]\nset = { name_in_code = 'a' }\nreason = 'a'\nmodel = "
    stated = f"{correction}'model_vision'\n"
    put(named, {VISION: stated, "specs/videos/more.overlay.toml": stated})
    assert "specs/videos/more.overlay.toml is an overlay of the same model; " in named.run("scrape").out
    put(named, {VISION: None, "specs/videos/more.overlay.toml": f"{stated}{correction}'model_a-b'\n"})
    assert (
        "the file is about 'model_vision', and this about 'model_a-b'; write a file for each"
        in named.run("scrape").out
    )
    put(named, {"specs/videos/more.overlay.toml": f"{correction}'model_visoin'\n"})
    assert "the page has no model 'model_visoin'" in named.run("scrape").out


# An edit of a file that `scrape` wrote, and what `generate` says of it.
DAMAGES = {
    "names are a list": (
        "page",
        '"models":',
        '"names": [],\n  "models":',
        "'names', if present, must be objects",
    ),
    "a name is no text": ("page", '"models":', '"names": {"a": 1},\n  "models":', "must be strings"),
    "a name is no file's": (
        "page",
        '"models":',
        '"names": {"model_vision": "../a"},\n  "models":',
        "'../a' is not a valid file name",
    ),
    "only the spec has it": (
        "vision",
        '"x-capabilities"',
        '"x-name-in-code": "a",\n  "x-capabilities"',
        "its x-name-in-code is not its name in page.json",
    ),
    "a name is code": (
        "vision",
        '"x-type"',
        '"x-name-in-code": "a: x\\n", "x-type"',
        '"a: x\\n" is not valid here',
    ),
    "a name is no string": (
        "vision",
        '"x-type"',
        '"x-name-in-code": 1, "x-type"',
        "1 is not of type 'string'",
    ),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_no_name_in_a_damaged_file_gets_into_code(named: Root, case: str) -> None:
    file, old, new, said = DAMAGES[case]
    named.edit(f"specs/videos/{file}.json", old, new)
    ran = named.run("generate")
    assert (ran.code, said in ran.err) == (3, True), ran.err


PARAMETERS = (
    "topP top_p top-p top.p TopP TOP_P top_p_2 topP2 topP_2 class class_ class_2 toString look Look_ a1"
)
MODELS = (
    "model_look model_Look look model_look-2 model_look.2 model_look_2 LOOK_2 model_class model_class_ Class"
)

a_model = st.dictionaries(
    st.sampled_from(PARAMETERS.split()), st.sampled_from([NUMBER, CHOICE]), min_size=1, max_size=5
)
sites = st.dictionaries(
    st.sampled_from(MODELS.split()),
    st.tuples(st.sampled_from(["videos", "songs"]), a_model),
    min_size=1,
    max_size=4,
)


@given(st.lists(sites, min_size=1, max_size=3), st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_pasting_what_findings_show_settles_any_names(
    history: list[dict[str, tuple[str, dict[str, str]]]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "root")
        let_all_go(root.path)
        add_naming_targets(root.path)
        for site in history:
            steps = len(site) + sum(len(parameters) for _, parameters in site.values())
            for page in ("videos", "songs"):
                listed = {model: parameters for model, (there, parameters) in site.items() if there == page}
                root.add_page(page, make_page({f"model_{page}": {"prompt": CHOICE}} | listed))
            settle(root.path, steps)
            overlays = sorted(root.path.glob("specs/*/*.overlay.toml"))
            for path in data.draw(st.lists(st.sampled_from(overlays), unique=True)) if overlays else ():
                path.unlink()
            settle(root.path, steps)
            assert command(root.path, "scrape", "--check").code == 0
