"""Which addresses may be asked, where they may lead, and which page an address is of. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin

from paramsync.pages.profile import PLACEHOLDER, Site
from paramsync.site.responses import FetchError
from paramsync.specs.paths import is_folder_name
from paramsync.text import quote

# No user, no brackets, no backslash, no letter beyond ASCII: one reading only, whoever reads it.
ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~:/@!$&'()*+,;=%-]*)?(?P<query>\?[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?(?:#[!-~]*)?"
)
DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
FORM = re.compile(r"(?:/index\.(?:md|html)|/|\.md|\.html)$")  # what an address may end with beside the page
FILE = re.compile(
    r"\.(?:toml|jsonl?|md|html|txt)$", re.IGNORECASE
)  # what stands in specs/ beside the folders
SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}"  # bounded, because where two marks share a part, each is tried at every length
LONGEST = 2000
PORTS = {"https": "443", "http": "80"}
LOOPBACK = re.compile(r"localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
PUBLIC_V6 = IPv6Network("2000::/3")
# Public by the letter, and doors to other networks: 6to4 with its relays, Teredo; documentation.
DOORS = [IPv6Network("2002::/16"), IPv6Network("2001::/23"), IPv6Network("3fff::/20")]
RELAYS = IPv4Network("192.88.99.0/24")


@dataclass(frozen=True)
class UrlPolicy:
    """The part of the web that a profile lets us ask."""

    site: Site
    allow_loopback: bool

    def accept(self, address: str, base: str = "") -> str:
        """Give an address, or a link on a page, as it may be asked: whole, in one spelling, without a fragment.

        Raises:
            FetchError: it is none, or leaves the profile's hosts.

        """
        found = ADDRESS.fullmatch(_join(base, address)) if len(address) <= LONGEST else None
        if not found or DOTS.search(found["path"] or ""):
            raise FetchError(f"{quote(address)} is not a plain web address")
        scheme, host = found["scheme"], found["host"].lower()
        if found["port"] and found["port"] != PORTS[scheme]:
            host += f":{found['port']}"
        if host not in self._hosts:
            raise FetchError(f"{quote(host)} is not among the hosts in profile.toml")
        if scheme == "http" and not (self.allow_loopback and LOOPBACK.fullmatch(found["host"])):
            raise FetchError("only https is asked; http needs --allow-loopback, and a host of this machine")
        return f"{scheme}://{host}{found['path'] or '/'}{found['query'] or ''}"

    def page_of(self, address: str) -> str:
        """Name the page that an accepted address is of; empty where it is none."""
        found = self._pattern.fullmatch(FORM.sub("", address.partition("?")[0]))
        name = found["page"] if found else ""
        return name if is_folder_name(name) and not FILE.search(name) else ""

    def split_around_page(self, address: str) -> tuple[str, str]:
        """Split the address of a page into what stands before and behind its name; another page beside it has the same."""
        place = page_address(address)
        found = self._pattern.fullmatch(place.rstrip("/"))
        return (place[: found.start("page")], place[found.end("page") :]) if found else ("", "")

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(host.removesuffix(":443") for host in self.site.hosts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern = PLACEHOLDER.sub(
            lambda mark: f"(?P<page>{SEGMENT})" if mark[1] == "page" else SEGMENT,
            re.escape(FORM.sub("", self.site.page.replace(":443/", "/", 1))),
        )
        return re.compile(pattern)


def page_address(address: str) -> str:
    """Give the address of the page itself, as HTML."""
    return re.sub(r"(?:(?<=/)index\.(?:md|html)|\.md|\.html)$", "", address.partition("?")[0])


def markdown_address(address: str) -> str:
    """Give the address of a page's Markdown."""
    return page_address(address).rstrip("/") + "/index.md"


def is_public(number: str, *, allow_loopback: bool = False) -> bool:
    """Tell whether an IP address belongs to the public internet, and is no door to another network."""
    if "%" in number:  # a scope: of this link only
        return False
    address = ip_address(number)
    if isinstance(address, IPv6Address):
        if address == IPv6Address("::1"):
            return allow_loopback
        return address in PUBLIC_V6 and address.is_global and not any(address in door for door in DOORS)
    if address.is_loopback:
        return allow_loopback
    return (
        address.is_global and not address.is_multicast and not address.is_reserved and address not in RELAYS
    )


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""
