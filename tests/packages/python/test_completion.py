"""What the tab key offers for the command line: asked as bash asks, and typed into each shell that is installed."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.terminals import Terminal

SHELLS = {  # how each is begun, and what its user has in its settings
    "bash": (["bash", "--norc", "-i"], 'eval "$(scenario-models completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(scenario-models completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "scenario-models completion fish | source"),
}  # fmt: skip
VERBS = ["completion", "estimate", "job", "jobs", "list", "run", "show", "upgrade-check", "upload"]
MODELS = ["sync-lipsync-react-1", "sync-lipsync-v2", "sync-lipsync-v2-pro", "sync-lipsync-v3"]
CHOICES = ["bounce", "cut_off", "loop", "remap", "silence"]
# What is typed -> what bash is offered, beside options.
OFFERED: dict[str, list[str]] = {
    "": VERBS,
    "up": ["upgrade-check", "upload"],
    "jobs --status s": ["success"],
    "upload ta": ["talk.mp4"],
    "show ": MODELS,
    "run sync-lipsync-v2-": ["sync-lipsync-v2-pro"],
    "run m": [f"model_{one}" for one in MODELS],
    "run nothing": [],
    "run sync-lipsync-v2 ": ["audio=", "syncMode=", "temperature=", "video="],
    "run model_sync-lipsync-v2 video=@a.mp4 ": ["audio=", "syncMode=", "temperature="],
    "run sync-lipsync-v2 --quiet --timeout 5 te": ["temperature="],
    "run sync-lipsync-v2 video=@a.mp4 --quiet s": ["syncMode="],
    "run sync-lipsync-v2 syncMode=": CHOICES,
    "run sync-lipsync-v2 syncMode=b": ["bounce"],
    "run sync-lipsync-v2 audio=": ["@talk.mp4", "@the", "voices/"],
    "run sync-lipsync-v2 audio=@ta": ["@talk.mp4"],
    "run sync-lipsync-v2 audio=@the\\ voices/": ["@the", "voices/a.wav"],
    "run sync-lipsync-v2 later=@ta": ["@talk.mp4"],
    "run nothing video": [],
    "run sync-lipsync-v2 --download t": ["the", "voices/"],
    "run sync-lipsync-v2 --timeout ": [],
    "run sync-lipsync-v2 --cancel": ["--cancel-if-interrupted"],
    "list --provider s": [],
    "list --provider S": ["Sync", "Labs"],
    "list --capability v": ["video2video"],
    "upgrade-check --from ": ["0.1.0"],
    "completion ": ["bash", "fish", "zsh"],
    "job j": [],
}
ASK = """
COMP_LINE="scenario-models $typed"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMPREPLY=()
_python_argcomplete scenario-models 2> /dev/null
for one in "${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done
echo ---
"""
# What is typed into a shell, up to each tab, and what then has come.
TYPED: list[list[tuple[str, str]]] = [
    [("scenario-models ru", "scenario-models run ")],
    [("scenario-models run sync-lipsync-v2-", "scenario-models run sync-lipsync-v2-pro ")],
    [("scenario-models run sync-lipsync-v2 syn", "syncMode="), ("b", "sync-lipsync-v2 syncMode=bounce ")],
    [
        ("scenario-models run sync-lipsync-v2 vi", "video="),
        ("@ta", "video=@talk.mp4 "),
        ("au", "audio="),
        ("@the", "@the\\\\ voices/"),
        ("a", "video=@talk.mp4 +audio=@the\\\\ voices/a.wav"),
    ],
    [("scenario-models run sync-lipsync-v2 --quiet te", "--quiet temperature=")],
]


@pytest.fixture
def folder(tmp_path: Path, models: Any) -> Path:
    (tmp_path / "the voices").mkdir()
    for name in ("talk.mp4", "the voices/a.wav", ".hidden"):
        (tmp_path / name).touch()
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(home), "COLUMNS": "200"}


def test_the_tab_key_offers_models_parameters_choices_and_files(folder: Path) -> None:
    asked = "\n".join(f"typed={shlex.quote(typed)}; {ASK}" for typed in OFFERED)
    script = f'eval "$(scenario-models completion bash)"\n{asked}'
    ran = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = ran.stdout.replace("\\", "").split("---\n")[:-1]
    found = [[one for one in answer.split() if one[0] != "-" or "cancel" in one] for answer in answers]
    assert {typed: sorted(words) for typed, words in zip(OFFERED, found, strict=True)} == {
        typed: sorted(words) for typed, words in OFFERED.items()
    }


def test_to_complete_a_word_loads_nothing_that_is_slow(folder: Path) -> None:
    line = "scenario-models run sync-lipsync-v2 syncMode="
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_STDOUT_FILENAME": "out"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scenario_models"],
        cwd=folder,
        env={**environment(folder), **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "syncMode=bounce" in (folder / "out").read_text()
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argcomplete" in loaded
    assert not {"pydantic", "rich", "httpx", "scenario_sdk", "asyncio", "scenario_models.requests"} & loaded


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_completes_what_is_typed(name: str, folder: Path) -> None:
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    command, settings = SHELLS[name]
    shell = Terminal(folder, {**environment(folder), "TERM": "xterm"}, command)
    try:
        shell.type(f"{settings}; echo rea''dy\r")
        assert shell.wait_for("ready"), shell.text
        for parts in TYPED:
            shell.painted = b""
            for typed, line in parts:
                shell.type(f"{typed}\t")
                assert shell.wait_for(line), (typed, shell.text)
            shell.type("\x15")  # Ctrl-U
    finally:
        shell.end()
