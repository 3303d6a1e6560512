"""The cache of what the servers sent with each page, so that only what has changed is fetched again. May be deleted at will."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from paramsync.findings import InputError
from paramsync.site.responses import Validators
from paramsync.workspace import plan
from paramsync.workspace.cache import read_cache, write_cache

PAGES, MODELS = "fetch", "fetch-models"  # for pages, by their names; for files of models, by their paths


@dataclass(frozen=True)
class CacheEntry:
    """Where a saved file came from, the digest of its text, and its validators."""

    url: str
    digest: str
    etag: str = ""
    last_modified: str = ""

    @property
    def validators(self) -> Validators:
        """What a conditional request for the page needs."""
        return Validators(self.etag, self.last_modified)


def digest(body: bytes) -> str:
    """Return the SHA-256 of a page, in hexadecimal, whatever its line ends are: git may have changed them."""
    return plan.digest(body.decode(errors="surrogateescape"))


def read_entries(root: Path, cache: str = PAGES) -> dict[str, CacheEntry]:
    """Return the entries of a cache; none where it cannot be read."""
    with suppress(TypeError):  # fields of another version of paramsync
        return {name: CacheEntry(**value) for name, value in (read_cache(root, cache) or {}).items()}
    return {}


def write_entries(root: Path, entries: Mapping[str, CacheEntry], cache: str = PAGES) -> None:
    """Write a cache, or nothing where it cannot be written."""
    with suppress(InputError, OSError):
        write_cache(root, cache, {name: asdict(entry) for name, entry in sorted(entries.items())})
