"""Read the responses of the API. They are not trusted: an optional field that is missing or of a wrong type is left out. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from ..display import plain
from ..vendor import REASONS, REQUEST_IDS, TRACE_IDS
from .errors import Unreadable
from .facts import AssetFacts, Estimate, JobFacts, SignedUrl, UploadFacts

IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,200}")
MAX_NUMBER = 1e15
MAX_ID = 100


def read_job(data: Any) -> JobFacts:
    """Read a job from a response.

    Raises:
        Unreadable: the response is not a job.

    """
    job = _object(data, "job")
    metadata = _dict(job.get("metadata"))
    given = metadata.get("input")
    sent = dict(given) if isinstance(given, dict) else None
    model = sent.pop("modelId", "") if sent is not None else ""
    assets = metadata.get("assetIds")
    return JobFacts(
        id=_identifier(job.get("jobId", job.get("id"))),  # an old page of the docs calls it `id`
        status=plain(job.get("status")),
        progress=min(1.0, max(0.0, _number(job.get("progress")) or 0.0)),
        model_id=plain(model),
        created_at=plain(job.get("createdAt")),
        cost=_number(_dict(job.get("billing")).get("cuCost")),
        reason=plain(metadata.get("error")),
        hint=plain(metadata.get("hint")),
        asset_ids=tuple(filter(is_safe, assets)) if isinstance(assets, list) else (),
        input=sent,
        output=_dict(metadata.get("output")),
    )


def read_jobs(data: Any) -> tuple[list[JobFacts], str, int]:
    """Read a page of jobs; return them, the token of the next page (empty on the last), and how many jobs are unreadable.

    Raises:
        Unreadable: the response is not a page of jobs.

    """
    jobs = _dict(data).get("jobs")
    if not isinstance(jobs, list):
        raise Unreadable("the response has no jobs")
    readable = [job for job in map(_dict, jobs) if is_safe(job.get("jobId", job.get("id")))]
    token = _dict(data).get("nextPaginationToken")
    if not isinstance(token, str | None):
        raise Unreadable("nextPaginationToken is not a string, so the next page cannot be read")
    return [read_job({"job": job}) for job in readable], token or "", len(jobs) - len(readable)


def read_asset(data: Any) -> AssetFacts:
    """Read an asset from a response.

    Raises:
        Unreadable: the response is not an asset.

    """
    asset = _object(data, "asset")
    properties = _dict(asset.get("properties"))
    size = properties.get("size")
    return AssetFacts(
        id=_identifier(asset.get("id")),
        kind=plain(asset.get("kind")),
        mime_type=plain(asset.get("mimeType")),
        size=size if isinstance(size, int) and not isinstance(size, bool) else None,
        properties=properties,
    )


def read_file_url(data: Any) -> SignedUrl:
    """Read the URL of an asset's file from a response.

    Raises:
        Unreadable: the response has no such URL.

    """
    url = _object(data, "asset").get("url")
    if not isinstance(url, str):
        raise Unreadable("the response has no URL of a file")
    return SignedUrl(url)


def read_upload(data: Any) -> UploadFacts:
    """Read an upload from a response.

    Raises:
        Unreadable: the response is not an upload.

    """
    upload = _object(data, "upload")
    parts = upload.get("parts")
    asset = upload.get("entityId")
    found = [_dict(part) for part in parts] if isinstance(parts, list) else []
    return UploadFacts(
        id=_identifier(upload.get("id")),
        status=plain(upload.get("status")),
        asset_id=_identifier(asset) if asset else "",
        reason=plain(upload.get("errorMessage")),
        urls={
            part["number"]: SignedUrl(part["url"])
            for part in found
            if isinstance(part.get("number"), int) and isinstance(part.get("url"), str)
        },
    )


def read_estimate(data: Any) -> Estimate:
    """Read the cost of a request from the response to a dry run.

    Raises:
        Unreadable: the response has no cost.

    """
    cost = _number(_dict(data).get("creativeUnitsCost"))
    if cost is None or cost < 0:
        raise Unreadable("the response has no cost")
    details = _dict(_dict(data).get("costDetails"))
    return Estimate(
        cost=cost,
        discount=_number(_dict(data).get("creativeUnitsDiscount")) or 0.0,
        details={plain(name): number for name in details if (number := _number(details[name])) is not None},
    )


def read_request_id(headers: Mapping[str, str], body: object) -> str:
    """Read the id by which the service finds a request in its own log, for its support; empty where a response has none."""
    named = _dict(body)
    found = [headers.get(name) for name in REQUEST_IDS] + [named.get(name) for name in TRACE_IDS]
    return plain(next(filter(None, found), ""))[:MAX_ID]


def read_reason(body: object) -> str:
    """Read why the service refused a request, in its own words; empty where it says nothing."""
    named = _dict(body)
    return next(filter(None, (plain(named.get(name)) for name in REASONS)), "")


def is_safe(identifier: object) -> bool:
    """Tell whether an id is safe in a URL and in the name of a file."""
    return isinstance(identifier, str) and bool(IDENTIFIER.fullmatch(identifier) and identifier.strip("."))


def _object(data: Any, name: str) -> dict[str, Any]:
    found = _dict(data).get(name)
    if not isinstance(found, dict):
        raise Unreadable(f"the response has no {name}")
    return found


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _identifier(value: Any) -> str:
    if not is_safe(value):
        raise Unreadable("the response has no id, or an unsafe one")
    return str(value)


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER
    return value if is_number else None
