"""How calls are made: timeouts, retries, project, headers, as arguments, in the environment, or as the SDK's client has them."""

import platform
import re
from importlib.metadata import version
from typing import Any

import httpx
import pytest
from scenario_sdk import APIError, AsyncScenario, RateLimitError, Scenario

from support.clients import SAMPLES, SUBMISSION, both, every, got, paid, use
from support.losses import SteppedClock
from support.sandboxes import get

SECONDS = "a number of seconds, more than 0, or an httpx.Timeout"
COUNT = "a whole number, 0 or more"
# Arguments -> the error of the constructor.
WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no time": ({"timeout": 0}, ValueError, f"^timeout must be {SECONDS}$"),
    "a text": ({"timeout": "20"}, TypeError, f"^timeout must be {SECONDS}, not a str$"),
    "no number": ({"timeout": float("nan")}, ValueError, "timeout"),
    "less than none": ({"max_retries": -1}, ValueError, f"^max_retries must be {COUNT}$"),
    "half": ({"max_retries": 0.5}, TypeError, f"^max_retries must be {COUNT}, not a float$"),
    "yes": ({"max_retries": True}, TypeError, "not a bool"),
    "a number": ({"project_id": 3}, TypeError, "project_id must be a str, not an int"),
    "no project": (
        {"project_id": ""},
        ValueError,
        "project_id must be the id of a project, such as proj_123",
    ),
    "a name of a project": ({"project_id": "my project"}, ValueError, "project_id"),
    "a list": (
        {"default_headers": [("X-A", "1")]},
        TypeError,
        "default_headers must be a dict of names and values, not a list",
    ),
    "a number in a header": ({"default_headers": {"X-A": 1}}, TypeError, "must be str, not an int"),
    "a line in a header": (
        {"default_headers": {"X-A": "1\r\nX-B: hush"}},
        ValueError,
        "^default_headers: X-A has white space",
    ),
    "a line in a name": (
        {"default_headers": {"X-A\n": "hush"}},
        ValueError,
        "default_headers has a name that cannot be",
    ),
}
# Variables -> the error of the first call.
WRONG_VARIABLES = {
    "SCENARIO_TIMEOUT": ("1 min", f"^SCENARIO_TIMEOUT is '1 min', and must be {SECONDS}$"),
    "SCENARIO_MAX_RETRIES": ("2.5", f"^SCENARIO_MAX_RETRIES is '2.5', and must be {COUNT}$"),
    "SCENARIO_PROJECT_ID": (
        "a/b",
        "^SCENARIO_PROJECT_ID is 'a/b', and must be the id of a project, such as proj_123$",
    ),
    "SCENARIO_CUSTOM_HEADERS": (
        "Authorization hush",
        "^SCENARIO_CUSTOM_HEADERS must have a name, a colon and a value in each line$",
    ),
}
# Another HTTP client than the one that is needed -> what to write.
OTHERS = {
    "Client": (
        httpx.AsyncClient,
        r"Client\(http_client=httpx.Client\(proxy=…, verify=…\)\), or AsyncClient\(http_client=httpx.AsyncClient\(…\)\)$",
    ),
    "AsyncClient": (httpx.Client, r"write AsyncClient\(.*\), or Client\(http_client=httpx.Client\(…\)\)$"),
}


@both
def test_a_wrong_setting_is_named_with_what_it_must_be(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, make_sdk = getattr(models, kind), {"Client": Scenario, "AsyncClient": AsyncScenario}[kind]
    for options, error, message in WRONG.values():
        with pytest.raises(error, match=message) as raised:
            make(**options)
        assert "hush" not in str(raised.value)
    other, message = OTHERS[kind]
    for given, told in (
        (other(), message),
        (
            make_sdk(),
            rf"http_client must be an httpx.{kind}, not an? {make_sdk.__name__}; write {kind}\({make_sdk.__name__}\(…\)\)",
        ),
        ("http://proxy", rf"not a str; write {kind}\(http_client=httpx.{kind}\(proxy"),
    ):
        with pytest.raises(TypeError, match=told):
            make(http_client=given)
    with pytest.raises(TypeError, match=r"to give an HTTP client, write \w+\(http_client=…\)"):
        make(getattr(httpx, kind)())
    for name, value in {
        "http_client": getattr(httpx, kind)(),
        "timeout": 3,
        "max_retries": 1,
        "default_headers": {},
    }.items():
        with pytest.raises(
            TypeError, match=f"^give {name} to the SDK client, or to this client without an SDK client$"
        ):
            make(make_sdk(), **{name: value})

    async def run(client: Any) -> None:
        with pytest.raises(models.InvalidSetting, match=told) as raised:
            await got(client.jobs())
        assert "hush" not in str(raised.value)

    for name, (value, told) in WRONG_VARIABLES.items():  # noqa: B007 - `run` uses it
        monkeypatch.setenv(name, value)
        use(models, kind, run)
        monkeypatch.delenv(name)


class Seen:
    """The requests of a client, for the API and for its storage."""

    def __init__(self, kind: str) -> None:
        self.api: list[httpx.Request] = []
        self.storage: list[httpx.Request] = []
        hook = self.look if kind == "Client" else self.look_in_loop
        self.client: Any = getattr(httpx, kind)(event_hooks={"request": [hook]})
        self.sdk = {"Client": Scenario, "AsyncClient": AsyncScenario}[kind]

    def look(self, request: httpx.Request) -> None:
        (self.api if request.url.path.startswith("/v1/") else self.storage).append(request)

    async def look_in_loop(self, request: httpx.Request) -> None:
        self.look(request)

    def timeouts(self) -> list[tuple[int, ...]]:
        """Give the time to connect and to read of each request, rounded; 600 for what is left of ten minutes."""
        parts = [request.extensions["timeout"] for request in (*self.api, *self.storage)]
        shown = [
            tuple(600 if one[name] > 500 else round(one[name]) for name in ("connect", "read"))
            for one in parts
        ]
        return sorted(set(shown))


# How a timeout is said -> the seconds to connect and to read of all calls.
TIMEOUTS: dict[str, tuple[Any, tuple[int, int]]] = {
    "nothing": (lambda seen: {"http_client": seen.client}, (5, 60)),
    "seconds": (lambda seen: {"http_client": seen.client, "timeout": 20}, (20, 20)),
    "parts": (lambda seen: {"http_client": seen.client, "timeout": httpx.Timeout(30, connect=2)}, (2, 30)),
    "none": (
        lambda seen: {"http_client": seen.client, "timeout": float("inf")},
        (600, 600),
    ),  # the timeout of the whole
    "the SDK's client": (lambda seen: {"sdk": seen.sdk(http_client=seen.client, timeout=40)}, (40, 40)),
    "the SDK's client without": (
        lambda seen: {"sdk": seen.sdk(http_client=seen.client, timeout=None)},
        (600, 600),
    ),
    "the environment": (lambda seen: {"http_client": seen.client}, (25, 25)),
}


@both
@pytest.mark.parametrize("case", TIMEOUTS)
def test_a_timeout_is_that_of_each_call_to_the_api_and_to_its_storage(
    models: Any, kind: str, case: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, (make, parts) = Seen(kind), TIMEOUTS[case]
    if case == "the environment":
        monkeypatch.setenv("SCENARIO_TIMEOUT", "25")

    async def run(client: Any) -> None:
        asset = (
            await got(client.run(models.SyncLipsyncV2(video=b"1", audio="asset_sample_audio"), timeout=600))
        ).assets[0]
        await got(asset.bytes(timeout=600))

    use(models, kind, run, **make(seen))
    submissions = [one for one in seen.api if "/generate/" in one.url.path]
    unlimited = [one.extensions["timeout"]["read"] for one in submissions] == [None]
    assert unlimited == (parts == (600, 600))
    seen.api = [one for one in seen.api if one not in submissions or not unlimited]
    assert seen.timeouts() == [parts]
    assert len(seen.storage) == 2


# How retries are said -> how often a call is made that costs nothing, and one for the status of a paid job.
RETRIES: dict[str, tuple[dict[str, Any], str, tuple[int, int]]] = {
    "none": ({"max_retries": 0}, "", (1, 1)),
    "two": ({"max_retries": 2}, "", (3, 40)),
    "the environment": ({}, "1", (2, 40)),
    "an argument wins": ({"max_retries": 2}, "1", (3, 40)),
    "the SDK's client": ({"sdk": {"max_retries": 8}}, "1", (9, 40)),
    "the SDK's client as it is": ({"sdk": {}}, "1", (6, 40)),
}


@both
@pytest.mark.parametrize("case", RETRIES)
def test_retries_are_those_of_what_costs_nothing(
    models: Any,
    kind: str,
    *,
    case: str,
    stepped_time: SteppedClock,
    scenario_sandbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options, variable, (free, status) = RETRIES[case]
    if "sdk" in options:
        options = {"sdk": {"Client": Scenario, "AsyncClient": AsyncScenario}[kind](**options["sdk"])}
    if variable:
        monkeypatch.setenv("SCENARIO_MAX_RETRIES", variable)

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        for fault, on, call in (
            ("error-before", "GET /v1/jobs", client.jobs),
            ("drop-before", "GET /files/*", asset.bytes),
            (
                "error-before",
                "POST /v1/uploads",
                lambda: client.estimate(models.SyncLipsyncV2(video=b"1", audio="asset_1")),
            ),
        ):
            failing = scenario_sandbox.fail(fault, on=on)
            with pytest.raises((APIError, models.ClientError)):
                await got(call())
            assert failing.struck == free, on
            scenario_sandbox.heal()
        for call in (
            client.jobs,
            lambda **options: client.submit(models.SyncLipsyncV2(**SAMPLES), **options),
        ):
            limited = scenario_sandbox.fail("rate-limit")
            with pytest.raises(RateLimitError):
                await got(call(timeout=30))
            assert limited.struck == 1 if free == 1 else limited.struck > 5
            scenario_sandbox.heal()
        failing = scenario_sandbox.fail("error-before", on="GET /v1/jobs/*")
        with pytest.raises(APIError):
            await got(client.run(models.SyncLipsyncV2(**SAMPLES)))
        assert failing.struck == status
        scenario_sandbox.heal()
        scenario_sandbox.fail("drop-after", on=SUBMISSION, times=1)
        scenario_sandbox.fail("error-before", on="GET /v1/jobs", times=2)
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES, temperature=0.1)))  # it has rules of its own

    use(models, kind, run, **options)
    assert len(paid(scenario_sandbox)) == len(scenario_sandbox.ledger) == 3


@both
@pytest.mark.parametrize("way", ["an argument", "the environment", "beside the SDK's client"])
def test_a_project_goes_with_each_call_also_in_the_search_for_a_lost_job(
    models: Any,
    kind: str,
    *,
    way: str,
    stepped_time: SteppedClock,
    scenario_sandbox: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    seen, request = Seen(kind), models.SyncLipsyncV2(video=b"1", audio="asset_sample_audio")
    options: dict[str, Any] = {"http_client": seen.client, "project_id": "proj_mine"}
    if way == "the environment":
        monkeypatch.setenv("SCENARIO_PROJECT_ID", options.pop("project_id"))
    if way == "beside the SDK's client":
        options = {"sdk": seen.sdk(http_client=seen.client), "project_id": "proj_mine"}

    async def run(client: Any) -> None:
        scenario_sandbox.fail("drop-after", on=SUBMISSION, times=1)
        await got(client.estimate(request))
        (outcome,) = await every(client.run_many([request], journal=tmp_path / "journal"))
        await got(outcome.result.assets[0].bytes())
        await got(outcome.result.job.cancel())

    use(models, kind, run, **options)
    assert {str(one.url.params.get("projectId")) for one in seen.api} == {"proj_mine"}
    assert not any("projectId" in str(one.url) for one in seen.storage)
    assert len(scenario_sandbox.ledger) == 1
    assert get(scenario_sandbox, "/v1/jobs?projectId=proj_mine")["jobs"]

    async def resume(client: Any) -> None:
        with pytest.raises(
            models.JournalError, match=r"of another project \(proj_mine\) than this client \(proj_other\)"
        ):
            await every(client.run_many([request], journal=tmp_path / "journal"))

    use(models, kind, resume, project_id="proj_other")
    assert len(scenario_sandbox.ledger) == 1


@both
def test_the_project_of_an_sdk_client_counts_more_than_that_of_the_environment(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(kind)
    monkeypatch.setenv("SCENARIO_PROJECT_ID", "proj_other")

    async def run(client: Any) -> None:
        await got(client.jobs())

    use(models, kind, run, sdk=seen.sdk(http_client=seen.client, default_query={"projectId": "proj_mine"}))
    assert [one.url.params["projectId"] for one in seen.api] == ["proj_mine"]


# Headers as arguments and in the environment -> those that are sent, and the User-Agent, also to the storage.
OWN = rf"scenario-models/\S+ scenario-sdk/{re.escape(version('scenario-sdk'))} python/{re.escape(platform.python_version())}"
HEADERS: dict[str, tuple[dict[str, str], str, dict[str, str], str]] = {
    "none": ({}, "", {}, OWN),
    "both": ({"X-Team": "video"}, "x-team: audio\nX-Cost: 7\n", {"x-team": "video", "x-cost": "7"}, OWN),
    "an agent": ({"user-agent": "mine/1"}, "USER-AGENT: theirs/1", {}, "mine/1"),
    "an agent of the environment": ({}, "user-agent: theirs/1", {}, "theirs/1"),
}


@both
@pytest.mark.parametrize("case", HEADERS)
def test_headers_go_to_the_api_and_the_agent_to_its_storage_too(
    models: Any, kind: str, case: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, (given, variable, sent, agent) = Seen(kind), HEADERS[case]
    monkeypatch.setenv("SCENARIO_CUSTOM_HEADERS", variable)

    async def run(client: Any) -> None:
        await got(client.estimate(models.SyncLipsyncV2(video=b"1", audio="asset_sample_audio")))

    use(models, kind, run, http_client=seen.client, default_headers=given)
    for request in seen.api:
        assert sent.items() <= dict(request.headers).items()
    for request in (*seen.api, *seen.storage):
        assert re.fullmatch(agent, request.headers["user-agent"]), request.url.path
    assert len(seen.storage) == 1
    assert not sent.keys() & dict(seen.storage[0].headers).keys()
