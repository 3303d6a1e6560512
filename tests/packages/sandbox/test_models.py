"""A model shows its inputs; each runs to a result of its kind, and its requests are checked as the generated validators check them."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from scenario_sandbox import Sandbox
from scenario_sandbox.catalogue import Model
from scenario_sdk import Scenario

from support.described_models import write_page
from support.example import EXAMPLE, SYNC_LABS
from support.records import MADE_UP, read_records, spec_of, without_messages
from support.roots import Root
from support.sandboxes import LIPSYNC, PLAIN, SAMPLE_FILES, VIDEO, Running, list_models, play, running


def smallest_request(model: dict[str, Any]) -> dict[str, Any]:
    """Make a request with what the model requires, from nothing but the inputs it shows."""
    return {one["name"]: value_of(one) for one in model["inputs"] if one.get("required")}


def value_of(shown: dict[str, Any]) -> Any:
    kind = shown["type"].removesuffix("_array")
    plain = {"file": VIDEO, "model": "model_lora", "string": "a cat", "boolean": True, "inputs": {}}
    value = shown.get("allowedValues", [plain.get(kind, shown.get("min", 1))])[0]
    return [value] if shown["type"].endswith("_array") else value


def test_every_model_runs_and_its_result_opens_in_a_player(every_model: Running) -> None:
    kinds = set()
    for model in list_models(every_model):
        response = every_model.call(
            "POST", f"/v1/generate/custom/{model['id']}", json=smallest_request(model)
        )
        assert response.status_code == 200, (model["id"], response.text)
        every_model.call("POST", "/sandbox/clock", json={"step": 10})
        job = every_model.call("GET", f"/v1/jobs/{response.json()['job']['jobId']}").json()["job"]
        for identifier in job["metadata"]["assetIds"]:
            asset = every_model.call("GET", f"/v1/assets/{identifier}").json()["asset"]
            content = httpx.get(asset["url"], verify=PLAIN).content
            assert len(content) == asset["properties"]["size"]
            assert play(asset["kind"], content) == {
                key: value for key, value in asset["properties"].items() if key != "size"
            }
            kinds.add(asset["kind"])
    assert kinds >= {"3d", "audio", "image", "video"}


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_and_the_generated_validators_find_the_same_problems(
    every_model: Running, generated: Path, generated_models: Any, data: st.DataObject
) -> None:
    """The one uses the jsonschema library, the other code of its own."""
    from scenario_models import validators

    info = data.draw(st.sampled_from(generated_models.models()))
    folder = generated / "sandbox/scenario_sandbox/models"
    body = data.draw(right_and_wrong(folder / f"{info.id.removeprefix('model_')}.json"))
    response = every_model.call("POST", f"/v1/generate/custom/{info.id}?dryRun=true", json=body)
    problems = validators.validate(info.id, body)
    if not problems:
        assert response.status_code in (269, 404), (
            body,
            response.text,
        )  # 404: a file or a model that is not there
    else:
        assert response.status_code == 400, (body, problems)
        named = {problem.pointer.split("/")[1] for problem in problems}
        assert response.json()["reason"].split()[1] in named


@cache
def right_and_wrong(path: Path) -> st.SearchStrategy[dict[str, Any]]:
    """Make requests by a spec, and some that break it."""
    spec = json.loads(path.read_text())
    return from_schema(spec) | broken(spec)


def broken(spec: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Make requests that are wrong in one or more places, mostly."""
    json_values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.floats(-5, 5),
        st.text(max_size=3),
        st.just([]),
        st.just({}),
    )
    names = st.sampled_from([*spec["properties"], "unknown"])
    return st.builds(
        lambda good, bad, gone: {k: v for k, v in {**good, **bad}.items() if k not in gone},
        from_schema(spec),
        st.dictionaries(names, json_values, max_size=3),
        st.sets(names, max_size=1),
    )


def test_a_problem_is_said_in_the_words_of_the_api(every_model: Running) -> None:
    words = {
        "type": r"Input \S+ must be of type (string|number|boolean|array)",
        "element": r"Input \S+ must be an array of (string|number|object)",
        "enum": r"Input \S+ must be one of .+",
        "minimum": r"Input \S+ must be at least [-+.e\d]+",
        "maximum": r"Input \S+ must be at most [-+.e\d]+",
        "required": r"Input \S+ is required",
        "unknown": r"Input seeed is unknown",
    }
    seen = set()
    for model in list_models(every_model):
        good = smallest_request(model)
        for bad in spoil(model, good):
            response = every_model.call("POST", f"/v1/generate/custom/{model['id']}", json=bad)
            assert response.status_code == 400, (bad, response.text)
            said = response.json()["reason"]
            found = [rule for rule, pattern in words.items() if re.fullmatch(pattern, said)]
            assert found, said
            seen.update(found)
    assert seen == set(words)


def spoil(model: dict[str, Any], good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**good, "seeed": 1}
    for name in good:
        yield {key: value for key, value in good.items() if key != name}
    for shown in model["inputs"]:
        name, is_array = shown["name"], shown["type"].endswith("_array")
        yield {**good, name: None}
        if is_array:
            yield {**good, name: [None]}
        if "allowedValues" in shown:
            yield {**good, name: ["no such"] if is_array else "no such"}
        for bound, beyond in (("min", -1), ("max", 1)):
            if bound in shown and shown["type"].startswith("number"):
                value = shown[bound] + beyond * max(1, abs(shown[bound]))
                yield {**good, name: [value] if is_array else value}


@pytest.mark.parametrize(
    ("capabilities", "kind"),
    [(["txt2img"], "image"), (["img23d"], "3d"), (["3d23d"], "3d"), (["txt2audio", "txt2img"], "audio"), (["txt2txt"], "text"),
     (["controlnet", "video2video"], "video"), (["inpaint"], "image"), ([], "image")],
)  # fmt: skip
def test_a_model_gives_what_its_capability_says(capabilities: list[str], kind: str) -> None:
    assert Model({"x-capabilities": capabilities}).kind == kind


@pytest.fixture(scope="module")
def recorded(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a sandbox that also has a poet, and models with all that a record says."""
    package = shutil.copytree(generated / "sandbox", tmp_path_factory.mktemp("recorded") / "sandbox")
    spec = json.loads((EXAMPLE / "specs" / SYNC_LABS / "sync-lipsync-v2.json").read_text())
    spec |= {"x-model": "model_poet", "x-capabilities": ["txt2txt"], "properties": {}, "required": []}
    spec["properties"] = {"style": {"type": "string", "x-type": "model"}, "many": {"type": "array", "x-type": "model_array",
                                                                                  "items": {"type": "string"}}}  # fmt: skip
    for one in (spec, *map(spec_of, (*read_records().values(), MADE_UP))):
        (package / f"scenario_sandbox/models/{one['x-model'].removeprefix('model_')}.json").write_text(
            json.dumps(one)
        )
    with running("--speed", "1000", package=package) as sandbox:
        yield sandbox


def test_a_model_that_gives_text_puts_it_into_the_job(recorded: Running) -> None:
    path = "/v1/generate/custom/model_poet"
    job = recorded.call("POST", path, json={"style": "model_lora", "many": ["model_a"]}).json()["job"]
    recorded.call("POST", "/sandbox/clock", json={"step": 10})
    job = recorded.call("GET", f"/v1/jobs/{job['jobId']}").json()["job"]
    assert job["metadata"]["assetIds"] == []
    assert job["metadata"]["output"]["text"]
    for body in ({"style": "lora"}, {"many": ["model_a", "lora"]}):
        response = recorded.call("POST", path, json=body)
        assert (response.status_code, response.json()["reason"]) == (404, "Model lora not found")


def test_the_official_client_reads_the_record_of_a_model_in_the_shape_that_it_knows(
    recorded: Running,
) -> None:
    options = {
        "base_url": recorded.environment["SCENARIO_BASE_URL"],
        "api_key": "key",
        "api_secret": "secret",
    }
    with Scenario(**options, _strict_response_validation=True, max_retries=0) as client:
        for record in read_records().values():
            model = client.models.retrieve(record["id"]).model.to_dict()
            kept = {
                "id",
                "name",
                "shortDescription",
                "type",
                "privacy",
                "capabilities",
                "custom",
                "source",
                "status",
            }
            assert {key: model[key] for key in kept} == {key: record[key] for key in kept}
            assert model["uiConfig"] == record["uiConfig"]
            assert without_messages(model["inputs"]) == without_messages(record["inputs"])


def test_a_record_that_is_scraped_and_shown_is_that_record(root: Root) -> None:
    records = [*read_records().values(), MADE_UP]
    for record in records:
        facts = {one["name"]: one for one in record["inputs"]}
        name = record["id"].removeprefix("model_")
        root.add_page(name, write_page(facts, model_id=record["id"]))
        (root.path / f"specs/{name}/{name}.record.json").write_text(json.dumps({"model": record}))
    ran = root.run("scrape", "--verbose")
    assert ran.code == 0, ran.out
    for record in records:
        name = record["id"].removeprefix("model_")
        model = Model(root.read_json(f"specs/{name}/{name}.json"))
        assert without_messages(model.inputs) == without_messages(record["inputs"])
        assert {"selects": model.selects} == record["uiConfig"]


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "too many files": ("openai-gpt-image-2", {"referenceImages": ["asset_sample_image"] * 11}, "Input referenceImages must be at most 10 items long"),
    "a long text": ("openai-gpt-image-2", {"prompt": "a" * 32001}, "Input prompt must be at most 32000 characters long"),
    "with another": ("openai-gpt-image-2", {"mask": "asset_sample_image"}, "Input referenceImages is required"),
    "without another": ("made-up", {"mode": "edit"}, "Input video is required"),
    "a model of another type": ("bfl-flux-1-dev", {"loras": ["model_lora", "model_made-up"]}, "Invalid model(s): model_made-up.\nAllowed model types: flux.1-lora"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_refuses_what_the_api_is_known_to_refuse(recorded: Running, case: str) -> None:
    model, body, reason = REFUSED[case]
    given = {} if model == "made-up" else {"prompt": "a cat"}
    response = recorded.call("POST", f"/v1/generate/custom/model_{model}", json=given | body)
    assert (response.status_code, response.json()["reason"]) == (400, reason)


def test_it_refuses_a_file_that_is_too_large_unless_it_is_a_sample(recorded: Running) -> None:
    image = base64.b64encode((SAMPLE_FILES / "sample.png").read_bytes()).decode()
    uploaded = recorded.call("POST", "/v1/assets", json={"name": "a.png", "image": image}).json()["asset"][
        "id"
    ]
    responses = [
        recorded.call(
            "POST",
            "/v1/generate/custom/model_made-up?dryRun=true",
            json={"shots": [{"prompt": "ab"}], "music": file},
        )
        for file in (uploaded, "asset_sample_audio", "https://a.b/c.wav")
    ]
    assert [response.status_code for response in responses] == [400, 269, 269]
    assert responses[0].json()["reason"] == "Input music must be at most 100 bytes"


def test_models_are_listed_without_and_shown_with_their_inputs(
    client: Any, scenario_sandbox: Sandbox
) -> None:
    assert client.models.list().models == []
    page = client.models.list(privacy="public", page_size=3)
    ids = [model.id for model in page.models]
    page = client.models.list(privacy="public", page_size=3, pagination_token=page.next_pagination_token)
    ids += [model.id for model in page.models]
    assert ids == sorted(ids)
    assert len(ids) == 4
    bulk = client.models.get_bulk(model_ids=[LIPSYNC, "model_gone"]).models
    assert [(model.id, model.inputs) for model in bulk] == [(LIPSYNC, None)]
    (brief,) = get_bulk = client.models.get_bulk(model_ids=[LIPSYNC], minimal=True).models
    assert (brief.id, brief.type, brief.capabilities) == (LIPSYNC, "custom", None), get_bulk
    model = client.models.retrieve(LIPSYNC).model
    assert (model.name, model.custom, model.capabilities) == ("Sync Lipsync v2", True, ["video2video"])
    inputs = {one.name: one for one in model.inputs}
    assert list(inputs) == ["video", "audio", "syncMode", "temperature"]
    assert (inputs["audio"].type, inputs["audio"].kind, inputs["audio"].required.always) == (
        "file",
        "audio",
        True,
    )
    assert inputs["syncMode"].allowed_values == ["loop", "bounce", "cut_off", "silence", "remap"]
    assert (inputs["temperature"].min, inputs["temperature"].max, inputs["temperature"].default) == (
        0,
        1,
        0.5,
    )
    assert inputs["temperature"].required is None
