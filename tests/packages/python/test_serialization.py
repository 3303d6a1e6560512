"""A request travels as JSON and by pickle, and comes back as it was."""

import io
import json
import pickle
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from support.clients import JSON
from support.example import EXAMPLE


def test_a_request_travels_as_json_and_by_pickle(models: Any) -> None:
    request = models.SyncLipsyncV2(video=Path("talk.mp4"), audio=b"\0\1", sync_mode="bounce").unlisted(
        new=[b"1", 2]
    )
    text = request.to_json()
    assert json.loads(text) == {
        "model_id": "model_sync-lipsync-v2",
        "parameters": {"video": None, "audio": None, "syncMode": "bounce"},
        "unlisted": {"new": [None, 2]},
        "files": {
            "/parameters/video": {"path": "talk.mp4"},
            "/parameters/audio": {"bytes": "AAE="},
            "/unlisted/new/0": {"bytes": "MQ=="},
        },
    }
    earlier = text.replace('"model_id"', '"model"')  # which a queue may hold
    assert models.from_json(text) == models.from_json(earlier) == request
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301
    unknown = models.AnyModel("model_new", {"a/b": [{"c~": Path("x")}], "n": None})
    assert models.from_json(unknown.to_json()) == unknown
    with pytest.raises(ValueError, match=r"/parameters/video: an open file has no JSON"):
        models.SyncLipsyncV2(video=io.BytesIO(b"1"), audio="asset_1").to_json()


WRONG_TEXT = {
    "no JSON": ("{", "Expecting property name"),
    "too deep": ("[" * 100_000, "nested too deeply|recursion"),
    "no request": ("[]", "dictionary"),
    "an unknown key": ('{"model_id": "model_sync-lipsync-v2", "params": {}}', "params"),
    "an unknown model": ('{"model_id": "model_sync-lipsync-v1", "parameters": {}}', "did you mean"),
    "an unlisted parameter that is almost one": (
        '{"model_id": "model_sync-lipsync-v2", "parameters": {"video": "asset_1", "audio": "asset_2"}, "unlisted": {"syncmode": 1}}',
        "did you mean",
    ),
    "a wrong parameter": (
        '{"model_id": "model_sync-lipsync-v2", "parameters": {"video": "asset_1"}}',
        "audio",
    ),
    "a file that is none": (
        '{"model_id": "m", "files": {"/unlisted/a": {}}, "unlisted": {"a": null}}',
        "a path, bytes or a URL",
    ),
    **{
        f"a file at {pointer!r}": (
            json.dumps(
                {
                    "model_id": "m",
                    "unlisted": {"a": [None, {"": None}], "b": "c"},
                    "files": {pointer: {"path": "x"}},
                }
            ),
            re.escape(f"there is no null at {json.dumps(pointer)} for a file to replace"),
        )
        for pointer in (
            *(
                "",
                "/",
                "unlisted/a/0",
                "/unlisted",
                "/unlisted/",
                "/unlisted/b",
                "/unlisted/b/0",
                "/unlisted/c",
            ),
            *(
                "/unlisted/a",
                "/unlisted/a/1",
                "/unlisted/a/2",
                "/unlisted/a/-",
                "/unlisted/a/-1",
                "/unlisted/a/00",
            ),
            *(
                "/unlisted/a/0/0",
                "/unlisted/a/1//",
                "/unlisted/a/٠",
                "/parameters/a",
                "/model_id",
                "/files/x",
            ),
        )
    },
    "more files in no place than one wants to read of": (
        json.dumps({"model_id": "m", "files": {"/" + str(index) * 100: {"path": "x"} for index in range(9)}}),
        r'^m: there is no null at "/0{57}… or "/1{57}… or "/2{57}… for a file to replace$',
    ),
}


@pytest.mark.parametrize("case", WRONG_TEXT)
def test_text_that_is_no_request_is_refused(models: Any, case: str) -> None:
    text, message = WRONG_TEXT[case]
    with pytest.raises((ValueError, LookupError), match=message):
        models.from_json(text)


SIGNED = "https://a.b/c?signature=secret"


@pytest.mark.parametrize(
    "document",
    [
        SIGNED,
        {"model_id": "m", "parameters": SIGNED},
        {"model_id": "m", SIGNED: 1},
        {"model_id": SIGNED, "files": {"/unlisted/a": {"path": "x"}}},
        {"model_id": "m", "unlisted": {}, "files": {"/unlisted/" + SIGNED: {"path": "x"}}},
        {"model_id": "m", "unlisted": {}, "files": {"/unlisted/a": {"path": "x", "bytes": SIGNED}}},
        {"model_id": "model_sync-lipsync-v2", "parameters": {"video": SIGNED, "audio": "a", SIGNED: 1}},
        {"model_id": SIGNED, "parameters": {}},
    ],
)
def test_what_is_said_of_text_that_is_no_request_has_no_signature(models: Any, document: Any) -> None:
    with pytest.raises((ValueError, LookupError)) as raised:
        models.from_json(json.dumps(document))
    assert "secret" not in str(raised.value)


@cache
def read_spec(module: str) -> tuple[dict[str, Any], st.SearchStrategy[Any]]:
    """Give the spec of a model, and payloads by it."""
    spec = json.loads((EXAMPLE / "generated/python/scenario_models/specs" / f"{module}.json").read_text())
    return spec, from_schema(spec)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_request_comes_back_from_json_as_it_was(data: st.DataObject) -> None:
    import scenario_models as models

    info = data.draw(st.sampled_from(models.models()))
    spec, payloads = read_spec(info.module)
    made = models.model(info.id)
    names = {field.serialization_alias or name: name for name, field in made.model_fields.items()}
    files = st.binary() | st.builds(Path, st.text(alphabet="abc/.", min_size=1)) | st.just("asset_1")
    payload = data.draw(payloads)
    for name, rule in spec["properties"].items():
        if rule["x-type"] == "file" and name in payload:
            payload[name] = data.draw(files)
    request = made(**{names[name]: value for name, value in payload.items()})
    extra = data.draw(st.dictionaries(st.text(alphabet="ab~/"), JSON.filter(_is_json) | files, max_size=3))
    newer = request.unlisted(**extra)
    assert models.from_json(newer.to_json()).body() == newer.body()
    assert models.from_json(request.to_json()) == request
    assert models.from_json(models.AnyModel("m", newer.body()).to_json()) == models.AnyModel(
        "m", newer.body()
    )


def _is_json(value: Any) -> bool:
    try:
        return json.loads(json.dumps(value, allow_nan=False)) == value
    except (ValueError, UnicodeError):
        return False
