"""Whatever the docs say next, the tests stay green: none sees the repository's own `specs/` and `generated/`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from support import example, living
from support.example import EXAMPLE, PROJECT, SYNC_LABS
from support.living import LivingRootError
from support.repositories import git
from support.roots import PAGES, Root

PAGE = f"specs/{SYNC_LABS}/page.txt"
OTHERS = ("third-party-model-generation-ideogram", "audio-generation-bytedance")
LAST = "## Sync-3 Lipsync "
GENERATED, SPECS = PROJECT / "generated", PROJECT / "specs"


def test_the_example_follows_from_the_templates_of_now() -> None:
    assert example.is_current(), "what scrape or generate said of the example stands above the tests"


def test_what_is_installed_for_the_tests_are_the_packages_of_an_example() -> None:
    code = "import scenario_models as a, scenario_sandbox as b; print(a.__file__, b.__file__, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all("/.venv/example/" in file for file in done.stdout.splitlines()), (
        f"{done.stdout}: run make test"
    )


# What a test may not do


SIGHTS: dict[str, Callable[[], object]] = {
    "a page is opened": (SPECS / SYNC_LABS / "page.txt").read_bytes,
    "a file that may not be there is opened": (SPECS / "history.jsonl").open,
    "the profile is opened": partial(os.open, SPECS / "profile.toml", os.O_RDONLY),
    "a relative path is opened": Path(os.path.relpath(GENERATED / "python/README.md")).read_text,
    "a folder is listed": partial(os.listdir, GENERATED),
    "a folder is searched": lambda: [*SPECS.glob("*/page.*")],
    "a folder is copied": partial(shutil.copytree, GENERATED, "nowhere"),
    "a folder is entered": partial(os.chdir, GENERATED),
    "a program is told of a file": partial(subprocess.run, ["cat", SPECS / SYNC_LABS / "page.txt"]),
    "a program is told of a relative path": partial(
        subprocess.run, ["cat", "./specs/history.jsonl"], cwd=PROJECT
    ),
    "a program is told of it in an option": partial(subprocess.run, ["cat", f"--file={SPECS}/profile.toml"]),
    "a shell is told of a folder": partial(subprocess.run, ["sh", "-c", f"cd {GENERATED}; ls"]),
    "a program starts there": partial(subprocess.run, "ls", cwd=GENERATED),
    "a program imports from there": partial(
        subprocess.run, "ls", env={"PYTHONPATH": f"a:{GENERATED}/python"}
    ),
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_test_that_sees_the_living_root_is_stopped_where(sight: str) -> None:
    with pytest.raises(LivingRootError, match="changes with the docs"):
        SIGHTS[sight]()


def test_what_is_written_by_hand_for_all_docs_and_what_only_looks_alike_may_be_read(tmp_path: Path) -> None:
    for path in (SPECS / "README.md", EXAMPLE / "specs/profile.toml"):
        assert path.read_text()
    assert not living.is_living(f"{GENERATED}s")
    (tmp_path / "generated").mkdir()
    shutil.rmtree(tmp_path)  # which opens `generated` in a folder that it has open


# What the docs may do


@dataclass(frozen=True)
class Update:
    """What happens to the saved pages, and how it is scraped."""

    edit: Callable[[Root], object]
    options: tuple[str, ...] = ()


def edited(old: str, new: str) -> Update:
    return Update(lambda root: root.edit(PAGE, old, new))


def lose_model(root: Root) -> None:
    text = (root.path / PAGE).read_text()
    (root.path / PAGE).write_text(
        text[: text.index(LAST)].replace("- [Sync-3 Lipsync](#sync-3-lipsync) ", "")
    )


def turn_to_markdown(root: Root) -> None:
    (root.path / PAGE).unlink()
    root.add_page(SYNC_LABS, (EXAMPLE / f"generated/docs/reference/{SYNC_LABS}.md").read_bytes())


def take_others_instead(root: Root) -> None:
    shutil.rmtree((root.path / PAGE).parent)
    for name in OTHERS:
        root.add_page(name, PAGES[name].read_bytes())


TEMPERATURE = "| `temperature` | number | No | `0.5` | 0 | 1 | - | How expressive lipsync can be (0-1) | "
UPDATES = {
    "only the date moves": edited("Last updated: 2026-04-09", "Last updated: 2026-05-01"),
    "a choice is removed": edited("`silence`, ", ""),
    "a default changes": edited("No | `0.5` |", "No | `0.75` |"),
    "a parameter is renamed": edited("`syncMode`", "`syncing`"),
    "a parameter is removed": edited(TEMPERATURE, ""),
    "a parameter is added": edited(TEMPERATURE, TEMPERATURE + TEMPERATURE.replace("temperature", "heat")),
    "a model is renamed": edited("model_sync-lipsync-v2`", "model_other`"),
    "a model is removed": Update(lose_model),
    "a model is removed and let go": Update(lose_model, ("--prune",)),
    "a page is new": Update(lambda root: root.add_page(OTHERS[0], PAGES[OTHERS[0]].read_bytes())),
    "the page comes in another form": Update(turn_to_markdown),
    "other pages take its place": Update(take_others_instead),
    "no page is left": Update(lambda root: shutil.rmtree((root.path / PAGE).parent)),
}


@pytest.fixture
def updated(root: Root) -> Callable[[str, Iterable[str]], Root]:
    """Give a way to make a root that was released as the example is, and then updated, scraped, generated, and in order."""

    def update(name: str, targets: Iterable[str]) -> Root:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(EXAMPLE / "specs", root.path / "specs", dirs_exist_ok=True)
        for target in targets:
            root.add_target(target)
            generated = f"generated/{target}"
            shutil.copytree(EXAMPLE / generated, root.path / generated, ignore=ignored)
        before = root.tree("generated")
        assert root.run("release").code == 0
        UPDATES[name].edit(root)
        for command in (("scrape", *UPDATES[name].options), ("generate",)):
            ran = root.run(*command)
            assert ran.code == 0, ran.out + ran.err
        assert (root.tree("generated") != before) == (name != "the page comes in another form")
        for verb in ("scrape", "generate"):
            ran = root.run(verb, "--check")
            assert ran.code == 0, ran.out
        return root

    return update


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_of_the_docs_is_in_order_once_it_is_scraped_and_generated(
    name: str, updated: Callable[[str, Iterable[str]], Root]
) -> None:
    updated(name, ["docs"])


FORMERLY = (  # read or edited the page of the repository, or what was generated from it
    "tests/pages/test_reader.py::test_the_users_page_is_committed_as_it_came",
    "tests/packages/python/test_command.py::test_models_are_listed_and_shown",
    "tests/packages/python/test_client.py::test_a_request_runs_to_its_result",
    "tests/rendering/test_round_trip.py::test_the_reference_of_the_users_page_is_that_page_but_for_line_breaks",
    "tests/rendering/test_vectors.py::test_the_readme_shows_a_vector_of_a_model_with_such_parameters",
    "tests/test_readme.py::test_the_commands_of_the_readme_say_what_it_shows",
)


def test_the_tests_are_green_in_a_repository_of_which_all_pages_are_others(
    updated: Callable[[str, Iterable[str]], Root], tmp_path_factory: pytest.TempPathFactory
) -> None:
    every = sorted(path.name for path in (EXAMPLE / "generated").iterdir())
    copy, root = tmp_path_factory.mktemp("project"), updated("other pages take its place", every)
    for path in git(PROJECT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if path and not living.is_living(str(PROJECT / path)) and (PROJECT / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / path, copy / path)
    for folder in ("specs", "generated"):
        shutil.copytree(root.path / folder, copy / folder, dirs_exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *FORMERLY]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(command, cwd=copy, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
