"""Which URLs may be requested, and which page a URL is of. Pure."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address, ip_network
from urllib.parse import urljoin

from paramsync.pages.declared import PLACEHOLDER
from paramsync.pages.site import Site
from paramsync.paths import is_folder_name
from paramsync.site.responses import FetchError
from paramsync.text import quote

MAX_LENGTH = 2000
# No user, no IPv6 literal, no backslash, ASCII only: every parser reads such a URL alike.
URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>(?P<host>[A-Za-z0-9.-]+)(?::[0-9]{1,5})?)"
    r"(?P<path>/[A-Za-z0-9._~:/@!$&'()*+,;=%-]*)?(?P<query>\?[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?(?:#[!-~]*)?"
)
DOT_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
DEFAULT_PORTS = {"https": "443", "http": "80"}
PAGE_ENDING = re.compile(r"(?:/index\.(?:md|html)|/|\.md|\.html)$")
ROOT_FILE = re.compile(r"\.(?:toml|jsonl?|md|html|txt)$", re.IGNORECASE)  # may stand in specs/ itself
SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}"  # bounded, because where two marks share a part, each is tried at every length
LOOPBACK_HOST = re.compile(r"localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
PUBLIC_V6 = ip_network("2000::/3")
# Global by Python's tables, but for documentation, or a tunnel to another network: 6to4 and its relays, Teredo.
BLOCKED = [ip_network(text) for text in ("3fff::/20", "2002::/16", "192.88.99.0/24", "2001::/23")]


@dataclass(frozen=True)
class UrlPolicy:
    """Which URLs a profile lets us request: https on its own hosts; with `allow_loopback`, http on this machine too.

    The hosts stand in a `table` of the profile. An `origin` (scheme, host and port) is the only one.
    """

    site: Site
    allow_loopback: bool
    table: str = "[site]"
    origin: str = ""

    def for_hosts(self, table: str, hosts: tuple[str, ...], rate: float) -> "UrlPolicy":
        """Return the policy for a source with hosts and a rate of its own."""
        site = self.site.model_copy(update={"hosts": hosts, "rate": rate})
        return UrlPolicy(site, self.allow_loopback, table)

    def for_origin(self, table: str, url: str, rate: float) -> "UrlPolicy":
        """Return the policy for a source whose URLs have the origin of this one.

        Raises:
            FetchError: it may not be requested.

        """
        policy = self.for_hosts(table, (url.split("/")[2].lower(),), rate)
        return replace(policy, origin="/".join(policy.accept(url).split("/")[:3]))

    def accept(self, url: str, base: str = "") -> str:
        """Return a URL, or a link on the page `base`, as it may be requested: absolute, in one spelling, without a fragment.

        Raises:
            FetchError: it is not a plain URL, or not on the hosts of the profile.

        """
        found = URL.fullmatch(_join(base, url)) if len(url) <= MAX_LENGTH else None
        if not found or DOT_SEGMENT.search(found["path"] or ""):
            raise FetchError(f"{quote(url)} is not a plain http or https URL")
        scheme, host = found["scheme"], _without_default_port(found["scheme"], found["authority"].lower())
        if not {host, f"{host}:{DEFAULT_PORTS[scheme]}"} & {*self.site.hosts}:
            raise FetchError(f"host {quote(host)} is not among the hosts of {self.table} in profile.toml")
        if scheme == "http" and not (self.allow_loopback and LOOPBACK_HOST.fullmatch(found["host"])):
            raise FetchError("http is for hosts of this machine only, with --allow-loopback; use https")
        if self.origin and f"{scheme}://{host}" != self.origin:
            raise FetchError(f"{scheme}://{host} is not {self.origin}")
        return f"{scheme}://{host}{found['path'] or '/'}{found['query'] or ''}"

    def page_name(self, url: str) -> str:
        """Name the page that an accepted URL is of; empty where it is not that of a page."""
        found = self.site.page and self._pattern.fullmatch(PAGE_ENDING.sub("", url.partition("?")[0]))
        name = found["page"] if found else ""
        return name if is_folder_name(name) and not ROOT_FILE.search(name) else ""

    def split_around_name(self, url: str) -> tuple[str, str]:
        """Split a page's URL into what precedes and what follows its name, which pages side by side share."""
        url = html_url(url)
        found = self._pattern.fullmatch(url.rstrip("/"))
        return (url[: found.start("page")], url[found.end("page") :]) if found else ("", "")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        scheme, _, rest = self.site.page.partition("://")
        host, _, path = rest.partition("/")
        page = f"{scheme}://{_without_default_port(scheme, host)}/{PAGE_ENDING.sub('', path)}"
        pattern = PLACEHOLDER.sub(
            lambda mark: f"(?P<page>{SEGMENT})" if mark[1] == "page" else SEGMENT, re.escape(page)
        )
        return re.compile(pattern)


def html_url(url: str) -> str:
    """Return the URL of a page's HTML, from that of its HTML or its Markdown."""
    return re.sub(r"(?:(?<=/)index\.(?:md|html)|\.md|\.html)$", "", url.partition("?")[0])


def markdown_url(url: str) -> str:
    """Return the URL of a page's Markdown, from that of its HTML or its Markdown."""
    return html_url(url).rstrip("/") + "/index.md"


def is_public(address: str, *, allow_loopback: bool = False) -> bool:
    """Tell whether an IP address belongs to the public internet and does not tunnel to another network."""
    if "%" in address:  # a scope: valid on one link only
        return False
    ip = ip_address(address)
    if any(ip in network for network in LOOPBACK):
        return allow_loopback
    is_assigned = ip in PUBLIC_V6 if ip.version == 6 else not (ip.is_multicast or ip.is_reserved)  # noqa: PLR2004
    return is_assigned and ip.is_global and not any(ip in network for network in BLOCKED)


def _without_default_port(scheme: str, host: str) -> str:
    return host.removesuffix(f":{DEFAULT_PORTS[scheme]}")


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""
