"""Each folder in findings/ is a small page, what is found on it, and what is written of it. `make accept` writes what is found.

Modules: build, cells, corrections, damage, draft, duplicates, facts, page_checks, parameters.
"""

import re
from pathlib import Path

import pytest

from paramsync.findings import CODES, NOT_ACCEPTABLE
from support.roots import PROJECT, Root
from support.small_root import HEADER, TOP

CASES = PROJECT / "tests" / "specs" / "findings"
NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_and_written_is_what_the_case_says(
    root: Root, name: str, pytestconfig: pytest.Config
) -> None:
    case = CASES / name
    golden = case / "findings.txt"
    add_case(root, case)
    before = root.tree("specs")
    options = case / "options.txt"
    ran = root.run("scrape", *(options.read_text().split() if options.exists() else ()))
    after = root.tree("specs")
    written = [path for path in after if after[path] != before.get(path)]
    said = ran.out.replace(str(root.path), "ROOT")
    found = f"{said}exit {ran.code}\n" + "".join(f"written: {path}\n" for path in written)
    if pytestconfig.getoption("--accept"):
        golden.write_text(found)
    assert found == golden.read_text()
    errors = [line for line in ran.out.splitlines() if ": error: " in line]
    assert bool(errors) == (ran.code == 3)
    specs = {f"model_{Path(path).stem}" for path in written if not path.endswith("/page.json")}
    assert not specs & {line.split(": ")[2] for line in errors}
    assert ran.err == ""


def test_every_finding_has_a_case() -> None:
    found = " ".join((CASES / name / "findings.txt").read_text() for name in NAMES)
    # About templates, of which `scrape` tells nothing: tests/commands/{test_release,test_spelling,test_verify}.py, tests/test_one_row.py.
    others = {"unnoted-change", "target-lacks-line", "composed-alike", "vectors-disagree"}
    assert {code for code in CODES if f"[{code}]" not in found} == others


@pytest.mark.parametrize("code", [code for code, (level, _) in CODES.items() if level == "warning"])
def test_each_warning_about_a_page_can_be_accepted_and_no_other(root: Root, code: str) -> None:
    name = next((one for one in sorted(NAMES, key=has_profile) if shows(one, code)), "accepted")
    add_case(root, CASES / name)
    everywhere = 'page = "*"\nmodel = "*"\nparameter = "*"\nreason = "So."\n'
    with (root.path / "specs/profile.toml").open("a") as profile:
        profile.write(f'\n[[accept]]\ncode = "{code}"\n{everywhere}')
    ran = root.run("scrape", "--verbose")
    assert (f"{code!r} is about no page" in ran.out + ran.err) == (code in NOT_ACCEPTABLE)
    assert f"[{code}]" not in ran.out
    assert f"no finding {code!r} is left" not in ran.out


def has_profile(name: str) -> bool:
    return (CASES / name / "profile.toml").exists()


def shows(name: str, code: str) -> bool:
    found = (CASES / name / "findings.txt").read_text()
    return f"[{code}]" in found and "[[accept]]" not in found


def add_case(root: Root, case: Path) -> None:
    """Put the pages of a case into a root: `page.md`, or one folder for each of several."""
    for page in sorted(case.rglob("page.*")):
        name = page.parent.name if page.parent != case else "page"
        root.add_page(name, page.read_bytes(), page.suffix[1:])
        for file in (
            one for ending in ("json", "overlay.toml", "llm.md") for one in page.parent.glob(f"*.{ending}")
        ):
            (root.path / "specs" / name / file.name).write_bytes(file.read_bytes())
    if (case / "profile.toml").exists():
        (root.path / "specs/profile.toml").write_bytes((case / "profile.toml").read_bytes())
    if (case / "columns.toml").exists():
        root.edit("specs/profile.toml", "[possible_columns]", (case / "columns.toml").read_text() + "#")
    if (case / "accept.toml").exists():
        with (root.path / "specs" / "profile.toml").open("a") as profile:
            profile.write("\n" + (case / "accept.toml").read_text())
    if (case / "target.toml").exists():
        (root.path / "templates" / "own").mkdir()
        (root.path / "templates" / "own" / "target.toml").write_bytes((case / "target.toml").read_bytes())


# Accepted by pattern

TWO_PAGES = {  # page -> model -> the parameters that are required and have a default
    "one-a": {"model_a1": ("x", "y"), "model_a2": ("x",)},
    "one-b": {"model_b[1]": ("x",), "model_b1": ("x",)},
}
ALL = {
    f"{model} {name}" for models in TWO_PAGES.values() for model, names in models.items() for name in names
}
ACCEPTED = {  # what is accepted, and which findings are left; none: it is stale
    'model = "model_a1"\nparameter = "x"': ALL - {"model_a1 x"},
    'model = "model_a*"\nparameter = "x"': ALL - {"model_a1 x", "model_a2 x"},
    'model = "*1"\nparameter = "*"': ALL - {"model_a1 x", "model_a1 y", "model_b1 x"},
    'page = "one-b"\nmodel = "*"\nparameter = "*"': ALL - {"model_b[1] x", "model_b1 x"},
    'page = "*"\nmodel = "*"\nparameter = "y"': ALL - {"model_a1 y"},
    'model = "model_b[1]"\nparameter = "x"': ALL - {"model_b[1] x"},
    'model = "model_b[1]*"\nparameter = "x"': ALL - {"model_b[1] x"},
    'model = "model_b?*"\nparameter = "x"': ALL,
    'page = "one-a"\nmodel = "model_b1"\nparameter = "x"': ALL,
    'page = "two*"\nmodel = "*"\nparameter = "*"': ALL,
    'model = "a1"\nparameter = "x"': ALL - {"model_a1 x"},
    'model = "a*"\nparameter = "x"': ALL - {"model_a1 x", "model_a2 x"},
    'model = "el_a*"\nparameter = "x"': ALL,
    'parameter = "z"': ALL,
    'model = "MODEL_*"\nparameter = "*"': ALL,
}


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_a_pattern_accepts_what_it_stands_for_and_is_stale_without(root: Root, accepted: str) -> None:
    add_two_pages(root)
    accept(root, accepted)
    out = root.run("scrape", "--verbose").out
    left = ACCEPTED[accepted]
    assert {
        f"{model} {name}" for model, name in re.findall(r"warning: (\S+): (\w): .*with-default", out)
    } == left
    assert ("[stale-acceptance]" in out) == (left == ALL)


UNNAMED = {  # what is accepted -> what it does not name, and the lines that name the first finding
    "": ("no model and no parameter", 'model = "model_a1"\nparameter = "x"'),
    'page = "one-b"': ("no model and no parameter", 'model = "model_b[1]"\nparameter = "x"'),
    'model = "model_a2"': ("no parameter", 'parameter = "x"'),
    'model = "a2"': ("no parameter", 'parameter = "x"'),
    'model = "*"': ("no parameter", 'parameter = "x"'),
    'parameter = "y"': ("no model", 'model = "model_a1"'),
}


@pytest.mark.parametrize("accepted", UNNAMED)
def test_an_acceptance_that_names_too_little_says_what_to_name_and_stays(root: Root, accepted: str) -> None:
    add_two_pages(root)
    profile = root.path / "specs/profile.toml"
    before = profile.read_bytes()
    accept(root, accepted)
    written = profile.read_bytes()
    ran = root.run("scrape", "--tidy", "--verbose")
    unnamed, lines = UNNAMED[accepted]
    assert (ran.code, profile.read_bytes(), "[stale-acceptance]" in ran.out) == (3, written, False)
    said = ran.out[ran.out.index("error: ") :]
    assert f", but this names {unnamed}; " in said
    shown = said.split("[acceptance-unmatched]\n")[1].splitlines()[1 : 2 + lines.count("\n")]
    assert [line.strip() for line in shown] == lines.split("\n")
    profile.write_bytes(before)
    accept(root, f"{accepted}\n{lines}")
    out = root.run("scrape", "--verbose").out
    assert not re.search(r"\[\S*acceptance\S*\]", out)
    assert out.count("[required-with-default]") < len(ALL)


def add_two_pages(root: Root) -> None:
    for page, models in TWO_PAGES.items():
        text = TOP
        for model, names in models.items():
            rows = "".join(f"| `{name}` | string | Yes | `a` | - | - | - | X |\n" for name in names)
            text += f"## {model}\n\n**Model ID:** `{model}`\n\n{HEADER}\n|{' --- |' * 8}\n{rows}\n"
        root.add_page(page, text)


def accept(root: Root, accepted: str) -> None:
    with (root.path / "specs/profile.toml").open("a") as profile:
        profile.write(f'[[accept]]\ncode = "required-with-default"\n{accepted}\nreason = "So."\n')
