"""Events of jobs are sent to who registered for them: as the official SDK registers, over a socket, by the sandbox's clock, and as wrongly as asked."""

import ssl
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from scenario_sandbox import Sandbox
from scenario_sdk import NotFoundError, Scenario

from support.receivers import Receiver, receiving
from support.sandboxes import GENERATE, LIPSYNC, PLAIN, REQUEST, get, post, running, submit
from support.waiting import wait_until

PROJECT = "proj_sandbox"
ENDPOINTS = f"/v1/projects/{PROJECT}/webhook-endpoints"
CREATED, DONE = ("created", "queued"), ("completed", "success")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def register(sandbox: Any, url: str, *events: str, project: str = PROJECT) -> str:
    body = {"url": url, "enabledEvents": events or ["*"]}
    response = post(sandbox, f"/v1/projects/{project}/webhook-endpoints", body)
    assert response.status_code == 200, response.text
    return str(response.json()["webhookEndpoint"]["id"])


def events(sandbox: Any, endpoint: str) -> list[Any]:
    """Give all events of an endpoint in full, the oldest first."""
    path = f"{ENDPOINTS}/{endpoint}/events"
    items = get(sandbox, path)["items"][::-1]
    return [get(sandbox, f"{path}/{one['id']}")["webhookEvent"] for one in items]


def test_the_official_sdk_registers_an_endpoint_and_sees_what_was_sent(
    client: Any, sandbox: Sandbox, receiver: Receiver
) -> None:
    webhooks = client.projects.webhook_endpoints
    made = webhooks.create(
        PROJECT, url=receiver.url, enabled_events=["generation.completed"], description="mine"
    ).webhook_endpoint
    assert (made.enabled, made.owner_type, made.owner_id, made.description) == (
        True,
        "project",
        PROJECT,
        "mine",
    )
    job = client.generate.run_model(LIPSYNC, body=REQUEST).job
    sandbox.step(10)
    wait_until(lambda: receiver.got)
    [(path, headers, body)] = receiver.got
    assert (path, headers["content-type"]) == ("/events?a=b", "application/json")
    assert (body["type"], body["payload"]["job"]["jobId"]) == ("generation.completed", job.job_id)
    assert not {"authorization", "cookie"} & set(headers)
    assert made.secret not in str((headers, body))
    [event] = wait_for_events(webhooks, made.id, 1)
    assert (event.id, event.status, event.payload) == (body["id"], "success", body["payload"])
    assert [one.response_status_code for one in event.attempts] == [204]
    changed = webhooks.update(
        made.id, project_id=PROJECT, enabled=False, enabled_events=["*"]
    ).webhook_endpoint
    assert (changed.enabled, changed.url, changed.nb_total_calls) == (False, receiver.url, 1)
    [listed] = webhooks.list(PROJECT).webhook_endpoints
    assert listed == type(listed)(**changed.to_dict())
    assert "secret" not in listed.to_dict()
    client.generate.run_model(LIPSYNC, body=REQUEST)  # it is disabled
    webhooks.delete(made.id, project_id=PROJECT)
    assert webhooks.list(PROJECT).webhook_endpoints == []
    with pytest.raises(NotFoundError, match="WebhookEndpoint"):
        webhooks.events.list(made.id, project_id=PROJECT)
    assert len(receiver.got) == 1


def wait_for_events(webhooks: Any, endpoint: str, number: int) -> list[Any]:
    def found() -> list[Any]:
        items = webhooks.events.list(endpoint, project_id=PROJECT).items
        where = {"project_id": PROJECT, "webhook_endpoint_id": endpoint}
        return [webhooks.events.retrieve(one.id, **where).webhook_event for one in items]

    wait_until(lambda: [one.status for one in found()] == ["success"] * number)
    return found()


# The faults, the seconds by which the job ages one after the other, and what has come after each, since the one before.
SENT: list[tuple[list[dict[str, Any]], list[float], list[list[tuple[str, str]]]]] = [
    ([], [0, 9, 1], [[CREATED], [], [DONE]]),
    ([{"kind": "job-fails"}], [0, 6], [[CREATED], [("failed", "failure")]]),
    ([{"kind": "job-hangs"}], [0, 99], [[CREATED], []]),
    ([{"kind": "event-late", "seconds": 4, "on": "EVENT generation.completed"}], [0, 10, 3, 1], [[CREATED], [], [], [DONE]]),
    ([{"kind": "event-late", "seconds": 12, "times": 1}], [0, 10, 2], [[], [DONE], [CREATED]]),
    ([{"kind": "event-twice", "times": 1}], [0, 10], [[CREATED, CREATED], [DONE]]),
    ([{"kind": "event-twice"}], [0, 10], [[CREATED] * 2, [DONE] * 2]),
    ([{"kind": "event-out-of-order"}], [0, 9, 1], [[], [], [DONE, CREATED]]),
    ([{"kind": "event-out-of-order"}, {"kind": "event-late", "seconds": 3}, {"kind": "event-twice", "times": 2}],
     [10, 3], [[], [DONE, DONE, CREATED, CREATED]]),
    ([{"kind": "event-lost", "on": "* *.created"}], [0, 10], [[], [DONE]]),
    ([{"kind": "event-lost"}], [99], [[]]),
]  # fmt: skip


@pytest.mark.parametrize(("faults", "steps", "told"), SENT)
def test_an_event_is_sent_when_it_is_due_by_the_clock_of_jobs_and_as_wrongly_as_asked(
    sandbox: Sandbox,
    receiver: Receiver,
    faults: list[dict[str, Any]],
    steps: list[float],
    told: list[list[tuple[str, str]]],
) -> None:
    register(sandbox, receiver.url)
    switches = [sandbox.fail(**fault) for fault in faults]
    submit(sandbox)
    for seconds, expected in zip(steps, told, strict=True):
        sandbox.step(seconds)
        wait_until(partial(has, receiver, len(expected)))
        if not expected or seconds == steps[-1]:
            time.sleep(0.05)  # no more comes
        assert receiver.told == expected
        receiver.got.clear()
    assert all(switch.struck for switch in switches)


def has(receiver: Receiver, number: int) -> bool:
    return len(receiver.got) >= number


def test_a_step_without_seconds_goes_to_the_next_event_too(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver.url, "generation.completed")
    sandbox.fail("event-late", seconds=5)
    submit(sandbox)
    for _ in range(4):  # warming-up, in-progress, finalizing, success
        sandbox.step()
    assert not receiver.got
    sandbox.step()
    wait_until(lambda: receiver.told == [DONE])


def test_a_canceled_job_is_told_as_failed_and_once(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver.url, "generation.failed", "generation.completed")
    client = Scenario()
    client.jobs.trigger_action(submit(sandbox)["jobId"], action="cancel")
    sandbox.step(20)
    wait_until(lambda: receiver.got)
    time.sleep(0.05)
    assert receiver.told == [("failed", "canceled")]


RETRIED = [  # the responses, and the event's status in the end
    ([500, 503, 204], "success"),
    ([404, 302, 500, 500], "failed"),
]


@pytest.mark.parametrize(("statuses", "ended"), RETRIED)
def test_what_a_receiver_does_not_accept_is_sent_again_a_few_times(
    sandbox: Sandbox, receiver: Receiver, statuses: list[int], ended: str
) -> None:
    endpoint = register(sandbox, receiver.url, "generation.created")
    receiver.statuses = [*statuses]
    submit(sandbox)
    for sent in range(1, len(statuses) + 1):
        wait_until(lambda count=sent: len(events(sandbox, endpoint)[0]["attempts"]) == count)
        assert len(receiver.got) == sent
        sandbox.step(30)
    [event] = events(sandbox, endpoint)
    assert [one["responseStatusCode"] for one in event["attempts"]] == statuses
    assert event["status"] == ended
    assert {path for path, _, _ in receiver.got} == {"/events?a=b"}  # a redirect is not followed
    assert len({body["id"] for _, _, body in receiver.got}) == 1
    [shown] = get(sandbox, ENDPOINTS)["webhookEndpoints"]
    assert (shown["nbTotalCalls"], shown["nbFailedCalls"]) == (
        len(statuses),
        sum(one != 204 for one in statuses),
    )


def test_of_two_endpoints_each_gets_what_it_wants_of_its_project(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    with receiving() as other:
        register(sandbox, receiver.url, "generation.completed", "model.training.started")
        register(sandbox, other.url, project="proj_other")
        submit(sandbox)
        submit(sandbox, "?projectId=proj_other")
        sandbox.step(10)
        wait_until(lambda: (len(receiver.got), len(other.got)) == (1, 2))
        assert (receiver.told, other.told) == ([DONE], [CREATED, DONE])


def test_nothing_waits_for_a_receiver_that_does_not_respond_and_nothing_is_left_of_it(
    receiver: Receiver,
) -> None:
    receiver.may_respond.clear()
    before = threading.active_count()
    with Sandbox(speed=0) as sandbox:
        nobody = register(sandbox, "http://127.0.0.1:9/", "generation.created")
        register(sandbox, receiver.url)
        began = time.monotonic()
        submit(sandbox)
        sandbox.step(10)
        assert time.monotonic() - began < 2
        wait_until(lambda: receiver.got and events(sandbox, nobody)[0]["attempts"])
        assert events(sandbox, nobody)[0]["attempts"][0]["responseStatusCode"] == 0
        while_serving = threading.active_count()
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert while_serving > threading.active_count()
    assert threading.active_count() <= before + 1  # the one that the receiver holds
    assert receiver.told == [CREATED]


def test_an_event_is_sent_by_https_where_the_certificate_is_good(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with receiving(tls) as receiver:
        endpoint = register(sandbox, receiver.url.replace("http", "https"), "generation.created")
        submit(sandbox)
        wait_until(lambda: events(sandbox, endpoint)[0]["attempts"])
        assert (receiver.got, events(sandbox, endpoint)[0]["status"]) == ([], "retrying")
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        sandbox.step(1)
        wait_until(lambda: receiver.told == [CREATED])


def test_endpoints_and_events_outlive_a_restart_and_the_log_has_no_secret(
    receiver: Receiver, tmp_path: Path
) -> None:
    state = ("--state", tmp_path / "state.db", "--speed", "0")
    with running(*state) as sandbox:
        endpoint = register(sandbox, receiver.url.replace("?a=b", "/SECRET"))
        sandbox.call("POST", "/sandbox/faults", json={"kind": "event-twice"})
        sandbox.call("POST", GENERATE, json=REQUEST)
        wait_until(lambda: sum(line.startswith("EVENT") for line in sandbox.said) == 2)
        line = f"EVENT generation.created http://127.0.0.1:{receiver.port} 204 [event-twice]"
        assert [one for one in sandbox.said if one.startswith("EVENT")] == [line, line]
    with running(*state) as sandbox:
        assert [len(one["attempts"]) for one in events(sandbox, endpoint)] == [2]
        sandbox.call("POST", "/sandbox/clock", json={"step": 10})
        wait_until(lambda: receiver.told == [CREATED, CREATED, DONE])


URL = "Input url must be an absolute http(s) URL"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://example.com"}, URL),
    ({"url": "/events"}, URL),
    ({"url": "http://"}, URL),
    ({"url": "http://a:99999/"}, URL),
    ({"url": "http://a b/"}, URL),
    ({"url": "http://a/\r\nX: y"}, URL),
    ({"url": "http://b\u00fccher/"}, URL),
    ({"url": "http://me:secret@a/"}, "Input url must not have a user or a password"),
    ({"url": 1}, "Input url must be of type string"),
    ({"enabledEvents": []}, "Input enabledEvents must be at least 1 items long"),
    ({"enabledEvents": ["generation.canceled"]}, "Input enabledEvents.0 must be one of '*', 'generation.created'"),
    ({"enabledEvents": "*"}, "Input enabledEvents must be of type array"),
    ({"description": 1}, "Input description must be of type string"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), WRONG)
def test_a_wrong_endpoint_is_refused(sandbox: Sandbox, change: dict[str, Any], reason: str) -> None:
    endpoint = register(sandbox, "http://127.0.0.1:9/")
    responses = [
        post(sandbox, ENDPOINTS, {"url": "http://a/", "enabledEvents": ["*"], **change}),
        httpx.put(f"{sandbox.address}{ENDPOINTS}/{endpoint}", json=change, auth=("a", "b"), verify=PLAIN),
    ]
    for response in responses:
        assert response.status_code == 400
        assert response.json()["reason"].startswith(reason)
    other = f"/v1/projects/proj_other/webhook-endpoints/{endpoint}"
    assert httpx.delete(sandbox.address + other, auth=("a", "b"), verify=PLAIN).status_code == 404
    assert len(get(sandbox, ENDPOINTS)["webhookEndpoints"]) == 1
