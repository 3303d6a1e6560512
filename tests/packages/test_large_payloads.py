"""A megabyte of junk stalls nobody: what it costs grows with its size alone, in both languages and in the sandbox."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.large_payloads import FEW, LARGE_MISTAKES, MANY, MANY_MISTAKES, SLACK, junk_spec, write_junk
from support.node import TYPESCRIPT, node, run
from support.roots import PROJECT, make_root
from support.sandboxes import processor_seconds, running


@pytest.fixture(scope="session")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give packages that know a model of few choices and one of many."""
    root = make_root(tmp_path_factory.mktemp("junk") / "root")
    for target in ("python", "typescript", "sandbox"):
        root.add_target(target)
    page = root.path / "specs" / "page"
    page.mkdir()
    models = {"few": FEW, "many": MANY}
    manifest = {
        "title": "Junk",
        "kind": "junk",
        "updated": "2026-01-01",
        "models": [f"model_{name}" for name in models],
    }
    (page / "page.json").write_text(json.dumps(manifest))
    for name, count in models.items():
        (page / f"{name}.json").write_text(json.dumps(junk_spec(name, count)))
    done = root.run_process("generate")
    assert done.code == 0, done.err
    return root.path / "generated"


Times = dict[str, list[float]]  # by what is done: the seconds for junk, and for four times as much
TURNS = 3


def check_times(*program: str | Path, cwd: Path) -> None:
    """Find that four times as much junk takes four times as long, and that a hundred times as many choices make no difference to that.

    Where it seems not to, the program measures again: the best of a few turns counts.
    """
    best: Times = {}
    for _ in range(TURNS):
        done = run(*program, cwd=cwd, timeout=120)
        assert done.returncode == 0, done.stderr
        found: Times = json.loads(done.stdout)
        best = {what: [*map(min, times, best.get(what, times))] for what, times in found.items()}
        if not (slow := [*find_slow(best)]):
            break
    assert len(best) > 60
    assert not slow, "\n".join(slow)


def find_slow(times: Times) -> Iterator[str]:
    for what, (once, more) in times.items():
        if more > 8 * once + SLACK:
            yield f"{what}: {once:.3f} s, and four times as much {more:.3f} s"
        few_once, few_more = times[what.replace(": many", ": few")]
        growth, few_growth = more - once, max(few_more - few_once, 0)
        if growth > 4 * few_growth + SLACK:
            yield f"{what}: {growth:.3f} s more, and {few_growth:.3f} s more with few choices"


def test_in_python_and_in_the_sandbox_junk_costs_by_its_size_alone(judges: Path, tmp_path: Path) -> None:
    program = (sys.executable, "-m", "support.large_payloads")
    check_times(*program, judges, write_junk(tmp_path, 4_000), cwd=PROJECT / "tests")


@pytest.mark.foreign
def test_in_typescript_junk_costs_by_its_size_alone(judges: Path, tmp_path: Path) -> None:
    source = judges / "typescript" / "src"
    modules = [
        source / folder / f"{model}.ts" for folder in ("models", "validators") for model in ("few", "many")
    ]
    options = ["--bundle", "--splitting", "--format=esm", "--target=es2022", f"--outdir={tmp_path}"]
    (tmp_path / "package.json").write_text('{"type": "module"}')
    run("esbuild", *modules, *options, cwd=source).check_returncode()
    check_times(
        node(), TYPESCRIPT / "large_payloads.mjs", tmp_path, write_junk(tmp_path, 5_000), cwd=tmp_path
    )


# What the sandbox says of junk that is sent elsewhere than to a model: the status, by the path and the body.
ELSEWHERE: dict[tuple[str, Callable[[int], Any]], int] = {
    ("/v1/models/get-bulk", lambda count: {"modelIds": [0] * count}): 400,
    ("/v1/models/get-bulk", lambda count: {"modelIds": ["model_few"] * count}): 200,
    ("/v1/assets/get-bulk", lambda count: {"assetIds": ["x"] * count}): 400,
    ("/v1/assets", lambda count: {"name": [0] * count, "image": "x" * count}): 400,
    ("/v1/uploads", lambda count: {"fileName": "x" * count, "kind": "y" * count, "parts": [0] * count}): 400,
    ("/v1/uploads/upload_1/action", lambda count: {"action": "x" * count}): 400,
    ("/v1/generate/custom/model_few", lambda count: {"text": "x", "x" * count: 0}): 400,
    ("/sandbox/clock", lambda count: {f"x{index}": 0 for index in range(count)}): 400,
    ("/sandbox/faults", lambda count: {"kind": "latency", "on": "*" * count}): 400,
}


def test_the_sandbox_refuses_junk_in_due_time_and_in_few_words(judges: Path) -> None:
    with running("--speed", "0", package=judges / "sandbox") as sandbox:

        def busy_with(size: int) -> float:
            """Send junk of about a size, and give the processor's seconds that the sandbox takes for it."""
            junk = [make(size) for make in (*MANY_MISTAKES.values(), *LARGE_MISTAKES.values())]
            sent = [("/v1/generate/custom/model_few", text, 400) for text in junk]
            sent += [
                (path, json.dumps(make(size // 10)), status) for (path, make), status in ELSEWHERE.items()
            ]
            begin = processor_seconds(sandbox.process.pid)
            for path, text, status in sent:
                response = sandbox.call("POST", path, content=text)
                assert (response.status_code, len(response.content) < 1000) == (status, True), (
                    path,
                    text[:100],
                )
            return processor_seconds(sandbox.process.pid) - begin

        busy_with(5000)
        once, more = busy_with(50_000), busy_with(200_000)
        assert more < 8 * once + 0.2


def test_a_fault_with_many_stars_meets_a_request_in_no_time() -> None:
    with running("--speed", "0") as sandbox:
        fault = {"kind": "latency", "seconds": 0, "on": "*a" * 90}
        assert sandbox.call("POST", "/sandbox/faults", json=fault).status_code == 201
        for end, struck in (("b", 0), ("a", 1)):
            assert sandbox.call("GET", f"/v1/jobs/{'a' * 5000}{end}").status_code == 404
            assert sandbox.call("GET", "/sandbox/faults").json()["faults"][0]["struck"] == struck
