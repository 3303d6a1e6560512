"""The command line as people and scripts meet it: in this process, in a second one, in a pipe and on a real terminal."""

import importlib
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from support.acme import model, page_text, row
from support.example import EXAMPLE, SYNC_LABS
from support.roots import Root
from support.sandboxes import NO_CERTIFICATES, Running, play, running
from support.terminals import on_terminal
from support.waiting import wait_until

COMMAND = [sys.executable, "-m", "scenario_models"]
MODEL = "sync-lipsync-v2"
SAMPLES = ["video=asset_sample_video", "audio=asset_sample_audio"]


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Running]:
    """Give a sandbox in a process of its own."""
    with running("--speed", "50") as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path, models: Any) -> Path:
    """Give a folder with two files, to work in."""
    (tmp_path / "talk.mp4").write_bytes(b"video")
    (tmp_path / "voice.wav").write_bytes(b"audio")
    (tmp_path / "out").mkdir()
    return tmp_path


@dataclass
class Ran:
    """What the command left: its exit code, and what it said."""

    returncode: int | str | None
    stdout: str
    stderr: str


def variables_of(sandbox: Running | None) -> dict[str, str]:
    return {**NO_CERTIFICATES, **sandbox.environment} if sandbox else NO_CERTIFICATES


def ran(
    folder: Path, sandbox: Running | None, *arguments: str, stdin: bytes | None = b"", **environment: str
) -> Ran:
    """Run the command in this process."""
    from scenario_models.__main__ import run

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as here, redirect_stdout(out), redirect_stderr(err):
        here.chdir(folder)
        here.setattr(sys, "argv", ["scenario-models", *arguments])
        here.setattr(sys, "stdin", None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin)))
        for name, value in {**variables_of(sandbox), **environment}.items():
            here.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            run()
    return Ran(ended.value.code, out.getvalue(), err.getvalue())


def ran_alone(folder: Path, sandbox: Running | None, *arguments: str) -> Any:
    """Run the command in a process of its own."""
    variables = {**os.environ, **variables_of(sandbox)}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def test_models_are_listed_and_shown(folder: Path) -> None:
    listed = ran_alone(folder, None, "list").stdout.splitlines()
    assert len(listed) == 4
    assert listed[1] == "model_sync-lipsync-v2\tSync Lipsync v2\tSync Labs\tvideo2video"
    assert (
        ran(
            folder, None, "list", "--provider", "sync labs", "--capability", "video2video"
        ).stdout.splitlines()
        == listed
    )
    assert [one["id"] for one in json.loads(ran(folder, None, "list", "--json").stdout)][
        1
    ] == "model_sync-lipsync-v2"
    shown = ran(folder, None, "show", MODEL).stdout.splitlines()
    assert shown[0] == "Sync Lipsync v2 (model_sync-lipsync-v2)"
    assert shown[3].split("\t")[:5] == [
        "syncMode",
        "string",
        "",
        "loop",
        "loop, bounce, cut_off, silence, remap",
    ]
    assert shown[4].split("\t")[:5] == ["temperature", "number", "", "0.5", "min 0, max 1"]
    spec = json.loads((EXAMPLE / "specs" / SYNC_LABS / "sync-lipsync-v2.json").read_text())
    assert json.loads(ran(folder, None, "show", "model_sync-lipsync-v2", "--json").stdout) == spec


def test_models_are_searched_by_words(folder: Path) -> None:
    for words, found in {
        "v2 SYNC": ["v2", "v2-pro"],
        "react-1": ["react-1"],
        "": ["react-1", "v2", "v2-pro", "v3"],
    }.items():
        listed = ran(folder, None, "list", *words.split()).stdout.splitlines()
        assert [line.split("\t")[0].removeprefix("model_sync-lipsync-") for line in listed] == found


def test_each_help_has_examples_that_can_be_run_and_fits_80_columns(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    manual = importlib.import_module("scenario_models.command.manual")
    parse = importlib.import_module("scenario_models.command.arguments").parse
    assert ran(folder, None, "--version").stdout == f"scenario-models {version('scenario-models')}\n"
    for verb, (_, examples) in {**manual.MANUALS, "": ("", ())}.items():
        said = ran(folder, None, *verb.split(), "--help")
        assert (said.returncode, [line for line in said.stdout.splitlines() if len(line) > 80]) == (0, [])
        for example, what in examples:
            assert f"  # {what}\n  " in said.stdout
            if verb != "completion":
                assert parse(shlex.split(example.partition(" < ")[0])).verb == verb


def test_a_model_runs_and_what_it_makes_is_downloaded(sandbox_process: Running, folder: Path) -> None:
    parameters = ["video=@talk.mp4", "audio=@voice.wav", "syncMode=bounce", "temperature=1"]
    done = ran_alone(
        folder, sandbox_process, "run", MODEL, *parameters[:2], "--download", "out", *parameters[2:]
    )
    assert done.returncode == 0, done.stderr
    asset, path = done.stdout.splitlines()
    assert asset.endswith("video/mp4 13408 bytes")
    assert play("video", (folder / path).read_bytes())["width"] == 160
    stages = [line.split()[0] for line in done.stderr.splitlines()]
    assert stages[0] == "upload"
    assert stages[-1] == "download"
    assert set(stages) <= {"upload", "queue", "run", "download"}
    entry = sandbox_process.call("GET", "/sandbox/ledger").json()["entries"][-1]
    assert entry["body"]["syncMode"] == "bounce"
    assert entry["body"]["temperature"] == 1


def test_json_is_one_document_without_a_signed_url(
    sandbox_process: Running, folder: Path, models: Any
) -> None:
    done = ran_alone(
        folder, sandbox_process, "run", MODEL, *SAMPLES, "--json", "--quiet", "--download", "out"
    )
    said = json.loads(done.stdout)
    assert done.stderr == ""
    assert said["job"]["status"] == "success"
    assert said["assets"][0]["mime_type"] == "video/mp4"
    assert "Signature" not in done.stdout
    assert (folder / said["files"][0]).stat().st_size == said["assets"][0]["size"]
    result = models.Result.from_dict(said)
    listed = json.loads(ran(folder, sandbox_process, "jobs", "--json").stdout)
    assert listed[0] == result.job.to_dict()
    for options, count in ((["--status", "failure"], 0), (["--model", MODEL, "--status", "success"], 1)):
        found = ran(folder, sandbox_process, "jobs", *options, "--most", "1", "--json")
        assert (found.returncode, len(json.loads(found.stdout))) == (0, count), found.stderr
    assert ran(folder, sandbox_process, "jobs", "--most", "1").stdout.split("\t")[:3] == [
        said["job"]["id"],
        "success",
        "model_sync-lipsync-v2",
    ]


def test_an_estimate_costs_nothing_and_a_job_is_taken_up_or_canceled(
    sandbox_process: Running, folder: Path
) -> None:
    before = len(sandbox_process.call("GET", "/sandbox/ledger").json()["entries"])
    assert ran(folder, sandbox_process, "estimate", MODEL, *SAMPLES).stdout == "10.75 creative units\n"
    assert (
        json.loads(ran(folder, sandbox_process, "estimate", MODEL, *SAMPLES, "--json").stdout)["cost"]
        == 10.75
    )
    assert len(sandbox_process.call("GET", "/sandbox/ledger").json()["entries"]) == before
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 0})
    late = ran_alone(folder, sandbox_process, "run", MODEL, *SAMPLES, "--timeout", "0.5", "--quiet")
    job = sandbox_process.call("GET", "/v1/jobs").json()["jobs"][0]["jobId"]
    assert late.returncode == 3
    assert (
        late.stderr
        == f"scenario-models: timed out; the job is still running and may be billed: scenario-models job {job} --wait --quiet\n"
    )
    assert ran(folder, sandbox_process, "job", job).stdout.split("\t")[1] == "queued"
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 50})
    assert ran(folder, sandbox_process, "job", job, "--wait").stdout.endswith("bytes\n")
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 0})
    assert ran(folder, sandbox_process, "run", MODEL, *SAMPLES, "--timeout", "0").returncode == 3
    assert sandbox_process.call("GET", "/v1/jobs").json()["jobs"][0]["jobId"] == job  # nothing was submitted
    ran(folder, sandbox_process, "run", MODEL, *SAMPLES, "--timeout", "0.5")
    job = sandbox_process.call("GET", "/v1/jobs").json()["jobs"][0]["jobId"]
    assert ran(folder, sandbox_process, "job", job, "--cancel").stdout.split("\t")[1] == "canceled"
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 50})


WRONG = {
    "a wrong choice": (
        ["syncMode=lop"],
        'syncMode: "lop" is none of "loop", "bounce", "cut_off", "silence", "remap"; did you mean "loop"?',
    ),
    "a wrong name": (
        ["sync_mode=loop"],
        'sync_mode: there is no parameter "sync_mode"; did you mean "syncMode"?',
    ),
    "no number": (["temperature=warm"], 'temperature: "warm" is not a number'),
    "too large a number": (["temperature=2"], "temperature: 2 is above 1"),
    "a path without its sign": (
        ["video=talk.mp4"],
        "video: 'talk.mp4' is not an asset id, https URL or data URL; for a local file write video=@talk.mp4",
    ),
    "a file that is not there": (["video=@none.mp4"], "none.mp4 does not exist"),
    "a file where none belongs": (
        ["temperature=@talk.mp4"],
        "temperature: temperature does not accept a file",
    ),
    "no JSON": (["temperature:=0,5"], "temperature:= takes JSON: Extra data: line 1 column 2 (char 1)"),
    "a value alone": (["bounce"], "'bounce': write name=value, name=@PATH for a file, or name:=JSON"),
    "an array that is none": (["temperature:=[1]"], "temperature: an array is not a number"),
    "a number that is too deep": (["temperature:=" + "[" * 5000], "temperature:= takes JSON: "),
    "a file of nobody": (["video=@~nobody-of-that-name/a.mp4"], "~nobody-of-that-name/a.mp4 does not exist"),
    "a device with nothing": (["video=@/dev/null"], "video: /dev/null is empty"),
    "a disk": (["video=@/dev"], "/dev is not a file"),
    "standard input twice": (
        ["video=@-", "audio=@-"],
        "standard input can be read for one parameter only",
    ),
    "a value twice": (
        ["temperature=1", "temperature=1"],
        "temperature is given twice, but accepts one value",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_parameter_is_answered_with_what_is_right_before_anything_is_sent(
    case: str, folder: Path
) -> None:
    typed, message = WRONG[case]
    given = [one for one in SAMPLES if not typed[0].startswith(one.split("=")[0])]
    done = ran(folder, None, "run", MODEL, *given, *typed, SCENARIO_BASE_URL="http://127.0.0.1:9/v1",
               SCENARIO_SDK_API_KEY="a", SCENARIO_SDK_API_SECRET="b")  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith(f"scenario-models: {message}")
    assert "Traceback" not in done.stderr


def test_what_goes_wrong_has_an_exit_code_and_a_line(
    sandbox_process: Running, folder: Path, stepped_time: Any
) -> None:
    cases: list[tuple[list[str], dict[str, str], int, str]] = [
        (
            ["show", "sync-lipsync-v9"],
            {},
            2,
            "no model 'sync-lipsync-v9' in this version; did you mean \"model_sync-lipsync-v",
        ),
        (["list", "--provider", "Sink Labs"], {}, 2, 'there are no such models; did you mean "Sync Labs"?'),
        (["list", "lips", "--provider", "Sync Labs", "nope"], {}, 2, "there are no such models"),
        (
            ["estimate", "new-model", "a=b"],
            {},
            2,
            "new-model' in this version; to send it all the same: --unlisted",
        ),
        (["run", MODEL, *SAMPLES, "--download", "talk.mp4"], {}, 2, "--download: talk.mp4 is not a folder"),
        (
            ["run", MODEL, *SAMPLES, "--download", "talk.mp4/a"],
            {},
            2,
            "--download: talk.mp4/a cannot be made: Not a directory",
        ),
        (["job", "../models"], {}, 2, '"../models" is not a job id'),
        (["job", "job_none"], {}, 1, "the service responded with status 404: Job job_none not found"),
        (
            ["run", MODEL, "video=asset_none", SAMPLES[1]],
            {},
            1,
            "the service responded with status 404: Asset asset_none not found",
        ),
        (["jobs"], {"SCENARIO_SDK_API_KEY": ""}, 2, "there is no API key"),
        (
            ["jobs"],
            {"SCENARIO_BASE_URL": "127.0.0.1:9"},
            2,
            "SCENARIO_BASE_URL is '127.0.0.1:9', which does not begin",
        ),
        (
            ["jobs"],
            {"SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"},
            1,
            "the service at http://127.0.0.1:9/v1 cannot be reached: Connection refused",
        ),
        (["jobs", "--status", "sucess"], {}, 2, 'did you mean "success"?'),
        (["upload", "none.mp4"], {}, 2, "none.mp4 does not exist"),
        (["upload", "talk.mp4", "--kind", "film"], {}, 2, "film"),
        (["jobs", "--most", "0"], {}, 2, "'0' is not a whole number of 1 or more"),
        (["run", MODEL, *SAMPLES, "--frobnicate"], {}, 2, "unknown arguments: --frobnicate"),
        (["list", "--provi", "Sync Labs"], {}, 2, "unknown arguments: --provi"),
        (["run", MODEL, *SAMPLES, "--js"], {}, 2, "unknown arguments: --js"),
        (["completion", "tcsh"], {}, 2, "invalid choice: 'tcsh'"),
        ([], {}, 2, "required: VERB"),
    ]
    assert ran_alone(folder, sandbox_process).returncode == 2
    for arguments, environment, code, message in cases:
        done = ran(folder, sandbox_process, *arguments, "--json", **environment)
        error = json.loads(done.stdout)["error"]
        assert (done.returncode, error["exit_code"]) == (code, code), arguments
        assert message in done.stderr
        assert message in error["message"]
        assert "Traceback" not in done.stderr
        assert error.get("status_code", 404) == 404
    assert ran(folder, sandbox_process, "job", "job_none").stdout == ""
    sandbox_process.call("POST", "/sandbox/faults", json={"kind": "job-fails", "times": 1})
    failed = ran_alone(folder, sandbox_process, "run", MODEL, *SAMPLES, "--quiet")
    assert failed.returncode == 1
    assert "failed: The sandbox was asked to let this job fail. Turn off" in failed.stderr
    sandbox_process.call("POST", "/sandbox/faults", json={"kind": "drop-before", "on": "GET /v1/jobs/*"})
    silent = ran(
        folder, sandbox_process, "run", MODEL, *SAMPLES, "--quiet", "--json", "--download", "a folder/b"
    )
    sandbox_process.call("DELETE", "/sandbox/faults")
    error = json.loads(silent.stdout)["error"]
    assert (silent.returncode, error["type"]) == (1, "APIConnectionError")
    command = f"scenario-models job {error['job_id']} --wait --download 'a folder/b' --json --quiet"
    assert error["command"] == command
    assert silent.stderr.endswith(f"; to get its result: {command}\n")
    assert (folder / "a folder/b").is_dir()
    taken_up = ran(folder, sandbox_process, *shlex.split(command)[1:])
    assert (folder / json.loads(taken_up.stdout)["files"][0]).is_file()
    for fault in (
        {"kind": "drop-after", "on": "POST /v1/generate/*"},
        {"kind": "drop-before", "on": "GET /v1/jobs"},
    ):
        sandbox_process.call("POST", "/sandbox/faults", json=fault)
    unknown = ran(folder, sandbox_process, "run", MODEL, *SAMPLES, "--quiet", "--timeout", "5")
    sandbox_process.call("DELETE", "/sandbox/faults")
    assert unknown.returncode == 4
    assert "scenario-models: it is unknown whether" in unknown.stderr


# What is typed beside a video and a voice -> the exit code, and what is said.
UNLISTED: list[tuple[list[str], int, str]] = [
    (["syncMode=new"], 2, "to send what this version does not list all the same: --unlisted"),
    (["syncMode=new", "--unlisted"], 1, "status 400: Input syncMode must be one of"),
    (["later=3", "later=@talk.mp4", "--unlisted"], 1, "status 400: Input later is unknown"),
    (["syncMode=new", "temperature=2", "--unlisted"], 2, "temperature: 2 is above 1"),
    (["sync_mode=new", "--unlisted"], 2, 'no parameter "sync_mode"; did you mean "syncMode"?'),
    (["--unlisted", "--any-kind"], 0, ""),
]


@pytest.mark.parametrize(("typed", "code", "said"), UNLISTED)
def test_what_this_version_does_not_list_is_sent_if_one_insists_and_the_rest_is_checked(
    sandbox_process: Running, folder: Path, typed: list[str], code: int, said: str
) -> None:
    done = ran(folder, sandbox_process, "run", MODEL, *SAMPLES, *typed, "--quiet")
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_a_model_that_this_version_does_not_have_is_sent_with_its_files(
    sandbox_process: Running, folder: Path
) -> None:
    typed = ["model_new", "prompt=a cat", "image=@talk.mp4", "size=3", "--unlisted"]
    done = ran(folder, sandbox_process, "estimate", *typed)
    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        ["upload 100%", "scenario-models: the service responded with status 404: Model model_new not found"],
    )


# What is typed in place of a file -> how the request has it.
PLACES: dict[str, str] = {
    "video=@-": "the bytes",
    "video=@asset_sample_video": "asset_sample_video",
    "video=asset_sample_video": "asset_sample_video",
    "video=@https://example.com/a.mp4": "an upload",
    "video=@asset_here.mp4": "an upload",
}


def test_a_file_comes_from_standard_input_a_path_a_url_or_an_asset(
    sandbox_process: Running, folder: Path
) -> None:
    (folder / "asset_here.mp4").write_bytes(b"a file that is called like an asset")
    for typed, what in PLACES.items():
        arguments = ["run", MODEL, typed, SAMPLES[1], "--quiet", "--json"]
        done = ran(folder, sandbox_process, *arguments, stdin=b"the bytes")
        assert done.returncode == 0, done.stderr
        sent = json.loads(done.stdout)["job"]["input"]["video"]
        assert (sent == what) is what.startswith("asset_"), typed
    for file in ("talk.mp4", "-", "asset_sample_video"):
        uploaded = ran(folder, sandbox_process, "upload", file, "--quiet", stdin=b"the bytes")
        assert (uploaded.returncode, uploaded.stdout[:6]) == (0, "asset_"), uploaded.stderr
    assert uploaded.stdout == "asset_sample_video\n"
    typed = ["@/dev/stdin", "@/dev/fd/0", "@<(cat)", "@pipe"]
    os.mkfifo(folder / "pipe")
    for one in typed:
        shown = shlex.join(COMMAND)
        feed = "echo -n 'the bytes' > pipe & " if one == "@pipe" else "echo -n 'the bytes' | "
        lines = f"{feed}{shown} estimate {MODEL} video={one} {SAMPLES[1]}"
        piped = subprocess.run(
            ["bash", "-c", lines],
            cwd=folder,
            env={**os.environ, **sandbox_process.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (piped.returncode, piped.stdout) == (0, "10.75 creative units\n"), piped.stderr
        assert piped.stderr == "upload 100%\n"
    for stdin, said in ((b"", "standard input is empty"), (None, "standard input is closed")):
        failed = ran(folder, sandbox_process, "run", MODEL, "video=@-", SAMPLES[1], stdin=stdin)
        assert (failed.returncode, failed.stderr) == (2, f"scenario-models: video: {said}\n")


@pytest.mark.parametrize(
    ("number", "cancel"),
    [(signal.SIGINT, []), (signal.SIGTERM, []), (signal.SIGINT, ["--cancel-if-interrupted"])],
)
def test_ctrl_c_says_how_to_take_the_job_up_or_cancels_it(
    sandbox_process: Running, folder: Path, number: int, cancel: list[str]
) -> None:
    entries = lambda: sandbox_process.call("GET", "/sandbox/ledger").json()["entries"]  # noqa: E731
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 0})
    before = entries()
    variables = {**os.environ, **sandbox_process.environment}
    command = [*COMMAND, "run", MODEL, *SAMPLES, "--quiet", *cancel]
    process = subprocess.Popen(command, cwd=folder, env=variables, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(entries()) > len(before))
    process.send_signal(number)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 128 + number
    job = entries()[-1]["jobId"]
    status = sandbox_process.call("GET", f"/v1/jobs/{job}").json()["job"]["status"]
    sandbox_process.call("POST", "/sandbox/clock", json={"speed": 50})
    assert (status == "canceled") is bool(cancel)
    assert (f"; to get its result: scenario-models job {job} --wait --quiet\n" in said) is not bool(cancel)
    assert "Traceback" not in said


def test_a_pipe_that_is_closed_is_no_error(folder: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m scenario_models list --json | head -c 1",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[", "")
    closed = subprocess.run(
        f"{sys.executable} -m scenario_models list >&-",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (closed.returncode, closed.stderr) == (0, "")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_terminal_shows_bars_and_a_table(sandbox_process: Running, folder: Path) -> None:
    files = ["video=@talk.mp4", "audio=@voice.wav"]
    run = [*COMMAND[1:], "run", MODEL, *files, "--download", "out"]
    code, painted = on_terminal(folder, sandbox_process.environment, *run)
    assert code == 0
    for stage in ("upload", "run", "download"):
        assert stage in painted
    assert "━" in painted
    assert list((folder / "out").iterdir())
    code, table = on_terminal(folder, sandbox_process.environment, *COMMAND[1:], "show", MODEL)
    assert code == 0
    assert "Required" in table
    assert "How expressive lipsync can be (0-1)" in table


# What the shell does with the output -> the exit code, and all that is said.
FULL: dict[str, tuple[int, str]] = {
    "list --json >/dev/full": (1, "standard output cannot be written: No space left on device"),
    "list >/dev/full": (1, "standard output cannot be written: No space left on device"),
    "show nope --json >/dev/full": (2, "there is no model 'nope' in this version"),
    "--version >/dev/full": (1, "standard output cannot be written: No space left on device"),
    "show nope 2>/dev/full": (2, ""),
    "show nope 2>&-": (2, ""),
    "run sync-lipsync-v2 video=asset_sample_video audio=asset_sample_audio --quiet --json >/dev/full": (
        1,
        (
            r"standard output .*: No space left on device\nscenario-models: job (job_\w+) has succeeded; "
            r"to get its result: scenario-models job \1 --wait --json --quiet"
        ),
    ),
}


@pytest.mark.parametrize("typed", FULL)
def test_output_that_cannot_be_written_is_a_line_and_an_exit_code(
    sandbox_process: Running, folder: Path, typed: str
) -> None:
    code, said = FULL[typed]
    command = shlex.join(COMMAND) + " " + typed
    variables = {**os.environ, **sandbox_process.environment}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert re.fullmatch(f"scenario-models: {said}.*\n" if said else "", done.stderr), done.stderr


def ran_after(folder: Path, code: str, *arguments: str) -> Any:
    """Run the command in a process of its own, after some code."""
    run = f"import sys\nsys.argv = {['scenario-models', *arguments]}\n{code}\nfrom scenario_models.__main__ import run; run()"
    return subprocess.run(
        [sys.executable, "-c", run], cwd=folder, capture_output=True, text=True, check=False
    )


def test_without_rich_the_command_says_what_to_install(folder: Path) -> None:
    for arguments in ([], ["list", "--json"]):
        done = ran_after(folder, "sys.modules['rich'] = None", *arguments)
        message = "the command line needs rich: pip install 'scenario-models[cli]'"
        assert (done.returncode, done.stderr) == (1, f"scenario-models: {message}\n")
    error = json.loads(done.stdout)["error"]
    assert (error["message"], error["exit_code"]) == (message, 1)


INTERRUPT = """
import os, signal
class Interrupt:
    def find_spec(self, name, *_):
        if name == "scenario_models.{}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""


@pytest.mark.parametrize("module", ["command", "vendor", "command.main", "command.verbs"])
def test_ctrl_c_while_it_starts_is_no_traceback(folder: Path, module: str) -> None:
    done = ran_after(folder, INTERRUPT.format(module), "list")
    said = "scenario-models: interrupted\n" if module == "command.verbs" else ""
    assert (done.returncode, done.stdout, done.stderr) == (130, "", said)


def test_a_parameter_takes_files_if_it_has_no_choices(root: Root, import_from: Callable[[Path], Any]) -> None:
    film = model("Film")
    film.rows |= {
        "frames": row("file_array", "Its frames"),
        "style": row("file", "One of the styles", choices="`asset_noir`, `asset_sepia`"),
    }
    root.add_target("python")
    root.add_page(
        "video-generation-acme", page_text("video-generation-acme", {"model_film": film}, date(2026, 4, 1))
    )
    assert (root.run("scrape").code, root.run("generate").code) == (0, 0)
    import_from(root.path / "generated" / "python")
    parameters = importlib.import_module("scenario_models.file_parameters").FILE_PARAMETERS
    assert parameters == {"model_film": {"image", "frames"}}
    read = importlib.import_module("scenario_models.command.parameters").read_parameters
    given = ["prompt=a cat", "style=asset_noir", "frames=asset_1", "frames=@a.png"]
    assert read("model_film", given)[0]["frames"] == ["asset_1", Path("a.png")]
    with pytest.raises(ValueError, match="^style: style does not accept a file"):
        read("model_film", ["prompt=a cat", "style=@noir.png"])
