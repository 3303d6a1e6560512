"""Uploads in parts, from a URL and in JSON, and the files that are sent back."""

import base64
import re
from typing import Any

import httpx
import pytest
from scenario_sandbox import Sandbox
from scenario_sandbox.assets import SAMPLES
from scenario_sdk import BadRequestError

from support.sandboxes import (
    AUDIO,
    LIPSYNC,
    PLAIN,
    SAMPLE_FILES,
    VIDEO,
    Running,
    announce,
    get,
    open_request,
    play,
    post,
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parts": 0}, "Input parts must be at least 1"),
        ({"parts": 10_001}, "Input parts must be at most 10000"),
        ({"parts": 1.5}, "Input parts must be a whole number"),
        ({"kind": "model"}, "Input kind must be one of"),
        ({"fileName": ""}, "Input fileName must be at least 1 characters"),
        ({"fileName": None}, "Input fileName must be of type string"),
        ({"fileSize": True}, "Input fileSize must be of type number"),
        ({"fileSize": "6"}, "Input fileSize must be of type number"),
        ({"contentType": "видео/mp4"}, "Input contentType must match"),
        ({"contentType": "video/mp4\r\nX-Evil: 1"}, "Input contentType must match"),
        ({"contentType": "film"}, "Input contentType must match"),
        ({"url": "file:///etc/passwd"}, "Input url must match ^https?://"),
        ({"url": "https://[/a.mp4"}, "Input url must match ^https?://"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(
    every_model: Running, changes: dict[str, Any], reason: str
) -> None:
    response = announce(every_model, **changes)
    assert response.status_code == 400
    assert response.json()["reason"].startswith(reason)


def test_an_upload_lacks_a_part_then_has_the_wrong_size(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    action = f"/v1/uploads/{upload['id']}/action"
    complete = {"json": {"action": "complete"}}
    assert (
        every_model.call("POST", action, json={"action": "stop"}).json()["reason"]
        == "Input action must be one of 'complete'"
    )
    one, two = (part["url"] for part in upload["parts"])
    assert (
        httpx.put(one, content=b"abc", verify=PLAIN).headers["etag"] == '"900150983cd24fb0d6963f7d28e17f72"'
    )
    assert (
        every_model.call("POST", action, **complete).json()["reason"] == "Part 2 of 2 has not been uploaded"
    )
    assert httpx.put(two, content=b"", verify=PLAIN).status_code == 200
    assert every_model.call("POST", action, **complete).json()["upload"]["status"] == "validating"
    every_model.call("POST", "/sandbox/clock", json={"step": 2})
    failed = every_model.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]
    assert (failed["status"], failed["errorMessage"]) == ("failed", "The file has 3 bytes, not 6")
    assert "entityId" not in failed
    assert httpx.put(two, content=b"def", verify=PLAIN).status_code == 404


def test_a_signed_url_takes_its_own_part_alone_and_no_key(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    url = upload["parts"][0]["url"]
    for forged in (
        url.replace("/1?", "/2?"),
        url.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"),
        re.sub("Signature=.", "Signature=é", url),
        url.partition("?")[0],
        url.partition("?")[0] + "?Expires=99999999999&Signature=a",
        url.replace("X-Amz-Date=2", "X-Amz-Date=x"),
    ):
        response = httpx.put(forged, content=b"abc", verify=PLAIN)
        assert (response.status_code, "<Code>SignatureDoesNotMatch</Code>" in response.text) == (403, True), (
            forged
        )
    response = httpx.put(url, content=b"abc", auth=("key", "secret"), verify=PLAIN)
    assert (response.status_code, "send no key to a signed URL" in response.text) == (400, True)
    assert httpx.put(url, content=b"abc", verify=PLAIN).status_code == 200


def test_a_file_is_sent_in_ranges(every_model: Running) -> None:
    upload = announce(every_model).json()["upload"]
    for part, content in zip(upload["parts"], (b"abc", b"def"), strict=True):
        httpx.put(part["url"], content=content, verify=PLAIN)
    every_model.call("POST", f"/v1/uploads/{upload['id']}/action", json={"action": "complete"})
    every_model.call("POST", "/sandbox/clock", json={"step": 2})
    entity = every_model.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]["entityId"]
    url = every_model.call("GET", f"/v1/assets/{entity}").json()["asset"]["url"]
    for asked, status, content, told in (
        ("bytes=0-5", 206, b"abcdef", "bytes 0-5/6"),
        ("bytes=1-3", 206, b"bcd", "bytes 1-3/6"),
        ("bytes=4-", 206, b"ef", "bytes 4-5/6"),
        ("bytes=-2", 206, b"ef", "bytes 4-5/6"),
        ("bytes=2-99", 206, b"cdef", "bytes 2-5/6"),
        ("bytes=6-", 416, b"", "bytes */6"),
        ("bytes=3-2", 416, b"", "bytes */6"),
        ("bytes=-", 200, b"abcdef", None),
        ("bytes=0-1,3-4", 200, b"abcdef", None),
    ):
        response = httpx.get(url, headers={"Range": asked}, verify=PLAIN)
        assert (response.status_code, response.content) == (status, content), asked
        assert response.headers.get("content-range") == told
    assert httpx.head(url, verify=PLAIN).headers["content-length"] == "6"


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_what_the_asset_says_it_is(sandbox: Sandbox, kind: str) -> None:
    asset = get(sandbox, f"/v1/assets/asset_sample_{kind}")["asset"]
    response = httpx.get(asset["url"], verify=PLAIN)
    assert response.headers["content-type"].partition(";")[0] == asset["mimeType"]
    assert asset["properties"] == {"size": len(response.content), **play(kind, response.content)}


@pytest.mark.parametrize(
    ("kind", "content_type", "asset_kind", "source"),
    [
        ("3d", "model/gltf-binary", "3d", "uploaded-3d"),
        ("audio", "audio/wav", "audio", "uploaded-audio"),
        ("avatar", "image/png", "image", "uploaded-avatar"),
        ("image", "image/png", "image", "uploaded"),
        ("text", "text/plain; charset=utf-8", "text", "uploaded-text"),
        ("video", "video/mp4", "video", "uploaded-video"),
        ("asset", "model/gltf-binary", "3d", "uploaded"),
        ("asset", "audio/wav", "audio", "uploaded"),
        ("asset", "application/pdf", "document", "uploaded"),
    ],
)
def test_an_upload_becomes_an_asset_of_its_kind(
    sandbox: Sandbox, kind: str, content_type: str, asset_kind: str, source: str
) -> None:
    upload = announce(sandbox, kind=kind, contentType=content_type, parts=1.0, fileSize=6.0).json()["upload"]
    httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
    post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"})
    sandbox.step(1)
    (asset,) = get(sandbox, "/v1/assets")["assets"]
    assert (asset["kind"], asset["source"], asset["mimeType"]) == (asset_kind, source, content_type)


def test_an_upload_is_estimated_without_being_made(sandbox: Sandbox) -> None:
    response = announce(sandbox, "?dryRun=true")
    assert (response.status_code, response.json()) == (
        269,
        {"creativeUnitsCost": 0, "creativeUnitsDiscount": 0},
    )
    assert announce(sandbox, "?dryRun=no").status_code == 400


def test_a_part_that_comes_after_the_end_changes_nothing(sandbox: Sandbox) -> None:
    upload = announce(sandbox, parts=1).json()["upload"]
    url = upload["parts"][0]["url"]
    httpx.put(url, content=b"abcdef", verify=PLAIN)
    late = open_request(sandbox.address, url.removeprefix(sandbox.address), 3, "PUT")
    late.sendall(b"x")
    post(sandbox, f"/v1/uploads/{upload['id']}/action", {"action": "complete"})
    late.sendall(b"yz")
    assert late.recv(12) == b"HTTP/1.1 404"
    late.close()
    sandbox.step(1)
    (asset,) = get(sandbox, "/v1/assets")["assets"]
    assert httpx.get(asset["url"], verify=PLAIN).content == b"abcdef"


@pytest.mark.parametrize("parts", [1, 3])
def test_a_file_is_uploaded_in_parts_and_then_used(
    client: Any, scenario_sandbox: Sandbox, parts: int
) -> None:
    scenario_sandbox.speed = 0
    content = bytes(range(256)) * 30
    upload = client.uploads.create(
        file_name="talk.mp4", file_size=len(content), content_type="video/mp4", kind="video", parts=parts
    ).upload
    assert upload.status == "pending"
    size = -(-len(content) // parts)
    for part in upload.parts:
        chunk = content[(int(part.number) - 1) * size : int(part.number) * size]
        assert httpx.put(part.url, content=chunk).headers["etag"]
    seen = [client.uploads.trigger_action(upload.id, action="complete").upload.status]
    assert client.uploads.trigger_action(upload.id, action="complete").upload.status == seen[0]
    while not upload.entity_id:
        scenario_sandbox.step()
        upload = client.uploads.retrieve(upload.id).upload
        seen.append(upload.status)
    assert seen == ["validating", "validated", "imported"]
    asset = client.assets.retrieve(upload.entity_id).asset
    assert (asset.kind, asset.source, asset.properties.size) == ("video", "uploaded-video", len(content))
    assert httpx.get(asset.url).content == content
    assert client.generate.run_model(LIPSYNC, body={"video": asset.id, "audio": AUDIO}).job.job_id
    assert [one.id for one in client.assets.list().assets] == [asset.id]


def test_a_file_is_imported_from_a_url_that_nobody_visits(client: Any, scenario_sandbox: Sandbox) -> None:
    upload = client.uploads.create(url="https://example.com/voice.wav", kind="audio").upload
    scenario_sandbox.step(5)
    upload = client.uploads.retrieve(upload.id).upload
    assert (upload.source, upload.status) == ("url", "imported")
    asset = client.assets.retrieve(upload.entity_id).asset
    assert httpx.get(asset.url).content == (SAMPLE_FILES / "sample.wav").read_bytes()


def test_images_are_sent_in_json_and_found_again(client: Any, scenario_sandbox: Sandbox) -> None:
    image = base64.b64encode((SAMPLE_FILES / "sample.png").read_bytes()).decode()
    made = [client.assets.upload(name=f"{number}.png", image=image).asset for number in range(3)]
    assert {asset.mime_type for asset in made} == {"image/png"}
    assert httpx.get(made[0].url).content == (SAMPLE_FILES / "sample.png").read_bytes()
    listed = client.assets.list(page_size=2)
    assert [asset.id for asset in listed.assets] == [made[2].id, made[1].id]
    rest = client.assets.list(page_size=2, pagination_token=listed.next_pagination_token)
    assert [asset.id for asset in rest.assets] == [made[0].id]
    bulk = client.assets.get_bulk(asset_ids=[made[1].id, "asset_gone", VIDEO]).assets
    assert [asset.id for asset in bulk] == [made[1].id, VIDEO]
    assert {asset.kind for asset in client.assets.list(privacy="public").assets} == {
        "3d", "audio", "image", "text", "video"
    }  # fmt: skip
    with pytest.raises(BadRequestError, match="not supported by the sandbox"):
        client.assets.list(tags="mine")
