"""Many files are rendered by several processes: with the same result as by one, and no process outlives the run."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.hand_written import text, to_tree
from support.roots import Root, make_root
from support.small_root import everything, put, start
from support.vectors import made_spec
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1, reason="all is rendered by one process"
)
MODELS = 260  # of two processes, each has files enough
NAMES = 'names.model = { of = "model", casing = "snake" }\nnames.page = { of = "page", casing = "as-is" }\n'
EACH = "templates/list/each/{model}.txt.jinja"
ALL = "{% for model in models %}{{ model.title | prose }}\n{% endfor %}\n"
FAILS = "{%% if model.title == 'Model n%03d' %%}{{ model.no_such_field | prose }}{%% endif %%}\n"
ONE_PROCESSOR = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); from paramsync.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a root of many small models, and a target with files of each, of the page and of all."""
    root = make_root(tmp_path_factory.mktemp("many"))
    specs = {
        f"model_n{number:03d}": made_spec({"text": text(description=f"What {number} is.")})
        | {
            "$id": f"urn:scenario:model_n{number:03d}",
            "x-model": f"model_n{number:03d}",
            "title": f"Model n{number:03d}",
        }
        for number in range(MODELS)
    }
    put(root, {f"specs/{path}": content for path, content in to_tree(specs).items()})
    put(root, {"templates/list/target.toml": NAMES, "templates/list/all.txt.jinja": ALL})
    put(root, {"templates/list/pages/{page}.txt.jinja": "{{ page.title | prose }}\n"})
    put(root, {EACH: "{{ model.spec | json }}\n", "templates/list/copied.txt": "As it is.\n"})
    return root.path


@pytest.fixture
def root(many: Path, tmp_path: Path) -> Root:
    return Root(shutil.copytree(many, tmp_path / "root"), make_root(tmp_path / "other").capture)


def run_alone(root: Root, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with one processor, and so without other processes."""
    command = [sys.executable, "-c", ONE_PROCESSOR, *arguments, "--root", str(root.path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def list_workers(process: subprocess.Popen[str]) -> list[int]:
    try:
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except OSError:
        return []
    return [*map(int, found.split())]


def start_slowly(root: Root) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a run whose files take long, and give its workers when it has them."""
    loops = "".join("{% for one in models %}" for _ in range(2)) + "{% endfor %}" * 2
    put(root, {EACH: f"{{{{ model.title | prose }}}}{loops}\n"})
    process = start(root, "generate")
    wait_until(lambda: len(list_workers(process)) > 1 or process.poll() is not None)
    return process, list_workers(process)


def are_gone(workers: list[int]) -> bool:
    """Tell whether processes have ended; one that nobody has waited for is still listed."""
    states = [Path(f"/proc/{one}/stat") for one in workers]
    return all(not one.exists() or ") Z " in one.read_text() for one in states)


def test_the_files_are_those_that_one_process_renders(root: Root) -> None:
    assert root.run_process("generate").code == 0
    assert len(root.tree("generated/list/each")) == MODELS
    assert run_alone(root, "generate", "--check").returncode == 0
    found = everything(root)
    shutil.rmtree(root.path / "generated")
    shutil.rmtree(root.path / ".paramsync_cache")
    assert run_alone(root, "generate").returncode == 0
    assert everything(root) == found


@pytest.mark.parametrize("number", [0, MODELS - 1])
def test_an_error_is_told_as_by_one_process_and_nothing_is_written(root: Root, number: int) -> None:
    put(root, {EACH: FAILS % number})
    before = everything(root)
    ran, alone = root.run_process("generate"), run_alone(root, "generate")
    assert ran.code == alone.returncode == 3
    assert (ran.out, ran.err) == (alone.stdout, alone.stderr)
    assert f"{EACH}:1: error: " in ran.out + ran.err
    assert f"(for n{number:03d})" in ran.out + ran.err
    assert everything(root) == before


def test_a_worker_that_is_killed_is_an_error_and_nothing_is_written(root: Root) -> None:
    before = everything(root)
    process, workers = start_slowly(root)
    os.kill(workers[1], signal.SIGKILL)
    out, err = process.communicate()
    assert process.returncode == 3
    assert "a process that rendered files was killed" in out + err
    assert "Traceback" not in out + err
    assert everything(root) | {EACH: b""} == before | {EACH: b""}
    assert are_gone(workers)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_run_and_none_says_anything(root: Root, how: signal.Signals) -> None:
    process, workers = start_slowly(root)
    for one in [*workers, process.pid] if how == signal.SIGINT else [process.pid]:  # as a terminal does
        os.kill(one, how)
    out, err = process.communicate()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert (out, err) == ("", "")
    wait_until(lambda: are_gone(workers))
