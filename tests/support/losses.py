"""A service that loses orders: a proxy before a sandbox that holds, drops and delays on each side of a job's making, by a stepped clock.

Run as a program, it says its address, then answers each line with another one, in JSON, to whoever steps its clock and reads its
table: the tests of the npm client.
"""

import asyncio
import contextlib
import heapq
import http.client
import json
import multiprocessing
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

from scenario_sandbox import Sandbox

from support.servers import Server, serving

FORKS = multiprocessing.get_context("forkserver")
# What each child needs is imported once. What stands in `tests` cannot be found so early.
FORKS.set_forkserver_preload(
    [
        "pytest",
        "scenario_sandbox.server",
        "scenario_models.client.batch",
        "scenario_models.client.sync_port",
        "scenario_models.client.async_port",
    ]
)
MONOTONIC, WALL, GETTIME = time.monotonic, time.time, time.clock_gettime
SETTLE = 120  # seconds: what both READMEs promise

# The table


@dataclass(frozen=True)
class Post:
    """What becomes of an order, in seconds from its arrival: when its job comes into being, and when its connection breaks.

    None is never. With a status it does not break, but is answered so; 200 is half an answer, 201 the job.
    """

    made: float | None = None
    breaks: float | None = 0
    status: int = 0
    listed: float = 0  # seconds from the job's making until it is listed


@dataclass(frozen=True)
class Row:
    """What becomes of each order that is sent; those after the last are answered. And how it must end, after how many orders.

    `dies` is when the client is killed, in seconds from the first order; then it is started
    again, after `away` seconds, its wall clock set by `wall` seconds, its machine asleep for `asleep` of them, or restarted.
    """

    posts: tuple[Post, ...]
    ends: str | tuple[str, ...] = "job"  # of several requests, all alike or each
    sent: int = 1
    blind: tuple[float, float] = (0, 0)  # from when to when jobs cannot be listed
    timeout: float = 1800
    requests: int = 1  # equal ones, at once
    max_cost: float | None = (
        None  # of all of them, each of which costs 10.75; then they are run one after the other
    )
    dies: float | None = None
    how: int = signal.SIGKILL
    away: float = 0
    wall: float = 0
    asleep: float = 0
    is_restarted: bool = False


LOSSES: dict[str, Row] = {
    "breaks behind the job's making": Row((Post(made=0),)),
    "breaks, and the job comes 12 seconds later": Row((Post(made=12),)),
    "breaks, and the job comes at the very end": Row((Post(made=SETTLE - 1),)),
    "breaks, and there is no job": Row((Post(),), sent=2),
    "is held for a minute, and the job comes another minute later": Row((Post(made=115, breaks=60),)),
    "is held, breaks, and the job comes two minutes after that": Row((Post(made=170, breaks=55),)),
    "a gateway gives up before the job's making": Row((Post(made=100, breaks=60, status=504),)),
    "a gateway gives up, and there is no job": Row((Post(breaks=60, status=504),), sent=2),
    "fails before the job's making": Row((Post(made=30, status=500),)),
    "times out before the job's making": Row((Post(made=30, status=408),)),
    "the client's side has left, says a gateway": Row((Post(made=30, status=499),)),
    "is answered with half a job": Row((Post(made=12, status=200),)),
    "is never answered": Row((Post(made=90, breaks=None),)),
    "is never answered, and there is no job": Row((Post(breaks=None),), sent=2),
    "the job is listed long after its making": Row((Post(made=5, listed=100),)),
    "breaks again, and the second job comes late": Row((Post(), Post(made=100)), sent=2),
    "breaks again and again": Row((Post(), Post()), ends="SubmissionUnknown", sent=2),
    "the time is over before it can be known": Row((Post(made=100),), ends="SubmissionUnknown", timeout=60),
    "the time is over, and there is no job": Row((Post(),), ends="SubmissionUnknown", timeout=100),
    "jobs cannot be listed for a while": Row((Post(made=12),), blind=(0, 90)),
    "jobs cannot be listed at the end": Row((Post(),), ends="SubmissionUnknown", blind=(60, 999)),
    "jobs cannot be listed": Row((Post(made=0),), ends="SubmissionUnknown", blind=(0, 999)),
    "breaks, and an equal one is answered": Row((Post(made=12),), sent=2, requests=2),
    "breaks as an equal one": Row((Post(made=100, breaks=60, status=504), Post(made=10)), sent=2, requests=2),
    "an equal one takes its job, and that one's own comes late": Row(
        (Post(made=150, breaks=55), Post(made=56)), sent=2, requests=2
    ),
    "breaks as an equal one, and one of them has no job": Row((Post(), Post(made=30)), sent=3, requests=2),
    "it is unknown, which keeps its cost": Row(
        (Post(made=0),), ("MaxCostExceeded", "SubmissionUnknown"), blind=(0, 999), requests=2, max_cost=20
    ),
    "it is found, which keeps its cost": Row(
        (Post(made=12),), ("MaxCostExceeded", "job"), requests=2, max_cost=20
    ),
    "it is sent again, which costs once": Row((Post(),), sent=3, requests=2, max_cost=21.5),
}
DEATHS: dict[str, Row] = {
    "before the job's making": Row((Post(made=25, breaks=None),), dies=1),
    "long before the job's making": Row((Post(made=SETTLE - 2, breaks=None),), dies=1, away=30),
    "before the response": Row((Post(made=0, breaks=None),), dies=1, away=1000),
    "and there is no job": Row((Post(breaks=None),), sent=2, dies=1, away=10),
    "in the search": Row((Post(made=100),), dies=50),
    "as one of two equal requests": Row(
        (Post(made=25, breaks=None), Post(made=100, breaks=None)), sent=2, requests=2, dies=1
    ),
    "in the search, long after the order": Row((Post(made=170, breaks=60),), dies=70),
    "of Ctrl-C": Row((Post(made=100),), dies=50, how=signal.SIGINT),
    "behind the second order": Row((Post(), Post(made=100, breaks=None)), sent=2, dies=SETTLE + 20, away=5),
    "and the wall clock is set back": Row((Post(made=0, breaks=None),), dies=1, away=300, wall=-3600),
    "and the wall clock is set on": Row((Post(made=60, breaks=None),), dies=1, wall=3600),
    "and the machine sleeps": Row((Post(made=0, breaks=None),), dies=1, away=3000, asleep=2900),
    "and the machine is restarted": Row((Post(made=60, breaks=None),), dies=1, away=20, is_restarted=True),
    "not, but does not know at its deadline": Row((Post(made=100),), timeout=30),
    "not, but does not know at its deadline, and there is no job": Row(
        (Post(),), sent=2, timeout=30, away=10
    ),
    "not, but does not know at its deadline, and loses the second order": Row(
        (Post(), Post()), ends="SubmissionUnknown", sent=2, timeout=30, away=10
    ),
    "and the machine is restarted with a wrong clock": Row(
        (Post(made=0, breaks=None),),
        ends="SubmissionUnknown",
        dies=1,
        away=1000,
        wall=-3600,
        is_restarted=True,
    ),
}

# The service


class SteppedClock:
    """The machine's clock, which can be stepped; what is due until then is done in order. `offset` is shared between processes."""

    def __init__(self) -> None:
        self.shared = FORKS.Value("d", 0.0, lock=False)
        self.held = 0  # how many wait
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()
        self._lock = threading.RLock()

    def now(self) -> float:
        return MONOTONIC() + self.shared.value

    @property
    def stepped(self) -> float:
        """The seconds by which it was stepped so far."""
        return float(self.shared.value)

    def at(self, moment: float, act: Callable[[], object]) -> None:
        """Have something done at a moment, at once if that is past."""
        with self._lock:
            heapq.heappush(self._due, (moment, next(self._numbers), act))
            self.step(0)

    def step(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            end = self.now() + seconds
            while self._due and self._due[0][0] <= max(end, self.now()):
                moment, _, act = heapq.heappop(self._due)
                self.shared.value += max(0.0, moment - self.now())
                act()
            self.shared.value += max(0.0, end - self.now())

    def wait_until(self, moment: float) -> None:
        """Wait: nobody else lets time pass meanwhile."""
        self.step(max(0.0, moment - self.now()))

    def step_all(self) -> None:
        """Let all happen that is due some day."""
        while self._due:
            self.step(self._due[0][0] - self.now())

    @property
    def next(self) -> float | None:
        """The seconds until something is due."""
        with self._lock:
            return max(0.0, self._due[0][0] - self.now()) if self._due else None


class LedClock(SteppedClock):
    """A clock that others step."""

    def wait_until(self, moment: float) -> None:
        """Wait until others have let so much time pass."""
        is_time = threading.Event()

        def wake() -> None:
            self.held -= 1
            is_time.set()

        self.held += 1
        self.at(moment, wake)
        is_time.wait()


@contextlib.contextmanager
def in_stepped_time(clock: SteppedClock, names: tuple[str, ...]) -> Iterator[None]:
    """Let this process live by a stepped clock, or a part of it."""
    stepped: dict[str, Callable[..., float]] = {
        "monotonic": clock.now,
        "time": lambda: WALL() + clock.shared.value,
        "clock_gettime": lambda which: GETTIME(which) + clock.shared.value,
    }
    real = {name: getattr(time, name) for name in names}
    try:
        for name in names:
            setattr(time, name, stepped[name])
        yield
    finally:
        for name in names:
            setattr(time, name, real[name])


def step_pauses(step: Callable[[float], object], put: Callable[[Any, str, Any], object]) -> None:
    """Let the pauses of both clients step a clock, instead of taking time."""
    from scenario_models.client.async_port import AsyncPort
    from scenario_models.client.sync_port import SyncPort

    rest, rest_in_loop = SyncPort.sleep, AsyncPort.sleep

    async def sleep(self: Any, seconds: float) -> None:
        step(seconds)
        await rest(self, 0)

    async def sleep_in_loop(self: Any, seconds: float) -> None:
        await asyncio.to_thread(step, seconds)
        await rest_in_loop(self, 0)

    put(SyncPort, "sleep", sleep)
    put(AsyncPort, "sleep", sleep_in_loop)


class LosingProxy:
    """What stands before a sandbox and loses orders, as a row says."""

    def __init__(self, sandbox: Sandbox, clock: SteppedClock) -> None:
        self.sandbox, self.clock, self.turn = sandbox, clock, threading.Lock()
        self.begin(Row(()))
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.serve(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = Server(Handler)
        self.address = self.server.url

    def begin(self, row: Row, kill: Callable[[], object] | None = None) -> None:
        """Follow a row from now on; where the client is to die, say how."""
        self.row, self.kill = row, kill
        self.sent: list[float] = []
        self.have_arrived = threading.Event()  # as many orders as there are requests
        self.shown: dict[str, float] = {}
        self.known = len(self.sandbox.ledger)

    @property
    def jobs(self) -> list[str]:
        """The jobs that were paid for since."""
        return [entry.job_id for entry in self.sandbox.ledger[self.known :]]

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        request.close_connection = True
        if request.command == "POST" and "/generate/" in request.path and "dryRun" not in request.path:
            self.lose(request, body)
        elif request.path.startswith("/v1/jobs?") and self.is_blind():
            answer(request, 500, b"{}")
        else:
            status, data = self.forward(request, body)
            answer(request, status, self.hide(data) if request.path.startswith("/v1/jobs?") else data)

    def lose(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        """Let become of an order what the row says."""
        arrived = self.clock.now()
        with self.turn:
            number = len(self.sent)
            self.sent.append(arrived)
        if len(self.sent) == self.row.requests:
            self.have_arrived.set()
        post = self.row.posts[number] if number < len(self.row.posts) else None
        if not post:
            return answer(request, *self.make(request, body, 0))
        if post.made is not None:
            self.clock.at(arrived + post.made, lambda: self.make(request, body, post.listed))
        if self.kill and self.row.dies is not None and number == 0:
            self.clock.at(arrived + self.row.dies, self.kill)
        if post.breaks is not None:
            self.clock.wait_until(arrived + post.breaks)
        else:
            if self.kill and self.row.dies is not None:
                self.have_arrived.wait(60)
                self.clock.wait_until(self.sent[0] + self.row.dies)
            self.clock.held += 1
            request.connection.recv(1)  # until the other side has left
            self.clock.held -= 1
        if post.status == 201:
            return answer(request, 200, self.last)
        if post.status == 200:
            return answer(request, 200, b'{"job": {"jobId": ')
        if post.status:
            return answer(request, post.status, b"{}")
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return None

    def make(self, request: BaseHTTPRequestHandler, body: bytes, hidden: float) -> tuple[int, bytes]:
        """Let a job come into being, which is hidden for so many seconds."""
        status, data = self.forward(request, body)
        assert status == 200, data
        self.shown[json.loads(data)["job"]["jobId"]] = self.clock.now() + hidden
        self.last = data
        return status, data

    def forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        with contextlib.closing(http.client.HTTPConnection(*self.sandbox.address[7:].split(":"))) as sandbox:
            headers = {"Authorization": request.headers["authorization"], "Content-Type": "application/json"}
            sandbox.request(request.command, request.path, body, headers)
            answered = sandbox.getresponse()
            return answered.status, answered.read()

    def hide(self, data: bytes) -> bytes:
        """Hide jobs that are not listed yet."""
        page, now = json.loads(data), self.clock.now()
        page["jobs"] = [job for job in page["jobs"] if self.shown.get(job["jobId"], 0) <= now]
        return json.dumps(page).encode()

    def is_blind(self) -> bool:
        begin, end = self.row.blind
        return bool(self.sent) and begin <= self.clock.now() - self.sent[0] < end

    def control(self, what: str, asked: Any) -> Any:
        """Do what a test in another process asks for."""
        if what == "rows":
            return {name: asdict(row) for name, row in LOSSES.items()}
        if what == "begin":
            self.begin(Row(**{**asked, "posts": tuple(Post(**post) for post in asked["posts"])}))
        if what == "step":
            self.clock.step(asked)
        if what == "sent":
            return {"sent": len(self.sent), "jobs": self.jobs}
        return {"next": self.clock.next, "held": self.clock.held}


def answer(request: BaseHTTPRequestHandler, status: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # the client may be dead
        request.send_response_only(status)
        request.send_header("Date", formatdate(time.time(), usegmt=True))
        request.send_header("Content-Length", str(len(data) + (status == 200 and data.endswith(b": "))))
        request.end_headers()
        request.wfile.write(data)


@contextlib.contextmanager
def losing(clock: SteppedClock) -> Iterator[LosingProxy]:
    """Run a sandbox by a clock, and a proxy before it."""
    with Sandbox(speed=100) as sandbox:
        proxy = LosingProxy(sandbox, clock)
        with serving(proxy.server):
            yield proxy


if __name__ == "__main__":
    led = LedClock()
    with in_stepped_time(led, ("time", "clock_gettime")), losing(led) as service:
        print(service.address, flush=True)
        for line in sys.stdin:
            print(json.dumps(service.control(*json.loads(line))), flush=True)
