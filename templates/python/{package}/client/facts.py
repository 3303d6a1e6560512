"""Jobs, assets and uploads as the API describes them. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..stored_file import StoredFile
from ..vendor import OVER, UNITS
from .values import Value


@dataclass(frozen=True, eq=False)
class JobFacts(Value):
    """A job, as the service described it in its last response. It equals every other description of the same job, newer or older."""

    id: str
    """Its id; `client.job(id)` finds it again."""

    status: str
    """Such as `queued`, `in-progress`, `success`, `failure`, `canceled`; an unknown one means that it is running."""

    progress: float = 0.0
    """From 0 to 1."""

    model_id: str = ""
    """The id of its model; empty where the service does not say."""

    created_at: str = ""
    """When it was created: ISO 8601, by the service's clock."""

    cost: float | None = None
    """In creative units; None where the service does not say."""

    reason: str = ""
    """Why it failed, in the service's words."""

    hint: str = ""
    """What to do about it, in the service's words."""

    asset_ids: tuple[str, ...] = ()
    """The ids of the files that it made."""

    input: Mapping[str, Any] | None = field(default=None, repr=False)
    """The parameters it was submitted with, under the names of the API; None where the service does not say."""

    output: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What it returned besides assets, such as the text of a language model."""

    @property
    def is_over(self) -> bool:
        """True if it has ended: with success, with a failure, or canceled."""
        return self.status in OVER

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobFacts) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, eq=False)
class AssetFacts(Value, StoredFile):
    """A file that a job made. It equals every other description of the same file."""

    id: str
    """Its id; a request accepts it in place of a file."""

    kind: str = ""
    """Such as `video`, `image`, `audio`, `3d`, `text`."""

    mime_type: str = ""
    """Such as `video/mp4`."""

    size: int | None = None
    """In bytes; None where the service does not say."""

    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What else the service says about it, such as `width`, `height`, `duration` (seconds)."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetFacts) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, eq=False)
class ResultFacts(Value):
    """A successful job, and the files that it made."""

    job: JobFacts
    """The job that made them."""

    assets: tuple[AssetFacts, ...]
    """The files, in the service's order."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResultFacts) and (self.job, self.assets) == (other.job, other.assets)

    def __hash__(self) -> int:
        return hash(self.job)


class SignedUrl:
    """A URL that allows to download or upload one file, for a while. It is kept in a closure, where no log or debugger shows it."""

    __slots__ = ("reveal",)
    reveal: Callable[[], str]
    """Gives the URL."""

    def __init__(self, url: str) -> None:
        self.reveal = lambda: url

    def __repr__(self) -> str:
        return "<a signed URL>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signed URL cannot be pickled")


@dataclass(frozen=True)
class UploadFacts:
    """An upload: its status, the signed URLs of its parts by number (from 1), and in the end the asset that it became."""

    id: str
    status: str
    asset_id: str = ""
    reason: str = ""
    urls: Mapping[int, SignedUrl] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimate(Value):
    """What a request would cost, in creative units."""

    cost: float
    """The price, after the discount."""

    discount: float = 0.0
    """How much the price was reduced."""

    details: Mapping[str, float] = field(default_factory=dict, hash=False)
    """The parts of the price, under the service's names."""

    def __str__(self) -> str:
        return f"{self.cost:g} {UNITS}"

    def _repr_html_(self) -> str:
        from ..html_table import write_table

        parts = {"discount": self.discount, **self.details}
        return write_table(str(self), ((name, f"{number:g}") for name, number in parts.items() if number))
