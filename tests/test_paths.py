"""Names and paths: a folder is a target, and what is accepted is a plain relative path on every system, Windows among them."""

import re
from pathlib import PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paramsync.findings import InputError
from paramsync.paths import MAX_PATH_LENGTH, is_file_name, is_folder_name, spec_name
from paramsync.rendering.target import Target
from support.rendering import render
from support.roots import Root
from support.small_root import NAMES, PAGE, TARGET, Files, everything, put, section

# Near what Windows takes for something else, and anything.
PIECES = ["con", "NUL", "Com1", "com¹", "LPT9", "conin$", "aux", "page", "a", "Z", "0"]
SIGNS = [".", "..", " ", "/", "\\", ":", "-", "_", "~", "*", "\x00", "\n", "é", "x" * 60]
ANY_NAME = st.lists(st.sampled_from([*PIECES, *SIGNS]), max_size=5).map("".join) | st.text(max_size=5)
WINDOWS_DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"
}


def is_plain(path: str, parts: int) -> bool:
    """Tell whether a path is relative, and each of its parts an ordinary name on Windows, kept as it is."""
    there = PureWindowsPath(path)
    names = path.split("/")
    return (
        there.as_posix() == path
        and there.parts == tuple(names)
        and not there.drive
        and not there.root
        and len(names) == parts
        and all(name.strip(" .") and not name.endswith((".", " ")) for name in names)
        and not any(re.search(r'[\x00-\x1f<>:"|?*\\]', name) for name in names)
        and not any(name.split(".")[0].strip(" ").upper() in WINDOWS_DEVICES for name in names)
    )


@given(ANY_NAME)
@example("con.page")
@example("page.")
def test_what_may_be_the_name_of_a_folder_or_a_file_is_plain_on_windows(name: str) -> None:
    if is_folder_name(name):
        assert is_plain(name, 1)
        assert len(name) <= 100
    if is_file_name(name):
        assert is_folder_name(name)
        assert is_plain(f"{name}.json", 1)
        assert is_plain(f"{name}.overlay.toml", 1)
    assert not is_file_name("PAGE")


IDS = ANY_NAME | st.from_regex(r"(GET|POST|Delete) /v1(/[a-z{}:_-]{1,9}){1,4}", fullmatch=True)


@given(IDS, st.sampled_from(["", "model_", "POST /"]))
@example("model_", "model_")
@example("con", "")
@example("nul.RECORD", "")
@example("x" * 300, "")
def test_any_id_has_a_name_of_files_that_no_other_id_changes(model: str, prefix: str) -> None:
    name = spec_name(model, prefix)
    assert is_file_name(name)
    assert spec_name(name, "") == name
    if is_file_name(model.removeprefix(prefix)):
        assert name == model.removeprefix(prefix)


def words_of(model: str) -> str:
    """Give what tells ids apart: all but case, and what separates words in ASCII."""
    return re.sub(r"[\s/\\{}()\[\]<>:;,._|?=&'\"`-]+", "-", model.lower(), flags=re.ASCII).strip("-")


@given(IDS, IDS)
@example("kling/圖片", "kling/視頻")
@example("C++", "C#")
@example("x" * 300, "x" * 301)
@example("con", "con-")
def test_ids_that_differ_by_more_than_what_separates_words_have_different_names(one: str, other: str) -> None:
    if words_of(one) != words_of(other):
        assert spec_name(one, "").lower() != spec_name(other, "").lower()


ID_NAMES = {
    "sync-lipsync-v2": "sync-lipsync-v2",
    "User": "User",
    "POST /v1/images/generations": "post-v1-images-generations",
    "GET /v1/images/{id}": "get-v1-images-id",
    "Kubernetes chart, v1.2": "kubernetes-chart-v1.2",
    "可灵 v1": "v1-9426cfd7",
    "可灵": "model-cbf8d7db",
    "page": "page-3660315a",
}


@pytest.mark.parametrize("model", ID_NAMES)
def test_the_name_of_an_id_is_the_same_anywhere(model: str) -> None:
    assert spec_name(model, "") == ID_NAMES[model]


@given(st.lists(ANY_NAME | st.just("models"), min_size=1, max_size=4))
@example(["models", "con.txt"])
@example(["..", "x"])
@example(["a", "", "b"])
def test_what_may_be_the_path_of_a_generated_file_is_plain_on_windows(names: list[str]) -> None:
    path = "/".join(names)
    try:
        tree = render("list", {path: "Copied.\n"}, lambda _: Target(), [])
    except InputError:
        return
    for written in tree:
        assert is_plain(written, path.count("/") + 1)
        assert len(written) <= MAX_PATH_LENGTH


@pytest.mark.parametrize(
    ("longest", "too_long"), [("a/" * 99 + "bc", "a/" * 100 + "b"), ("a" * 200, "a" * 201)]
)
def test_a_path_that_is_too_long_for_windows_is_refused(longest: str, too_long: str) -> None:
    assert list(render("list", {longest: "Copied.\n"}, lambda _: Target(), [])) == [longest]
    with pytest.raises(InputError, match="is not a safe path"):
        render("list", {too_long: "Copied.\n"}, lambda _: Target(), [])


# The paths of a target


def test_a_target_is_a_folder_and_no_line_of_python(done: Root) -> None:
    specs = [done.read_json(f"specs/videos/{name}.json") for name in ("alpha", "beta")]
    listed = [{"id": spec["x-model"], "spec": spec} for spec in specs]
    assert done.read_json("generated/list/models.json") == listed
    found = done.tree("generated/list")
    assert {path: text.decode() for path, text in found.items() if path != "models.json"} == {
        "models/alpha.txt": "Alpha\n",
        "models/beta.txt": "Beta\n",
        "notes.txt": TARGET["notes.txt"],
        "pages/videos.txt": "alpha beta \n",
    }


UNSAFE_PATHS: dict[str, tuple[Files, str]] = {
    "the same path twice": (
        {"templates/list/Notes.txt": ""},
        "differs from another output path only in case; rename one of them",
    ),
    "a path twice, once from a name": (
        {"templates/list/models/ALPHA.txt": ""},
        "differs from another output path only in case; rename one of them",
    ),
    "a file where another needs a folder": ({"templates/list/models.jinja": ""}, "models"),
    "a name that leads out": (
        {"templates/list/target.toml": NAMES.replace('"n"', '"../"')},
        "is not a safe path",
    ),
    "white space": ({"templates/list/my notes.txt": ""}, "is not a safe path"),
    "a dash in front": ({"templates/list/-rf": ""}, "is not a safe path"),
    "a dot at the end": ({"templates/list/notes.": ""}, "is not a safe path"),
    "a name that Windows reserves": ({"templates/list/aux.txt": ""}, "is not a safe path"),
    "a folder that Windows reserves": ({"templates/list/Con/notes.txt": ""}, "is not a safe path"),
}


@pytest.mark.parametrize("case", UNSAFE_PATHS)
def test_a_path_that_is_not_safe_is_refused(done: Root, case: str) -> None:
    changes, message = UNSAFE_PATHS[case]
    done.add_page("videos", PAGE + section("3d"))
    put(done, changes)
    done.run("scrape")
    before = everything(done)
    ran = done.run("generate")
    assert ran.code == 3
    assert ran.err.startswith("templates/list/")
    assert message in ran.err
    assert everything(done) == before
