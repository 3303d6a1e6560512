"""One HTTP client for all traffic: what a user says of proxies and certificates counts for the API, uploads and downloads; the key is the API's alone."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenario_sdk import APIConnectionError, AsyncScenario, Scenario

from support.clients import SAMPLES, both, got, use, use_up
from support.networks import API, STORAGE, Front, Proxy
from support.servers import serving

SECRETS = {"X-Secret": "hush-header", "Cookie": "hush=cookie"}


@pytest.fixture
def front(scenario_sandbox: Any) -> Iterator[Front]:
    """Give the sandbox a certificate, and two names that only a proxy knows."""
    found = Front(scenario_sandbox.address, API, STORAGE)
    with serving(found.server):
        yield found


@pytest.fixture
def proxy(front: Front) -> Iterator[Proxy]:
    """Give a proxy that wants a password."""
    found = Proxy(front.port, "hush")
    with serving(found.server):
        yield found


def make_http(kind: str, **options: Any) -> Any:
    """Make the HTTP client of a user."""
    return getattr(httpx, kind)(**options)


def make_sdk(kind: str, **options: Any) -> Any:
    """Make the SDK client of a user."""
    return {"Client": Scenario, "AsyncClient": AsyncScenario}[kind](**options)


def with_password(proxy: Proxy) -> str:
    return proxy.url.replace("//", "//me:hush@")


# How a user says that there is a proxy and a certificate -> the arguments of the client.
WAYS: dict[str, Callable[[str, Front, Proxy, pytest.MonkeyPatch, Path], dict[str, Any]]] = {
    "an HTTP client": lambda kind, front, proxy, *_: {
        "http_client": make_http(
            kind,
            proxy=with_password(proxy),
            verify=front.trust(),
            headers=SECRETS,
            params={"projectId": "hush"},
        )
    },
    "that of an SDK client": lambda kind, front, proxy, *_: {
        "sdk": make_sdk(
            kind,
            http_client=make_http(kind, proxy=with_password(proxy), verify=front.trust(), headers=SECRETS),
            default_headers={"X-Other": "hush-other"},
        )
    },
    "an HTTP client with a login": lambda kind, front, proxy, *_: {
        "http_client": make_http(
            kind,
            proxy=with_password(proxy),
            verify=front.trust(),
            auth=("sandbox", "sandbox"),
            headers=SECRETS,
        )
    },
    "the environment": lambda _, front, proxy, environment, folder: in_environment(
        front, proxy, environment, folder
    ),
}


def in_environment(
    front: Front, proxy: Proxy, environment: pytest.MonkeyPatch, folder: Path
) -> dict[str, Any]:
    front.authority.cert_pem.write_to_path(folder / "ca.pem")
    environment.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    environment.setenv("HTTPS_PROXY", with_password(proxy))
    return {"default_headers": {"X-Secret": "hush-header"}}


@both
@pytest.mark.parametrize("way", WAYS)
def test_all_traffic_goes_through_the_proxy_and_the_key_to_the_api_alone(
    models: Any,
    kind: str,
    *,
    way: str,
    front: Front,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SCENARIO_BASE_URL", f"https://{API}/v1")
    options = WAYS[way](kind, front, proxy, monkeypatch, tmp_path)

    async def run(client: Any) -> None:
        result = await got(client.run(models.SyncLipsyncV2(video=b"video", audio=b"audio")))
        assert len(await got(result.assets[0].bytes())) > 1000

    use(models, kind, run, **options)
    assert front.hosts() == proxy.hosts == {API, STORAGE}
    for host, request, headers in front.seen:
        if host == API:
            assert headers["authorization"].startswith("Basic ")
            continue
        assert "hush" not in f"{request} {headers}"
        assert headers.keys() <= {"accept", "accept-encoding", "content-length", "host", "user-agent"}, (
            request
        )


@both
@pytest.mark.parametrize("certificates", ["of the server", "of the client, too"])
def test_certificates_count_for_uploads_and_downloads_too(
    models: Any, kind: str, certificates: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutual = certificates == "of the client, too"
    front = Front(scenario_sandbox.address, "localhost", "127.0.0.1", mutual=mutual)
    with serving(front.server):
        url = f"https://localhost:{front.port}/v1"
        monkeypatch.setenv("SCENARIO_BASE_URL", url)
        request = models.SyncLipsyncV2(video=b"video", audio="asset_sample_audio")

        async def run(client: Any) -> None:
            result = await got(client.run(request))
            assert len(await got(result.assets[0].bytes())) > 1000

        async def fail(client: Any) -> None:
            why = (
                ""
                if mutual
                else "cannot be reached: .*CERTIFICATE_VERIFY_FAILED.*SSL_CERT_FILE, or http_client="
            )
            with pytest.raises(APIConnectionError, match=f"the service at {url}.*{why}"):
                await got(client.run(request, timeout=1))

        use(models, kind, run, http_client=make_http(kind, verify=front.trust(mutual=mutual)))
        assert front.hosts() == {"localhost", "127.0.0.1"}
        use(models, kind, fail, **({"http_client": make_http(kind, verify=front.trust())} if mutual else {}))


SERVICE = f"the service at https://{API}/v1 cannot be reached"
# What is wrong -> the options of an HTTP client for it, and what the error says.
UNREACHED: dict[str, tuple[Callable[[Front, Proxy], dict[str, Any]], str]] = {
    "no proxy": (lambda front, _: {"verify": front.trust()}, rf"{SERVICE}: \[Errno"),
    "another password": (
        lambda front, proxy: {"verify": front.trust(), "proxy": proxy.url.replace("//", "//me:hush2@")},
        rf"{SERVICE} through the proxy http://127.0.0.1:\d+: 407 Proxy Authentication Required$",
    ),
    "a proxy that is not there": (
        lambda front, _: {"verify": front.trust(), "proxy": "http://me:hush@127.0.0.1:9"},
        f"{SERVICE} through the proxy http://127.0.0.1:9: Connection refused$",
    ),
    "an unknown CA": (
        lambda _, proxy: {"proxy": with_password(proxy)},
        rf"{SERVICE} through the proxy http://127.0.0.1:\d+: \[SSL: CERTIFICATE_VERIFY_FAILED.*http_client=httpx.Client\(verify",
    ),
}


@both
@pytest.mark.parametrize("case", UNREACHED)
@pytest.mark.usefixtures("stepped_time")
def test_what_is_in_the_way_is_named_and_nothing_was_paid_for(
    models: Any,
    kind: str,
    *,
    case: str,
    front: Front,
    proxy: Proxy,
    scenario_sandbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCENARIO_BASE_URL", f"https://{API}/v1")
    options, message = UNREACHED[case]

    async def run(client: Any) -> None:
        for call in (client.jobs, lambda: client.submit(models.SyncLipsyncV2(**SAMPLES))):
            with pytest.raises(APIConnectionError, match=message) as raised:
                await got(call())
            assert "hush" not in f"{raised.value} {raised.value.request.headers}"

    use(models, kind, run, http_client=make_http(kind, **options(front, proxy)))
    assert not scenario_sandbox.ledger
    assert proxy.refused == (2 if case == "another password" else 0)  # to try again does not help


# A variable that httpx reads -> the error.
UNUSABLE = {
    "SSL_CERT_FILE": ("/no/such/file.pem", "SSL_CERT_FILE cannot be used: .*No such file"),
    "HTTPS_PROXY": ("ftp://me:hush@127.0.0.1", "HTTPS_PROXY.* cannot be used: .*ftp"),
    "ALL_PROXY": ("http://me:hush@127.0.0.1:x", "ALL_PROXY.* cannot be used: Invalid port"),
}


@both
@pytest.mark.parametrize("variable", UNUSABLE)
def test_a_variable_of_the_network_that_cannot_be_used_is_named(
    models: Any, kind: str, variable: str, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, message = UNUSABLE[variable]
    monkeypatch.setenv(variable, value)

    async def run(client: Any) -> None:
        with pytest.raises(models.InvalidSetting, match=message) as raised:
            await got(client.jobs())
        assert "hush" not in str(raised.value)

    use(models, kind, run)


@both
@pytest.mark.usefixtures("stepped_time")
def test_a_storage_that_a_proxy_blocks_is_named(
    models: Any, kind: str, front: Front, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENARIO_BASE_URL", f"https://{API}/v1")
    proxy.blocked = STORAGE

    async def run(client: Any) -> None:
        told = rf"the storage at https://{STORAGE} cannot be reached through the proxy {proxy.url}: 403 Forbidden$"
        with pytest.raises(models.UploadFailed, match=told):
            await got(client.submit(models.SyncLipsyncV2(video=b"video", audio="asset_1")))

    use(models, kind, run, http_client=make_http(kind, proxy=with_password(proxy), verify=front.trust()))


@both
def test_an_http_client_that_its_owner_closed_is_said_to_be_closed(
    models: Any, kind: str, scenario_sandbox: Any
) -> None:
    given, told = make_http(kind), []

    async def run(client: Any) -> None:
        asset = (await got(client.run(models.SyncLipsyncV2(**SAMPLES)))).assets[0]
        await got((given.aclose if kind == "AsyncClient" else given.close)())
        for call in (client.jobs, asset.bytes):
            with pytest.raises(models.ClientError) as raised:
                await got(call())
            told.append(str(raised.value))

    use_up(models, kind, run, http_client=given)
    assert told == ["the client is closed"] * 2


# The arguments of an HTTP client, and the environment -> the proxies of the three hosts. httpx has no public name for them.
OTHER = "http://127.0.0.1:8"
PROXIES: dict[str, tuple[Callable[[str], dict[str, Any]], dict[str, str], tuple[str, str, str]]] = {
    "none": (lambda _: {}, {}, ("", "", "")),
    "one": (lambda _: {"proxy": "http://me:hush@127.0.0.1:9"}, {}, ("http://127.0.0.1:9",) * 3),
    "that of a transport": (
        lambda kind: {
            "transport": httpx.HTTPTransport(proxy=OTHER)
            if kind == "Client"
            else httpx.AsyncHTTPTransport(proxy=OTHER)
        },
        {},
        (OTHER,) * 3,
    ),
    "the environment": (
        lambda _: {},
        {"HTTPS_PROXY": "me:hush@127.0.0.1:9", "HTTP_PROXY": OTHER, "NO_PROXY": STORAGE},
        ("http://127.0.0.1:9", "", OTHER),
    ),
    "a transport that is not of httpx": (
        lambda _: {"transport": httpx.MockTransport(httpx.Response)},
        {},
        ("", "", ""),
    ),
}


@both
@pytest.mark.parametrize("case", PROXIES)
def test_the_proxy_of_each_url_is_read_out_of_httpx(
    models: Any, kind: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_proxies = importlib.import_module(f"{models.__name__}.client.proxies").read_proxies
    options, environment, wanted = PROXIES[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    find_proxy = read_proxies(make_http(kind, **options(kind)))
    urls = (f"https://{API}/v1/jobs", f"https://{STORAGE}/file", "http://localhost.example/file")
    assert tuple(find_proxy(httpx.URL(url)) for url in urls) == wanted
