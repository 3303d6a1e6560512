"""The slug of a name: what names that differ only in spelling share, and what can be that of a file on every system. Pure."""

import hashlib
import re

from paramsync.paths import DIGEST_LENGTH, WINDOWS_DEVICES

SEPARATORS = re.compile(r"[ ._-]+")  # what a name may have between its words, or not
LOST = re.compile(r"[^a-z0-9]+")
LOWER = {
    capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)
}  # those of ASCII: no other are alike everywhere
MAX_STEM = 60  # characters that are kept of a name
UNNAMED = "name"  # stands for a name of which nothing is kept


def make_slug(name: str) -> str:
    """Make the slug of a name, which follows from it alone: `syncmode` of `syncMode`, `sync_mode` and `SyncMode`.

    Where more is lost than capitals and separators, or a file cannot be called so, a digest stands behind a dash, which no
    other slug has.
    """
    folded = SEPARATORS.sub("", name.translate(LOWER))
    stem = LOST.sub("", folded)[:MAX_STEM]
    if stem and stem == folded and not WINDOWS_DEVICES.match(stem):
        return stem
    digest = hashlib.sha256((folded or name).encode(errors="surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    return f"{stem or UNNAMED}-{digest}"
