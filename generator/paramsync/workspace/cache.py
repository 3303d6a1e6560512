"""A cache: values between runs, in a folder of the root that may be deleted at will.

The first line of a file is the digest of the rest, so that a damaged one is not used.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

FOLDER = ".paramsync_cache"


def read_cache(root: Path, name: str) -> Any:
    """Read a cache as it was written; None where it is damaged.

    Raises:
        OSError: it is not there, or cannot be read.

    """
    head, _, text = (root / FOLDER / f"{name}.json").read_bytes().partition(b"\n")
    return json.loads(text) if head == _seal(text) else None


def write_cache(root: Path, name: str, value: Any) -> None:
    """Write a cache, whole or not at all.

    Raises:
        OSError: it cannot be written.

    """
    folder = root / FOLDER
    text = json.dumps(value, indent=2).encode()
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(_seal(text) + b"\n" + text)
    try:
        Path(file.name).replace(folder / f"{name}.json")
    except OSError:
        Path(file.name).unlink()
        raise


def _seal(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()
