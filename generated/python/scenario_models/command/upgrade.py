"""What an upgrade to this version changes in the models that somebody uses. Reads `releases.json` and the code of the user."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..lookup import BY_ID, with_prefix
from ..vendor import PREFIX
from ..version import __version__
from ..vocabulary import nearest
from .parameters import WrongParameters
from .uses import PACKAGE, Use, find_uses

SEVERITIES = ("breaking", "behaviour", "compatible")
MAX_PLACES = 3  # of one model, that are shown


@dataclass(frozen=True)
class Effect:
    """A change in what somebody uses: where they use it, and the version that brings it."""

    severity: str
    version: str
    model: str
    parameter: str
    sentence: str
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = len(self.places) - MAX_PLACES
        shown = [*self.places[:MAX_PLACES], *([f"{more} more"] if more > 0 else [])]
        names = "".join(f"{name}: " for name in (self.model, self.parameter) if name)
        used = f", used in {', '.join(shown)}" if shown else ""
        return f"{self.severity}: {names}{self.sentence} [{self.version}{used}]"

    @property
    def json(self) -> dict[str, Any]:
        """The effect as a JSON object."""
        return asdict(self)


def find_effects(since: str, what: Sequence[str], remark: Callable[[str], object]) -> list[Effect]:
    """Find what has changed since a version for some models, or for the models that files and folders use; what breaks comes first.

    `remark` is called with a line about each place where more may be used than was found.

    Raises:
        WrongParameters: the version is unknown, something is neither a model nor a path, or a file cannot be read.

    """
    releases = _read_newer(since)
    ids = {
        *BY_ID,
        *(model for one in _read_releases() for change in one["changes"] for model in change["models"]),
    }
    listed = {one: _find_id(one, ids) for one in what}
    uses = [Use("", 0, model) for model in listed.values() if model]
    try:
        uses += find_uses((Path(one) for one, model in listed.items() if not model), ids)
    except OSError as error:
        raise WrongParameters(str(error)) from error
    for use in uses:
        if use.remark:
            remark(f"{use.place}: {use.remark}")
    found = [*_find_missing(uses), *_find_changes(releases, uses)]
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))


@cache
def _read_releases() -> list[Any]:
    releases: list[Any] = json.loads((files(PACKAGE) / "releases.json").read_text(encoding="utf-8"))
    return releases


def _read_newer(since: str) -> list[Any]:
    releases = _read_releases()
    versions = [one["version"] for one in releases]
    if since not in versions:
        raise WrongParameters(f"there was no version {since!r}; there were {', '.join(versions)}")
    return releases[: versions.index(since)]


def _find_id(text: str, ids: Collection[str]) -> str:
    """Return the id that a text is, with or without its prefix; empty if it is a path.

    Raises:
        WrongParameters: it is neither.

    """
    if Path(text).exists():
        return ""
    for one in (with_prefix(text), PREFIX + text):
        if one in ids:
            return one
    raise WrongParameters(f"{text!r} is neither a model nor a file or folder{nearest(text, ids)}")


def _find_missing(uses: Iterable[Use]) -> Iterator[Effect]:
    places: dict[str, list[str]] = {}
    for use in uses:
        if use.missing:
            places.setdefault(use.missing, []).append(use.place)
    for name, where in places.items():
        yield Effect("breaking", __version__, "", "", f"{PACKAGE} has no {name}", tuple(where))


def _find_changes(releases: Iterable[Any], uses: Iterable[Use]) -> Iterator[Effect]:
    places: dict[str, list[str]] = {}
    for use in uses:
        if use.model:
            places.setdefault(use.model, []).extend([use.place] if use.file else [])
    for one in releases:
        for note in one["notes"]:
            if note["kind"] == "breaking":
                yield Effect("breaking", one["version"], "", "", note["text"])
        for change in one["changes"]:
            for model in change["models"]:
                if model in places:
                    facts = (
                        change["severity"],
                        one["version"],
                        model,
                        change["parameter"],
                        change["sentence"],
                    )
                    yield Effect(*facts, tuple(places[model]))
