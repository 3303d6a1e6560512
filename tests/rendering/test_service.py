"""What targets share of an API stands once, as data, and what is made for one API is left out for every other vendor.

Modules: samples, selection.
"""

import json
import re
import shutil
import tomllib

import pytest

from paramsync.pages.vendor import Vendor
from paramsync.rendering.pages import load_pages
from paramsync.rendering.samples import Context
from paramsync.rendering.service import Service
from support.roots import Root
from support.services import ACME, OTHER, build
from support.small_root import NAMES, Files, put
from support.vectors import made_spec

API = '[jobs]\npath = "/jobs"\n[[kinds]]\nname = "image"\n'
FILES = '[[files]]\nmatch = "{package}/client/**"\napi = "acme"\n'
TEMPLATES: Files = {
    "templates/apis/acme.toml": API,
    "templates/list/target.toml": NAMES + FILES,
    "templates/list/macros/api.jinja": "{% macro path(api) %}{{ api.jobs.path | prose }}{% endmacro %}\n",
    "templates/list/{package}/client/jobs/all.txt.jinja": '{% import "macros/api.jinja" as macros %}\n'
    "{{ api.name | slug }}: {{ macros.path(api) }}, {{ api.kinds[0].name | prose }}\n",
    "templates/list/{package}/clients.txt": "Copied.\n",
    "templates/list/vendor.txt.jinja": "{{ vendor.name | prose }}: {{ vendor.package | slug }}\n"
    "{% for model in models %}{{ model.run.path | prose }} {% endfor %}{% if api %}and jobs{% endif %}\n",
}
VENDOR = (
    '[vendor]\nname = "Acme"\nbase_url = "https://api.acme.com"\nrun = "POST /run/{id}"\nprefix = "model_"\n'
)


def write(root: Root, line: str, changes: Files) -> None:
    put(root, TEMPLATES | changes)
    profile = root.path / "specs/profile.toml"
    before, after = profile.read_text(encoding="utf-8").split("[vendor]", 1)
    profile.write_text(f"{before}{VENDOR}{line}\n[site]{after.split('[site]', 1)[1]}", encoding="utf-8")


def read(root: Root) -> dict[str, str]:
    paths = ("acme_models/", "vendor.txt", "macros")
    return {
        path: text.decode() for path, text in root.tree("generated/list").items() if path.startswith(paths)
    }


def test_templates_see_the_vendor_and_what_is_known_of_its_api(done: Root) -> None:
    write(done, 'api = "acme"', {})
    seeing = "{% if api %}{{ api.name | prose }}{% else %}none{% endif %}\n"
    for name, manifest in (("named", 'apis = ["other", "acme"]\n'), ("not", 'apis = ["other"]\n')):
        put(done, {f"templates/{name}/target.toml": manifest, f"templates/{name}/api.txt.jinja": seeing})
    ran = done.run("generate")
    assert ran.code == 0, ran.err
    seen = [(done.path / f"generated/{name}/api.txt").read_text() for name in ("named", "not")]
    assert seen == ["acme\n", "none\n"]
    assert read(done) == {
        "acme_models/client/jobs/all.txt": "acme: /jobs, image\n",
        "acme_models/clients.txt": "Copied.\n",
        "vendor.txt": "Acme: acme-models\n/run/model_alpha /run/model_beta and jobs\n",
    }
    assert "left out" not in ran.out


def test_what_is_made_for_an_api_is_left_out_for_other_vendors_and_a_line_says_so(done: Root) -> None:
    put(done, {"templates/whole/target.toml": '[[files]]\nmatch = "**"\napi = "acme"\n'})
    write(done, 'api = "acme"', {})
    assert done.run("generate").code == 0
    write(done, "", {})
    for _ in range(2):  # the second one is only shown again
        ran = done.run("generate")
        assert ran.code == 0, ran.err
        assert ran.out.startswith(
            "left out, as made for the API acme alone: 1 template of list, all of whole\n"
            "generate: 1 target (list), "
        )
    assert {*read(done)} == {"acme_models/clients.txt", "vendor.txt"}
    assert not done.tree("generated/whole")


def test_a_supplied_target_for_another_api_is_told_of_only_where_somebody_wants_it(done: Root) -> None:
    shutil.rmtree(done.path / "templates")
    shutil.rmtree(done.path / "generated")
    write(done, "", {})
    shutil.rmtree(done.path / "templates")
    told = "left out, as made for the API scenario alone: all of sandbox\n"
    ran = done.run("generate", "--target", "vectors", "--target", "sandbox")
    assert ran.out.startswith(f"{told}generate: 1 target (vectors), ")
    ran = done.run("generate", "--target", "sandbox")
    assert ran.out.startswith(f"{told}generate: 0 targets, ")
    assert done.run("generate").out.startswith("generate: 1 target (vectors), ")
    put(done, {"generated/sandbox/README.md": "Another vendor's.\n"})
    assert done.run("generate").out.startswith(f"{told}generate: 1 target (vectors), ")
    assert not done.tree("generated/sandbox")


def test_packages_are_described_by_the_name_of_their_vendor_as_it_is_and_say_what_makes_them_again() -> None:
    name = 'Cyc: 2 "quoted" */ & <b> \\ {x} of a long name, which needs more than a line of its own'
    vendor = Vendor(name=name, package="cyc-models", urn="cyc")
    built = {
        target: build(target, (), service=Service(vendor)) for target in ("python", "typescript", "vectors")
    }
    told = {
        tomllib.loads(str(built["python"]["pyproject.toml"]))["project"]["description"],
        json.loads(str(built["typescript"]["package.json"]))["description"],
    }
    assert told == {
        f"Typed requests and validators for the models of {name}, generated from its documentation."
    }
    for tree in built.values():
        assert str(tree["README.md"]).endswith("Do not edit: change `specs/` and run `paramsync generate`.\n")


WRONG: dict[str, tuple[str, Files, str]] = {
    "an API that there is not": (
        'api = "acmee"',
        {},
        "specs/profile.toml:13:1: error: vendor.api: there is no templates/apis/acmee.toml (known: acme, scenario); did you mean 'acme'?",
    ),
    "files for an API that there is not": (
        "",
        {"templates/list/target.toml": NAMES + FILES.replace('"acme"', '"acmee"')},
        "templates/list/target.toml:10:1: error: files.api: there is no templates/apis/acmee.toml (known: acme, scenario); did you mean 'acme'?",
    ),
    "a pattern that matches nothing": (
        "",
        {"templates/list/target.toml": NAMES + FILES.replace("client/", "clint/")},
        "templates/list/target.toml:9:1: error: files.match: no file of this target matches '{package}/clint/**'",
    ),
    "a kind of names that there is not": (
        "",
        {"templates/list/target.toml": NAMES + FILES + 'reserved.clas = ["Job"]\n'},
        "templates/list/target.toml:11:1: error: files.reserved.clas: there is no [names.clas]",
    ),
    "a key that no template sees": (
        'api = "acme"',
        {"templates/apis/acme.toml": "[[kinds]]\nitems = 1\n"},
        "templates/apis/acme.toml:2:1: error: items: a template cannot see a key of this name; call it otherwise",
    ),
    "an API that is no TOML": (
        'api = "acme"',
        {"templates/apis/acme.toml": "jobs\n"},
        "templates/apis/acme.toml:1:5: error: not TOML: ",
    ),
    "a template that needs an API": (
        "",
        {"templates/list/vendor.txt.jinja": "{{ api.name | slug }}\n"},
        "templates/list/vendor.txt.jinja:1: error: here is nothing that could have 'name'; ask first, by {% if … %}",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_line(done: Root, case: str) -> None:
    line, changes, said = WRONG[case]
    write(done, line, changes)
    ran = done.run("generate")
    assert ran.code == 3
    assert ran.err.startswith(said)


# What an image and a prompt are called: the words that the example's profile gives to files are plain ones here.
OF_ACME = {
    "sendPhoto": made_spec(
        {"photo": {"type": "string", "x-type": "file"}, "text": {"type": "string"}}, ["photo"]
    )
    | {"$id": "urn:acme:sendPhoto", "x-model": "sendPhoto", "title": "Send a photo"},
    "getMe": made_spec({}) | {"$id": "urn:acme:getMe", "x-model": "getMe", "title": "Get me"},
    # A name that clients have, and nothing else.
    "Job": made_spec({}) | {"$id": "urn:acme:Job", "x-model": "Job", "title": "A job"},
}
CURL = """curl --request POST "https://api.acme.com/v1""/run/sendPhoto" \\
  -H "Content-Type: application/json" --fail-with-body --data @- <<'JSON'
{
  "photo": "a text"
}
JSON
"""


# What says which parameters stand for files, whoever uploads them.
FACTS_ABOUT_FILES = {
    "python": {"acme_models/file_parameters.py"},
    "typescript": {"src/judges/sendPhoto.ts"},
    "vectors": {"README.md"},
}


@pytest.mark.parametrize("target", ["docs", "openapi", "python", "site", "typescript", "vectors"])
def test_what_is_made_for_another_vendor_says_nothing_of_the_first_one(target: str) -> None:
    tree = {f"bot/{model}.json": json.dumps(spec) for model, spec in OF_ACME.items()}
    tree["bot/page.json"] = json.dumps({"title": "Bot", "models": [*OF_ACME]})
    written = build(target, load_pages(tree, ACME), service=ACME)
    said = [f"{path}: {line}" for path, text in written.items() for line in f"{path}\n{text}".splitlines()]
    foreign = re.compile(r"scenario|asset_|dryRun|api_key|/jobs|sync-lipsync|\bJob_\b", re.IGNORECASE)
    assert [line for line in said if foreign.search(line)] == []
    if target == "docs":
        assert CURL in written["models/sendPhoto.md"]
    other = build(target, load_pages(tree, OTHER), service=OTHER)
    changed = {path for path in written | other if written.get(path) != other.get(path)}
    assert changed == FACTS_ABOUT_FILES.get(target, set())


# Kinds of files, the stated one, the name of a parameter -> an example.
KINDS = [
    (("image", "video"), "", "source", "a_image"),
    (("image", "video"), "", "inputVideo", "a_video"),
    (("image", "video"), "video", "image", "a_video"),
    (("image", "video"), "json", "source", "a_image"),
    ((), "video", "video", "a_"),
]


@pytest.mark.parametrize(("kinds", "stated", "name", "expected"), KINDS)
def test_an_example_is_of_a_kind_that_is_stated_or_named(
    kinds: tuple[str, ...], stated: str, name: str, expected: str
) -> None:
    vendor = Vendor(name="Acme", kinds=kinds, samples={"file": "a_{kind}"})
    schema = {"type": "string", "x-type": "file", "x-kind": stated}
    assert Context(service=Service(vendor)).make_text(schema, name) == expected
