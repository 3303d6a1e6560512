"""The sandbox as a program: how it is started, reached and stopped, and what it says."""

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from scenario_sandbox import Sandbox

from support.roots import PROJECT
from support.sandboxes import (
    LIPSYNC,
    PLAIN,
    REQUEST,
    VIDEO,
    command,
    get,
    running,
    swallow,
)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "only this machine can reach it"),
        ("localhost", "only this machine can reach it"),
        ("::1", "only this machine can reach it"),
        ("0.0.0.0", "every machine that can reach this one can use it, unless --key restricts it"),  # noqa: S104
    ],
)
def test_it_says_how_to_reach_it_and_who_else_can(host: str, told: str) -> None:
    with running("--host", host, "--key", "a b:c") as sandbox:
        url = f"{sandbox.environment['SCENARIO_BASE_URL']}/jobs"
        assert (
            sandbox.environment["SCENARIO_SDK_API_KEY"],
            sandbox.environment["SCENARIO_SDK_API_SECRET"],
        ) == ("a b", "c")
        assert httpx.get(url, auth=("a b", "c"), verify=PLAIN).status_code == 200
        assert httpx.get(url, auth=("a b", "d"), verify=PLAIN).status_code == 401
        assert told in sandbox.said[0]


def test_it_listens_on_loopback_alone_unless_told_otherwise() -> None:
    with running() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
        assert [where for where in listening if where.endswith(f":{int(port):04X}")] == [
            f"0100007F:{int(port):04X}"
        ]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--fault", "job-dances"], 2, "'job-dances': Input kind must be one of 'latency', 'rate-limit'"),
        (["--fault", "latency,seconds"], 2, "'latency,seconds': write KIND,name=value, each name once"),
        (["--fault", "latency,seconds=soon"], 2, "'latency,seconds=soon': Input seconds must be a number"),
        (["--fault", "latency,kind=truncate"], 2, "each name once"),
        (["--fault", "latency,times=1,times=2"], 2, "each name once"),
        (["--host", ""], 2, "the host must not be empty"),
        (
            ["--fault", "latency,time=3"],
            2,
            "Input time is unknown; use kind, on, times, rate, seconds, status, body",
        ),
        (
            ["--fault", "latency,on=jobs"],
            2,
            "latency never strikes 'jobs'; it can strike POST /v1/generate/custom/*, GET /v1/jobs",
        ),
        (["--fault", "no-credits,body={"], 2, "'no-credits,body={': Expecting property name"),
        (["--fault", "no-credits,body=[]"], 2, "Input body must be of type object"),
        (["--fault", "no-credits,status=no"], 2, "Input status must be a whole number"),
        (["--speed", "-1"], 2, "the speed must be a number from 0 to 1000000000"),
        (["--speed", "fast"], 2, "invalid float value"),
        (["--speed", "nan"], 2, "the speed must be a number from 0 to 1000000000"),
        (["--port", "http"], 2, "invalid int value"),
        (["--port", "70000"], 1, "cannot listen on 127.0.0.1, port 70000"),
        (["--host", "no.such.host.invalid"], 1, "cannot listen on no.such.host.invalid"),
        (["--key", ""], 2, "an API key and its secret must not be empty"),
        (["--key", "a:"], 2, "an API key and its secret must not be empty"),
        (["--state", "/no/such/folder/state"], 1, "/no/such/folder/state: cannot save the state there"),
        (["--state", str(PROJECT / "README.md")], 1, "is not the state of a sandbox"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from scenario_sandbox.command import main

    with pytest.raises(SystemExit) as ended:
        main(["--port", "0", *arguments])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (code, "")
    assert told in said.err


def test_a_port_that_is_taken_is_told() -> None:
    with running() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        done = command("--port", port)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert re.search(
        f"cannot listen on 127.0.0.1, port {port}: .*Address already in use.*; try --port 0 for a free port",
        done.stderr,
    )


def test_it_is_stopped_and_leaves_nothing_behind(tmp_path: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        state = tmp_path / f"{how}.db"
        with running("--state", state, "--fault", "latency,seconds=60,on=GET /v1/jobs") as sandbox:
            sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST)
            waiting = threading.Thread(target=swallow, args=(sandbox,))
            waiting.start()
            time.sleep(0.2)
            sandbox.stop(how)
            waiting.join(10)
            assert not waiting.is_alive()
        if how != signal.SIGKILL:
            assert sorted(path.name for path in tmp_path.glob(f"{how}.*")) == [state.name]
        with running("--state", state) as sandbox:
            assert len(sandbox.call("GET", "/sandbox/ledger").json()["entries"]) == 1


def test_requests_are_shown_with_the_faults_they_met_but_no_signature() -> None:
    poor = 'no-credits,times=1,status=403,body={"reason": "poor", "left": 0}'
    faults = ("--fault", "error-before,on=GET /v1/jobs,times=1", "--fault", "job-fails", "--fault", poor)
    with running(*faults) as sandbox:
        sandbox.call("GET", "/v1/jobs")
        httpx.get(sandbox.call("GET", f"/v1/assets/{VIDEO}").json()["asset"]["url"], verify=PLAIN)
        sandbox.call("GET", "/v1/assets/🍌")
        sandbox.call("GET", "/v1/jobs", auth=None)
        refused = sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST)
        assert (refused.status_code, refused.json()) == (403, {"reason": "poor", "left": 0})
        sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST)
        sandbox.stop()
        assert sandbox.said[1:] == [
            "GET /v1/jobs 500 [error-before]",
            f"GET /v1/assets/{VIDEO} 200",
            f"GET /files/{VIDEO}.mp4 200",
            "GET /v1/assets/%F0%9F%8D%8C 404: Asset \\ud83c\\udf4c not found",
            "GET /v1/jobs 401: Unauthorized",
            f"POST /v1/generate/custom/{LIPSYNC} 403 [no-credits]",
            f"POST /v1/generate/custom/{LIPSYNC} 200 [job-fails]",
        ]
    with running("--quiet") as sandbox:
        sandbox.call("GET", "/v1/jobs")
        sandbox.stop()
        assert len(sandbox.said) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("loaded", ["argparse", "pydantic", "uvicorn"])
def test_a_signal_in_the_middle_of_the_start_ends_it_quietly(how: int, loaded: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "scenario_sandbox", "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    while not process.stderr.readline().endswith(f" {loaded}\n"):  # it is loaded from now on
        assert process.poll() is None
    process.send_signal(how)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in said) == (0, False), said


# Begins again and again, with all that it imports, and sends itself a signal at the moment at which a function is called.
SIGNAL_AT = """
import os, sys
from scenario_sandbox import command
from scenario_sandbox.__main__ import run

def begin(name, number):
    def watch(frame, event, _):
        if event == "call" and frame.f_code.co_qualname == name:
            sys.setprofile(None)
            os.kill(os.getpid(), int(number))

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(f"{name} {number}", os.O_WRONLY | os.O_CREAT), 2)
    sys.argv[1:] = ["--port", "0"]
    sys.setprofile(watch)
    run()

for case in sys.argv[1:]:
    if not os.fork():
        begin(*case.split())
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


def test_a_signal_before_it_serves_ends_it_quietly(tmp_path: Path) -> None:
    moments = ("Sandbox.run", "BaseEventLoop.__init__", "Runner.run", "Server.startup")
    cases = [f"{at} {int(how)}" for at in moments for how in (signal.SIGINT, signal.SIGTERM)]
    program = [sys.executable, "-c", SIGNAL_AT, *cases]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.stdout.split(), done.stderr) == (["0"] * len(cases), "")
    for case in cases:
        [listening] = (tmp_path / case).read_text().splitlines()
        assert listening.startswith("listening on "), case


def test_a_wildcard_is_shown_as_this_machine() -> None:
    for host, shown in (("0.0.0.0", "127.0.0.1"), ("::", "[::1]")):  # noqa: S104
        with Sandbox(host=host) as sandbox:
            assert sandbox.address.startswith(f"http://{shown}:")
            assert get(sandbox, "/v1/jobs") == {"jobs": []}
