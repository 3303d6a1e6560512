"""The state outlives a restart in all its parts, and belongs to one sandbox."""

import contextlib
import os
import resource
import sqlite3
from pathlib import Path

import httpx
import pytest
from scenario_sandbox import Sandbox, StateError

from support.sandboxes import GENERATE, LIPSYNC, PLAIN, REQUEST, announce, command, running, submit


def test_the_state_outlives_a_restart_in_all_its_parts(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with running("--state", state, "--speed", "0") as sandbox:
        job = sandbox.call("POST", f"/v1/generate/custom/{LIPSYNC}", json=REQUEST).json()["job"]
        upload = announce(sandbox, parts=1).json()["upload"]
        port = sandbox.address.rpartition(":")[2]
        httpx.put(upload["parts"][0]["url"], content=b"abcdef", verify=PLAIN)
        sandbox.call("POST", "/sandbox/clock", json={"step": 3})
        shown = sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json()
    assert shown["job"]["status"] == "in-progress"
    with running("--state", state, "--speed", "0", "--port", port) as sandbox:
        assert sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json() == shown
        sandbox.call("POST", f"/v1/uploads/{upload['id']}/action", json={"action": "complete"})
        sandbox.call("POST", "/sandbox/clock", json={"step": 7})
        done = sandbox.call("GET", f"/v1/jobs/{job['jobId']}").json()["job"]
        assert done["status"] == "success"
        assert done["statusHistory"][:3] == shown["job"]["statusHistory"]
        entity = sandbox.call("GET", f"/v1/uploads/{upload['id']}").json()["upload"]["entityId"]
        url = sandbox.call("GET", f"/v1/assets/{entity}").json()["asset"]["url"]
    with running("--state", state, "--port", port):
        assert httpx.get(url, verify=PLAIN).content == b"abcdef"


def test_a_state_is_not_shared_by_two(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with running("--state", state):
        done = command("--port", "0", "--state", str(state))
    assert done.returncode == 1
    assert "another sandbox has it open" in done.stderr


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with sqlite3.connect(state) as connection:
        connection.execute("CREATE TABLE precious (data TEXT)")
    connection.close()
    before = state.read_bytes()
    done = command("--port", "0", "--state", str(state))
    assert (done.returncode, "is not the state of a sandbox" in done.stderr) == (1, True)
    assert state.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the state of two hundred jobs."""
    state = tmp_path_factory.mktemp("saved") / "state.db"
    with Sandbox(state=state, speed=0) as sandbox:
        for _ in range(200):
            submit(sandbox)
    return state.read_bytes()


BAD_STATES = {
    "noise": r"is damaged \(.+\); give another file",
    "cut": "cannot save the state there: database disk image is malformed",
    "text": "is not the state of a sandbox; give another file",
    "empty id": "is not the state of a sandbox; give another file",
    "other layout": "is the state of another version of the sandbox; give another file",
}


@pytest.mark.parametrize("change", BAD_STATES)
def test_a_state_that_is_damaged_or_foreign_is_refused_with_a_reason(
    tmp_path: Path, saved: bytes, change: str
) -> None:
    import sqlite3

    state, content = tmp_path / "state.db", bytearray(saved)
    if change == "noise":
        content[8192:-4096] = os.urandom(len(content) - 8192 - 4096)
    if change == "cut":
        del content[len(content) // 2 :]
    if change == "text":
        content = bytearray(b"Dear diary, " * 1000)
    state.write_bytes(content)
    if change in ("empty id", "other layout"):
        with sqlite3.connect(state) as connection:
            connection.execute(
                "PRAGMA application_id = 7" if change == "empty id" else "PRAGMA user_version = 99"
            )
        connection.close()
    with pytest.raises(StateError, match=rf"state\.db: {BAD_STATES[change]}$"):
        Sandbox(state=state)


def test_a_start_that_fails_leaves_no_state_and_no_socket(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with pytest.raises(ValueError, match="the speed must be"):
        Sandbox(state=state, speed=-1)
    assert not state.exists()
    with Sandbox(state=state) as sandbox:
        port = int(sandbox.address.rpartition(":")[2])
        with pytest.raises(StateError, match="another sandbox has it open"):
            Sandbox(state=state)
        with pytest.raises(OSError, match="Address already in use"):
            Sandbox(port=port, state=tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


def test_a_full_disk_is_said_and_what_is_there_stays(tmp_path: Path) -> None:
    with running("--state", tmp_path / "state.db", "--speed", "0") as sandbox:
        job = sandbox.call("POST", GENERATE, json=REQUEST).json()["job"]
        resource.prlimit(sandbox.process.pid, resource.RLIMIT_FSIZE, (300_000, 300_000))
        big = {**REQUEST, "video": "data:video/mp4;base64," + "A" * 400_000}
        response = sandbox.call("POST", GENERATE, json=big)
        assert (response.status_code, response.json()["reason"].partition(":")[0]) == (
            500,
            "The sandbox cannot save its state",
        )
        assert [one["jobId"] for one in sandbox.call("GET", "/v1/jobs").json()["jobs"]] == [job["jobId"]]
        assert sandbox.call("GET", "/sandbox/clock").json()["speed"] == 0


def test_what_is_to_be_kept_together_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    from scenario_sandbox.store import Record, Store

    store = Store(tmp_path / "state.db")
    record = Record("record_1", 0.0)
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        store.put(record)
        assert store.get(Record, record.id) == record
        1 / 0
    assert store.get(Record, "record_1") is None
    store.close()


def test_the_ledger_can_be_read_when_all_is_over() -> None:
    with Sandbox() as sandbox:
        submit(sandbox)
    sandbox.stop()
    assert [entry.body for entry in sandbox.ledger] == [REQUEST]
