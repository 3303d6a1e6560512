"""A megabyte of junk stalls nobody: what it costs grows with its size alone, and a problem keeps no more of it than it shows."""

import contextlib
import gc
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from weakref import ref

import pytest
from scenario_sdk import APIConnectionError, Scenario

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
                answer = sandbox.call("POST", path, content=text)
                assert (answer.status_code, len(answer.content) < 1000) == (status, True), (path, text[:100])
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


# What a problem keeps


@pytest.fixture
def package(generated: Path, import_from: Callable[[Path], Any]) -> Any:
    """Give the Python package of the hard models."""
    return import_from(generated / "python")


class Text(str):
    """A text that can be watched."""

    __slots__ = ("__weakref__",)


class Array(list[Any]):
    """An array that can be watched."""


class Object(dict[str, Any]):
    """An object that can be watched."""


def test_a_problem_keeps_nothing_of_a_payload_but_what_it_shows(package: Any) -> None:
    from scenario_models.validators import validate

    wrong = [Text("x" * 1000), Object(files=Array()), Array([Object()]), Text(ADDRESS)]
    payload = Object(
        mode=wrong[0], prompt=wrong[1], files=Array([*wrong, Array(wrong)]), maps=Array([wrong[3]])
    )
    watched = [ref(value) for value in (*wrong, payload, *payload.values())]
    problems = validate("model_values-3.0", payload)
    del wrong, payload
    gc.collect()
    assert [one() for one in watched] == [None] * len(watched)
    assert [problem.message for problem in problems][:5] == [
        '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… is none of "fast", "slow"',
        "an object is not a string",
        "an array is not a string",
        "an array is not a string",
        f'"{ADDRESS[:20]}?…" is none of "basecolor", "normal"',
    ]


ADDRESS = "https://a.b/long/c.d?sign=secret#secret"
LIPSYNC = "model_sync-lipsync-v2"


def test_no_part_of_a_problem_holds_a_signature(package: Any) -> None:
    from scenario_models.validators import validate

    problems = validate(
        "model_values-3.0", {"files": [0], "mode": ADDRESS, "seed": ADDRESS, "maps": [ADDRESS]}
    )
    assert [problem.code for problem in problems] == ["enum", "type", "enum", "type"]
    seen = set[int]()
    found = [*problems]
    while found:
        part = found.pop()
        assert "secret" not in (part if isinstance(part, str) else ""), part
        if id(part) not in seen and not isinstance(part, type | ModuleType | FunctionType):
            seen.add(id(part))
            found += gc.get_referents(part)


def test_of_many_problems_the_first_twenty_tell_all(package: Any) -> None:
    from scenario_models.client.errors import InvalidRequest
    from scenario_models.validators import validate

    names = {f"mod{index}": 0 for index in range(15)}
    problems = validate("model_values-3.0", {"files": [], "mode": "fast", "maps": ["normel"] * 30, **names})
    full = '"normel" is none of "basecolor", "normal"; did you mean "normal"?'
    assert [one.message for one in problems[:30]] == [full] * 20 + ['"normel" is none of the choices'] * 10
    assert problems[30].message == 'there is no parameter "mod0"'
    told = str(InvalidRequest("model_values-3.0", problems))
    assert told.count("; /") == 19
    assert told.endswith("; and 25 more")
    names_only = validate(
        "model_values-3.0", {"files": [], "mode": "fast", **names, **{f"n{index}": 0 for index in range(9)}}
    )
    assert [one.message for one in names_only].count(
        'there is no parameter "mod3"; did you mean "mode"?'
    ) == 1
    assert names_only[-1].message == 'there is no parameter "n8"'


SHOWN = {
    "a long text": ("x" * 10**6, f'"{"x" * 58}…'),
    "an address": ("https://a.b/c?sign=secret", '"https://a.b/c?…"'),
    "an address among words": (
        "see HTTP://a.b#c, or <https://d.e?f> g",
        '"see HTTP://a.b?… or <https://d.e?…> g"',
    ),
    "a long signature": ("https://a.b/c?" + "s" * 10**6, '"https://a.b/c?…"'),
    "an address that is not encoded": ("https://a.b/c's d?sign=secret", '"https://a.b/c\'s d?…"'),
    "two in each other": ("https://a.b/http:?c", '"https://a.b/http:?…"'),
    "half a pair": ("\ud800", '"\\ud800"'),
    "an array": ([1, 2], "an array"),
    "a tuple": ((1, 2), "an array"),
    "an object": ({"a": 1}, "an object"),
    "infinity": (float("inf"), "Infinity"),
    "bytes": (b"x", "bytes"),
    "true": (True, "true"),
    "null": (None, "null"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_message_shows_little_of_a_value(package: Any, case: str) -> None:
    from scenario_models.validators import validate

    value, shown = SHOWN[case]
    (problem,) = validate("model_sync-lipsync-v2", {"video": "a", "audio": "a", "temperature": value})
    assert problem == ("/temperature", "type", f"{shown} is not a number")


# Where a package says something of a payload, beside its problems.
SAID: dict[str, Callable[[Any], object]] = {
    "a name that is none": lambda package: package.model(LIPSYNC)(**{ADDRESS: 0}),
    "a long name that is none": lambda package: package.model(LIPSYNC)(**{"x" * 10**6: 0}),
    "a file that is none": lambda package: package.model(LIPSYNC)(
        video="http://a.b#secret", audio="x" * 10**6
    ),
    "a model that is none": lambda package: package.model(ADDRESS),
    "where a problem is": lambda _: refuse({ADDRESS: 0, "x" * 10**6: 0}),
}


def refuse(payload: dict[str, Any]) -> None:
    from scenario_models.client.errors import InvalidRequest
    from scenario_models.validators import validate

    raise InvalidRequest(LIPSYNC, validate(LIPSYNC, payload))


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_a_payload_is_short_and_holds_no_signature(package: Any, case: str) -> None:
    with pytest.raises((ValueError, LookupError)) as caught:
        SAID[case](package)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 2000


def test_a_request_shows_neither_signatures_nor_numbers_that_cannot_be_written(package: Any) -> None:
    request = package.AnyModel("model_x", {ADDRESS: ["see HTTP://a.b#secret", 10**5000], (1, 2): 3})
    assert (
        repr(request) == f"AnyModel('model_x', {{'{ADDRESS[:20]}?…': ['see HTTP://a.b?…', '…'], (1, 2): 3}})"
    )
    assert repr(package.AnyModel(ADDRESS)) == f"AnyModel('{ADDRESS[:20]}?…', {{}})"


@pytest.mark.parametrize("digits", [59, 61, 4300, 4301, 10**6])
def test_a_message_shows_little_of_a_number(package: Any, digits: int) -> None:
    from scenario_models.validators import validate

    value = 10 ** (digits - 1)
    (problem,) = validate("model_sync-lipsync-v2", {"video": "a", "audio": "a", "temperature": value})
    shown = "1" + "0" * (digits - 1) if digits < 61 else "1" + "0" * 58 + "…"
    assert problem.message == f"{shown if digits <= 4300 else 'int'} is above 1"


def nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


DEEP: dict[str, Callable[[Any, Any], Any]] = {
    "a validator": lambda _, value: import_module("scenario_models.validators").validate(
        "model_values-3.0", value
    ),
    "a request": lambda package, value: package.Values30(files=[], points=[value]).problems(),
    "a request, refused": lambda package, value: package.SyncLipsyncV2(video=value, audio="asset_1"),
    "a request, shown": lambda package, value: repr(package.Values30(files=[]).unlisted(a=value)),
    "a request of any model, shown": lambda package, value: repr(package.AnyModel("model_x", {"a": value})),
    "a request of any model, written": lambda package, value: package.AnyModel(
        "model_x", {"a": value}
    ).to_json(),
    "a request of any model, sent": lambda package, value: package.Client(NO_KEY).estimate(
        package.AnyModel("model_x", {"a": value}), timeout=0.1
    ),
    "an id of a model": lambda package, value: package.model(value),
}
NO_KEY = Scenario(api_key="x", api_secret="x", base_url="http://127.0.0.1:1", max_retries=0)


@pytest.mark.parametrize("case", DEEP)
@pytest.mark.parametrize("depth", [150, 400, 900, 100_000])
def test_what_is_nested_deeply_is_taken_or_refused(package: Any, case: str, depth: int) -> None:
    is_taken = depth == 150 and case.startswith("a request of any model")
    refusals = [] if is_taken else [ValueError, LookupError]
    with contextlib.suppress(APIConnectionError, *refusals):
        DEEP[case](package, nested(depth))
