"""What is given to the package: a wrong type is refused before anything is sent, what other libraries have is taken."""

import array
import asyncio
import atexit
import collections
import enum
import gc
import importlib
import inspect
import io
import os
import tempfile
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from scenario_sdk import AsyncScenario, Scenario

from support.clients import SAMPLES, both, every, got, use
from support.sandboxes import get

Use = Callable[[Any, Any, Any], Any]  # of a client, a request and a result


async def report(progress: object) -> None:
    """Report asynchronously."""


def reports(progress: object) -> object:
    """Return what must be awaited, which its declaration does not say."""
    return report(progress)


class Reporter:
    async def __call__(self, progress: object) -> None:
        """Report asynchronously."""


NO_REQUEST = "this is not a request but "
SECONDS = "timeout must be a number of seconds, 0 or more, or None for no limit"
WRONG: dict[str, tuple[Use, type[Exception], str]] = {
    "a model's id for a request": (
        lambda client, *_: client.run("model_x"),
        TypeError,
        NO_REQUEST + r'a str; make one: AnyModel\("model_x", ',
    ),
    "a known model's id": (
        lambda client, *_: client.submit("model_sync-lipsync-v2"),
        TypeError,
        r"make one: SyncLipsyncV2\(",
    ),
    "a class": (lambda client, request, _: client.run(type(request)), TypeError, r"make one: SyncLipsyncV2\("),
    "a body": (lambda client, request, _: client.estimate(request.body()), TypeError, NO_REQUEST + "a dict"),
    "nothing": (lambda client, *_: client.submit(None), TypeError, NO_REQUEST + "None"),
    "a list for one": (lambda client, request, _: client.run([request]), TypeError, "there is run_many"),
    "one for many": (lambda client, request, _: client.run_many(request), TypeError, r"run_many\(\[request\]\)"),
    "an id for many": (lambda client, *_: client.run_many("model_x"), TypeError, "several requests, such as a list"),
    "a dict for many": (lambda client, request, _: client.run_many({1: request}), TypeError, "not a dict"),
    "none for many": (lambda client, *_: client.run_many(None), TypeError, "not None"),
    "text for the timeout": (lambda client, request, _: client.run(request, timeout="30"), TypeError, SECONDS),
    "true for it": (lambda client, request, _: client.submit(request, timeout=True), TypeError, SECONDS),
    "less than none": (lambda client, request, _: client.estimate(request, timeout=-1), ValueError, SECONDS),
    "NaN for it": (lambda client, *_: client.jobs(timeout=float("nan")), ValueError, SECONDS),
    "an SDK's timeout": (lambda client, *_: client.job("job_1", timeout=httpx.Timeout(3)), TypeError, SECONDS),
    "text for that of many": (lambda client, request, _: client.run_many([request], timeout="3"), TypeError, SECONDS),
    "text for a download's": (lambda _, __, result: result.assets[0].bytes(timeout="3"), TypeError, SECONDS),
    "text for a job's": (lambda _, __, result: result.job.wait(timeout="1"), TypeError, SECONDS),
    "what a job cannot call": (lambda _, __, result: result.job.wait(on_progress=3), TypeError, "a function"),
    "less than none to cancel it": (lambda _, __, result: result.job.cancel(timeout=-1), ValueError, SECONDS),
    "half a request at once": (
        lambda client, request, _: client.run_many([request], concurrency=0.5),
        TypeError,
        "concurrency must be a whole number, 1 or more, not a float",
    ),
    "none at once": (lambda client, request, _: client.run_many([request], concurrency=0), ValueError, "1 or more"),
    "a number for a file": (lambda client, request, _: client.run_many([request], journal=3), TypeError, "a Path or a str"),
    "text for a number": (lambda client, *_: client.jobs("20"), TypeError, "most must be a whole number"),
    "less jobs than none": (lambda client, *_: client.jobs(-1), ValueError, "most must be a whole number"),
    "a job for its id": (lambda client, *_: client.job(SimpleNamespace(is_over=True)), TypeError, "write job.id"),
    "no id": (lambda client, *_: client.job(None), TypeError, "the id of a job is a str such as 'job_123', not None"),
    "an asset for its id": (lambda client, _, result: client.asset(result.assets[0]), TypeError, "write asset.id"),
    "no id of an asset": (lambda client, *_: client.asset("a/b"), ValueError, '"a/b" is not an asset id, such as asset_123'),
    "no limit of the costs": (lambda client, request, _: client.run_many([request], max_cost="10"), TypeError, "max_cost must be a number of creative units"),
    "less than nothing": (lambda client, request, _: client.run_many([request], max_cost=-1), ValueError, "max_cost must be"),
    "an error and not its class": (lambda client, request, _: client.run_many([request], stop_on=ValueError("x")), TypeError, "stop_on must be a class of errors"),
    "another client": (lambda _, __, result: result.job.attach("client"), TypeError, "attach takes the client: an instance of A?s?y?n?c?Client, not of str"),
    "one for many estimates": (lambda client, request, _: client.estimate_many(request), TypeError, r"run_many\(\[request\]\)"),
    "a path for an id": (lambda client, *_: client.job("../models"), ValueError, '"../models" is not a job id, such as job_123'),
    "what cannot be called": (lambda client, request, _: client.run(request, on_progress=True), TypeError, "a function"),
    "for many, neither": (lambda client, request, _: client.run_many([request], on_progress=3), TypeError, "a function"),
    "no path": (lambda _, __, result: result.assets[0].download(None), TypeError, "path must be a Path or a str, not None"),
    "an open file for it": (lambda _, __, result: result.assets[0].download(io.BytesIO()), TypeError, "not a BytesIO"),
    "an empty path": (lambda _, __, result: result.assets[0].download(""), ValueError, "path is empty"),
    "nothing to upload": (lambda client, *_: client.upload(None), TypeError, "a file is a Path, bytes"),
    "less than none for a stream": (lambda _, __, result: result.assets[0].stream(timeout=-1), ValueError, SECONDS),
    "a path with a NUL": (lambda _, __, result: result.assets[0].download("a\0.mp4"), ValueError, "a NUL in it"),
}  # fmt: skip
OF_BLOCKING: dict[str, Use] = {
    "a coroutine function": lambda client, request, _: client.run(request, on_progress=report),
    "an object with one": lambda client, request, _: client.submit(request, on_progress=Reporter()),
    "a function that returns a coroutine": lambda client, request, _: client.run(request, on_progress=reports),
    "one for many": lambda client, request, _: list(client.run_many([request], on_progress=report)),
}  # fmt: skip


@both
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    request = models.SyncLipsyncV2(**SAMPLES)

    async def run(client: Any) -> None:
        result = await got(client.run(request))
        scenario_sandbox.fail("error-before", on="*")  # whatever is sent would fail in another way
        for use_it, error, message in WRONG.values():
            with pytest.raises(error, match=message):
                await got(use_it(client, request, result))
        for wrong in ("model_x", request.body(), None, 3, type(request), [request]):
            (outcome,) = await every(client.run_many([wrong]))
            assert isinstance(outcome.error, TypeError), outcome

    use(models, kind, run)
    assert len(scenario_sandbox.ledger) == 1


@pytest.mark.parametrize("case", OF_BLOCKING)
def test_what_the_blocking_client_would_never_await_is_an_error(
    models: Any, case: str, scenario_sandbox: Any
) -> None:
    with models.Client() as client, pytest.raises(TypeError, match="on_progress is a coroutine function"):
        OF_BLOCKING[case](client, models.SyncLipsyncV2(**SAMPLES), None)
    assert len(scenario_sandbox.ledger) <= (case == "a function that returns a coroutine")


def test_what_reports_asynchronously_is_awaited_in_order_and_its_error_ends_the_run(
    models: Any, scenario_sandbox: Any
) -> None:
    seen: list[Any] = []
    request = models.SyncLipsyncV2(video=bytes(20 * 2**20), audio="asset_sample_audio")

    async def note(progress: Any) -> None:
        await asyncio.sleep(0.02 if progress.fraction < 0.5 else 0)  # the first takes longest
        seen.append(progress)

    async def fail(progress: Any) -> None:
        raise LookupError(progress.job_id)

    async def run(client: Any) -> None:
        result = await client.run(request, on_progress=note)
        await result.assets[0].bytes(on_progress=note)
        fractions = [one.fraction for one in seen if one.stage == "upload"]
        assert (fractions, len(fractions), fractions[-1]) == (sorted(fractions), 3, 1)
        assert {one.stage for one in seen} >= {"upload", "run", "download"}
        with pytest.raises(LookupError) as raised:
            await client.run(models.SyncLipsyncV2(**SAMPLES), on_progress=fail)
        assert str(raised.value) in raised.value.__notes__[0]

    use(models, "AsyncClient", run)
    assert len(scenario_sandbox.ledger) == 2


@both
def test_none_is_no_limit_and_any_type_of_number_is_one(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    request = models.SyncLipsyncV2(**SAMPLES)

    async def run(client: Any) -> None:
        result = await got(client.run(request, timeout=None))
        assert await got(result.assets[0].bytes(timeout=None))
        for timeout in (None, Decimal(9), Fraction(19, 2), np.int64(9), np.float32(9)):
            assert await got(client.jobs(np.int64(1), timeout=timeout))
        (outcome,) = await every(client.run_many([request], timeout=None, concurrency=np.int64(1)))
        assert outcome.result

    use(models, kind, run)


MAKE: dict[str, tuple[str, Callable[[], Any], str]] = {
    "the SDK's client of the other kind": ("Client", AsyncScenario, r"write AsyncClient\(AsyncScenario\("),
    "the SDK's client that blocks": ("AsyncClient", Scenario, r"write Client\(Scenario\("),
    "a key": (
        "Client",
        lambda: "hushkey",
        r"not a str; to give a key, write Client\(api_key=…, api_secret=…\)",
    ),
    "a dict": ("AsyncClient", lambda: {"api_key": "hushkey"}, r"AsyncClient\(api_key=…"),
    "the SDK's class": ("Client", lambda: Scenario, "not the class Scenario"),
}


@pytest.mark.parametrize("case", MAKE)
def test_another_thing_than_the_sdk_s_client_is_refused_at_once(
    models: Any, case: str, scenario_sandbox: Any
) -> None:
    kind, make, message = MAKE[case]
    with pytest.raises(TypeError, match=message) as raised:
        getattr(models, kind)(make())
    assert "hush" not in str(raised.value)


@both
def test_a_key_and_a_url_can_be_given_as_arguments(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, url = getattr(models, kind), scenario_sandbox.base_url
    for name in scenario_sandbox.environment:
        monkeypatch.delenv(name)

    async def run(client: Any) -> None:
        assert await got(client.jobs()) == []

    for given in ({"api_key": "a", "api_secret": "b"}, {"bearer_auth": "c"}):
        use(models, kind, run, base_url=url, **given)
    with pytest.raises(TypeError, match="api_key must be a str, not an int"):
        make(api_key=3)
    with pytest.raises(TypeError, match="or to this client without an SDK client"):
        make(
            {"Client": Scenario, "AsyncClient": AsyncScenario}[kind](api_key="a", api_secret="b"),
            base_url=url,
        )
    assert "hush" not in repr(vars(make(api_key="hush", api_secret="hush")))


class Word(enum.StrEnum):
    LOOP = "loop"


class Pathlike(os.PathLike[str]):
    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


ONE: dict[str, Any] = {
    "Decimal": Decimal("0.5"), "Fraction": Fraction(1, 2), "a float of NumPy": np.float32(0.5), "an array without dimensions": np.array(0.5),
    "a double of NumPy": np.float64(0.5),
}  # fmt: skip
MANY: dict[str, Any] = {
    "a deque": collections.deque([1, 2]), "an array": array.array("i", [1, 2]), "a range": range(1, 3), "a list of a user": collections.UserList([1, 2]),
    "an array of NumPy": np.array([1, 2]), "a tuple": (1, np.int64(2)),
}  # fmt: skip


def test_numbers_arrays_and_texts_of_other_libraries_are_taken(generated_models: Any) -> None:
    models = generated_models
    for value in ONE.values():
        request = models.SyncLipsyncV2(**SAMPLES, temperature=value)
        assert (request.body()["temperature"], request.problems()) == (0.5, [])
        assert models.from_json(request.to_json()) == request
        assert models.from_json(models.AnyModel("model_x", {"a": [{"b": value}]}).to_json()).body() == {"a": [{"b": 0.5}]}  # fmt: skip
    for many in MANY.values():
        assert models.Values30(files=[], loras_scale=many).body()["lorasScale"] == [1, 2]
        assert models.from_json(models.AnyModel("model_x", {"a": many}).to_json()).body() == {"a": [1, 2]}
    for word in (Word.LOOP, np.str_("loop")):
        assert models.from_json(models.SyncLipsyncV2(**SAMPLES, sync_mode=word).to_json()).sync_mode == "loop"
    points = MappingProxyType({"x": np.int64(1)})
    assert models.Values30(files=[], points=[points]).body()["points"] == [{"x": 1}]
    for wrong in (np.bool_(1), "0.5", Decimal("nan"), 1j):
        with pytest.raises(ValueError, match="1 validation error"):
            models.SyncLipsyncV2(**SAMPLES, temperature=wrong)


def test_a_payload_may_be_any_mapping_and_an_array_any_tuple(generated_models: Any) -> None:
    validate = importlib.import_module("scenario_models.validators").validate
    wrong = {"files": ["asset_1"], "mode": "fast", "points": [{}, 1], "maps": ["rough"]}
    for make in (MappingProxyType, collections.UserDict, collections.ChainMap):
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in wrong.items()}
        found = validate("model_values-3.0", make({**given, "points": (make({}), 1)}))
        assert found == validate("model_values-3.0", wrong)
        assert validate("model_sync-lipsync-v2", make(SAMPLES)) == []
    assert validate("model_sync-lipsync-v2", {**SAMPLES, "video": MappingProxyType({})})[0].message == "an object is not a string"  # fmt: skip


class Upload:
    """A file as ASGI frameworks give it: its own methods must be awaited."""

    def __init__(self, content: bytes) -> None:
        self.filename = "talk.mp4"
        self.file = io.BytesIO(content)

    async def read(self, size: int = -1) -> bytes:
        return self.file.read(size)


class Stream:
    """A file that can only be read, as a response of a storage service."""

    def __init__(self, content: bytes) -> None:
        self.read = io.BytesIO(content).read


def field(content: bytes) -> Any:
    """Give a file as WSGI frameworks do: named by the field of a form."""
    stream = io.BytesIO(content)
    return SimpleNamespace(read=stream.read, seekable=stream.seekable, tell=stream.tell, seek=stream.seek, name="video", filename="talk.mp4")  # fmt: skip


def entry(path: Path) -> os.DirEntry[str]:
    with os.scandir(path.parent) as entries:
        return next(entries)


def spooled(path: Path) -> Any:
    """Give a temporary file that nobody has to close."""
    file = tempfile.SpooledTemporaryFile()
    file.write(path.read_bytes())
    file.seek(0)
    atexit.register(file.close)
    return file


FILES: dict[str, Callable[[Path], Any]] = {
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "bytes of NumPy": lambda path: np.bytes_(path.read_bytes()),
    "a path": lambda path: path,
    "an object that stands for a path": Pathlike,
    "an entry of a folder": entry,
    "an upload that must be awaited": lambda path: Upload(path.read_bytes()),
    "an upload": lambda path: field(path.read_bytes()),
    "a stream": lambda path: Stream(path.read_bytes()),
    "a file that is in memory until it is big": spooled,
}


@both
def test_files_are_judged_by_what_they_can_do(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path
) -> None:
    requests, contents = [], []
    for number, (make, is_typed) in enumerate(product(FILES.values(), (True, False))):
        (tmp_path / f"{number}").mkdir()
        path = tmp_path / f"{number}" / "talk.mp4"
        path.write_bytes(b"video %d" % number)
        contents.append(path.read_bytes())
        parameters = {"video": make(path), "audio": "asset_sample_audio"}
        typed = models.SyncLipsyncV2
        requests.append(typed(**parameters) if is_typed else models.AnyModel(typed.model_id, parameters))

    async def run(client: Any) -> Any:
        return await every(client.run_many(requests, concurrency=len(requests)).in_order())

    sent = [outcome.result.job.input["video"] for outcome in use(models, kind, run)]
    assets = [get(scenario_sandbox, f"/v1/assets/{one}")["asset"] for one in sent]
    assert [httpx.get(asset["url"]).content for asset in assets] == contents
    assert {asset["mimeType"] for asset in assets} <= {"video/mp4", "application/octet-stream"}


def test_a_file_that_cannot_be_read_without_awaiting_is_refused(models: Any) -> None:
    upload = Upload(b"a")
    del upload.file
    with pytest.raises(ValueError, match="a file that must be awaited cannot be sent: give its bytes"):
        models.SyncLipsyncV2(video=upload, audio="asset_1")


UNLISTED: dict[str, tuple[dict[str, Any], dict[str, Any] | str]] = {
    "the name of the API": ({"syncMode": "new"}, {"syncMode": "new"}),
    "the name in Python": ({"sync_mode": "new"}, {"syncMode": "new"}),
    "a new name": ({"new_mode": 1, "mode": 2}, {"new_mode": 1, "mode": 2}),
    "both names": ({"sync_mode": "new", "syncMode": "new"}, "given twice"),
    "other capitals": ({"SyncMode": "new"}, 'no parameter "SyncMode"; did you mean "sync_mode"'),
    "no underscore": ({"syncmode": "new"}, "did you mean"),
}


@pytest.mark.parametrize("case", UNLISTED)
def test_an_unlisted_parameter_never_has_the_name_of_another_one_almost(models: Any, case: str) -> None:
    given, wanted = UNLISTED[case]
    request = models.SyncLipsyncV2(**SAMPLES, sync_mode="loop")
    if isinstance(wanted, str):
        with pytest.raises(TypeError, match=wanted):
            request.unlisted(**given)
    else:
        assert request.unlisted(**given).body() == {**request.body(), **wanted}


def test_any_model_takes_an_id_and_a_dict(models: Any) -> None:
    for wrong in [(3, {}), ("model_x", "abc"), ("model_x", [1]), (None, {})]:
        with pytest.raises(TypeError, match="AnyModel takes the id of a model and a dict"):
            models.AnyModel(*wrong)


def test_each_public_function_of_the_clients_has_a_wrong_argument_here(models: Any) -> None:
    tried = {name for case in WRONG.values() for name in case[0].__code__.co_names}
    for owner in (models.Client, models.Job, models.Asset):
        for name, one in inspect.getmembers(owner, inspect.isfunction):
            takes_arguments = len(inspect.signature(one).parameters) > 1  # beside itself
            assert name.startswith("_") or not takes_arguments or name in tried, name


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of connections that are lost with their loop
def test_an_async_client_is_of_one_event_loop_at_a_time(models: Any, scenario_sandbox: Any) -> None:
    client = models.AsyncClient()
    request = models.SyncLipsyncV2(video=b"video", audio=b"audio")

    async def use_in_another_thread(client: Any) -> None:
        await client.estimate(request)
        with pytest.raises(RuntimeError, match="is used in another event loop: make one in each"):
            await asyncio.to_thread(asyncio.run, client.estimate(request))

    asyncio.run(use_in_another_thread(client))
    assert asyncio.run(client.estimate(request)).cost > 0  # the first loop is closed
    asyncio.run(client.close())
    del client
    gc.collect()
