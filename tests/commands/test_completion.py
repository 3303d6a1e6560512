"""The help fits a line of 80 columns and its examples are commands; the tab key offers what stands in the root.

Modules: manual.
"""

import os
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from paramsync.arguments import make_parser
from paramsync.cli import main
from paramsync.commands.completion import SHELLS
from paramsync.commands.manual import MANUALS
from support.roots import Root

# What is typed -> what the tab key offers, beside options.
OFFERED: dict[str, list[str]] = {
    "": ["diff", "explain", "fetch", "generate", "init", "release", "scrape", "verify"],
    "sc": ["scrape"],
    "--version sc": ["scrape"],
    "scrape ": ["videos"],
    "scrape videos --f": ["--format"],
    "scrape --format s": ["sarif"],
    "fetch v": ["videos"],
    "generate --target l": ["list"],
    "generate --target do": ["docs"],
    "explain ": ["alpha", "beta", "damaged"],
    "explain damaged ": [],
    "explain be": ["beta"],
    "explain alpha ": ["strength"],
    "explain model_alpha st": ["strength"],
    "explain none ": [],
    "scrape --root nowhere ": [],
}
ASK = """
COMP_LINE="paramsync $typed"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
_python_argcomplete paramsync 2> /dev/null
for one in "${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done
echo ---
"""


def test_the_tab_key_offers_what_stands_in_the_root(done: Root) -> None:
    (done.path / "specs/videos/damaged.json").write_text("{")
    asked = "\n".join(f"typed={shlex.quote(typed)}; {ASK}" for typed in OFFERED)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "--norc", "-c", f'eval "$(paramsync --completion bash)"\n{asked}'],
        cwd=done.path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    answers = ran.stdout.split("---\n")[:-1]
    found = [[one for one in answer.split() if one == "--format" or one[0] != "-"] for answer in answers]
    assert dict(zip(OFFERED, map(sorted, found), strict=True)) == OFFERED


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--completion", shell]) == 0
    assert {"bash": "complete -o", "zsh": "compdef", "fish": "complete --command paramsync"}[
        shell
    ] in capsys.readouterr().out


def test_each_help_has_examples_that_can_be_run_and_exit_codes_and_fits_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for verb in ("", *OFFERED[""]):
        with pytest.raises(SystemExit) as stopped:
            main([*filter(None, [verb]), "--help"])
        out = capsys.readouterr().out
        assert (stopped.value.code, [line for line in out.splitlines() if len(line) > 80]) == (0, [])
        assert ("\nexit codes:\n" in out) == bool(verb)
        examples = [command for command, _ in MANUALS[verb].examples] if verb else []
        assert [one for one in examples if f"\n  {one} " not in out] == []
        assert [make_parser().parse_args(shlex.split(one)[1:]).verb for one in examples] == [verb] * len(
            examples
        )
    assert {*MANUALS} == {*OFFERED[""]}


def test_the_version_is_said_and_a_verb_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith(f"paramsync {version('paramsync')}, Python 3.")
    for asked in (["--version"], ["--completion", "bash"]):
        assert main(asked) == 0
        answer = capsys.readouterr()
        for behind in (["scrape"], ["explain"], ["scrap"], ["scrape", "--bogus"], ["--help"], ["--version"]):
            assert main([*asked, *behind]) == 0  # it alone is done
            assert capsys.readouterr() == answer
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert (stopped.value.code, "paramsync --help names all verbs" in capsys.readouterr().err) == (2, True)
