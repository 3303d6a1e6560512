"""Notes: what people enter for the changelogs of the packages when they change a template, a file for each. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from paramsync.changes.kinds import Step
from paramsync.config import ConfigTable, read_config
from paramsync.paths import NOTE_SUFFIX
from paramsync.text import Tree, json_line

NoteKind = Literal["breaking", "added", "fixed", "internal"]

# breaking: code that uses a package fails with the next one, whatever model it uses; internal: nobody notices, and no changelog
# tells it; but what is published under one number is always the same.
NOTE_STEPS: dict[NoteKind, Step] = {
    "breaking": "major",
    "added": "minor",
    "fixed": "patch",
    "internal": "patch",
}


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the changelogs: of the packages of some targets, or of all."""

    name: str
    kind: NoteKind
    text: str
    targets: tuple[str, ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        """The note as a JSON object, without `targets` where it is for all."""
        return {key: fact for key, fact in asdict(self).items() if fact != ()}

    @property
    def digest(self) -> str:
        """Twelve hex digits that identify what the note says, whatever its file is called."""
        return hashlib.sha256(json_line([self.kind, self.text, self.targets]).encode()).hexdigest()[:12]

    def is_about(self, target: str) -> bool:
        """Tell whether the changelog of a target shows the note."""
        return not self.targets or target in self.targets


class _NoteFile(ConfigTable):
    kind: NoteKind
    text: Annotated[str, Field(pattern=r"\S")]
    targets: tuple[str, ...] = ()


def read_notes(notes: Tree) -> tuple[Note, ...]:
    """Read the notes of a root, by their paths below it.

    Raises:
        InputError: a note is not TOML, or a key is missing, unknown or of the wrong type.

    """
    read = {path: read_config(text, path, _NoteFile) for path, text in sorted(notes.items())}
    return tuple(Note(_name(path), one.kind, one.text, one.targets) for path, one in read.items())


def select_notes(notes: Iterable[Note], target: str) -> tuple[Note, ...]:
    """Select the notes that the changelog of a target shows."""
    return tuple(one for one in notes if one.kind != "internal" and one.is_about(target))


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(NOTE_SUFFIX)
