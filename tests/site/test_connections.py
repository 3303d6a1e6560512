"""To which machines a run connects: public ones, by certificates that are the host's own, each host looked up once."""

import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from paramsync.site.urls import is_public
from support.roots import Root
from support.sites import (
    FILMS,
    Site,
    fetch,
    page,
    rows,
    serve,
)


def test_http_and_this_machine_are_requested_only_when_it_is_allowed(root: Root, site: Site) -> None:
    ran = root.run("fetch")
    assert ran.code == 3
    assert "http is for hosts of this machine only, with --allow-loopback; use https" in ran.out
    site.connect(
        root,
        hosts=f'["localhost:{site.port}"]',
        indexes=f'["https://localhost:{site.port}/llms.txt"]',
        page=f'"https://localhost:{site.port}/{{page}}"',
    )
    ran = root.run("fetch")
    assert ran.code == 3
    assert re.search("localhost resolves to .*, which is not a public IP address", ran.out)
    assert site.requests == []


PRIVATE = [
    *(
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - to be refused
    ),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *(
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
    ),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "ff0e::1", "3fff::1", "64:ff9b:1::1"),
]


@pytest.mark.parametrize("number", PRIVATE)
def test_a_public_host_does_not_resolve_to_a_private_address(
    root: Root, site: Site, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"docs.example.com:{site.port}"
    site.connect(
        root, hosts=f'["{host}"]', indexes=f'["https://{host}/llms.txt"]', page=f'"https://{host}/{{page}}"'
    )
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (one, site.port)) for one in ("8.8.8.8", number)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    ran = fetch(root)
    assert ran.code == 3
    assert f"docs.example.com resolves to {number}, which is not a public IP address" in ran.out
    assert site.requests == []


def test_no_proxy_is_asked_which_would_resolve_hosts_for_us(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))  # and nobody listens there
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            for variable in (name, name.upper()):
                monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert fetch(root).code == 0


@pytest.mark.parametrize("number", ["8.8.8.8", "1.1.1.1", "2606:4700::1111"])
def test_public_addresses_are_public(number: str) -> None:
    assert is_public(number)


def test_a_host_is_resolved_once_so_that_it_cannot_lead_elsewhere_later(
    root: Root, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.host = "localhost"
    site.connect(root)
    resolve, asked = socket.getaddrinfo, []

    def resolve_once(host: Any, *rest: Any, **named: Any) -> Any:
        asked.append(host if isinstance(host, str) else host.decode())
        if asked[-1] != "localhost":
            return resolve(host, *rest, **named)
        numbers = ["127.0.0.2", "127.0.0.1"] if asked.count("localhost") == 1 else ["10.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, site.port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_once)
    assert fetch(root).code == 0
    assert asked.count("localhost") == 1
    assert {headers["Host"] for _, headers, _ in site.requests} == {f"localhost:{site.port}"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example", "not trusted"])
def test_the_certificate_must_be_the_hosts_own(
    root: Root, authority: trustme.CA, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name.replace(" ", "-")).configure_cert(context)
    if name != "not trusted":
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with serve(context, host="localhost") as site:
        site.pages[FILMS] = page("film")
        site.connect(root)
        ran = fetch(root)
        if name == "localhost":
            assert rows(ran) == {FILMS: "new"}
        else:
            assert ran.code == 3
            assert "untrusted TLS certificate" in ran.out
            assert site.requests == []


def test_certificates_that_cannot_be_read_are_a_wrong_usage(
    root: Root, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (None, "junk"):
        file = tmp_path / "authority.pem"
        if text:
            file.write_text(text)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        ran = fetch(root)
        assert (ran.code, ran.out) == (2, "")
        assert f"cannot read certificates from SSL_CERT_FILE, {str(file)!r}: " in ran.err
