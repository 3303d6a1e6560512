"""`specs/released.jsonl`: what was there when the newest version was released, to compare with what is there now. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from paramsync.changes.history import KEEP_ONE_SIDE, Release, check_conflict, current_version
from paramsync.findings import InputError, Place
from paramsync.paths import HISTORY, RELEASED
from paramsync.text import Json, Tree, is_version, json_line, read_json


@dataclass(frozen=True)
class Released:
    """The version, its specs (path below `specs/` -> JSON), and digests of its templates (by path below `templates/`) and notes."""

    version: str = ""
    specs: Tree = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    notes: frozenset[str] = frozenset()

    @cached_property
    def by_model(self) -> dict[str, Json]:
        """The specs as they were, by model."""
        specs = [read_json(text, Place(RELEASED)) for text in self.specs.values()]
        return {spec["x-model"]: spec for spec in specs if "x-model" in spec}


def read_released(text: str, file: str) -> Released:
    """Read what was released: a first line with the facts, then a line for each JSON file of `specs/`.

    Raises:
        InputError: a line is not JSON, or not what `write_released` writes.

    """
    check_conflict(text, file)
    head, *lines = _read_lines(text, file)
    place, facts = head
    version, templates, notes = (facts.get(key) for key in ("version", "templates", "notes"))
    if not isinstance(version, str) or not is_version(version):
        raise InputError(place, f"has no version such as 1.0.0; {KEEP_ONE_SIDE}")
    if not isinstance(templates, dict) or not isinstance(notes, list):
        raise InputError(place, f"has no templates or no notes; {KEEP_ONE_SIDE}")
    if facts.get("digest") != _digest(one for _, one in lines):
        raise InputError(
            place, f"is not as paramsync release has written it; restore it from git, or {KEEP_ONE_SIDE}"
        )
    specs: Tree = {}
    for place, one in lines:
        path = one.get("path")
        if not isinstance(path, str) or "content" not in one or path in specs:
            raise InputError(place, f"is not a file of a release, or is there twice; {KEEP_ONE_SIDE}")
        specs[path] = json_line(one["content"])
    return Released(
        version, specs, {str(key): str(one) for key, one in templates.items()}, frozenset(map(str, notes))
    )


def read_last_released(text: str, releases: tuple[Release, ...]) -> Released:
    """Read what was released with the newest of the releases; nothing where the text is empty.

    Raises:
        InputError: it is damaged, or of another version.

    """
    if not text:
        return Released()
    released, version = read_released(text, RELEASED), current_version(releases)
    if not releases or released.version != version:
        last = f"ends with {version}" if releases else "has no version"
        problem = f"is of {released.version}, but {HISTORY} {last}; {KEEP_ONE_SIDE}"
        raise InputError(Place(RELEASED, 1), problem)
    return released


def write_released(released: Released) -> str:
    """Write what was released, a line for each file, sorted by path.

    Raises:
        InputError: a spec is not JSON.

    """
    lines: list[Any] = [
        {"path": path, "content": read_json(text, Place(f"specs/{path}"))}
        for path, text in sorted(released.specs.items())
    ]
    head = {
        "version": released.version,
        "digest": _digest(lines),
        "notes": sorted(released.notes),
        "templates": dict(sorted(released.templates.items())),
    }
    return "".join(f"{json_line(line)}\n" for line in (head, *lines))


def _digest(lines: Iterable[Any]) -> str:
    """Digest the lines after the first: a file that is cut off or edited would make versions that are not true."""
    return hashlib.sha256("\n".join(map(json_line, lines)).encode(errors="surrogatepass")).hexdigest()[:16]


def _read_lines(text: str, file: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, line in lines or [(1, "")]:
        place = Place(file, number)
        value = read_json(line, place)
        if not isinstance(value, dict):
            raise InputError(place, f"is not a JSON object; {KEEP_ONE_SIDE}")
        yield place, value
