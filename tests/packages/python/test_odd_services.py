"""The client and services that are odd in ways the sandbox is not: clocks that are wrong, redirects, lists without an order."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scenario_sdk import APIStatusError

from support.clients import SAMPLES, both, every, got, use
from support.losses import SteppedClock
from support.servers import Server, serving


class Odd:
    """A service that loses the responses to submissions, and lists jobs as it likes."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str, str]] = []  # method, path and Authorization of each request
        self.skew = self.lag = timedelta()
        self.date: str | None = ""  # what stands in the header in place of the date; None: no header
        self.loses = True
        self.drops = 0  # of the next orders, so many are lost before their job is made
        self.told: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = (
            list  # what becomes of an answered job
        )
        self.show: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = list
        self.page = 100
        self.make_token: Callable[[int], Any] = str
        self.redirect = ""
        self.status = 0  # of all responses, if there is one
        self.refused: dict[int, int] = {}  # by the parameter `number` of an order: the status that it gets
        self.made: list[str] = []  # the assets of all jobs
        self.failures: list[
            tuple[int, str]
        ] = []  # the status and the Retry-After of each of the next responses
        odd = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def send_response(self, code: int, message: str | None = None) -> None:
                self.send_response_only(code, message)
                if odd.date is not None:
                    self.send_header("Date", odd.date or format_datetime(odd.now(), usegmt=True))

            def do_GET(self) -> None:
                odd.answer(self)

            do_POST = do_GET  # noqa: N815

        self.server = Server(Handler)
        self.address = self.server.url

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + self.skew

    def say(self, ago: timedelta) -> str:
        """Write the date of so long ago."""
        return (self.now() - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        parts = urlsplit(request.path)
        self.seen.append((request.command, parts.path, request.headers.get("authorization", "")))
        refused = self.refused.get(json.loads(body).get("number")) if body else None
        if self.failures or self.status or refused:
            status, pause = self.failures.pop() if self.failures else (self.status or refused, "")
            request.send_response(status)
            request.send_header("Retry-After", pause)
            request.send_header("Content-Length", "0")
            request.end_headers()
        elif self.redirect:
            request.send_response(307)
            request.send_header("Location", self.redirect + request.path)
            request.end_headers()
        elif request.command == "POST" and self.drops:
            self.drops -= 1
            request.close_connection = True
        elif request.command == "POST":
            model = parts.path.rpartition("/")[2]
            self.jobs.append(
                {
                    "jobId": f"job_{len(self.jobs)}",
                    "status": "success",
                    "createdAt": self.say(self.lag),
                    "metadata": {"input": {"modelId": model, **json.loads(body)}, "assetIds": self.made},
                }
            )
            if self.loses:
                request.close_connection = True
            else:
                self.write(request, {"job": self.told(self.jobs)[-1]})
        elif parts.path == "/v1/jobs":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            first = int(query.get("paginationToken", 0))
            jobs = self.show([job for job in self.jobs if job["createdAt"] > query.get("createdAfter", "")])
            more = (
                {"nextPaginationToken": self.make_token(first + self.page)}
                if len(jobs) > first + self.page
                else {}
            )
            self.write(request, {"jobs": jobs[first : first + self.page], **more})
        else:
            self.write(request, {"job": self.jobs[int(parts.path.rpartition("_")[2])]})

    def write(self, request: BaseHTTPRequestHandler, content: Any) -> None:
        data = json.dumps(content).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)


@pytest.fixture
def odd(stepped_time: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Odd]:
    """Give an odd service, to which the environment points; the pauses of a client take no time."""
    service = Odd()
    monkeypatch.setenv("SCENARIO_BASE_URL", f"{service.address}/v1")
    monkeypatch.setenv("SCENARIO_SDK_API_KEY", "key")
    monkeypatch.setenv("SCENARIO_SDK_API_SECRET", "secret")
    with serving(service.server):
        yield service


def others(count: int) -> list[dict[str, Any]]:
    """Give jobs of other people, of the same model."""
    return [
        {
            "jobId": f"job_other{number}",
            "status": "queued",
            "createdAt": "2999-01-01T00:00:00.000Z",
            "metadata": {"input": {"modelId": "model_sync-lipsync-v2", "video": f"asset_{number}"}},
        }
        for number in range(count)
    ]


FOUND: dict[str, dict[str, Any]] = {
    "a service whose clock is a day ahead": {"skew": timedelta(days=1)},
    "a service whose clock is a year behind": {"skew": -timedelta(days=365)},
    "a list with the oldest first": {"show": lambda jobs: jobs[::-1]},
    "a list of several pages": {"show": lambda jobs: others(250) + jobs},
    "a list that shows jobs twice": {"show": lambda jobs: jobs + jobs},
    "a list that forgets to filter": {"show": lambda jobs: [*others(1), {"jobId": "job_old", "status": "success",
        "createdAt": "2020-01-01T00:00:00Z", "metadata": {"input": {"modelId": "model_sync-lipsync-v2", **SAMPLES}}},
        *jobs]},
}  # fmt: skip


@both
@pytest.mark.parametrize("case", FOUND)
def test_a_lost_job_is_found(models: Any, kind: str, case: str, odd: Odd) -> None:
    for name, value in FOUND[case].items():
        setattr(odd, name, value)

    async def run(client: Any) -> None:
        assert (await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))).id == "job_0"
        assert (await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))).id == "job_1"

    use(models, kind, run)
    assert len(odd.jobs) == 2


@both
@pytest.mark.parametrize("model_id", ["model_x", "model_y"])
def test_a_lost_job_whose_request_names_a_model_is_found(
    models: Any, kind: str, model_id: str, odd: Odd
) -> None:
    request = models.AnyModel("model_x", {"modelId": model_id, "prompt": "a cat"})

    async def run(client: Any) -> None:
        assert (await got(client.submit(request))).id == "job_0"

    use(models, kind, run)
    assert len(odd.jobs) == 1


@both
def test_a_lost_job_is_found_that_moves_to_a_page_which_was_read(models: Any, kind: str, odd: Odd) -> None:
    looks = iter(range(99))
    odd.show = lambda jobs: [*others(100), *jobs] if next(looks) < 2 else [*jobs, *others(100)]

    async def run(client: Any) -> None:
        assert (await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))).id == "job_0"

    use(models, kind, run, settle=0)  # so that there is one look
    assert len(odd.jobs) == 1


def without_input(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**job, "metadata": {}} for job in jobs]


def with_defaults(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**job, "metadata": {"input": {**job["metadata"]["input"], "temperature": 1}}} for job in jobs]


def without_date(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**job, "createdAt": "now"} for job in jobs]


UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "a service that does not tell its time": ({"date": None}, "no valid Date header"),
    "a service that tells its time without a zone": (
        {"date": "Sat, 28 Nov 2026 08:00:00"},
        "no valid Date header",
    ),
    "a list that does not say what jobs run": ({"show": without_input}, r"perhaps job_0"),
    "a service whose jobs are dated by another clock": ({"lag": timedelta(seconds=10)}, "perhaps job_0"),
    "a service whose jobs are dated by another clock, and say more than was sent": (
        {"lag": timedelta(seconds=10), "show": with_defaults},
        "perhaps job_0",
    ),
    "a service whose jobs have no dates": ({"show": without_date}, "perhaps job_0"),
    "a service whose jobs have neither dates nor an input": (
        {"show": lambda jobs: without_date(without_input(jobs))},
        "perhaps job_0",
    ),
    "a list whose next page cannot be asked for": (
        {"show": lambda jobs: others(100) + jobs, "make_token": int},
        "cannot be listed",
    ),
    "a list without an end": ({"show": lambda _: others(100), "page": 0}, "there are more than"),
    "a list that is none": ({"show": lambda _: [1]}, "cannot be listed"),
}


@both
@pytest.mark.parametrize("case", UNKNOWN)
def test_a_lost_job_that_cannot_be_known_is_not_paid_again(
    models: Any, kind: str, case: str, odd: Odd
) -> None:
    changes, message = UNKNOWN[case]
    for name, value in changes.items():
        setattr(odd, name, value)

    async def run(client: Any) -> None:
        with pytest.raises(models.SubmissionUnknown, match=message):
            await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))

    use(models, kind, run)
    assert len(odd.jobs) == 1


@both
def test_a_redirect_is_not_followed_and_no_key_goes_elsewhere(models: Any, kind: str, odd: Odd) -> None:
    other = Odd()
    odd.redirect = other.address

    async def run(client: Any) -> None:
        with pytest.raises(models.SubmissionUnknown, match="the response had status 307"):
            await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        with pytest.raises(
            APIStatusError,
            match=rf"service at {odd.address}/v1 redirects to {other.address}/v1/jobs \(status 307\)",
        ):
            await got(client.jobs())

    with serving(other.server):
        use(models, kind, run)
    assert odd.seen
    assert other.seen == []


def in_another_form(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**job, "metadata": {"input": {**job["metadata"]["input"], "video": {"assetId": "a"}}}}
        for job in jobs
    ]


@both
def test_where_the_input_is_listed_in_another_form_a_request_is_sent_twice_at_most(
    models: Any, kind: str, odd: Odd
) -> None:
    upload = {"jobId": "job_upload", "status": "success", "createdAt": odd.say(timedelta(seconds=30))}
    of_another = {**others(1)[0], "metadata": {"input": {"modelId": "model_other", **SAMPLES}}}
    # What is older, and has no input, is not it; nor is what another model makes of the same.
    odd.show = lambda jobs: [upload, of_another, *in_another_form(jobs)]

    async def run(client: Any) -> None:
        with pytest.raises(
            models.SubmissionUnknown, match="not certain that the jobs of this service show the input"
        ):
            await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))

    use(models, kind, run)
    assert len(odd.jobs) == 2


@both
def test_an_answer_without_the_input_does_not_say_how_the_service_lists_it(
    models: Any, kind: str, odd: Odd
) -> None:
    odd.loses, odd.told = False, without_input

    async def run(client: Any) -> None:
        await got(client.submit(models.SyncLipsyncV2(**SAMPLES)))
        odd.drops = 1
        assert (await got(client.submit(models.SyncLipsyncV2(**SAMPLES, temperature=1)))).id == "job_1"

    use(models, kind, run)
    assert odd.drops == 0


@both
def test_one_job_that_cannot_be_read_does_not_hide_the_others(models: Any, kind: str, odd: Odd) -> None:
    odd.show = lambda _: [*others(1), {"jobId": "old/job 2"}, 7]

    async def run(client: Any) -> None:
        assert [job.id for job in await got(client.jobs())] == ["job_other0"]

    use(models, kind, run)


BACKOFF = (0.25, 0.5)
# What Retry-After says (a number of seconds from now as a date) -> how long the pause is, in seconds.
LIMITS: dict[str | int, tuple[float, float]] = {
    "7": (7, 7), "2.5": (2.5, 2.5), 30: (15, 30), -30: BACKOFF, "soon": BACKOFF, "7 soon": BACKOFF, "-7": BACKOFF, "0": BACKOFF, "": BACKOFF,
}  # fmt: skip


@both
def test_a_pause_is_as_long_as_the_service_asks_for_however_it_says_so(
    models: Any, kind: str, odd: Odd, stepped_time: SteppedClock
) -> None:
    async def run(client: Any) -> None:
        for asked, (least, most) in LIMITS.items():
            date = (
                format_datetime(odd.now() + timedelta(seconds=asked), usegmt=True)
                if isinstance(asked, int)
                else asked
            )
            odd.failures, begin = [(429, date)], stepped_time.stepped
            await got(client.jobs())
            assert least <= round(stepped_time.stepped - begin, 3) <= most, asked

    use(models, kind, run)
    assert len(odd.seen) == 2 * len(LIMITS)


# A status -> how often a call that costs nothing is sent, if it is answered so once.
SENT = {400: 1, 401: 1, 403: 1, 404: 1, 409: 1, 499: 1, 408: 2, 429: 2, 500: 2, 501: 2, 503: 2, 504: 2}


@both
def test_what_may_pass_is_tried_again_and_what_is_refused_is_not(models: Any, kind: str, odd: Odd) -> None:
    found = {}

    async def run(client: Any) -> None:
        for status in SENT:
            odd.failures, before = [(status, "")], len(odd.seen)
            with suppress(APIStatusError):
                await got(client.jobs())
            found[status] = len(odd.seen) - before

    use(models, kind, run)
    assert found == SENT


# What of an odd service's job is gone, at which stage of its progress -> what the note says; never that it still runs.
GONE: dict[str, tuple[str, int, str]] = {
    "a job": ("queue", 404, "may have been billed, but the service has no such job now"),
    "a job for good": ("queue", 410, "may have been billed, but the service has no such job now"),
    "what it made": ("run", 404, "has ended (success); client.job('job_0').wait() gives its result"),
}


def queued(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**job, "status": "queued"} for job in jobs]


@both
@pytest.mark.parametrize("case", GONE)
def test_what_is_gone_is_not_said_to_be_still_running(models: Any, kind: str, case: str, odd: Odd) -> None:
    stage, status, note = GONE[case]
    odd.loses, odd.told = False, queued
    odd.made = ["asset_1"]

    def lose(progress: Any) -> None:
        if progress.stage == stage:
            odd.failures.append((status, ""))

    async def run(client: Any) -> None:
        with pytest.raises(APIStatusError, match=str(status)) as raised:
            await got(client.run(models.SyncLipsyncV2(**SAMPLES), on_progress=lose))
        assert raised.value.__notes__ == [f"job job_0 was submitted and {note}"]
        (outcome,) = await every(client.run_many([models.SyncLipsyncV2(**SAMPLES)], on_progress=lose))
        assert outcome.error.__notes__ == [f"job job_1 was submitted and {note.replace('job_0', 'job_1')}"]

    use(models, kind, run)


async def ended(found: Any, outcomes: list[Any]) -> Any:
    """Keep the outcomes of `run_many` until an error ends it; give that error."""
    try:
        if hasattr(found, "__aiter__"):
            async for outcome in found:
                outcomes.append(outcome)  # noqa: PERF401 - until it fails
        else:
            outcomes.extend(iter(found))
    except Exception as error:  # noqa: BLE001 - it is looked at
        return error


# A service -> the error that hits every request.
GENERAL: dict[str, tuple[dict[str, Any], str]] = {
    "refuses the key": ({"status": 401}, "AuthenticationError"),
    "forbids everything": ({"status": 403}, "PermissionDeniedError"),
    "is another one": ({"status": 404}, "NotFoundError"),
    "sends elsewhere": ({"redirect": "http://127.0.0.1:9"}, "SubmissionUnknown"),
    "is not there": ({"address": "http://127.0.0.1:9"}, "APIConnectionError"),
}


@both
@pytest.mark.parametrize("case", GENERAL)
def test_an_error_that_would_hit_every_request_ends_the_batch(
    models: Any, kind: str, case: str, odd: Odd, tmp_path: Path
) -> None:
    changes, name = GENERAL[case]
    for attribute, value in changes.items():
        setattr(odd, attribute, value)
    odd.loses, taken, outcomes = False, [], []

    def requests() -> Iterator[Any]:
        for number in range(200):
            taken.append(number)
            yield models.AnyModel("model_x", {"number": number})

    async def run(client: Any) -> None:
        found = client.run_many(requests(), concurrency=4, journal=tmp_path / "journal")
        error = await ended(found, outcomes)
        assert type(error).__name__ == name
        assert "it would hit every request" in error.__notes__[-1]
        assert {type(outcome.error).__name__ for outcome in outcomes} == {name}
        assert len(taken) == len(outcomes) <= 8

    use(models, kind, run, base_url=f"{odd.address}/v1")
    assert len([one for one in odd.seen if one[0] == "POST"]) <= 8


@both
def test_an_error_of_one_request_hits_no_other(models: Any, kind: str, odd: Odd) -> None:
    odd.loses, odd.refused = False, {2: 403, 3: 404, 5: 401}

    async def run(client: Any) -> None:
        requests = [models.AnyModel("model_x", {"number": number}) for number in range(8)]
        found = await every(client.run_many(requests, concurrency=2))
        assert {one.index: one.error.status_code for one in found if one.error} == odd.refused
        assert len(found) == 8

    use(models, kind, run)
