"""The OpenAPI document says what the specs say and what the sandbox does, and others read it without a complaint.

Modules: operations, passed_on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from scenario_sandbox.application import ROUTES
from scenario_sandbox.routes import assets, jobs, models

from paramsync.pages.vendor import Vendor, read_run
from paramsync.paths import spec_name
from paramsync.rendering.models import make_model
from paramsync.rendering.pages import load_pages
from paramsync.rendering.service import Service
from paramsync.rendering.vectors import make_vectors
from support import node
from support.described_models import write_page
from support.hand_written import HAND_WRITTEN, to_tree
from support.hostile import as_read, read_operation
from support.mypy_runs import mypy
from support.records import read_records
from support.roots import PROJECT, Root, make_root
from support.sandboxes import NO_CERTIFICATES, running
from support.services import SERVICE, build
from support.small_root import put
from support.vectors import made_spec, restore

GOLDEN = PROJECT / "tests/rendering/golden"
Json = dict[str, Any]
PATHS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def path(generated: Path) -> Path:
    """Give the path of the document of all real models and the hard ones."""
    return generated / "openapi" / "openapi.json"


@pytest.fixture(scope="session")
def document(path: Path) -> Json:
    return json.loads(path.read_bytes())


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program that must succeed; give all that it says."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, **NO_CERTIFICATES, "PATH": PATHS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def resolve(document: Json, value: Json) -> Json:
    """Follow a reference, if it is one."""
    while "$ref" in value:
        kind, name = value["$ref"].removeprefix("#/components/").split("/")
        value = document["components"][kind][name]
    return value


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Give the method, the path and the rest of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def examples(value: Any) -> Iterator[tuple[Json, Any]]:
    """Give each example below a value, and the schema beside it."""
    if isinstance(value, dict) and "schema" in value:
        if "example" in value:
            yield value["schema"], value["example"]
        for example in value.get("examples", {}).values():
            yield value["schema"], example["value"]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from examples(inner)


def test_the_document_is_openapi(document: Json) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator  # takes long

    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_each_model_has_an_operation_whose_body_is_its_spec(generated: Path, document: Json) -> None:
    specs = [
        json.loads(path.read_bytes())
        for path in generated.parent.glob("specs/*/*.json")
        if path.name != "page.json"
    ]
    found = {
        path.rpartition("/")[2]: method
        for method, path, _ in operations(document)
        if path.startswith("/generate/custom/")
    }
    assert len(specs) == 30
    assert found == {spec["x-model"]: "POST" for spec in specs}
    for spec in specs:
        read = read_operation(document, spec["x-model"])
        assert read | {"example": None} == as_read(spec) | {"example": None}


@pytest.fixture(scope="module")
def hand_written(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Give the document of specs written by hand."""
    root = make_root(tmp_path_factory.mktemp("hand") / "root")
    root.add_target("openapi")
    shutil.copytree(GOLDEN / "hand/specs", root.path / "specs/told")
    put(root, {f"specs/{path}": text for path, text in to_tree(HAND_WRITTEN).items()})
    ran = root.run_process("generate")
    assert ran.code == 0, ran.err
    return root.read_json("generated/openapi/openapi.json")


def test_what_no_page_says_yet_is_passed_on_and_the_document_is_openapi(hand_written: Json) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    wrong = {error.message for error in OpenAPIV31SpecValidator(hand_written).iter_errors()}
    assert wrong <= {"0.15 is not a multiple of 0.05"}  # which it is
    told = [
        json.loads((GOLDEN / f"hand/specs/{name}.json").read_text())
        for name in ("camera", "film", "letter", "person")
    ]
    for spec in (*HAND_WRITTEN.values(), *told):
        read = read_operation(hand_written, spec["x-model"])
        assert read | {"example": None} == as_read(spec) | {"example": None}, spec["x-model"]
    told_as_reference = json.dumps(told).count("#/nowhere")
    assert told_as_reference == 2  # and would be one to openapi-typescript and schemathesis
    assert "#/nowhere" not in json.dumps(hand_written)


def test_a_reader_of_descriptions_learns_what_is_said_for_people(hand_written: Json) -> None:
    schemas = hand_written["components"]["schemas"]["FilmRequest"]["properties"]
    assert schemas["video"]["description"].split("\n\n") == [
        r"The \*film\*, see `https://a.b/c`.",
        r"Called “\[Film]\(`https://a.b/c`) \</b>”. Kind of file: video. Hint: “A \*clean\* plate.” Max Duration: 90.5 s. Max Size: 15 MiB. Min Duration: 2 s.",
    ]
    assert schemas["styles"]["description"] == "Of the choices, `a` is “Anime”."
    frame = schemas["shots"]["items"]["properties"]["frame"]
    assert frame["description"] == "Called “First frame”. Kind of file: video. Max Size: 1 KB."
    assert schemas["mode"]["description"].endswith("Changes the price. Placeholder: “edit”")


def test_its_bodies_take_the_payloads_that_the_vectors_of_such_specs_call_right(hand_written: Json) -> None:
    specs, bodies = {spec["$id"]: spec for spec in HAND_WRITTEN.values()}, hand_written["components"]
    tried = 0
    for spec in HAND_WRITTEN.values():
        if "multipleOf" in json.dumps(spec):  # jsonschema takes it for a rule of floats
            continue
        path = f"/generate/custom/{spec['x-model']}"
        content = hand_written["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        body = Draft202012Validator({**content["schema"], "components": bodies})
        for vector in make_vectors(make_model(spec, find_spec=specs.__getitem__, service=SERVICE)):
            read = restore(vector.json)
            if read.is_json and not any(pointer.count("/") > 20 for pointer, _ in vector.problems):
                assert body.is_valid(read.payload) is (not read.problems), vector.name
                tried += 1
    assert tried > 300


def test_choices_that_are_no_whole_numbers_are_choices_still(document: Json) -> None:
    schema = document["components"]["schemas"]["Values30Request"]["properties"]
    for name, good, bad in (("scale", 0.5, 0.75), ("ratios", [0.5, 1.5], [0.75])):
        validator = Draft202012Validator(schema[name])
        assert validator.is_valid(good)
        assert not validator.is_valid(bad)


def test_each_example_is_what_its_schema_says(document: Json) -> None:
    found = [*examples(document)]
    assert len(found) > 30 + 15
    for schema, example in found:
        Draft202012Validator({**schema, "components": document["components"]}).validate(example)


def test_the_document_has_the_routes_and_filters_of_the_sandbox_and_no_others(document: Json) -> None:
    found = {
        (method, re.sub("(?<=/custom/).+", "{id}", f"/v1{path}")) for method, path, _ in operations(document)
    }
    assert found == {
        (method, route.path)
        for route in ROUTES
        if route.path.startswith("/v1")
        for method in (route.methods or set()) - {"HEAD"}
    }
    for path, filters in (("/jobs", jobs.FILTERS), ("/assets", assets.FILTERS), ("/models", models.FILTERS)):
        parameters = [resolve(document, one) for one in document["paths"][path]["get"]["parameters"]]
        assert sorted(one["name"] for one in parameters) == sorted(filters)


# Of a vendor whose ids are method and path: how the operation of each model is found, and what of it stands in the path.
ACME_MODELS = {
    "POST /v1/images": {"prompt": {"type": "string"}, "person": {"$ref": "urn:acme:Person"}},
    "GET /v1/images?size=1": {"size": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "GET /v1/images/:id": {"id": {"type": "string", "minLength": 3}, "full": {"type": "boolean"}},
    "PATCH /v1/images/{image}": {"name": {"type": "string"}},
    "PUT /v1/people": {"name": {"type": "string"}},
    "PUT /v1/people#2": {"age": {"type": "integer"}},
    "Person": {"name": {"type": "string"}},
}  # fmt: skip


def test_a_vendor_of_which_less_is_known_has_the_operations_that_follow_from_its_ids() -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    specs = {
        model: made_spec(rules, [*rules][:1])
        | {"$id": f"urn:acme:{spec_name(model, '')}", "x-model": model, "title": model}
        for model, rules in ACME_MODELS.items()
    }
    vendor = Vendor(name="Acme", base_url="https://api.acme.com", run=read_run("{id}"))
    models = {spec_name(model, ""): model for model in specs}
    tree = {f"acme/{name}.json": json.dumps(specs[model]) for name, model in models.items()}
    tree["acme/page.json"] = json.dumps({"title": "Acme", "models": [*models.values()]})
    document = json.loads(
        build("openapi", load_pages(tree, Service(vendor)), service=Service(vendor))["openapi.json"]
    )
    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert document["servers"] == [{"url": "https://api.acme.com"}]
    found = {
        (method, path): (
            [f"{one['in']} {one['name']}" for one in operation.get("parameters", ())],
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example"),
        )
        for method, path, operation in operations(document)
    }
    assert found == {
        ("POST", "/v1/images"): ([], {"prompt": "a text"}),
        ("GET", "/v1/images"): (["query size", "query tags"], None),
        ("GET", "/v1/images/{id}"): (["path id", "query full"], None),
        ("PATCH", "/v1/images/{id}"): (["path id"], {"name": "a text"}),
        ("PUT", "/v1/people"): ([], {"name": "a text"}),
    }
    assert document["paths"]["/v1/images/{id}"]["get"]["parameters"][0]["schema"]["minLength"] == 3
    assert len(document["components"]["schemas"]) == len(models)


USE_TYPESCRIPT = """
import type { paths } from "./scenario.js";

type Run = paths["/generate/custom/model_sync-lipsync-v2"]["post"];
type Body = Run["requestBody"]["content"]["application/json"];
export const good: Body = { video: "asset_a", audio: "asset_b", syncMode: "bounce", temperature: 1 };
// @ts-expect-error: no such choice
export const bad: Body = { video: "asset_a", audio: "asset_b", syncMode: "lop", temperature: 1 };
// @ts-expect-error: no audio
export const incomplete: Body = { video: "asset_a", syncMode: "bounce", temperature: 1 };
export const cost = (estimate: Run["responses"][269]["content"]["application/json"]): number => estimate.creativeUnitsCost;
"""


@pytest.mark.foreign
def test_openapi_typescript_writes_types_that_tell_right_from_wrong(path: Path, tmp_path: Path) -> None:
    done = node.run("openapi-typescript", path, "-o", "scenario.ts", cwd=tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert re.fullmatch(r"✨ openapi-typescript \S+\n🚀 .+ → scenario\.ts \[\S+\]\n", said), said
    (tmp_path / "use.ts").write_text(USE_TYPESCRIPT)
    options = ("--strict", "--noEmit", "--module", "nodenext", "use.ts", "scenario.ts")
    done = node.tsc(*options, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


USE_PYTHON = """
from scenario_client.api.video_generation_sync_labs import run_sync_lipsync_v2
from scenario_client.models import DryRun, Estimate, SyncLipsyncV2Request

print(SyncLipsyncV2Request(video="asset_a", audio="asset_b").to_dict())
print(Estimate.from_dict({"creativeUnitsCost": 10.75}).creative_units_cost, DryRun.API)
"""


def test_openapi_python_client_writes_a_client_that_passes_mypy(path: Path, tmp_path: Path) -> None:
    options = ("--path", path, "--output-path", "written")
    assert run("openapi-python-client", "generate", *options, cwd=tmp_path) == "Generating written\n"
    written = tmp_path / "written"
    (written / "use.py").write_text(USE_PYTHON)
    assert run("python", "use.py", cwd=written) == (
        "{'video': 'asset_a', 'audio': 'asset_b', 'syncMode': 'loop', 'temperature': 0.5}\n10.75 api\n"
    )
    checked = mypy(tmp_path, "--strict", ".", cwd=written)
    assert checked.startswith("Success: "), checked


def test_schemathesis_finds_the_sandbox_as_the_document_says(root: Root, tmp_path: Path) -> None:
    for record in read_records().values():
        name = record["id"].removeprefix("model_")
        page = write_page({one["name"]: one for one in record["inputs"]}, model_id=record["id"])
        root.add_page(f"page-{name.replace('.', '-')}", page)
        (root.path / f"specs/page-{name.replace('.', '-')}/{name}.record.json").write_text(
            json.dumps({"model": record})
        )
    for target in ("openapi", "sandbox"):
        root.add_target(target)
    assert [root.run(verb).code for verb in ("scrape", "generate")] == [0, 0]
    config = PROJECT / "tests/rendering/schemathesis.toml"
    path = root.path / "generated/openapi/openapi.json"
    assert json.loads(path.read_text())["components"]["schemas"]["OpenaiGptImage2Request"][
        "dependentRequired"
    ]
    with running("--key", "key:secret", package=root.path / "generated/sandbox") as sandbox:
        url = sandbox.environment["SCENARIO_BASE_URL"]
        options = ("--url", url, "--auth", "key:secret", "--checks", "all", "--max-examples", "22")
        said = run("schemathesis", "--config-file", config, "run", path, *options, cwd=tmp_path)
    assert "24 selected / 24 total" in said
