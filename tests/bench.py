"""What `make bench` runs: the sandbox under load, in figures. The load comes from another process than the sandbox's."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sandboxes import LIPSYNC, REQUEST, Running, running

JOBS = 1000
RATE = 200  # requests a second
SECONDS = 10
THREADS = 20


def measure_sandbox() -> None:
    """Submit many jobs at once, then ask for them at a steady rate while they live."""
    with running("--speed", "0.01") as sandbox, ThreadPoolExecutor(THREADS) as crowd:
        clients = threading.local()

        def send(method: str, path: str, **options: object) -> httpx.Response:
            if not hasattr(clients, "client"):
                clients.client = httpx.Client(base_url=sandbox.address, auth=("a", "b"))
            answer: httpx.Response = clients.client.request(method, path, **options).raise_for_status()
            return answer

        def submit(_: int) -> str:
            return str(send("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST).json()["job"]["jobId"])

        list(crowd.map(lambda _: send("GET", "/v1/models/" + LIPSYNC), range(THREADS)))
        begin = time.perf_counter()
        jobs = list(crowd.map(submit, range(JOBS)))
        took = time.perf_counter() - begin
        print(f"{JOBS} jobs submitted and alive at once: {took:.1f} s, {JOBS / took:.0f} a second")

        for name, ask in (
            ("GET /v1/jobs/{id}", lambda number: send("GET", f"/v1/jobs/{jobs[number % JOBS]}")),
            ("POST /v1/generate/custom/{id}", submit),
            ("GET /v1/jobs", lambda _: send("GET", "/v1/jobs")),
        ):
            load(sandbox, name, ask, crowd)


def load(sandbox: Running, name: str, ask: Callable[[int], object], crowd: ThreadPoolExecutor) -> None:
    """Send requests at a steady rate, and say how long they took from the moment they were due."""
    process = sandbox.process.pid
    begin, busy = time.perf_counter(), processor_seconds(process)

    def timed(number: int) -> float:
        due = begin + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        ask(number)
        return time.perf_counter() - due

    times = sorted(crowd.map(timed, range(RATE * SECONDS)))
    took = time.perf_counter() - begin
    share = (processor_seconds(process) - busy) / took
    print(
        f"{name}: {len(times) / took:.0f} a second; median {1000 * statistics.median(times):.1f} ms, "
        f"99 % {1000 * times[len(times) * 99 // 100]:.1f} ms; the sandbox used {share:.0%} of a core"
    )


def processor_seconds(process: int) -> float:
    """Give how long a process has used a core."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    measure_sandbox()
