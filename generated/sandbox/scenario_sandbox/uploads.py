"""An upload, its statuses, and the kind of its asset. Pure."""

from dataclasses import dataclass
from functools import cached_property

from .assets import AssetKind
from .facts import FAILED, MAIN_TYPES, PENDING, UNDER_WAY, UploadStatus
from .lifecycle import Lifecycle, Step, make_steps
from .store import Record

VALIDATING, VALIDATED, IMPORTED, _ = UNDER_WAY
# The statuses, and how many seconds after the completion each begins.
STATUSES_BY_AGE: tuple[tuple[UploadStatus, float], ...] = (
    (VALIDATING, 0.0),
    (VALIDATED, 0.5),
    (IMPORTED, 1.0),
)
FAILED_STATUSES: tuple[tuple[UploadStatus, float], ...] = ((VALIDATING, 0.0), (FAILED, 0.5))
KINDS: dict[str, AssetKind] = {**{kind: kind for kind in MAIN_TYPES.values()}, **MAIN_TYPES}


@dataclass(frozen=True)
class Upload(Record):
    """A file that is uploaded in parts, or imported from a URL.

    `announced` and `completed` are ages of the sandbox, in seconds; `completed_at` is a Unix time.
    """

    file_name: str
    file_size: int
    content_type: str
    kind: str
    project: str
    announced: float
    asset: str
    parts: int = 0
    url: str = ""
    error: str = ""
    completed: float | None = None
    completed_at: float = 0.0

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """The statuses over time."""
        steps = [Step(PENDING, self.announced, self.created)]
        if self.completed is not None:
            statuses = FAILED_STATUSES if self.error else STATUSES_BY_AGE
            steps += make_steps(statuses, self.completed, self.completed_at)
        return Lifecycle(tuple(steps))

    @property
    def asset_kind(self) -> AssetKind:
        """The kind of its asset."""
        if self.kind == "avatar":
            return "image"
        main = self.content_type.partition("/")[0] if self.kind == "asset" else self.kind
        return KINDS.get(main, "document")
