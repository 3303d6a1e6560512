"""What the log of a client tells, at which level, and how the README shows it."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from scenario_sdk import NotFoundError

from support.clients import SUBMISSION, both, got, use
from support.example import EXAMPLE

README = EXAMPLE / "generated/python/README.md"
JOB, ASSET = r"job_\w+", r"asset_\w+"
# A lost response, a status that cannot be read at first, a download, and a job that is not there.
TOLD = rf"""
DEBUG POST /uploads: 200 after \d+ ms
DEBUG PUT http://127.0.0.1:\d+/…: 200 after \d+ ms
DEBUG POST /uploads/upload_\w+/action: 200 after \d+ ms
INFO 'file' was uploaded: {ASSET}, 5 bytes
DEBUG POST /generate/custom/model_sync-lipsync-v2\?dryRun=true: 269 after \d+ ms
DEBUG POST /generate/custom/model_sync-lipsync-v2: no response after \d+ ms \(RemoteProtocolError\)
WARNING the job of model_sync-lipsync-v2 is unknown \(POST /v1/generate/custom/model_sync-lipsync-v2: no response from .*\); it is searched for, for up to 0.6 seconds
INFO model_sync-lipsync-v2 was submitted: {JOB}, found by a search
DEBUG GET /jobs/{JOB}: 500 after \d+ ms
INFO GET /v1/jobs/{JOB}: status 500; attempt 2 follows in 0.\d seconds
INFO {JOB} has ended: success
DEBUG GET http://127.0.0.1:\d+/…: 200 after \d+ ms
DEBUG GET /jobs/job_none: 404 after \d+ ms \(request \w+\)
"""


@both
def test_the_log_tells_calls_retries_uploads_and_lost_responses(
    models: Any, kind: str, scenario_sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "scenario_models")
    request = models.SyncLipsyncV2(video=b"video", audio="asset_sample_audio")

    async def run(client: Any) -> None:
        await got(client.estimate(request))
        scenario_sandbox.fail("drop-after", on=SUBMISSION, times=1)
        scenario_sandbox.fail("error-before", on="GET /v1/jobs/*", times=1)
        await got((await got(client.run(request))).assets[0].bytes())
        with pytest.raises(NotFoundError):
            await got(client.job("job_none"))

    use(models, kind, run)
    told, place = lines(caplog), 0
    for wanted in TOLD.strip().splitlines():
        found = [number for number, line in enumerate(told[place:], place) if re.fullmatch(wanted, line)]
        assert found, f"{wanted} is not in {told[place:]}"
        place = found[0] + 1


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the lines of the package, with their levels."""
    return [f"{one.levelname} {one.getMessage()}" for one in caplog.records if one.name == "scenario_models"]


def test_the_readme_shows_the_log_as_it_is(
    models: Any, scenario_sandbox: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO, "scenario_models")
    for name in ("talk.mp4", "voice.wav"):
        (tmp_path / name).write_bytes(name[:1].encode() * 100_000)
    with models.Client() as client:
        client.run(models.SyncLipsyncV2(video=tmp_path / "talk.mp4", audio=tmp_path / "voice.wav"))
    (shown,) = re.findall("^## Logging.*?```text\n(.*?)```", README.read_text(), re.DOTALL | re.MULTILINE)
    assert sorted(map(without_id, lines(caplog))) == sorted(map(without_id, shown.splitlines()))


def without_id(line: str) -> str:
    return re.sub(r"(?<=(?:set|job)_)[\w…]+", "", line)
