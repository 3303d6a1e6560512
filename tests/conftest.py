"""What the tests share: a root of their own, and the command, in this process or in a real second one."""

import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from support import example, living
from support.repositories import NEW, OLD, change, commit, git
from support.roots import Root, generate_all, make_once, make_root
from support.small_root import PAGE, TARGET, put

if TYPE_CHECKING:
    from support.sites import Site

if "PYTEST_XDIST_WORKER" not in os.environ:  # once a run
    example.update()
sys.path[:0] = map(str, example.PACKAGES)
living.forbid()
pytest_plugins = ["support.foreign", "scenario_sandbox.plugin"]


@pytest.fixture
def root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Root:
    """Give a root without pages and targets."""
    return make_root(tmp_path, capsys)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is generated for all real models and the hard ones."""
    return make_once(tmp_path_factory, "generated", lambda: generate_all(tmp_path_factory.mktemp("root")))


@pytest.fixture(scope="session")
def packed(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of the npm package, of these models and those that records describe, as its users pack it."""
    from support.described import generate_described
    from support.node import pack  # there is no Node where only the pure rooms are tested

    make = tmp_path_factory.mktemp

    def make_archive() -> Path:
        return pack(generate_described(generated.parent, make("described")), make("packed"))

    return make_once(tmp_path_factory, "packed", make_archive)


@pytest.fixture(scope="session")
def built(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project that has that package, all other npm packages, and the programs of the tests."""
    from support.node import unpack

    return make_once(tmp_path_factory, "built", lambda: unpack(packed, tmp_path_factory.mktemp("project")))


@pytest.fixture
def wheels(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip install from wheels that were collected once: it takes seconds to ask an index, or to compile what nobody imports."""
    from support.environments import collect_wheels

    make = tmp_path_factory.mktemp
    folder = make_once(tmp_path_factory, "wheels", lambda: collect_wheels(make("wheels")))
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder), "NO_COMPILE": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)


@pytest.fixture
def done(root: Root) -> Root:
    """Give a root with one page and one target, all written."""
    root.add_page("videos", PAGE)
    put(root, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert root.run("scrape").code == root.run("generate").code == 0
    return root


@pytest.fixture
def full_root(root: Root) -> Root:
    """Give a root with the targets that write the texts of pages."""
    from support.hostile_roots import TARGETS, keep_whole

    for name in TARGETS:
        root.add_target(name)
    keep_whole(root)
    return root


@pytest.fixture
def repository(root: Root) -> Root:
    """Give a root that is a repository, with a page committed, and another one in its place."""
    put(root, {"templates/list/notes.txt": "A list.\n"})
    git(root.path, "init", "--quiet", "--initial-branch=main")
    commit(root, OLD)
    change(root, NEW)
    return root


@pytest.fixture
def site(root: Root) -> "Iterator[Site]":
    """Give a site of three pages, to which the root's profile points."""
    from support.sites import FILMS, PHOTOS, SONGS, page, serve

    with serve() as site:
        site.pages |= {FILMS: page("film", "clip"), SONGS: page("song", "tune"), PHOTOS: page("photo")}
        site.connect(root)
        yield site


@pytest.fixture
def import_from(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Any]]:
    """Give a way to import `scenario_models` from a folder, which no other test sees."""

    def load(folder: Path) -> Any:
        take_modules()
        monkeypatch.syspath_prepend(str(folder))
        return importlib.import_module("scenario_models")

    yield load
    take_modules()


@pytest.fixture
def import_again(
    monkeypatch: pytest.MonkeyPatch, loaded: dict[Path, dict[str, ModuleType]]
) -> Iterator[Callable[[Path], Any]]:
    """Give a way to import `scenario_models` from a folder that stays as it is: its modules are loaded once for all tests."""
    folders = []

    def load(folder: Path) -> Any:
        folders.append(folder)
        take_modules()
        sys.modules.update(loaded.get(folder, {}))
        monkeypatch.syspath_prepend(str(folder))
        return importlib.import_module("scenario_models")

    yield load
    for folder in folders:
        loaded[folder] = take_modules()


@pytest.fixture(scope="session")
def loaded() -> dict[Path, dict[str, ModuleType]]:
    """Give the modules that tests have loaded so far, by folder."""
    return {}


def take_modules() -> dict[str, ModuleType]:
    """Take all modules of `scenario_models` out of those that are loaded."""
    names = [name for name in sys.modules if name.partition(".")[0] == "scenario_models"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(autouse=True, scope="session")
def hears_ctrl_c() -> None:
    """Hear SIGINT, and let children hear it, also where a shell has started the tests in the background, which ignores it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def speaks_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients load no certificates: each would load all of the machine's, twice."""
    from support.sandboxes import NO_CERTIFICATES

    for name, value in NO_CERTIFICATES.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def scenario_sandbox(scenario_sandbox: Any, speaks_no_tls: None) -> Any:
    """Give the sandbox of the plugin."""
    return scenario_sandbox


@pytest.fixture
def models(import_again: Callable[[Path], Any], speaks_no_tls: None) -> Any:
    """Give the package of the example, as any test may have used it."""
    return import_again(example.EXAMPLE / "generated/python")


@pytest.fixture
def generated_models(generated: Path, import_again: Callable[[Path], Any]) -> Any:
    """Give the package of all real models and the hard ones, as any test may have used it."""
    return import_again(generated / "python")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what the tests are made of from the garbage collector, which would go through it all again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """Let what is open end as it does otherwise: without the collector, Python would warn of it when it exits."""
    gc.unfreeze()


@pytest.hookimpl(optionalhook=True)  # of xdist, without which the tests run, too
def pytest_xdist_auto_num_workers() -> int:
    """Work in twice as many processes as there are cores: many tests wait."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Give a way to compare a text with a file of `golden/` beside the test; `--accept` writes it."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--accept"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert text == path.read_text(encoding="utf-8")

    return compare


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what is found into the golden files")
