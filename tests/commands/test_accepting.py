"""Removals that are accepted: of what is named alone, by the command that the finding shows."""

import re
import shlex
import subprocess
import sys

import pytest

from support.roots import Root
from support.small_root import TOP, section

LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


def page(*names: str) -> str:
    return TOP + "".join(map(section, names))


def row(name: str) -> str:
    return f"| `{name}` | string | No | - | - | - | - | X |\n"


ACCEPTED = {  # the options, the exit code, what is said; two pages and a model have lost too much
    "no name": (
        ("--accept-removals",),
        2,
        "argument --accept-removals: expected at least one argument",
    ),
    "no name the second time": (
        ("--accept-removals", "videos", "--accept-removals"),
        2,
        "expected at least one",
    ),
    "a name that there is not": (
        ("--accept-removals", "vidoes"),
        2,
        "there is no page and no model 'vidoes'; did you mean 'videos'?",
    ),
    "a model without model_ that there is not": (
        ("--accept-removals", "alhpa"),
        2,
        "there is no page and no model 'alhpa'; did you mean 'model_alpha'?",
    ),
    "one of them": (("--accept-removals", "videos"), 3, "films, model_theta"),
    "another, without model_": (("--accept-removals", "theta"), 3, "films, videos"),
    "all of them": (("--accept-removals", "videos", "films", "model_theta"), 0, ""),
    "all of them, one by one": (
        ("--accept-removals", "videos", "--accept-removals", "films", "--accept-removals", "theta"),
        0,
        "",
    ),
    "the models that go, and not their page": (
        ("--accept-removals", *LETTERS[1:5], "theta", "films"),
        3,
        "videos",
    ),
    "what has lost nothing": (("--accept-removals", "songs", "eta"), 3, "films, model_theta, videos"),
}


@pytest.fixture
def lost(root: Root) -> Root:
    """Give a root in which two pages have lost models, and a third a model's parameters."""
    root.add_page("videos", page(*LETTERS))
    root.add_page("songs", page("eta"))
    root.add_page("films", page("b1", "b2", "b3", "b4"))
    long = page("theta", "iota").replace(
        "| How strong |\n", f"| How strong |\n{''.join(map(row, 'pqrs'))}", 1
    )
    root.add_page("tunes", long)
    assert root.run("scrape").code == 0
    root.add_page("videos", page("alpha", "zeta"))
    root.add_page("films", page("b1"))
    root.add_page("tunes", page("theta", "iota"))
    return root


def held_back(root: Root, said: str) -> list[str]:
    """Read the names off the commands that are shown."""
    given = re.escape(f" --root {shlex.quote(str(root.path))} --accept-removals ")
    return sorted(re.findall(rf"^    paramsync scrape.*{given}(.+)$", said, re.MULTILINE))


@pytest.mark.parametrize("case", ACCEPTED)
def test_removals_are_accepted_of_what_is_named_alone(lost: Root, case: str) -> None:
    options, code, says = ACCEPTED[case]
    ran = lost.run("scrape", "--check", *options)
    assert ran.code == (code or 1)
    if code == 2:
        assert says in ran.err
        return
    assert held_back(lost, ran.out) == [one for one in says.split(", ") if one]
    unused = re.findall(r"^specs/(\w+)\S* warning: .*\[nothing-to-accept\]$", ran.out, re.MULTILINE)
    # The models that go have one message.
    assert unused == ["songs"] * 2 * ("songs" in options) + ["videos"] * ("beta" in options)


def test_the_command_that_a_finding_shows_accepts_what_it_names(lost: Root) -> None:
    moved = lost.path.rename(lost.path.with_name("a root; with 'odd' $(signs)"))
    lost = Root(moved, lost.capture)
    for _ in range(3):
        ran = lost.run("scrape")
        command = next(line for line in ran.out.splitlines() if line.startswith("    paramsync scrape "))
        where = ["bash", "-c", command.replace("paramsync", f"{shlex.quote(sys.executable)} -m paramsync", 1)]
        done = subprocess.run(where, cwd="/", check=False, capture_output=True, text=True)
        assert len(held_back(lost, ran.out)) == len(held_back(lost, done.stdout)) + 1
    assert lost.run("scrape", "--check").code == 0


def test_a_finding_names_all_that_would_go(root: Root) -> None:
    names = [f"a-model-with-a-long-name-{number}" for number in range(100)]
    root.add_page("videos", page(*names, "last"))
    assert root.run("scrape").code == 0
    root.add_page("videos", page("last"))
    ran = root.run("scrape", "videos", "--prune")
    assert "100 of 101 models disappeared at once" in ran.out
    assert all(f"model_{name}" in ran.out for name in names)
    assert max(map(len, ran.out.splitlines())) < 200
    assert f"paramsync scrape videos --root {root.path} --prune --accept-removals videos\n" in ran.out
