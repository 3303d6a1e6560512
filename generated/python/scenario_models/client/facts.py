"""What the API says of jobs, assets and uploads, as data. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

WAITING = ("pending", "queued", "warming-up")
OVER = (
    "success",
    "failure",
    "canceled",
)  # any other status, also an unknown one, means that the job is running


@dataclass(frozen=True)
class JobFacts:
    """A job as it was when it was last looked at."""

    id: str
    """What to take it up by."""

    status: str
    """Such as `queued`, `in-progress`, `success`, `failure`, `canceled`; others may come up, and mean that it runs."""

    progress: float = 0.0
    """How much is done, from 0 to 1."""

    model_id: str = ""
    """The model it runs; empty where the service does not say so."""

    created_at: str = ""
    """When it was made, ISO 8601, in the service's time."""

    cost: float | None = None
    """What it costs, in creative units; None where the service does not say so."""

    reason: str = ""
    """Why it failed, in the service's words."""

    hint: str = ""
    """What to do about it, in the service's words."""

    asset_ids: tuple[str, ...] = ()
    """What it made."""

    input: Mapping[str, Any] | None = field(default=None, repr=False)
    """The parameters it was submitted with, in the wire's names; None where the service does not say so."""

    output: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What it gave beside assets: the text of a language model, say."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in OVER


@dataclass(frozen=True)
class AssetFacts:
    """A file that a job made."""

    id: str
    """Its id; a request takes it as a file."""

    kind: str = ""
    """Such as `video`, `image`, `audio`, `3d`, `text`."""

    mime_type: str = ""
    """Such as `video/mp4`."""

    size: int | None = None
    """In bytes; None where the service does not say so."""

    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What else the service says of it, such as `width`, `height`, `duration` (seconds)."""


class SignedUrl:
    """Where a file is fetched from or put to, for a while: whoever has it can do so. Nothing that looks into objects shows it."""

    __slots__ = ("tell",)
    tell: Callable[[], str]
    """Gives it, to be used."""

    def __init__(self, address: str) -> None:
        def tell() -> str:
            return address

        self.tell = tell

    def __repr__(self) -> str:
        return "<a signed address>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signed address does not travel")


@dataclass(frozen=True)
class UploadFacts:
    """An upload: its status, the signed addresses of its parts, and in the end the asset it became."""

    id: str
    status: str
    asset_id: str = ""
    reason: str = ""
    addresses: Mapping[int, SignedUrl] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimate:
    """What a request would cost, in creative units."""

    cost: float
    """What would be paid."""

    discount: float = 0.0
    """What was taken off."""

    details: Mapping[str, float] = field(default_factory=dict)
    """What it is made up of, in the service's words."""

    def __str__(self) -> str:
        return f"{self.cost:g} creative units"
