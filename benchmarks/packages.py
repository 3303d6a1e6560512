"""What is no comparison of seconds: the sizes of TypeScript bundles, the client beside the bare SDK, and the sandbox, in a process of its own, under load."""

import gzip
import json
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from scenario_models import Client, SyncLipsyncV2
from scenario_sdk import Scenario

from support import example, node
from support.example import EXAMPLE, SYNC_LABS
from support.sandboxes import LIPSYNC, REQUEST, Running, processor_seconds, running

JOBS = 1000
RATE = 200  # requests a second
SECONDS = 5
THREADS = 20
CALLS, WARM_UP = 500, 50


def measure() -> list[str]:
    """Give all of it, in sentences."""
    example.update()
    return [*measure_sizes(), *measure_client(), *measure_sandbox()]


def measure_sandbox() -> Iterator[str]:
    """Submit many jobs at once, then ask for them at a steady rate while they live."""
    with running("--speed", "0.01") as sandbox, ThreadPoolExecutor(THREADS) as crowd:
        clients = threading.local()

        def send(method: str, path: str, **options: object) -> httpx.Response:
            if not hasattr(clients, "client"):
                clients.client = httpx.Client(base_url=sandbox.address, auth=("a", "b"))
            response: httpx.Response = clients.client.request(method, path, **options).raise_for_status()
            return response

        def submit(_: int) -> str:
            return str(send("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST).json()["job"]["jobId"])

        list(crowd.map(lambda _: send("GET", "/v1/models/" + LIPSYNC), range(THREADS)))
        begin = time.perf_counter()
        jobs = list(crowd.map(submit, range(JOBS)))
        took = time.perf_counter() - begin
        yield f"The sandbox: {JOBS} jobs submitted and alive at once: {took:.1f} s, {JOBS / took:.0f} a second."

        for name, ask in (
            ("GET /v1/jobs/{id}", lambda number: send("GET", f"/v1/jobs/{jobs[number % JOBS]}")),
            ("POST /v1/generate/custom/{id}", submit),
            ("GET /v1/jobs", lambda _: send("GET", "/v1/jobs")),
        ):
            yield load(sandbox, name, ask, crowd)


def load(sandbox: Running, name: str, ask: Callable[[int], object], crowd: ThreadPoolExecutor) -> str:
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
    return (
        f"The sandbox, `{name}`: {len(times) / took:.0f} a second; median {1000 * statistics.median(times):.1f} ms, "
        f"99 % {1000 * times[len(times) * 99 // 100]:.1f} ms; it used {share:.0%} of a core."
    )


def measure_client() -> Iterator[str]:
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
            yield (
                f"{name}: {1000 * statistics.median(times[name]):.2f} ms a submission, "
                f"{1000 * statistics.median(busy[name]):.2f} ms of them its own."
            )
        ratio = statistics.median(times["scenario_models"]) / statistics.median(times["scenario_sdk"])
        yield f"The client takes {ratio:.2f} times as long as the bare SDK."


ZOD = """import * as z from "zod";
export const schema = z.strictObject({
  video: z.string(),
  audio: z.string(),
  syncMode: z.enum(["loop", "bounce", "cut_off", "silence", "remap"]).optional(),
  temperature: z.number().min(0).max(1).optional(),
});"""
AJV = """import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
const ajv = new Ajv({ allErrors: true, strict: false, code: { source: true, esm: true } });
console.log(standalone(ajv, ajv.compile(JSON.parse(readFileSync(process.argv[2])))));"""
SPEC = EXAMPLE / "specs" / SYNC_LABS / "sync-lipsync-v2.json"


def measure_sizes() -> Iterator[str]:
    """Bundle what one model needs, minified, and say how much a page has to load, beside what others need for the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "node_modules").mkdir()
        for package in node.NPM_PACKAGES.iterdir():
            (folder / "node_modules" / package.name).symlink_to(package)
        own = shutil.copytree(EXAMPLE / "generated/typescript", folder / "node_modules/scenario-models")
        node.run("node", node.NPM_PACKAGES / "typescript/bin/tsc", cwd=own).check_returncode()
        (folder / "make.mjs").write_text(AJV)
        sources: dict[str, Any] = {
            "A validator": 'export { validate } from "scenario-models/validators/sync-lipsync-v2";',
            "The same with ajv standalone": node.run("node", "make.mjs", SPEC, cwd=folder).stdout,
            "The same with zod": ZOD,
            "`Client` and a request": 'export { Client } from "scenario-models/client"; export { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";',
        }
        for what, source in sources.items():
            first, rest = bundle(folder, source)
            later = f", and {rest:,} more when it is called" if rest else ""
            yield f"{what}: {first:,} bytes, minified and compressed by gzip{later}."


def bundle(folder: Path, source: str) -> tuple[int, int]:
    """Bundle a module; give the compressed bytes that are loaded with it, and those that are loaded later."""
    (folder / "main.js").write_text(source)
    options = "--bundle --minify --splitting --format=esm --target=es2022 --outdir=out --metafile=meta.json"
    shutil.rmtree(folder / "out", ignore_errors=True)
    node.run("esbuild", "main.js", *options.split(), cwd=folder).check_returncode()
    outputs = json.loads((folder / "meta.json").read_text())["outputs"]
    first, seen = ["out/main.js"], set[str]()
    while first:
        seen.add(path := first.pop())
        imports = {one["path"] for one in outputs[path]["imports"] if one["kind"] == "import-statement"}
        first += imports - seen
    sizes = {path: len(gzip.compress((folder / path).read_bytes(), 9)) for path in outputs}
    return sum(sizes[path] for path in seen), sum(sizes[path] for path in sizes.keys() - seen)
