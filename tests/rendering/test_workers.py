"""Many files are rendered by several processes: with the same result as by one, and no process outlives the run."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from support.hand_written import text, to_tree
from support.roots import Ran, Root, make_root
from support.small_root import everything, forget, put
from support.vectors import made_spec
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1, reason="all is rendered by one process"
)
MODELS = 260  # of two processes, each has files enough
NAMES = 'names.model = { of = "model", casing = "snake" }\nnames.page = { of = "page", casing = "as-is" }\n'
EACH = "templates/list/each/{model}.txt.jinja"
ALL = "{% for model in models %}{{ model.title | prose }}\n{% endfor %}\n"
# Before the command runs: that there is one processor; or that a worker renders few files, and few can be open.
ALONE = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
FEW = "import resource; from paramsync.rendering import workers; workers.FILES_PER_WORKER = 10; resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))"
RUN = "; import sys; from paramsync.cli import main; sys.exit(main(sys.argv[1:]))"


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


def run_after(setting: str, root: Root, *arguments: str) -> Ran:
    """Run the command in a process in which something is set first."""
    command = [sys.executable, "-c", setting + RUN, *arguments, "--root", str(root.path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def list_workers(process: subprocess.Popen[str]) -> list[int]:
    try:
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except OSError:
        return []
    return [*map(int, found.split())]


def start_slowly(root: Root, stderr: int = subprocess.PIPE) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a run whose files take long, and give its workers when it has them."""
    loops = "{% for one in models %}" * 3 + "{% endfor %}" * 3  # a worker needs minutes for its files
    put(root, {EACH: f"{{{{ model.title | prose }}}}{loops}\n"})
    command = [sys.executable, "-m", "paramsync", "generate", "--root", str(root.path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8")
    wait_until(lambda: len(list_workers(process)) > 1 or process.poll() is not None)
    return process, list_workers(process)


def are_gone(workers: list[int]) -> bool:
    """Tell whether processes have ended; one that nobody has waited for is still listed."""
    states = [Path(f"/proc/{one}/stat") for one in workers]
    return all(not one.exists() or ") Z " in one.read_text() for one in states)


def test_the_files_are_those_that_one_process_renders(root: Root) -> None:
    assert run_after(ALONE, root, "generate").code == 0
    expected = everything(root)
    assert len(root.tree("generated/list/each")) == MODELS
    for run in (root.run_process, partial(run_after, FEW, root)):
        shutil.rmtree(root.path / "generated")
        forget(root)
        ran = run("generate")
        assert (ran.code, ran.err) == (0, "")
        assert everything(root) == expected


FAILS = {"one": (7,), "the last": (MODELS - 1,), "several": (8, 20, 100, MODELS - 1), "all": range(MODELS)}


@pytest.mark.parametrize("case", FAILS)
def test_an_error_is_told_as_by_one_process_and_nothing_is_written(root: Root, case: str) -> None:
    titles = ", ".join(f"'Model n{number:03d}'" for number in FAILS[case])
    put(
        root,
        {
            EACH: f"{{% if model.title in ({titles},) %}}{{{{ model.no_such_field | prose }}}}{{% endif %}}\n",
        },
    )
    before = everything(root)
    alone, by_few = run_after(ALONE, root, "generate"), run_after(FEW, root, "generate")
    assert alone.code == 3
    assert f"{EACH}:1: error: a model has no 'no_such_field' (for n{FAILS[case][0]:03d})\n" in alone.err
    assert by_few == alone
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


def test_a_bar_on_a_terminal_needs_no_thread_beside_the_workers(root: Root) -> None:
    reader, terminal = os.openpty()
    process, workers = start_slowly(root, terminal)
    os.close(terminal)
    assert workers
    assert [*map(os.path.basename, Path(f"/proc/{process.pid}/task").iterdir())] == [str(process.pid)]
    os.kill(process.pid, signal.SIGINT)
    process.communicate()
    with suppress(OSError):  # nobody writes to it any more
        assert "generate" in os.read(reader, 10_000).decode()
    os.close(reader)
