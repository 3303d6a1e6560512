"""The API's URL: a wrong one is named with what to write, and one where nobody is with what happened; no password is shown."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scenario_sdk import APIConnectionError, AsyncScenario, Scenario

from support.clients import SAMPLES, both, every, got, use

# What stands in SCENARIO_BASE_URL -> what the error says.
WRONG = {
    "127.0.0.1:8000/v1": "'127.0.0.1:8000/v1', which does not begin with https:// or http://; write http://127.0.0.1:8000/v1",
    "localhost:8000": "write http://localhost:8000",
    "[::1]:8000": "write http://[::1]:8000",
    "example.com/v1": "write https://example.com/v1",
    "//example.com/v1": "write https://example.com/v1",
    "ftp://example.com/v1": "write https://example.com/v1",
    "me:hush@example.com/v1": "write https://…@example.com/v1",
    "http://": "'http://', which is not a valid URL; write one such as https://api.cloud.scenario.com/v1",
    "http:///v1": "not a valid URL",
    "https://me:hush@": "not a valid URL",
    "https://a b/v1": "not a valid URL",
    "http://[::1/v1": "not a valid URL",
    "http://127.0.0.1:99999/v1": "not a valid URL",
    "http://127.0.0.1:x/v1": "not a valid URL",
    "https://exa\x7fmple.com/v1": "not a valid URL",
    "https://example.com/v1?key=hush": "a query or a fragment, after ? or #; write https://example.com/v1",
    "https://example.com/v1#hush": "write https://example.com/v1",
    "https://me:hu/sh@example.com/v1?a": "write https://…@example.com/v1",
}
UNSET = {"empty": "", "white space": " \n"}


@both
def test_a_wrong_url_is_named_with_where_it_is_from_and_what_to_write(
    models: Any, kind: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(source: str, message: str, **options: Any) -> None:
        async def run(client: Any) -> None:
            with pytest.raises(models.InvalidUrl) as raised:
                await got(client.jobs())
            assert str(raised.value).startswith(f"{source} is '")
            assert message in str(raised.value)
            assert "hush" not in str(raised.value)
            with pytest.raises(models.InvalidUrl):
                await every(client.run_many([models.SyncLipsyncV2(**SAMPLES)]))

        use(models, kind, run, **options)

    make = {"Client": Scenario, "AsyncClient": AsyncScenario}[kind]
    for url, message in WRONG.items():
        monkeypatch.setenv("SCENARIO_BASE_URL", url)
        check("SCENARIO_BASE_URL", message)
        monkeypatch.setenv("SCENARIO_BASE_URL", "https://example.com/v1")
        check("base_url", message, base_url=url)
    check("base_url of the SDK client", "does not begin", sdk=make(base_url="localhost:1/v1"))


@both
@pytest.mark.parametrize("case", UNSET)
@pytest.mark.usefixtures("stepped_time")
def test_an_empty_variable_counts_as_unset(
    models: Any, kind: str, case: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = scenario_sandbox.base_url
    monkeypatch.setenv("SCENARIO_BASE_URL", UNSET[case])
    monkeypatch.setenv("SCENARIO_SDK_API_KEY", "")
    monkeypatch.setenv("SCENARIO_SDK_API_SECRET", "")
    monkeypatch.setenv("SCENARIO_SDK_JWT", "")
    monkeypatch.setenv("SCENARIO_CUSTOM_HEADERS", "")

    async def run(client: Any) -> None:
        assert await got(client.jobs()) == []

    async def fail(client: Any) -> None:
        with pytest.raises(models.NoKey, match="there is no API key: set SCENARIO_SDK_API_KEY"):
            await got(client.jobs())

    async def miss(client: Any) -> None:
        with pytest.raises(
            APIConnectionError, match=r"^the service at https://api.cloud.scenario.com/v1 cannot be"
        ):
            await got(client.jobs())

    use(models, kind, run, base_url=f" {url}/\n", bearer_auth="a")
    use(models, kind, run, base_url=url, api_key="a", api_secret="b")
    use(models, kind, fail)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # so that nobody is called
    use(models, kind, miss, api_key="a", api_secret="b")


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the URL of a service that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


@both
def test_a_service_that_is_not_there_is_named_with_its_url(
    models: Any, kind: str, scenario_sandbox: Any, stepped_time: Any, silent: str
) -> None:
    no_tls = scenario_sandbox.base_url.replace("http:", "https:")
    cases = {
        "http://127.0.0.1:9/v1": "the service at http://127.0.0.1:9/v1 cannot be reached: Connection refused",
        "http://no.such.host.invalid/v1/": "the service at http://no.such.host.invalid/v1 cannot be reached: [Errno ",
        no_tls: f"the service at {no_tls} cannot be reached: [SSL",
        silent: f"no response from the service at {silent}: timed out",
        "http://me:hush@127.0.0.1:9/v1": "the service at http://…@127.0.0.1:9/v1 cannot be reached: Connection refused",
    }

    async def run(client: Any) -> None:
        for call in (
            client.jobs,
            lambda **options: client.estimate(models.SyncLipsyncV2(**SAMPLES), **options),
        ):
            with pytest.raises(APIConnectionError) as raised:
                await got(call(timeout=1))
            assert str(raised.value).startswith(message)
            assert "hush" not in str(raised.value)
            assert raised.value.message == str(raised.value)

    for url, message in cases.items():  # noqa: B007 - `run` uses both
        use(models, kind, run, base_url=url)


@both
def test_a_storage_that_is_not_there_is_named_without_what_signs_its_url(
    models: Any, kind: str, scenario_sandbox: Any, stepped_time: Any, tmp_path: Path
) -> None:
    storage = f"the storage at {scenario_sandbox.address}: "

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        for on in ("PUT *", "GET /files/*"):
            scenario_sandbox.fail("drop-before", on=on)
        with pytest.raises(models.UploadFailed, match=f"no response from {storage}"):
            await got(client.estimate(models.SyncLipsyncV2(video=b"a", audio="asset_1")))
        with pytest.raises(models.DownloadFailed, match=f"no response from {storage}"):
            await got(asset.download(tmp_path))

    use(models, kind, run)
