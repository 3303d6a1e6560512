"""Requests as models of pydantic: validated, dumped, copied and described, by pydantic itself and by FastAPI."""

import asyncio
import copy
import io
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as check_openapi
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model
from pydantic_core import PydanticSerializationError

from support.hand_written import make_spec
from support.made_packages import imported

ID = "model_sync-lipsync-v2"
# Parameters whose names in Python and in the API are alike, and each other's: `copy` is reserved, and so is `copy_`.
TEXT = {"type": "string"}
SHOT = {"type": "object", "properties": {"photo": {**TEXT, "x-type": "file", "x-kind": "image"}}}
MADE = {
    "model_made": make_spec(
        "made",
        {"theFile": {**TEXT, "x-type": "file", "x-kind": "image", "description": "What is seen"}, "copy": TEXT,
         "shot": SHOT, "to": {"$ref": "urn:scenario:model_user"}, "mask": {**TEXT, "x-label": "The mask", "minLength": 2}},
        ["theFile"],
        {"dependentRequired": {"copy": ["mask"]}, "allOf": [{"anyOf": [{"required": ["shot"]}, {"required": ["to"]}]}]},
    ),
    "model_user": make_spec("user", {"friend": {"$ref": "urn:scenario:model_user"}, "isBot": {"type": "boolean"}}, ["isBot"], {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with imported(MADE, tmp_path_factory.mktemp("made")) as package:
        yield package


def places(error: ValidationError) -> list[str]:
    return [".".join(map(str, one["loc"])) for one in error.errors()]


BOTH = {"video": "asset_1", "audio": "asset_2"}
# How a request is made, and of what -> what errors call the parameters.
WRONG: list[tuple[str, Any, list[str]]] = [
    ("made", {"video": "a.mp4", "sync_mode": "lop"}, ["video", "audio", "sync_mode"]),
    ("made", BOTH | {"syncMode": "loop"}, [""]),
    ("validated", {"video": "a.mp4", "syncMode": "lop"}, ["video", "audio", "syncMode"]),
    ("validated", {"video": "a.mp4", "sync_mode": "lop"}, ["video", "audio", "sync_mode"]),
    ("validated", BOTH | {"sync_mode": "loop", "syncMode": "loop"}, [""]),
    ("validated", BOTH | {"syncmode": "loop"}, [""]),
    ("validated", BOTH | {"temperature": 2}, ["temperature"]),
    ("of JSON", {"video": "a.mp4", "syncMode": "lop"}, ["video", "audio", "syncMode"]),
    ("of a body", {"video": "a.mp4", "syncMode": "lop"}, ["video", "audio", "syncMode"]),
    ("of a body", BOTH | {"sync_mode": "loop"}, [""]),
    ("any", {"model_id": ID, "parameters": {"video": "a.mp4", "syncMode": "lop"}}, ["parameters.video", "parameters.audio", "parameters.syncMode"]),
    ("any", {"model_id": "model_none", "parameters": {}}, ["model_id"]),
    ("any", {"model_id": ID, "parameters": {"video": "asset_1"}, "unlisted": {"audio": "a"}}, ["parameters.audio"]),
    ("any", {"model_id": ID, "parameters": BOTH, "unlisted": {"syncmode": 1}}, ["unlisted"]),
    ("any", {"model_id": ID, "parameters": BOTH, "unlisted": []}, [""]),
    ("any", {"model_id": ID, "parameters": BOTH, "files": {}}, [""]),
    ("unchecked", {"model_id": ID, "params": BOTH}, ["params"]),
    ("unchecked", {"model_id": ID, "unlisted": []}, ["unlisted"]),
    ("any", 1, [""]),
]  # fmt: skip


def make(package: Any, how: str, given: Any) -> Any:
    ways: dict[str, Callable[[], Any]] = {
        "made": lambda: package.SyncLipsyncV2(**given),
        "validated": lambda: package.SyncLipsyncV2.model_validate(given),
        "of JSON": lambda: package.SyncLipsyncV2.model_validate_json(json.dumps(given)),
        "of a body": lambda: package.from_body(ID, given),
        "any": lambda: TypeAdapter(package.Request).validate_python(given),
        "unchecked": lambda: TypeAdapter(package.AnyModel).validate_python(given),
    }
    return ways[how]()


@pytest.mark.parametrize(("how", "given", "called"), WRONG)
def test_an_error_calls_a_parameter_as_it_was_given(
    generated_models: Any, how: str, given: Any, called: list[str]
) -> None:
    with pytest.raises(ValidationError) as raised:
        make(generated_models, how, given)
    assert places(raised.value) == called


def test_a_request_that_was_dumped_is_read_again_as_it_was(generated_models: Any) -> None:
    class_, any_request = generated_models.SyncLipsyncV2, TypeAdapter(generated_models.Request)
    small = class_(video=b"\xff" * 30, audio="asset_1", temperature=None)
    for one in (
        small,
        class_(**BOTH, sync_mode="loop"),
        generated_models.Values30(files=("asset_1",), pose=""),
    ):
        again, json_again = type(one).model_validate, type(one).model_validate_json
        back = [again(one.body()), again(one.model_dump()), again(one.model_dump(by_alias=True)), again(one)]
        back += [
            any_request.validate_python(any_request.dump_python(one)),
            one.model_copy(),
            copy.deepcopy(one),
        ]
        back += [pickle.loads(pickle.dumps(one)), generated_models.from_body(one.model_id, one.body())]  # noqa: S301
        assert back == [one] * len(back)
        read = [json_again(one.model_dump_json()), json_again(one.model_dump_json(by_alias=True))]
        read += [any_request.validate_json(any_request.dump_json(one))]
        assert read == [json_again(json.dumps(one.model_dump(mode="json")))] * len(read)
    assert json.loads(small.model_dump_json(exclude_none=True)) == {
        "video": "data:application/octet-stream;base64," + "/" * 40, "audio": "asset_1",
    }  # fmt: skip
    path = class_(video=Path("a.mp4"), audio=io.BytesIO(b"1"), sync_mode="loop")
    assert path.model_dump(exclude={"sync_mode"}) == {"video": Path("a.mp4"), "audio": path.audio}
    assert path.model_dump_json(include={"sync_mode"}, by_alias=True) == '{"syncMode":"loop"}'
    assert path.model_dump(exclude_defaults=True, mode="json", exclude={"audio"}) == {"video": "a.mp4"}
    with pytest.raises(
        PydanticSerializationError, match="an open file has no JSON; give its path or its bytes"
    ):
        path.model_dump_json()
    with pytest.raises(ValidationError, match="for a local file use Path"):  # a text is never taken for one
        class_.model_validate_json('{"video": "a.mp4", "audio": "asset_1"}')
    with pytest.raises(ValidationError):  # it was not checked, and is not passed over
        class_.model_validate(small.unlisted(newer=1).model_dump())


def test_a_request_with_its_id_has_one_form(generated_models: Any) -> None:
    request = generated_models.SyncLipsyncV2(**BOTH).unlisted(syncMode="new", newer=[1])
    form = {"model_id": ID, "parameters": BOTH, "unlisted": {"syncMode": "new", "newer": [1]}}
    as_field, unchecked = TypeAdapter(generated_models.Request), TypeAdapter(generated_models.AnyModel)
    assert form == json.loads(request.to_json()) == as_field.dump_python(request)
    Draft202012Validator(as_field.json_schema()).validate(form)
    assert request == generated_models.from_json(json.dumps(form)) == as_field.validate_python(form)
    assert as_field.validate_python(form).unlisted_parameters == form["unlisted"]
    assert unchecked.validate_python(form) == generated_models.AnyModel(ID, request.body())
    any_model = generated_models.AnyModel("model_new", {"a": 1})
    assert any_model == unchecked.validate_json(any_model.to_json())
    assert any_model == unchecked.validate_python(unchecked.dump_python(any_model))


def test_a_copy_with_other_values_is_checked(generated_models: Any) -> None:
    one = generated_models.SyncLipsyncV2(**BOTH).unlisted(syncMode="new", newer=1)
    assert one.model_copy(update={"temperature": 1}).body() == one.body() | {"temperature": 1}
    for name in ("sync_mode", "syncMode"):
        assert one.model_copy(update={name: "loop"}).body() == one.body() | {"syncMode": "loop"}
    for wrong, called in (
        ({"temperature": 2}, "temperature"),
        ({"temprature": 1}, ""),
        ({"video": None}, "video"),
    ):
        with pytest.raises(ValidationError) as raised:
            one.model_copy(update=wrong)
        assert places(raised.value) == [called]


SHOWN: list[tuple[Callable[[Any], object], str]] = [
    (lambda it: it.SyncLipsyncV2(video=b"short", audio=b"1" * 1000), "SyncLipsyncV2(video=b'short', audio=<1000 bytes>)"),
    (lambda it: it.SyncLipsyncV2(**BOTH | {"video": "data:video/mp4;base64," + "A" * 1000}), "SyncLipsyncV2(video='data:video/mp4;base64,…', audio='asset_2')"),
    (lambda it: it.Values30(files=[]).unlisted(a={"b": [bytearray(21), memoryview(b"1")]}), "Values30(files=[], unlisted={'a': {'b': [<21 bytes>, b'1']}})"),
    (lambda it: it.AnyModel("model_new", {"a": b"1" * 21}), "AnyModel('model_new', {'a': <21 bytes>})"),
    (lambda it: it.AnyKind(b"1"), "AnyKind(b'1')"),
    (lambda it: it.AnyKind("https://a.b/c?secret"), "AnyKind('https://a.b/c?…')"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), SHOWN)
def test_bytes_are_shown_as_bytes(generated_models: Any, value: Callable[[Any], object], shown: str) -> None:
    assert repr(value(generated_models)) == shown


def test_the_schema_of_a_class_says_what_its_spec_says(made: ModuleType) -> None:
    class_ = made.factory.model("model_made")
    schema = class_.model_json_schema()
    null = {"type": "null"}
    assert [*schema["properties"]] == ["theFile", "copy", "shot", "to", "mask"]
    assert [*class_.model_json_schema(by_alias=False)["properties"]] == [
        "the_file",
        "copy_",
        "shot",
        "to",
        "mask",
    ]
    pattern = "^(?:asset_|https://|data:)"
    assert schema["properties"]["theFile"] == {
        "title": "The File", "type": "string", "x-type": "file", "x-kind": "image", "pattern": pattern,
        "description": "What is seen. An asset id, https URL or data URL.",
    }  # fmt: skip
    assert schema["properties"]["mask"] == {
        "title": "The mask", "x-label": "The mask", "anyOf": [{"type": "string", "minLength": 2}, null],
        "default": None, "description": "Required with `copy`.",
    }  # fmt: skip
    assert schema["properties"]["shot"]["description"] == "Required without `to`."
    assert schema["properties"]["shot"]["anyOf"][0]["properties"]["photo"]["pattern"] == pattern
    assert schema["properties"]["to"]["anyOf"] == [{"$ref": "#/$defs/UserObject"}, null]
    assert schema["$defs"]["UserObject"]["properties"]["friend"] == {"$ref": "#/$defs/UserObject"}
    python = class_.model_json_schema(by_alias=False)["properties"]
    assert python["mask"]["description"] == "Required with `copy_`."
    Draft202012Validator(schema).validate(
        {"theFile": "asset_1", "to": {"isBot": True, "friend": {"isBot": False}}}
    )
    assert not Draft202012Validator(schema).is_valid(
        {"theFile": "asset_1", "to": {"friend": {"isBot": False}}}
    )


def test_models_of_users_have_requests_and_files_as_fields(generated_models: Any) -> None:
    it = generated_models
    order: Any = create_model(
        "Order",
        request=(it.Request, ...),
        other=(it.AnyModel, ...),
        exact=(it.SyncLipsyncV2, ...),
        image=(it.ImageFile, None),
    )
    exact = it.SyncLipsyncV2(**BOTH, sync_mode="loop")
    one = order(
        request=exact, other=it.AnyModel("model_new", {"a": b"\xff"}), exact=exact, image=it.AnyKind(b"\xff")
    )
    assert one.request is exact
    read = order.model_validate_json(one.model_dump_json())
    assert (read.request, read.exact, read.image) == (
        exact,
        exact,
        "data:application/octet-stream;base64,/w==",
    )
    assert read.other == it.AnyModel("model_new", {"a": read.image})
    assert order.model_validate(one.model_dump()) == one
    schema = order.model_json_schema()
    Draft202012Validator(schema).validate(json.loads(one.model_dump_json(by_alias=True)))
    assert schema["properties"]["image"]["x-kind"] == "image"
    with pytest.raises(ValidationError) as raised:
        order.model_validate(
            {"request": {"model_id": ID, "parameters": {}}, "other": {}, "exact": {"syncMode": 1}}
        )
    assert places(raised.value) == [
        "request.parameters.video", "request.parameters.audio", "other.model_id", "exact.video", "exact.audio", "exact.syncMode",
    ]  # fmt: skip
    with pytest.raises(TypeError, match="make one of the class of a model"):
        it.Request(model_id=ID, parameters=BOTH)
    assert hash(one.other) == hash(it.AnyModel("model_new", {"a": []}))


def serve(package: Any) -> FastAPI:
    """Serve requests of some types, each taken and returned, and facts about a model."""
    app = FastAPI()
    for name in ("SyncLipsyncV2", "HardNames", "Request", "AnyModel"):
        type_ = getattr(package, name)

        def take(request: Any) -> Any:
            return request

        take.__annotations__ |= {"request": type_, "return": type_}
        app.post(f"/{name}")(take)
    facts = package.by_id[ID]
    app.get("/facts", response_model=list[package.ParameterInfo])(
        lambda: next(one.parameters for one in package.models() if one.id == facts.model_id)
    )
    return app


async def call_all(app: FastAPI) -> tuple[list[Response], Response, Response]:
    """Send all, and get the facts and the document."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://app") as client:
        responses = [await client.post(f"/{name}", json=sent) for name, sent, _, _ in SENT]
        return responses, await client.get("/facts"), await client.get("/openapi.json")


OK = 200
# The type, and what is sent -> the status, and what is returned, or which places are wrong.
SENT: list[tuple[str, Any, int, Any]] = [
    ("SyncLipsyncV2", BOTH | {"syncMode": "loop"}, 200, BOTH | {"syncMode": "loop"}),
    ("SyncLipsyncV2", BOTH | {"sync_mode": "loop"}, 200, BOTH | {"syncMode": "loop"}),
    ("SyncLipsyncV2", {"video": "talk.mp4", "syncMode": "lop"}, 422, [["body", "video"], ["body", "audio"], ["body", "syncMode"]]),
    ("SyncLipsyncV2", [], 422, [["body"]]),
    ("HardNames", {}, 422, [["body", "class"]]),
    ("Request", {"model_id": ID, "parameters": BOTH}, 200, {"model_id": ID, "parameters": BOTH}),
    ("Request", {"model_id": ID, "parameters": BOTH, "unlisted": {"a": 1}}, 200, {"model_id": ID, "parameters": BOTH, "unlisted": {"a": 1}}),
    ("Request", {"model_id": ID, "parameters": {"video": 1}}, 422, [["body", "parameters", "video"], ["body", "parameters", "audio"]]),
    ("AnyModel", {"model_id": "model_new", "parameters": {"a": 1}}, 200, {"model_id": "model_new", "parameters": {"a": 1}}),
]  # fmt: skip


def test_an_application_takes_and_returns_and_documents_requests(generated_models: Any) -> None:
    responses, facts, documented = asyncio.run(call_all(serve(generated_models)))
    for (name, sent, status, told), response in zip(SENT, responses, strict=True):
        found = response.json() if status == OK else [one["loc"] for one in response.json()["detail"]]
        assert (response.status_code, found) == (status, told), (name, sent)
    assert [one["python_name"] for one in facts.json()] == ["video", "audio", "sync_mode", "temperature"]
    document = documented.json()
    check_openapi(document)
    described = document["components"]["schemas"]["SyncLipsyncV2"]["properties"]
    assert (
        described["syncMode"]["description"] == "Lipsync mode when audio and video durations are out of sync"
    )
    assert described["temperature"]["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 1}
    assert {"AnyModel", "HardNames"} <= document["components"]["schemas"].keys()


def test_a_schema_is_made_when_it_is_asked_for(generated_models: Any) -> None:
    for id_ in generated_models.by_id:
        class_: type[BaseModel] = generated_models.by_id[id_]
        schema = class_.model_json_schema()
        Draft202012Validator.check_schema(schema)
        assert (
            not {"allOf", "anyOf", "$ref"} & schema.keys()
        )  # tool definitions of language models refuse them
