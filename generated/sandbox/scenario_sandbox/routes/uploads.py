"""The routes of uploads: a file is announced, its parts are put to signed URLs, and once complete it becomes an asset."""

import hashlib
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from ..assets import SAMPLES, Asset, Sample
from ..clock import now_in_milliseconds, show_date
from ..facts import ASSET_IDS, AUTHOR, DRY_RUN, FAILED, MAX_PARTS, PENDING, PROJECT, UploadKind
from ..ids import new_id
from ..requests import ApiError, check_shape, is_dry_run, read_as, read_body, read_json
from ..responses import json_response, storage_error_response
from ..service import Service, service_of
from ..uploads import IMPORTED, Upload

MAX_PART = 100_000_000  # bytes

MimeType = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+( *;[ -~]*)?$", max_length=200)]


class File(BaseModel, frozen=True):
    """A file to upload in parts. An integer may be written as `5.0`."""

    fileName: Annotated[str, Field(min_length=1, max_length=1000)]
    fileSize: Annotated[float, Field(ge=1, le=1e13, multiple_of=1)]
    contentType: MimeType
    kind: UploadKind
    parts: Annotated[float, Field(ge=1, le=MAX_PARTS, multiple_of=1)]


class Import(BaseModel, frozen=True):
    """A file that the service imports from a URL."""

    url: Annotated[str, Field(pattern="^https?://[A-Za-z0-9.-]+(:[0-9]+)?/", max_length=10_000)]
    kind: UploadKind


class UploadAction(BaseModel, frozen=True):
    """An action on an upload."""

    action: Literal["complete"]


async def create_upload(request: Request) -> Response:
    """Announce a file, or import one from a URL: that is never fetched, the sample of its kind takes its place."""
    service, body, dry_run = service_of(request), await read_json(request), is_dry_run(request)
    project = request.query_params.get("projectId", PROJECT)
    if "url" in body:
        upload = _import(check_shape(Import, body), project, service.clock.now())
    else:
        upload = _announce(check_shape(File, body), project, service.clock.now())
    if dry_run:
        return json_response({"creativeUnitsCost": 0, "creativeUnitsDiscount": 0}, DRY_RUN)
    _save(upload, service)
    return json_response({"upload": _show(upload, request)})


async def get_upload(request: Request) -> Response:
    return json_response(
        {"upload": _show(service_of(request).find(Upload, request.path_params["uploadId"]), request)}
    )


async def act_on_upload(request: Request) -> Response:
    """Complete an upload that has all its parts; a second time has no effect."""
    await read_as(UploadAction, request)  # first: the upload may change while the body is read
    service = service_of(request)
    upload = service.find(Upload, request.path_params["uploadId"])
    if upload.completed is None:
        sizes = service.store.part_sizes(upload.id)
        missing = [number for number in range(1, upload.parts + 1) if number not in sizes]
        if missing:
            raise ApiError(f"Part {missing[0]} of {upload.parts} has not been uploaded")
        size = sum(sizes.values())
        error = "" if size == upload.file_size else f"The file has {size} bytes, not {upload.file_size}"
        now = service.clock.now()
        upload = replace(upload, error=error, completed=now, completed_at=now_in_milliseconds())
        _save(upload, service)
    return json_response({"upload": _show(upload, request)})


async def put_part(request: Request) -> Response:
    """Save a part, sent to its signed URL without a key."""
    service = service_of(request)
    status = service.check_signature(request)
    if status == "invalid":
        return storage_error_response(request.scope, "SignatureDoesNotMatch", "The signature does not match")
    if status == "expired":
        return storage_error_response(request.scope, "AccessDenied", "Request has expired")
    if "authorization" in request.headers:
        message = "Only one auth mechanism allowed: send no key to a signed URL"
        return storage_error_response(request.scope, "InvalidArgument", message, 400)
    if service.strike(request.scope, "part-fails"):
        return storage_error_response(request.scope, "InternalError", "We encountered an internal error", 500)
    data = await read_body(request, MAX_PART)  # first: the upload may be completed while the body is read
    upload = service.store.get(Upload, request.path_params["uploadId"])
    if upload is None or upload.completed is not None:
        return storage_error_response(
            request.scope, "NoSuchUpload", "The upload does not exist, or is complete", 404
        )
    service.store.put_part(upload.id, int(request.path_params["number"]), data)
    return Response(headers={"ETag": f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'})


def _announce(file: File, project: str, now: float) -> Upload:
    return Upload(
        id=new_id("upload_"),
        created=now_in_milliseconds(),
        file_name=file.fileName,
        file_size=int(file.fileSize),
        content_type=file.contentType,
        kind=file.kind,
        project=project,
        announced=now,
        asset=new_id(ASSET_IDS),
        parts=int(file.parts),
    )


def _import(wanted: Import, project: str, now: float) -> Upload:
    sample, created = _sample(wanted.kind), now_in_milliseconds()
    return Upload(
        id=new_id("upload_"),
        created=created,
        file_name=sample.file,
        file_size=len(sample.content),
        content_type=sample.mime_type,
        kind=wanted.kind,
        project=project,
        announced=now,
        asset=new_id(ASSET_IDS),
        url=wanted.url,
        completed=now,
        completed_at=created,
    )


def _sample(kind: UploadKind) -> Sample:
    return SAMPLES["image" if kind == "asset" or kind == "avatar" else kind]  # noqa: PLR1714 - mypy follows this


def _save(upload: Upload, service: Service) -> None:
    """Save an upload, and its asset if it is complete."""
    with service.store.transaction():
        service.store.put(upload)
        if upload.completed is not None and not upload.error:
            service.store.put(_make_result(upload))


def _make_result(upload: Upload) -> Asset:
    kind = upload.asset_kind
    return Asset(
        id=upload.asset,
        created=upload.completed_at,
        kind=kind,
        mime_type=upload.content_type,
        size=upload.file_size,
        file=upload.file_name if upload.url else upload.id,
        name=upload.file_name,
        source="uploaded" if upload.kind in ("asset", "image") else f"uploaded-{upload.kind}",
        ready=upload.lifecycle.steps[-1].age,
        project=upload.project,
        properties=SAMPLES[kind].properties if upload.url and kind != "document" else {},
    )


def _show(upload: Upload, request: Request) -> dict[str, Any]:
    service = service_of(request)
    step = upload.lifecycle.step(service.clock.now())
    shown: dict[str, Any] = {
        "id": upload.id,
        "fileName": upload.file_name,
        "originalFileName": upload.file_name,
        "fileSize": upload.file_size,
        "contentType": upload.content_type,
        "kind": upload.kind,
        "source": "url" if upload.url else "multipart",
        "status": step.status,
        "partsCount": upload.parts,
        "authorId": AUTHOR,
        "ownerId": upload.project,
        "createdAt": show_date(upload.created),
        "updatedAt": show_date(service.time_of(step)),
    }
    if upload.url:
        shown["url"] = upload.url
    if step.status == PENDING:
        numbers = range(1, upload.parts + 1)
        shown["parts"] = [service.sign_part(request, upload, number) for number in numbers]
    if step.status == IMPORTED:
        shown["entityId"] = upload.asset
    if step.status == FAILED:
        shown["errorMessage"] = upload.error
    return shown
