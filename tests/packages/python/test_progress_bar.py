"""A progress bar is painted on a terminal, and is lines elsewhere; whatever ends it, the terminal is as it was."""

import io
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from support.clients import SAMPLES, both, every, got, use
from support.example import EXAMPLE
from support.terminals import on_terminal

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"  # the cursor
BEGIN = """
from pathlib import Path
from scenario_models import Client, Progress, SyncLipsyncV2, progress_bar
client = Client()
request = SyncLipsyncV2(video=b"video", audio="asset_sample_audio")
missing = SyncLipsyncV2(video=Path("missing.mp4"), audio="asset_sample_audio")
"""
MANY = """
with progress_bar() as on_progress, progress_bar() as inner:
    outcomes = client.run_many([request, missing] * 6, concurrency=12, on_progress=on_progress)
    for outcome in outcomes:
        if outcome.error is None:
            outcome.result.assets[0].download("out.mp4", on_progress=inner)
    print("done")
"""
ONE = """
with progress_bar() as on_progress:
    client.run(request, on_progress=on_progress)
"""
RAISES = "with progress_bar() as on_progress:\n    on_progress(Progress('run', 0.5))\n    1 / 0"
FOREVER = """
samples = SyncLipsyncV2(video="asset_sample_video", audio="asset_sample_audio")
with progress_bar() as on_progress:
    list(client.run_many([samples] * 3, on_progress=on_progress))
"""


@pytest.fixture(autouse=True)
def _environment(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLE / "generated/python"))


def last_picture(painted: str) -> list[str]:
    """Give the lines that stay on the terminal: those after it was last wiped, without colours and the like."""
    picture = painted.rpartition("\x1b[2K")[2].partition(SHOW)[0]
    return re.sub(r"\x1b\[[?\d;]*[ml]", "", picture).split("\r\n")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_on_a_terminal_each_that_runs_has_a_bar_and_all_have_one(
    scenario_sandbox: Any, tmp_path: Path
) -> None:
    scenario_sandbox.speed = 20
    code, painted = on_terminal(tmp_path, {}, "-c", BEGIN + MANY)
    assert code == 0
    assert "6 of 12 done, 6 failed, 6 running" in painted
    assert re.search(r"\n0: (wait|run) ", painted)
    assert [re.sub("━+", "━", line).split()[:2] for line in last_picture(painted) if line] == [
        ["all", "━"],
        ["download", "━"],
    ]
    assert "12 of 12 done, 6 failed" in last_picture(painted)[0]
    assert painted.count(HIDE) == painted.count(SHOW) == 1  # the inner one is painted by the outer one
    assert "done\r\n" in painted


ENDS: dict[
    str, tuple[str, str, int, str]
] = {  # what is run -> when Ctrl-C is pressed, the error, the exit code, and which bar stays
    RAISES: ("", "ZeroDivisionError", 1, "run"),
    FOREVER: ("0 of 3 done, 3 running", "KeyboardInterrupt", -signal.SIGINT, "all"),
}


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("code", ENDS, ids=["an error", "Ctrl-C"])
def test_whatever_ends_it_the_cursor_is_there_again(scenario_sandbox: Any, tmp_path: Path, code: str) -> None:
    scenario_sandbox.speed = 0
    stop_at, error, exit_code, bar = ENDS[code]
    ended, painted = on_terminal(tmp_path, {}, "-c", BEGIN + code, stop_at=stop_at)
    assert ended == exit_code
    assert 0 <= painted.index(HIDE) < painted.index(SHOW) < painted.index(f"\n{error}")
    assert painted.count(SHOW) == 1
    assert [line.split()[0] for line in last_picture(painted) if line] == [bar]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_is_printed_to_a_file_gets_there(scenario_sandbox: Any, tmp_path: Path) -> None:
    code = f"{BEGIN}with progress_bar():\n    print('data')"
    arguments = ["-c", f"import sys\nsys.stdout = open('out', 'w')\n{code}"]
    assert on_terminal(tmp_path, {}, *arguments)[0] == 0
    assert (tmp_path / "out").read_text() == "data\n"


@both
def test_elsewhere_it_is_lines_of_each_step_or_of_how_many_are_done(
    models: Any, kind: str, scenario_sandbox: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = models.SyncLipsyncV2(video=b"video", audio="asset_sample_audio")
    missing = models.SyncLipsyncV2(video=tmp_path / "missing.mp4", audio="asset_sample_audio")

    async def run(client: Any) -> None:
        with models.progress_bar() as on_progress:
            result = await got(client.run(request, on_progress=on_progress))
            await got(result.assets[0].download(tmp_path / "out.mp4", on_progress=on_progress))
            step = r"(upload \d+%\n)+(queue \(job_\w+\)\n)?(run \d+% \(job_\w+\)\n)+(download \d+%\n)+"
            assert re.fullmatch(step, capsys.readouterr().err)
            await every(client.run_many([request, missing], concurrency=1, on_progress=on_progress))
            assert capsys.readouterr().err == "1 of 2 done\n2 of 2 done, 1 failed\n"
            await every(client.run_many(iter([request]), on_progress=on_progress))
        with models.progress_bar() as on_progress:
            await every(client.run_many(iter([request]), on_progress=on_progress))
        assert capsys.readouterr().err == "3 done, 1 failed\n1 done\n"

    use(models, kind, run)


def test_somebody_who_hands_progress_on_has_a_bar_too(
    models: Any, scenario_sandbox: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    with models.Client() as client, models.progress_bar() as show:

        def on_progress(progress: Any) -> None:
            seen.append(progress)
            show(progress)

        client.run(models.SyncLipsyncV2(**SAMPLES), on_progress=on_progress)
        assert capsys.readouterr().err.splitlines() == [str(progress) for progress in seen]
        list(client.run_many([models.SyncLipsyncV2(**SAMPLES)] * 3, on_progress=on_progress))
    assert capsys.readouterr().err.splitlines() == ["1 done", "2 done", "3 done"]


@pytest.mark.parametrize("how", ["closed", "none", "full"])
def test_that_nobody_can_read_it_stops_no_run(
    models: Any, scenario_sandbox: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with models.Client() as client, Path("/dev/full").open("wb", buffering=0) as full:
        stream = None if how == "none" else io.TextIOWrapper(full, write_through=True)
        if stream and how == "closed":
            stream.close()
        monkeypatch.setattr(sys, "stderr", stream)
        with models.progress_bar() as on_progress:
            assert client.run(models.SyncLipsyncV2(**SAMPLES), on_progress=on_progress).assets


class Log:
    """A stream that hands lines on to a log, and has nothing else of a file."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)


class FlushedLog(Log):
    def flush(self) -> None:
        pass


class TerminalLog(FlushedLog):
    """A terminal without an encoding and a number, as an editor may have one."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Log, FlushedLog, TerminalLog])
def test_a_stream_with_little_of_a_file_gets_it(
    models: Any, monkeypatch: pytest.MonkeyPatch, stream: type[Log]
) -> None:
    log = stream()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", log)
    with models.progress_bar() as on_progress:
        on_progress(models.Progress("run", 0.5, job_id="job_1"))
    assert "run" in log.written
    assert "job_1" in log.written


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_without_rich_or_colours_a_terminal_shows_lines(scenario_sandbox: Any, tmp_path: Path) -> None:
    code = f"import sys\nsys.modules['rich'] = None\n{BEGIN}{ONE}"
    ended, painted = on_terminal(tmp_path, {}, "-c", code)
    assert ended == 0
    assert "run 100% (job_" in painted
    assert HIDE not in painted
