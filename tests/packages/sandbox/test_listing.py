"""Jobs, assets and models are found by each filter and by no other, in pages."""

import time
from typing import Any

import httpx
import pytest
from scenario_sandbox import Sandbox
from scenario_sdk import BadRequestError

from support.sandboxes import GENERATE, LIPSYNC, PLAIN, REQUEST, VIDEO, get, post, submit


def test_jobs_are_found_by_each_filter_and_by_no_other(sandbox: Sandbox) -> None:
    one, two = submit(sandbox, "?projectId=proj_a"), submit(sandbox)
    one, two = one["jobId"], two["jobId"]
    for query, found in (
        ("projectId=proj_a", [one]),
        ("projectId=proj_b", []),
        ("authorId=apiu_sandbox", [two, one]),
        ("authorId=somebody", []),
        ("type=custom", [two, one]),
        ("types=upload,custom", [two, one]),
        ("type=upload", []),
        ("status=queued", [two, one]),
        ("status=success", []),
        ("workflowId=w", []),
        (f"paginationToken={two}", [one]),
    ):
        assert [job["jobId"] for job in get(sandbox, f"/v1/jobs?{query}")["jobs"]] == found, query
    for query, reason in (
        ("hideResults=true", "Query hideResults is not supported by the sandbox"),
        ("type=custom&types=custom", "Query type cannot be combined with types"),
        ("paginationToken=job_gone", "unknown paginationToken"),
        (f"paginationToken={VIDEO}", "unknown paginationToken"),
        ("pageSize=00000000000000000000000000000001", "Query pageSize must be a number from 1 to 100"),
    ):
        response = httpx.get(f"{sandbox.base_url}/jobs?{query}", auth=("a", "b"), verify=PLAIN)
        assert (response.status_code, response.json()["reason"]) == (400, reason)


def test_assets_are_found_by_each_filter_and_by_no_other(sandbox: Sandbox) -> None:
    submit(sandbox, "?projectId=proj_a")
    sandbox.step(10)
    job = get(sandbox, "/v1/jobs")["jobs"][0]
    (made,) = job["metadata"]["assetIds"]
    asset = get(sandbox, f"/v1/assets/{made}")["asset"]
    assert asset["metadata"] | {"name": ""} == {
        "kind": "video", "type": "video2video", "name": "", "parentJobId": job["jobId"], "modelId": LIPSYNC,
    }  # fmt: skip
    assert (asset["ownerId"], job["ownerId"], job["billing"]) == (
        "proj_a",
        "proj_a",
        {"cuCost": 10.75, "cuDiscount": 0},
    )
    created = asset["createdAt"].replace("+", "%2B")
    for query, found in (
        ("projectId=proj_a", [made]),
        ("projectId=proj_b", []),
        (f"modelId={LIPSYNC}", [made]),
        ("modelId=model_other", []),
        ("authorId=somebody", []),
        ("type=video2video", [made]),
        ("types=txt2img,video2video", [made]),
        ("type=txt2img", []),
        ("privacy=public&type=uploaded", ["asset_sample_image"]),
        ("privacy=public&type=uploaded&projectId=proj_a", ["asset_sample_image"]),
        (f"sortBy=createdAt&createdAfter={created}", []),
        (f"sortBy=createdAt&createdBefore={created}", []),
        ("sortBy=createdAt&createdAfter=2020-01-01&createdBefore=2999-01-01", [made]),
        ("sortBy=updatedAt&updatedAfter=2020-01-01", [made]),
        ("sortBy=updatedAt&sortDirection=desc&updatedBefore=2020-01-01", []),
    ):
        assert [one["id"] for one in get(sandbox, f"/v1/assets?{query}")["assets"]] == found, query
    for query in (
        "createdAfter=2020-01-01",
        "sortBy=score",
        "sortDirection=asc",
        "sortBy=updatedAt&createdAfter=2020-01-01",
    ):
        assert (
            httpx.get(f"{sandbox.base_url}/assets?{query}", auth=("a", "b"), verify=PLAIN).status_code == 400
        ), query


def test_models_are_found_by_each_filter(sandbox: Sandbox) -> None:
    for query, count in (("privacy=public", 4), ("privacy=public&type=custom", 4), ("privacy=public&type=flux.1", 0),
                         ("privacy=private", 0), ("", 0)):  # fmt: skip
        assert len(get(sandbox, f"/v1/models?{query}")["models"]) == count, query


def test_a_poller_that_asks_for_what_is_after_the_last_date_gets_nothing_twice(sandbox: Sandbox) -> None:
    before = time.time()
    job = submit(sandbox)
    assert get(sandbox, f"/v1/jobs?createdAfter={job['createdAt']}") == {"jobs": []}
    assert get(sandbox, f"/v1/jobs?updatedAfter={job['updatedAt']}") == {"jobs": []}
    from datetime import UTC, datetime

    asked = datetime.fromtimestamp(before, UTC).isoformat().replace("+", "%2B")
    assert len(get(sandbox, f"/v1/jobs?createdAfter={asked}")["jobs"]) == 1


def test_a_query_that_running_a_model_does_not_know_is_refused(sandbox: Sandbox) -> None:
    assert post(sandbox, f"{GENERATE}?dryrun=true", REQUEST).status_code == 400
    assert post(sandbox, f"{GENERATE}?ipDetection=yes", REQUEST).status_code == 400
    assert sandbox.ledger == []


def test_jobs_are_listed_newest_first_in_pages_by_status_and_date(
    client: Any, scenario_sandbox: Sandbox
) -> None:
    scenario_sandbox.speed = 0
    made = [client.generate.run_model(LIPSYNC, body=REQUEST).job for _ in range(5)]
    ids = [job.job_id for job in made]
    first = client.jobs.list(page_size=2)
    assert [job.job_id for job in first.jobs] == ids[:2:-1]
    seen, page = [job.job_id for job in first.jobs], first
    while page.has_next_page():
        page = client.jobs.list(page_size=2, pagination_token=page.next_pagination_token)
        seen += [job.job_id for job in page.jobs]
    assert seen == ids[::-1]
    scenario_sandbox.step()
    assert len(client.jobs.list(status="queued").jobs) == 0
    assert len(client.jobs.list(status="warming-up", type="custom").jobs) == 5
    assert client.jobs.list(type="upload").jobs == client.jobs.list(workflow_id="w").jobs == []
    assert len(client.jobs.list(types=["upload", "custom"]).jobs) == 5
    late = "2999-01-01T00:00:00Z"
    assert client.jobs.list(created_after=late).jobs == client.jobs.list(updated_after=late).jobs == []
    assert len(client.jobs.list(created_after="2020-01-01T00:00:00Z").jobs) == 5
    with pytest.raises(BadRequestError, match="createdAfter cannot be combined with"):
        client.jobs.list(created_after=late, status="queued")
