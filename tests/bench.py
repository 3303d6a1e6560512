"""What `make bench` runs: the sandbox under load, and the client beside the bare SDK, in figures. The sandbox has a process of its own."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sandboxes import LIPSYNC, REQUEST, Running, running
from scenario_models import Client, SyncLipsyncV2
from scenario_sdk import Scenario

JOBS = 1000
RATE = 200  # requests a second
SECONDS = 10
THREADS = 20
CALLS, WARM_UP = 500, 50


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


def measure_client() -> None:
    """Submit the same request by the bare SDK and by the client, in turns; the median call of each, and their ratio."""
    request = SyncLipsyncV2(**REQUEST, sync_mode="bounce", temperature=1)
    with running("--speed", "0.01") as sandbox:
        address = sandbox.address + "/v1"
        sdk = Scenario(base_url=address, api_key="a", api_secret="b")
        own = Client(Scenario(base_url=address, api_key="a", api_secret="b"))
        ways: dict[str, Callable[[], object]] = {
            "scenario_sdk": lambda: sdk.generate.run_model(LIPSYNC, body=request.body()),
            "scenario_models": lambda: own.submit(request),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        busy: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(CALLS + WARM_UP):
            for name, call in ways.items():
                begin, begin_busy = time.perf_counter(), time.process_time()
                call()
                if number >= WARM_UP:
                    times[name].append(time.perf_counter() - begin)
                    busy[name].append(time.process_time() - begin_busy)
        for name in ways:
            print(
                f"{name}: {1000 * statistics.median(times[name]):.2f} ms a submission, "
                f"{1000 * statistics.median(busy[name]):.2f} ms of them its own"
            )
        ratio = statistics.median(times["scenario_models"]) / statistics.median(times["scenario_sdk"])
        print(f"the client takes {ratio:.2f} times as long as the bare SDK")


if __name__ == "__main__":
    measure_client()
    measure_sandbox()
