"""What all routes share: the models, the store, the clock and the faults of one sandbox."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from .addresses import LIFETIME, Verdict, judge, sign_file, sign_part
from .answers import visit_of
from .assets import SAMPLES, Asset, sample_assets
from .catalogue import Model, load_models
from .clock import Clock, check_speed, show_date, unix_time
from .faults import Fault, FaultKind, Faults, Switch
from .jobs import Job
from .keys import Key
from .lives import Step
from .requests import Refusal
from .store import Record, StateError, Store
from .uploads import Upload
from .wording import cut

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
AUTHOR = "apiu_sandbox"
PROJECT = "proj_sandbox"

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: a request that was submitted, what it cost in creative units, and what became of it."""

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
    keys: tuple[Key, ...]
    secret: str

    def ledger(self) -> list[Entry]:
        """Give every request that was submitted, the oldest first."""
        now = self.clock.now()
        jobs = [*self.store.newest(Job)][::-1]
        return [
            Entry(job.id, job.model, job.body, job.cost, job.life.step(now).status, show_date(job.created))
            for job in jobs
        ]

    def step(self, seconds: float | None) -> None:
        """Let seconds pass at once, or as many as it takes until the next job or upload changes."""
        now = self.clock.now()
        records: list[Job | Upload] = [*self.store.newest(Job), *self.store.newest(Upload)]
        changes = [change for record in records if (change := record.life.next_change(now)) is not None]
        if seconds is not None or changes:
            self.clock.step(seconds if seconds is not None else min(changes) - now)

    def find(self, of: type[R], identifier: str) -> R:
        """Find a record.

        Raises:
            Refusal: it is not there.

        """
        if record := self.store.get(of, identifier):
            return record
        raise Refusal(f"{of.__name__} {cut(identifier)} not found", 404)

    def find_asset(self, identifier: str) -> Asset:
        """Find an asset that is there by now.

        Raises:
            Refusal: it is not.

        """
        asset = self.find(Asset, identifier)
        if asset.ready > self.clock.now():
            raise Refusal(f"Asset {identifier} not found", 404)
        return asset

    def find_model(self, identifier: str) -> Model:
        """Find a model.

        Raises:
            Refusal: it is not there.

        """
        if model := self.models.get(identifier):
            return model
        raise Refusal(f"Model {cut(identifier)} not found", 404)

    def moment(self, step: Step) -> float:
        """Tell when something came to a step, as Unix time; the clock may have stood still before."""
        return max(step.not_before, self.clock.time_of(step.age))

    def pick(self, scope: Scope, *kinds: FaultKind) -> Switch | None:
        """Give the first switch of these kinds whose fault a request meets; it has not struck yet."""
        return self.faults.pick(f"{scope['method']} {scope['path']}", *kinds)

    def strike(self, scope: Scope, *kinds: FaultKind) -> Fault | None:
        """Let the first fault of these kinds that a request meets strike it."""
        switch = self.pick(scope, *kinds)
        return count_strike(switch, scope) if switch else None

    def sign_part(self, request: Request, upload: Upload, number: int) -> dict[str, Any]:
        """Show a part, with a signed address to put it to."""
        now, lifetime = unix_time(), self._strike_lifetime(request)
        path = sign_part(f"/parts/{upload.id}/{number}", now, lifetime, self.secret)
        return {
            "number": number,
            "url": _base(request) + path,
            "expires": show_date(now + lifetime),
        }

    def sign_file(self, request: Request, asset: Asset) -> str:
        """Give a signed address to get a file from."""
        suffix = SUFFIX.search(asset.name)
        path = f"/files/{asset.id}{suffix[0] if suffix else ''}"
        return _base(request) + sign_file(path, unix_time(), self._strike_lifetime(request), self.secret)

    def judge_address(self, request: Request) -> Verdict:
        """Judge the signature and the age of the address of a request."""
        return judge(request.url.path, request.query_params, unix_time(), self.secret)

    def _strike_lifetime(self, request: Request) -> int:
        """Tell how long an address is to live, in seconds: not at all if a fault strikes."""
        return 0 if self.strike(request.scope, "expired") else LIFETIME


def count_strike(switch: Switch, scope: Scope) -> Fault:
    """Count that a fault strikes a request, and note it for the log."""
    switch.struck += 1
    visit_of(scope).struck.append(switch.fault.kind)
    return switch.fault


def service_of(request: Request) -> Service:
    """Give the service that a request came to."""
    service: Service = request.app.state.service
    return service


def new_id(prefix: str) -> str:
    """Make an id as the API's are: `job_` and 24 letters and digits that are not mistaken for each other."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(24))


def make_service(
    *, speed: float, faults: Sequence[Fault], seed: int, keys: Sequence[Key], state: Path | None
) -> Service:
    """Make the state of a sandbox, or take up that of a file.

    Raises:
        StateError: the file cannot be used.
        ValueError: nothing runs so fast.

    """
    check_speed(speed)
    models, store = load_models(), Store(state)
    try:
        clock = Clock(store.segments(), store.add_segment)
        clock.run(speed)
        for sample in SAMPLES.values():
            store.put_part(sample.file, 1, sample.content)
        for asset in sample_assets(clock.segments[0].date):
            store.put(asset)
        return Service(models, store, clock, Faults(faults, seed), tuple(keys), store.secret())
    except DatabaseError as error:
        store.close()
        raise StateError(f"{state}: cannot keep the state there: {error}") from None


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
