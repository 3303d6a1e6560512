"""Remember what the servers gave with each page, so that only what has changed is sent again. A cache: delete it at will."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from generator.network.answers import Validators
from generator.stamps import FOLDER

FILE = "fetch.json"


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
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        values = json.loads((root / FOLDER / FILE).read_text(encoding="utf-8"))
        memories = {str(name): Memory(**value) for name, value in values.items()}
        if all(isinstance(fact, str) for memory in memories.values() for fact in asdict(memory).values()):
            return memories
    return {}


def remember(root: Path, memories: Mapping[str, Memory]) -> None:
    """Keep what is remembered, whole or not at all. A cache that cannot be kept is none."""
    folder = root / FOLDER
    text = json.dumps({name: asdict(memory) for name, memory in sorted(memories.items())}, indent=2)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
            file.write(text)
        os.replace(file.name, folder / FILE)  # noqa: PTH105 - one step
