"""Name a vendor and a page after where the page is from. Pure."""

import re
from urllib.parse import unquote, urlsplit

from paramsync.paths import is_folder_name

NO_VENDOR = "Vendor"
MAX_NAME_LENGTH = 60
MAX_VENDOR = 32  # characters, from which a URN follows
# Parts of hosts and paths that name no vendor, or no page.
COMMON = {
    *(
        [
            "www",
            "docs",
            "doc",
            "api",
            "apis",
            "developers",
            "developer",
            "dev",
            "core",
            "platform",
            "help",
            "support",
            "app",
            "learn",
            "reference",
            "documentation",
            "raw",
            "guide",
            "guides",
        ]
    ),
    *(
        [
            "index",
            "readme",
            "page",
            "pages",
            "default",
            "values",
            "action",
            "main",
            "master",
            "blob",
            "html",
            "md",
            "en",
            "latest",
            "stable",
            "v1",
            "v2",
            "v3",
        ]
    ),
}
HOSTING = {
    "github.io",
    "gitlab.io",
    "readthedocs.io",
    "readme.io",
    "gitbook.io",
    "vercel.app",
    "netlify.app",
    "pages.dev",
}
FORGES = {"github.com", "raw.githubusercontent.com", "gitlab.com", "bitbucket.org", "codeberg.org"}
VENDOR = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]*[A-Za-z0-9]")
MAX_SUFFIX = 3  # letters of the `co` in `example.co.uk`


def name_vendor_of_url(url: str) -> str:
    """Name a vendor after the host of its documentation, or, of one of many there, after what names it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    labels = host.split(".")
    if host in FORGES:
        return _vendor(parts.path.split("/")[1] if "/" in parts.path else "")
    if ".".join(labels[-2:]) in HOSTING:
        return _vendor(labels[-3] if len(labels) > 2 else "")  # noqa: PLR2004
    named = labels[:-2] if len(labels) > 2 and len(labels[-2]) <= MAX_SUFFIX else labels[:-1]  # noqa: PLR2004
    return _vendor(named[-1] if named else host)


def name_vendor_of_folder(folder: str) -> str:
    """Name a vendor after the folder that is its root."""
    return _vendor(folder)


def name_page(path: str, title: str) -> str:
    """Name a page after the last part of its path that says something, or else after its title."""
    last = re.sub(
        r"\.(?:md|mdx|html?|txt)$", "", unquote(path.rstrip("/").rpartition("/")[2]), flags=re.IGNORECASE
    )
    for text in (last if last.lower() not in COMMON else "", title):
        name = _slug(text)
        if name and is_folder_name(name):
            return name
    return "page"


def _vendor(text: str) -> str:
    name = " ".join(re.sub(r"[^A-Za-z0-9._-]+", " ", text).split())[:MAX_VENDOR].strip("._- ")
    if not VENDOR.fullmatch(name) or name.isdigit():
        return NO_VENDOR
    return name if name != name.lower() else name[0].upper() + name[1:]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_NAME_LENGTH].strip("-")
