"""The routes of assets and their files."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..assets import Asset, image_type
from ..clock import now_in_milliseconds, show_date
from ..facts import ASSET_IDS, AUTHOR, MAX_IMAGE, MAX_PAGE, PAGE, PROJECT, SUCCESS
from ..ids import new_id
from ..lifecycle import Step
from ..requests import (
    ApiError,
    check_query_names,
    read_as,
    read_date,
    read_page_size,
    read_token,
    read_types,
    split_page,
)
from ..responses import json_response, storage_error_response
from ..service import Service, service_of

FILTERS = (
    "authorId", "createdAfter", "createdBefore", "modelId", "pageSize", "paginationToken", "privacy", "projectId",
    "sortBy", "sortDirection", "type", "types", "updatedAfter", "updatedBefore",
)  # fmt: skip
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Image(BaseModel, frozen=True):
    """An image in JSON."""

    name: Annotated[str, Field(min_length=1, max_length=1000)]
    image: str


class AssetIds(BaseModel, frozen=True):
    """The assets to show."""

    assetIds: Annotated[list[str], Field(max_length=200)]


async def create_asset(request: Request) -> Response:
    """Create an asset from an image."""
    service, sent = service_of(request), await read_as(Image, request)
    try:
        content = base64.b64decode(sent.image.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise ApiError("Input image must be base64") from None
    if len(content) >= MAX_IMAGE:
        raise ApiError(f"Input image must be smaller than {MAX_IMAGE} bytes; use POST /uploads")
    if not (mime_type := image_type(content)):
        raise ApiError("Input image must be a jpeg, png, gif, svg, webp, avif, tiff or heic")
    identifier = new_id(ASSET_IDS)
    asset = Asset(
        id=identifier,
        created=now_in_milliseconds(),
        kind="image",
        mime_type=mime_type,
        size=len(content),
        file=identifier,
        name=sent.name,
        source="uploaded",
        ready=service.clock.now(),
        project=request.query_params.get("projectId", PROJECT),
    )
    with service.store.transaction():
        service.store.put_part(identifier, 1, content)
        service.store.put(asset)
    return json_response({"asset": _show(asset, request)})


async def list_assets(request: Request) -> Response:
    """List assets, the newest first: those of the caller, or (`privacy=public`) the samples."""
    check_query_names(request, FILTERS)
    service, query, types = service_of(request), request.query_params, read_types(request)
    size, token = (
        read_page_size(request, PAGE, MAX_PAGE),
        read_token(request, lambda token: service.store.get(Asset, token)),
    )
    after, before = _read_dates(request)
    now = service.clock.now()
    assets = (
        asset
        for asset in service.store.newest(Asset, token)
        if asset.ready <= now
        and asset.privacy == query.get("privacy", "private")
        and query.get("authorId", AUTHOR) == AUTHOR
        and (asset.privacy == "public" or query.get("projectId", asset.project) == asset.project)
        and query.get("modelId", asset.model) == asset.model
        and (not types or asset.source in types)
        and (after is None or _date(asset, service) > after)
        and (before is None or _date(asset, service) < before)
    )
    found, more = split_page(assets, size)
    return json_response({"assets": [_show(asset, request) for asset in found], **more})


async def get_asset(request: Request) -> Response:
    return json_response(
        {"asset": _show(service_of(request).find_asset(request.path_params["assetId"]), request)}
    )


async def get_assets(request: Request) -> Response:
    """Show several assets; unknown ids are left out."""
    wanted = await read_as(AssetIds, request)
    service = service_of(request)
    now = service.clock.now()
    found = [service.store.get(Asset, identifier) for identifier in wanted.assetIds]
    return json_response(
        {"assets": [_show(asset, request) for asset in found if asset and asset.ready <= now]}
    )


async def get_file(request: Request) -> Response:
    """Send a file, or a range of it, to a request with its signed URL."""
    service = service_of(request)
    if (status := service.check_signature(request)) != "valid":
        message = "Request has expired" if status == "expired" else "Access denied"
        return storage_error_response(request.scope, "AccessDenied", message)
    asset = service.store.get(Asset, request.path_params["name"].partition(".")[0])
    if asset is None:
        return storage_error_response(request.scope, "NoSuchKey", "The file does not exist", 404)
    start, stop = 0, asset.size
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{asset.id}"', "X-Content-Type-Options": "nosniff"}
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked and (asked[1] or asked[2]):
        start, stop = _range(asked[1], asked[2], asset.size)
        if start >= stop:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{asset.size}"})
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{asset.size}"
    headers["Content-Length"] = str(stop - start)
    content = _read(service, asset, start, stop)
    return StreamingResponse(content, 206 if "Content-Range" in headers else 200, headers, asset.mime_type)


def _read_dates(request: Request) -> tuple[float | None, float | None]:
    """Read the dates that filter assets (after, before), as Unix times.

    Raises:
        ApiError: they do not fit `sortBy`, or the order is not supported.

    """
    sort_by = request.query_params.get("sortBy", "createdAt")
    if (
        sort_by not in ("createdAt", "updatedAt")
        or request.query_params.get("sortDirection", "desc") != "desc"
    ):
        raise ApiError(
            "Query sortBy must be createdAt or updatedAt, and sortDirection desc: the sandbox supports no other order"
        )
    for prefix in ("created", "updated"):
        for name in (f"{prefix}After", f"{prefix}Before"):
            if name in request.query_params and request.query_params.get("sortBy") != f"{prefix}At":
                raise ApiError(f"Query {name} needs sortBy={prefix}At")
    prefix = sort_by.removesuffix("At")
    return read_date(request, f"{prefix}After"), read_date(request, f"{prefix}Before")


def _date(asset: Asset, service: Service) -> float:
    return service.time_of(Step(SUCCESS, asset.ready, asset.created))


def _show(asset: Asset, request: Request) -> dict[str, Any]:
    service = service_of(request)
    date = show_date(_date(asset, service))
    made = {"parentJobId": asset.job, "modelId": asset.model} if asset.job else {}
    return {
        "id": asset.id,
        "url": service.sign_file(request, asset),
        "mimeType": asset.mime_type,
        "kind": asset.kind,
        "status": "success",
        "source": asset.source,
        "metadata": {"kind": asset.kind, "type": asset.source, "name": asset.name, **made},
        "properties": {"size": asset.size, **asset.properties},
        "privacy": asset.privacy,
        "tags": [],
        "collectionIds": [],
        "editCapabilities": [],
        "authorId": AUTHOR,
        "ownerId": asset.project or PROJECT,
        "createdAt": date,
        "updatedAt": date,
    }


def _range(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the start and the end of a range; without `first`, it is the last bytes."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


async def _read(service: Service, asset: Asset, start: int, stop: int) -> AsyncIterator[bytes]:
    offset = 0
    for number, size in service.store.part_sizes(asset.file).items():
        first, last = max(start - offset, 0), min(stop - offset, size)
        if first < last:
            yield service.store.part(asset.file, number)[first:last]
        offset += size
