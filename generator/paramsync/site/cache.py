"""Remember what the servers gave with each page, so that only what has changed is sent again. A cache: delete it at will."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from paramsync.findings import InputError
from paramsync.site.responses import Validators
from paramsync.workspace.cache import read_cache, write_cache

CACHE = "fetch"


@dataclass(frozen=True)
class Memory:
    """Where a saved page came from, the digest of its bytes, and how to ask whether it has changed since."""

    address: str
    digest: str
    etag: str = ""
    last_modified: str = ""

    @property
    def validators(self) -> Validators:
        """What to send along when the page is asked for again."""
        return Validators(self.etag, self.last_modified)


def digest(body: bytes) -> str:
    """Digest the bytes of a page."""
    return hashlib.sha256(body).hexdigest()


def recall(root: Path) -> dict[str, Memory]:
    """Give what is remembered of each page by its name; nothing where the cache cannot be read."""
    with suppress(InputError, TypeError, AttributeError):
        return {name: Memory(**value) for name, value in read_cache(root, CACHE).items()}
    return {}


def remember(root: Path, memories: Mapping[str, Memory]) -> None:
    """Keep what is remembered, where the cache can be written."""
    with suppress(InputError, OSError):
        write_cache(root, CACHE, {name: asdict(memory) for name, memory in sorted(memories.items())})
