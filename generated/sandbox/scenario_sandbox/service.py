"""The state of a sandbox, which all routes share: models, store, clock and faults."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from .api_keys import Key
from .assets import SAMPLES, Asset, sample_assets
from .catalogue import Model, load_models
from .clock import Clock, check_speed, show_date, unix_time
from .error_messages import shorten
from .faults import Fault, FaultKind, Faults, Switch
from .jobs import Job, show_job
from .lifecycle import Step
from .outbox import Outbox
from .requests import ApiError
from .responses import log_of
from .signed_urls import LIFETIME, SignatureStatus, check_signature, sign_file, sign_part
from .store import Record, StateError, Store
from .uploads import Upload

SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Entry:
    """An entry of the ledger: a submitted request, its cost in creative units, and the status of its job."""

    job_id: str
    model_id: str
    body: dict[str, Any]
    cost: float
    status: str
    created_at: str


@dataclass(frozen=True)
class Service:
    """The state of one sandbox."""

    models: Mapping[str, Model]
    store: Store
    clock: Clock
    faults: Faults
    outbox: Outbox
    keys: tuple[Key, ...]
    secret: str

    def ledger(self) -> list[Entry]:
        """Return all submitted requests, the oldest first."""
        now = self.clock.now()
        jobs = [*self.store.newest(Job)][::-1]
        return [
            Entry(
                job.id, job.model, job.body, job.cost, job.lifecycle.step(now).status, show_date(job.created)
            )
            for job in jobs
        ]

    def show(self, job: Job) -> dict[str, Any]:
        """Show a job as the API does."""
        return show_job(job, self.clock.now(), self.time_of)

    def step(self, seconds: float | None) -> None:
        """Age by some seconds at once; None for as many as the next change of a job or an upload, or the next event, needs."""
        now = self.clock.now()
        records: list[Job | Upload] = [*self.store.newest(Job), *self.store.newest(Upload)]
        changes = [change for record in records if (change := record.lifecycle.next_change(now)) is not None]
        changes += self.outbox.ages(now)
        if seconds is not None or changes:
            self.clock.step(seconds if seconds is not None else min(changes) - now)

    def find(self, of: type[R], identifier: str) -> R:
        """Find a record.

        Raises:
            ApiError: there is none.

        """
        if record := self.store.get(of, identifier):
            return record
        raise ApiError(f"{of.__name__} {shorten(identifier)} not found", 404)

    def find_asset(self, identifier: str) -> Asset:
        """Find an asset.

        Raises:
            ApiError: there is none, or not yet.

        """
        asset = self.find(Asset, identifier)
        if asset.ready > self.clock.now():
            raise ApiError(f"Asset {identifier} not found", 404)
        return asset

    def find_model(self, identifier: str) -> Model:
        """Find a model.

        Raises:
            ApiError: there is none.

        """
        if model := self.models.get(identifier):
            return model
        raise ApiError(f"Model {shorten(identifier)} not found", 404)

    def time_of(self, step: Step) -> float:
        """Return when a step began, as Unix time."""
        return self.clock.time_of_step(step)

    def pick(self, scope: Scope, *kinds: FaultKind) -> Switch | None:
        """Return the first switch of these kinds that may strike a request, without counting it."""
        return self.faults.pick(f"{scope['method']} {scope['path']}", *kinds)

    def strike(self, scope: Scope, *kinds: FaultKind) -> Fault | None:
        """Strike a request with the first fault of these kinds, if any; return the fault."""
        switch = self.pick(scope, *kinds)
        return count_strike(switch, scope) if switch else None

    def sign_part(self, request: Request, upload: Upload, number: int) -> dict[str, Any]:
        """Show a part, with its signed URL."""
        now, lifetime = unix_time(), self._strike_lifetime(request)
        path = sign_part(f"/parts/{upload.id}/{number}", now, lifetime, self.secret)
        return {
            "number": number,
            "url": _base(request) + path,
            "expires": show_date(now + lifetime),
        }

    def sign_file(self, request: Request, asset: Asset) -> str:
        """Return the signed URL of a file."""
        suffix = SUFFIX.search(asset.name)
        path = f"/files/{asset.id}{suffix[0] if suffix else ''}"
        return _base(request) + sign_file(path, unix_time(), self._strike_lifetime(request), self.secret)

    def check_signature(self, request: Request) -> SignatureStatus:
        """Check the signature of a request's URL, and whether it has expired."""
        return check_signature(request.url.path, request.query_params, unix_time(), self.secret)

    def _strike_lifetime(self, request: Request) -> int:
        """Return the lifetime of a signed URL in seconds; 0 if a fault strikes."""
        return 0 if self.strike(request.scope, "expired") else LIFETIME


def count_strike(switch: Switch, scope: Scope) -> Fault:
    """Count that a fault strikes a request, and log it."""
    fault = switch.strike()
    log_of(scope).struck.append(fault.kind)
    return fault


def service_of(request: Request) -> Service:
    """Return the service of a request."""
    service: Service = request.app.state.service
    return service


def make_service(
    *, speed: float, faults: Sequence[Fault], seed: int, keys: Sequence[Key], state: Path | None
) -> Service:
    """Make the state of a sandbox, or load it from a file.

    Raises:
        StateError: the file cannot be used.
        ValueError: the speed is out of range.

    """
    check_speed(speed)
    models, store = load_models(), Store(state)
    try:
        clock = Clock(store.segments(), store.add_segment)
        clock.set_speed(speed)
        for sample in SAMPLES.values():
            store.put_part(sample.file, 1, sample.content)
        for asset in sample_assets(clock.segments[0].date):
            store.put(asset)
        turned_on = Faults(faults, seed)
        outbox = Outbox(store, clock, turned_on)
        return Service(models, store, clock, turned_on, outbox, tuple(keys), store.secret())
    except DatabaseError as error:
        store.close()
        raise StateError(f"{state}: cannot save the state there: {error}") from None


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
