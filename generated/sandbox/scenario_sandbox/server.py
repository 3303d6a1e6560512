"""The server: a sandbox on a socket, in a thread for tests, or in the foreground for the command."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn

from .api_keys import Key, read_key
from .application import make_application
from .clock import elapsed
from .connections import Connection
from .facts import ROOT, VARIABLES
from .faults import Fault, FaultKind, Switch, make_fault
from .outbox import Outbox
from .service import Entry, Service, make_service

T = TypeVar("T")
MAX_PORT = 65_535


class Sandbox:
    """A server that behaves like the API. `with Sandbox() as sandbox:` runs it on a free port of this machine.

    Args:
        host: the address to listen on; by default only this machine can reach it.
        port: the port to listen on; 0 takes a free one.
        speed: how many seconds jobs age in a second; a job takes 10 seconds at 1. At 0 they wait for `step`.
        keys: the accepted API keys, as `KEY` or `KEY:SECRET`; by default any.
        faults: the faults that are turned on at the start.
        seed: decides which requests a fault with a rate strikes.
        state: a file that keeps jobs, assets and uploads over restarts; by default they are lost when the server stops.

    Raises:
        OSError: it cannot listen on the address.
        StateError: the file cannot be used.
        ValueError: a key or the host is empty, or the speed is out of range.

    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        keys: Sequence[str] = (),
        faults: Sequence[Fault] = (),
        seed: int = 0,
        state: Path | None = None,
    ) -> None:
        if not host:
            raise ValueError("the host must not be empty; give 0.0.0.0 for all addresses")
        if not 0 <= port <= MAX_PORT:  # otherwise Python leaves a socket open
            raise OSError(f"the port must be a number from 0 to {MAX_PORT}")
        read_keys = [read_key(key) for key in keys]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        # Otherwise a response in two writes takes 40 ms.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address = _url_of(self._socket)
        self.is_local = ip_address(self._socket.getsockname()[0]).is_loopback
        self._key = read_keys[0] if read_keys else Key("sandbox")
        try:
            self._service = make_service(speed=speed, faults=faults, seed=seed, keys=read_keys, state=state)
        except BaseException:
            self._socket.close()
            raise
        self._server = _make_server(self._service)
        self._is_serving = threading.Event()
        self._is_stopped = False
        self._last_ledger: list[Entry] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """The `base_url` of the official SDK."""
        return f"{self.address}{ROOT}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which the official SDK uses this sandbox."""
        return {
            VARIABLES["url"]: self.base_url,
            VARIABLES["key"]: self._key.name,
            VARIABLES["secret"]: self._key.secret or "sandbox",
        }

    @property
    def ledger(self) -> list[Entry]:
        """All submitted requests, the oldest first; without dry runs."""
        return self._last_ledger if self._is_stopped else self._call(self._service.ledger)

    @property
    def speed(self) -> float:
        """How many seconds jobs age in a second; at 0 they wait for `step`."""
        return self._call(lambda: self._service.clock.speed)

    @speed.setter
    def speed(self, speed: float) -> None:
        self._call(lambda: self._service.clock.set_speed(speed))

    def step(self, seconds: float | None = None) -> None:
        """Let jobs and uploads age by some seconds at once; by default until the next change of a status."""
        self._call(lambda: self._service.step(seconds))

    def fail(
        self,
        kind: FaultKind,
        *,
        on: str = "* *",
        times: int | None = None,
        rate: float = 1.0,
        seconds: float | None = None,
        status: int | None = None,
        body: dict[str, Any] | None = None,
    ) -> Switch:
        """Turn a fault on; the switch counts how often it has `struck`.

        Args:
            kind: one of `faults.KINDS`.
            on: the requests it strikes, by method and path: `POST /v1/generate/*`; the events, by type: `EVENT generation.completed`.
            times: how often it strikes; by default always.
            rate: the probability that it strikes, each time.
            seconds: the delay of `latency` and (by the clock of jobs) `event-late`, and the Retry-After of `rate-limit`; by default 1.
            status: the status of `no-credits`, from 400 to 499.
            body: the JSON of `no-credits`.

        Raises:
            ValueError: the fault is unknown, or can never strike.

        """
        response = {"status": status, "body": body}
        fault = make_fault(
            {"kind": kind, "on": on, "times": times, "rate": rate, "seconds": seconds, **response}
        )
        return self._call(lambda: self._service.faults.turn_on(fault))

    def heal(self) -> None:
        """Turn all faults off; a job that was submitted to fail or hang still does."""
        self._call(self._service.faults.turn_all_off)

    def start(self) -> None:
        """Serve in a thread, until `stop`."""
        self._thread = threading.Thread(target=self._serve, name="scenario-sandbox", daemon=True)
        self._thread.start()
        self._is_serving.wait()

    def stop(self) -> None:
        """Stop serving, and close the socket and the state."""
        if self._is_stopped:
            return
        if self._thread:
            self._call(self._server.is_stopping.set)
            self._thread.join()
        self._socket.close()
        self._last_ledger = self._service.ledger()
        self._service.store.close()
        self._is_stopped = True

    def run(self) -> None:
        """Serve in the foreground, until a signal stops the process."""
        try:
            with _delay_signals(self._server):
                self._serve()
        finally:
            self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            self._loop = runner.get_loop()
            self._loop.call_soon(self._is_serving.set)
            try:
                runner.run(self._server.serve([self._socket]))
            finally:
                self._loop = None

    def _call(self, function: Callable[[], T]) -> T:
        """Call a function in the thread of the server, between two requests."""
        if self._loop is None:
            if self._is_stopped:
                raise RuntimeError("the sandbox has stopped")
            return function()

        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()


@contextmanager
def _delay_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let a signal end the server, and have its own effect afterwards: while an event loop is made it would leave half of one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def note(number: int, _: object) -> None:
        seen.append(number)
        server.should_exit = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for noted in seen:
            signal.raise_signal(noted)


def _url_of(listening: socket.socket) -> str:
    """Return the URL of a socket, such as `http://127.0.0.1:8000`; for a wildcard that of this machine."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only shown
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that keeps running in a test that freezes time."""

    def time(self) -> float:
        return elapsed()


class _Server(uvicorn.Server):
    """A server that tells the application when it stops, and does not wait for open connections."""

    def __init__(self, config: uvicorn.Config, is_stopping: asyncio.Event, outbox: Outbox) -> None:
        super().__init__(config)
        self.is_stopping = is_stopping
        self.outbox = outbox

    async def main_loop(self) -> None:
        """Return at once where the application is stopping; uvicorn looks ten times a second whether a signal has come."""
        sending = asyncio.create_task(self.outbox.run())
        looking = asyncio.create_task(super().main_loop())
        stopping = asyncio.create_task(self.is_stopping.wait())
        await asyncio.wait((looking, stopping), return_when=asyncio.FIRST_COMPLETED)
        for task in (looking, stopping, sending):
            task.cancel()
        await asyncio.wait((sending,))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - whoever made them closes them
        """Stop as soon as nothing runs; uvicorn would give connections a tenth of a second."""
        self.is_stopping.set()
        for server in self.servers:
            server.close()
        for _ in range(2):  # what has just been accepted is a connection after its task
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            if others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others, timeout=1)


def _make_server(service: Service) -> _Server:
    is_stopping = asyncio.Event()
    config = uvicorn.Config(
        make_application(service, is_stopping),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    return _Server(config, is_stopping, service.outbox)
