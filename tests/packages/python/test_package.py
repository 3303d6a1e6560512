"""The generated package as its users meet it: installed, imported, completed by a checker, and wrong."""

import ast
import copy
import io
import json
import operator
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from jsonschema import Draft202012Validator
from packaging.version import Version
from pydantic import TypeAdapter

from paramsync.config import read_config
from paramsync.pages.profile import Profile
from paramsync.pages.reader import read_page
from paramsync.specs.build import build_specs
from support.environments import build_wheel, install, make_environment, pin, read_lowest, read_wheel
from support.example import EXAMPLE, SAVED
from support.mypy_runs import mypy
from support.roots import PAGES, PROJECT
from support.sandboxes import running

TYPING = Path(__file__).parent / "typing"


@pytest.fixture
def package(generated: Path) -> Path:
    """Give a package of all real models and the hard ones."""
    return generated / "python"


def specs() -> dict[str, dict]:
    """Give the spec of every model in the package."""
    profile = read_config((SAVED / "profile.toml").read_text(), "profile.toml", Profile)
    pages = [
        *PAGES.values(),
        *SAVED.glob("*/page.*"),
        PROJECT / "tests/rendering/golden/hard/page.md",
    ]
    built = [
        build_specs(read_page(page.read_text(), "page", profile), profile)
        for page in pages
        if page.suffix != ".json"
    ]
    return {draft.model: draft.spec for one in built for draft in one.drafts}


SPECS = specs()


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


RUN = """
import asyncio, os, sys
from importlib.metadata import version
from pathlib import Path
import scenario_models as s

request = s.SyncLipsyncV2(video=Path("talk.mp4"), audio=b"voice", sync_mode="bounce")
with s.Client() as client:
    client.estimate(request)
    print(client.run(request).assets[0].download(Path()).stat().st_size)
    print(len([outcome.result.assets[0].bytes() for outcome in client.run_many([request] * 2)]))

async def main():
    async with s.AsyncClient() as client:
        print(len(await (await client.run(request)).assets[0].bytes()))

asyncio.run(main())
print(len(s.models()), "py.typed" in os.listdir(s.__path__[0]))
print(*map(version, sys.argv[1:]))
"""


@pytest.mark.usefixtures("wheels")
def test_it_installs_and_runs_a_model_with_the_lowest_versions_of_what_it_requires(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shutil.copytree(package, tmp_path / "source")
    wheel = build_wheel(source, tmp_path)
    facts = read_wheel(wheel)
    assert facts.get_all("Project-URL") == ["Documentation, https://docs.scenario.com"]
    assert "Scenario" in facts["Keywords"].split(",")
    assert {"Typing :: Typed", "Operating System :: OS Independent"} <= {*facts.get_all("Classifier")}
    lowest = read_lowest(source / "pyproject.toml")
    python = make_environment(tmp_path / "environment")
    (tmp_path / "talk.mp4").write_bytes(b"video")
    monkeypatch.delenv("PIP_NO_INDEX")  # the wheels that were collected are the newest
    install(python, f"{wheel}[cli]", *pin(lowest))
    with running("--speed", "50") as sandbox:
        used = run(str(python), "-W", "error", "-c", RUN, *lowest, cwd=tmp_path, **sandbox.environment)
        assert used.stdout.startswith("13408\n2\n13408\n30 True\n"), used.stderr
        command = (str(python.with_name("scenario-models")), "run", "sync-lipsync-v2", "video=@talk.mp4")
        voice = ("audio=@talk.mp4", "--any-kind", "--download", "a/b")
        done = run(*command, *voice, cwd=tmp_path, **sandbox.environment)
        assert (done.returncode, len([*tmp_path.glob("a/b/*.mp4")])) == (0, 1), done.stderr
    versions = used.stdout.split()[-len(lowest) :]
    assert [*map(Version, versions)] == [*map(Version, lowest.values())]
    assert "complete -o" in run(*command[:1], "completion", "bash", cwd=tmp_path).stdout


def test_each_error_stands_once_in_the_table_of_the_readme(models: Any) -> None:
    public = [getattr(models, name) for name in models.__all__]
    errors = [
        one.__name__
        for one in public
        if isinstance(one, type) and issubclass(one, models.ClientError) and one is not models.ClientError
    ]
    section = (EXAMPLE / "generated/python/README.md").read_text().split("\n## Errors\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(errors)


CHECKERS: dict[str, Callable[[Path], list[str]]] = {
    "pyright": lambda _: ["pyright", "--pythonpath", sys.executable],
    "ty": lambda package: [
        "ty", "check", "--python", sys.executable, f"--extra-search-path={package}", "--output-format=concise",
    ],
    "pyrefly": lambda _: ["pyrefly", "check", "--output-format=min-text"],
}  # fmt: skip
PLUGIN = """
[tool.mypy]
strict = true
plugins = ["pydantic.mypy"]
[[tool.mypy.overrides]]
module = ["scenario_sdk.*", "httpx.*"]  # to read them anew takes long
follow_imports = "skip"
[tool.pydantic-mypy]
init_forbid_extra = true
init_typed = true
warn_required_dynamic_aliases = true
"""


@pytest.mark.parametrize("checker", ["mypy", "mypy with the plugin of pydantic", *CHECKERS])
def test_a_type_checker_lets_right_uses_pass_and_refuses_each_wrong_one(
    checker: str, package: Path, tmp_path: Path
) -> None:
    for name in ("right.py", "wrong.py"):
        shutil.copy(TYPING / name, tmp_path / name)
    if checker == "pyright":
        rules = {"typeCheckingMode": "strict", "extraPaths": [str(package)]}
        (tmp_path / "pyrightconfig.json").write_text(json.dumps(rules))
    elif checker == "pyrefly":
        (tmp_path / "pyrefly.toml").write_text(
            f"python-interpreter-path = {sys.executable!r}\nsearch-path = [{str(package)!r}]\n"
        )
    if checker.startswith("mypy"):
        (tmp_path / "plugin.toml").write_text(
            PLUGIN if "plugin" in checker else "[tool.mypy]\nstrict = true\n"
        )
        said = mypy(tmp_path, "--config-file=plugin.toml", "right.py", "wrong.py", cwd=tmp_path, path=package)
    else:
        said = run(
            sys.executable, "-m", *CHECKERS[checker](package), "right.py", "wrong.py", cwd=tmp_path
        ).stdout
    lines = [one for one in said.splitlines() if "error" in one.lower()]
    found = {
        (name, int(line))
        for one in lines
        for name, line in re.findall(r"\b(right\.py|wrong\.py):(\d+)", one)[:1]
    }
    wrong = (TYPING / "wrong.py").read_text().splitlines()
    expected = {("wrong.py", number) for number, line in enumerate(wrong, 1) if "# error" in line}
    if "plugin" in checker or checker == "pyrefly":  # which know nothing of the SDK's classes
        of_sdk = ("Client(1)", "Client(timeout=", "Client(http_client=")
        expected -= {("wrong.py", number) for number, line in enumerate(wrong, 1) if line.startswith(of_sdk)}
    assert found == expected, said


def test_each_public_type_is_said(package: Path) -> None:
    environment = {
        "VIRTUAL_ENV": sys.prefix,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    said = run(
        "pyright", "--verifytypes", "scenario_models", "--ignoreexternal", cwd=package, **environment
    ).stdout
    assert "Type completeness score: 100%" in said, said[-5000:]


LOADS_LITTLE = {
    "the package": ("import scenario_models", ("pydantic",)),
    "the validators": ("import scenario_models.validators", ("pydantic",)),
    "a lookup": ("from scenario_models import from_json, model, models; models()", ("pydantic",)),
    "a client": (
        "import scenario_models as s; s.Client(), s.AsyncClient()",
        ("pydantic", "asyncio", "tenacity"),
    ),
}


@pytest.mark.parametrize("case", LOADS_LITTLE)
def test_nothing_heavy_is_imported_before_it_is_needed(package: Path, case: str) -> None:
    code, unwanted = LOADS_LITTLE[case]
    loaded = run(sys.executable, "-c", f"{code}; import sys; print(*sys.modules)", cwd=package).stdout.split()
    assert "scenario_models" in loaded
    heavy = (*unwanted, "httpx", "scenario_sdk", "scenario_models.typed.")
    assert [name for name in loaded if name.startswith(heavy)] == []


def imports_of(module: str, is_package: bool, code: ast.Module, modules: Collection[str]) -> set[str]:  # noqa: FBT001
    """Give the modules of a package that one of them imports anywhere: at the top, in a function, or for types alone."""
    here = [*filter(None, module.split(".")), *(["__init__"] if is_package else [])]
    found = set()
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*here[: -node.level], *(node.module.split(".") if node.module else [])]
            names = [".".join([*base, alias.name]) for alias in node.names]
            found |= {name if name in modules else ".".join(base) for name in names}
    return found


def read_package() -> dict[str, ast.Module]:
    """Read the modules of the package."""
    folder = EXAMPLE / "generated/python/scenario_models"
    paths = {path: path.relative_to(folder).with_suffix("").parts for path in folder.rglob("*.py")}
    names = {path: ".".join(part for part in parts if part != "__init__") for path, parts in paths.items()}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for path, name in names.items()}


def graph_of(code: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Give what each module of a package imports."""
    packages = {name.rpartition(".")[0] for name in code} | {""}
    return {name: imports_of(name, name in packages, one, code) for name, one in code.items()}


def calls_in(code: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(code) if isinstance(node, ast.Call)}


# Whose imports are worked out, and of what.
DYNAMIC = {
    "": "client.",
    "factory": "typed.",
    "validators": "validators.",
    "command.main": ("command.jobs", "command.verbs"),
    "command.python_code": "typed.",
}


def test_no_module_imports_one_that_imports_it() -> None:
    code = read_package()
    graph = graph_of(code)
    assert graph.keys() >= set().union(*graph.values())
    assert {name for name in code if {"import_module", "_import_module"} & calls_in(code[name])} == {
        *DYNAMIC,
        "references",  # models may refer to each other: a circle of validators, which only such models make
    }
    for name, begin in DYNAMIC.items():
        graph[name] |= {one for one in code if one.startswith(begin)}
    TopologicalSorter(graph).prepare()


def test_one_module_reads_the_clocks_and_one_prints() -> None:
    calls = {name: calls_in(code) for name, code in read_package().items()}
    clocks = {name for name, all_of in calls.items() if any(call.startswith("time.") for call in all_of)}
    prints = {name for name, all_of in calls.items() if all_of & {"print", "sys.exit", "exit"}}
    assert clocks == {"client.clock"}
    assert prints == {"__main__", "command.screen"}


HIDDEN_CIRCLES = {
    "at the top": "from .b import x",
    "a module itself": "from . import b",
    "in a function": "def f():\n    from .b import x",
    "for types alone": "if TYPE_CHECKING:\n    from .b import x",
    "from below": "from ..low.b import x",
}


@pytest.mark.parametrize("case", HIDDEN_CIRCLES)
def test_a_circle_is_seen_wherever_the_import_stands(case: str) -> None:
    code = {"": "", "low": "", "low.a": HIDDEN_CIRCLES[case], "low.b": "import os\nfrom ..low import a"}
    with pytest.raises(CycleError):
        TopologicalSorter(graph_of({name: ast.parse(one) for name, one in code.items()})).prepare()


def test_a_model_is_found_by_its_id(generated_models: Any) -> None:
    assert {info.id for info in generated_models.models()} == SPECS.keys()
    assert [info.id for info in generated_models.models()] == sorted(
        info.id for info in generated_models.models()
    )
    info = next(info for info in generated_models.models() if info.id == "model_sync-lipsync-v2")
    assert info[1:5] == ("SyncLipsyncV2", "Sync Lipsync v2", "Sync Labs", ("video2video",))
    for info in generated_models.models():
        assert generated_models.model(info.id) is getattr(generated_models, info.class_name)
        assert generated_models.model(info.id).model_id == info.id
    assert {info.class_name for info in generated_models.models()} <= set(dir(generated_models))
    by_id = generated_models.by_id
    assert [*by_id] == [info.id for info in generated_models.models()]
    assert (
        by_id["model_sync-lipsync-v2"]
        is generated_models.SyncLipsyncV2
        is dict(by_id)["model_sync-lipsync-v2"]
    )
    assert ("model_none" in by_id, None in by_id, by_id.get("model_none")) == (False, False, None)
    with pytest.raises(KeyError, match=r'no model .* did you mean "model_sync-lipsync-v2"'):
        by_id["model_sync-lipsync-v2x"]
    with pytest.raises(TypeError):
        by_id["model_none"] = generated_models.SyncLipsyncV2
    with pytest.raises(LookupError, match=r'no model .* did you mean "model_sync-lipsync-v2"'):
        generated_models.model("model_sync-lipsync-v2x")
    with pytest.raises(AttributeError):
        generated_models.SyncLipsyncV9


def test_a_body_holds_what_was_set_and_the_defaults_of_required_parameters(generated_models: Any) -> None:
    path = Path("talk.mp4")
    request = generated_models.SyncLipsyncV2(video=path, audio="asset_1", temperature=1)
    assert request.body() == {"video": path, "audio": "asset_1", "temperature": 1}
    assert type(request.body()["temperature"]) is int
    assert generated_models.Values30(files=["asset_1"]).body() == {"mode": "fast", "files": ["asset_1"]}
    assert generated_models.Values30(files=[], seed=-(2**53) - 1).body()["seed"] == -(2**53) - 1
    assert generated_models.Values30(files=[], seed=None).body() == {"mode": "fast", "files": []}
    assert generated_models.HardNames(class_="a", parameter_3d="4k").body() == {"class": "a", "3d": "4k"}
    unset = generated_models.SyncLipsyncV2(video=path, audio="asset_1", temperature=None, sync_mode=None)
    assert unset.body() == {"video": path, "audio": "asset_1"}
    assert generated_models.Values30(files=[], mode=None).body() == {"mode": "fast", "files": []}


def test_a_request_is_a_value(generated_models: Any) -> None:
    request = generated_models.SyncLipsyncV2(video="asset_1", audio="asset_2")
    assert request == generated_models.SyncLipsyncV2(video="asset_1", audio="asset_2")
    assert request != generated_models.SyncLipsyncV2(video="asset_1", audio="asset_3")
    assert str(request) == repr(request) == "SyncLipsyncV2(video='asset_1', audio='asset_2')"
    with pytest.raises(ValueError, match="frozen"):
        request.temperature = 1
    newer = request.unlisted(syncMode="new").unlisted(other=3)
    assert newer.body() == {"video": "asset_1", "audio": "asset_2", "syncMode": "new", "other": 3}
    assert "syncMode" not in request.body()
    assert newer != request
    assert repr(newer).endswith("unlisted={'syncMode': 'new', 'other': 3})")
    given = {"a": 1}
    unknown = generated_models.AnyModel("model_new", given)
    given["a"] = 2
    assert unknown.body() == {"a": 1}


def test_a_request_that_holds_a_list_is_a_value_too(generated_models: Any) -> None:
    request = generated_models.Values30(files=["asset_1"])
    request.body()["files"].append("asset_2")
    assert request.body()["files"] == ["asset_1"]
    assert request == generated_models.Values30(files=("asset_1",))
    assert hash(request) == hash(generated_models.Values30(files=["asset_1"]))
    assert request != generated_models.Values30(files=["asset_1"], pose="")  # its body says more
    assert generated_models.Values30(files=[], tiny=1) == generated_models.Values30(files=[], tiny=1.0)
    assert repr(generated_models.Values30(files=[b"1" * 1000])) == "Values30(files=[<1000 bytes>])"
    assert pickle.loads(pickle.dumps(request.unlisted(a=1))) == request.unlisted(a=1)  # noqa: S301
    with pytest.raises(AttributeError):
        request.files.append("asset_2")


def test_an_unknown_model_says_so_in_another_process_too(generated_models: Any) -> None:
    with pytest.raises(LookupError) as raised:
        generated_models.model("model_none")
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301


def match(problem: Any) -> Any:
    """Take a problem apart, by a pattern."""
    match problem:
        case (pointer, *others, message):
            return pointer, others, message


# How a problem may be looked at, as any tuple.
LOOKS: dict[str, Callable[[Any], Any]] = {
    "items": lambda it: (it[0], it[1], it[-1], it[:], it[1:], it[::-1], len(it), [*reversed(it)]),
    "texts in a row": lambda it: ([*it], tuple(it), list(it), dict.fromkeys(it), max(it), "".join(it)),
    "added": lambda it: (it + ("more",), it + it, sum([it, it], ())),  # noqa: RUF005
    "added to others": lambda it: (("more",) + it, operator.iadd([0], it)),  # noqa: RUF005
    "added to a list": lambda it: [0] + it,  # noqa: RUF005
    "multiplied": lambda it: (it * 1, 2 * it, it * 0),
    "written": lambda it: ("%s %r %a" % it, "%s %s %-99s|" % it, "{0[2]}".format(it)),  # noqa: UP030, UP031, UP032
    "what is in it": lambda it: ([one in it for one in [*it, "x"]], it.index(it[2]), it.count(it[2])),
    "no index": lambda it: it.index("x"),
    "equal": lambda it: (it == tuple(it), tuple(it) == it, it != tuple(it), tuple(it) != it, it == 0),
    "before": lambda it: (it < tuple(it), it <= tuple(it), tuple(it) < it, tuple(it) <= it, it < (*it, "")),
    "behind": lambda it: (it > tuple(it), it >= tuple(it), tuple(it) > it, tuple(it) >= it, it > (*it, "")),
    "before a number": lambda it: it < 0,
    "in order": lambda it: sorted([(*it, ""), it, it[:2], it]).index((*it, "")),
    "in a set": lambda it: (hash(it), it in {tuple(it), ()}, tuple(it) in {it, ()}, len({it, tuple(it)})),
    "picked": operator.itemgetter(2, 0),
    "matched": match,
    "as JSON": lambda it: (json.dumps([it]), json.dumps(it, indent=1), json.dumps({"a": it})),
    "copied": lambda it: (tuple(copy.copy(it)), tuple(copy.deepcopy([it])[0])),
    "pickled": lambda it: [tuple(pickle.loads(pickle.dumps(it, protocol))) for protocol in range(6)],  # noqa: S301
}


def look(name: str, at: Any) -> str:
    """Give what is seen, or which error comes of it."""
    try:
        return repr(LOOKS[name](at))
    except (TypeError, ValueError) as error:
        return type(error).__name__


def test_a_problem_is_a_tuple_of_texts_though_its_message_is_worked_out_when_it_is_read(
    generated_models: Any,
) -> None:
    from scenario_models.validators import validate

    wrong = {"audio": 1, "syncMode": "lop", "temperature": 2, "sync_mode": "https://a.b?secret"}
    found = validate("model_sync-lipsync-v2", wrong)
    assert [one.code for one in found] == ["required", "type", "enum", "maximum", "unknown"]
    for problem in found:
        items = (problem.pointer, problem.code, problem.message)
        assert {type(one) for one in items} == {str}
        assert {name: look(name, problem) for name in LOOKS} == {name: look(name, items) for name in LOOKS}


def test_a_problem_is_a_dataclass_which_anybody_may_make(generated_models: Any) -> None:
    from scenario_models.validators import Problem, validate

    found = validate("model_sync-lipsync-v2", {"video": "a", "audio": "a", "syncMode": "lop"})[0]
    message = '"lop" is none of "loop", "bounce", "cut_off", "silence", "remap"; did you mean "loop"?'
    facts = {"pointer": "/syncMode", "code": "enum", "message": message}
    made = Problem(**facts)  # as somebody else makes one, in a test, say
    for problem in (found, made, pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):  # noqa: S301
        assert type(problem) is Problem
        assert problem == found == made == tuple(facts.values()) == problem
        assert problem != replace(made, code="type")
        assert (
            repr(problem) == f"{problem}" == f"Problem(pointer='/syncMode', code='enum', message={message!r})"
        )
        assert problem._asdict() == asdict(problem) == facts
        match problem:
            case Problem(pointer, code, told):
                assert (pointer, code, told) == tuple(facts.values())
        for schema in (list[Problem], list[Any]):
            as_json = TypeAdapter(schema).dump_json([problem])
            assert json.loads(as_json) == [facts]  # so does FastAPI
        assert TypeAdapter(list[Problem]).validate_json(as_json) == [problem]
    with pytest.raises(AttributeError):
        found.message = ""
    with pytest.raises(AttributeError):
        found.massage


WRONG = {
    "a word that is no choice": ("SyncLipsyncV2", {"sync_mode": "lop"}, "'loop', 'bounce'"),
    "text for a number": ("SyncLipsyncV2", {"temperature": "0.5"}, "valid number"),
    "a boolean for a number": ("SyncLipsyncV2", {"temperature": True}, "valid number"),
    "NaN": ("SyncLipsyncV2", {"temperature": float("nan")}, "finite"),
    "an infinity": ("Values30", {"seed": float("-inf")}, "finite"),
    "too small": ("SyncLipsyncV2", {"temperature": -0.1}, "greater than or equal to 0"),
    "too large": ("SyncLipsyncV2", {"temperature": 1.1}, "less than or equal to 1"),
    "null for what is required": ("SyncLipsyncV2", {"video": None}, "a file is a Path"),
    "null in an array": ("Values30", {"ratios": [None]}, "valid number"),
    "the wire's name": ("SyncLipsyncV2", {"syncMode": "loop"}, 'did you mean "sync_mode"'),
    "a path as text": ("SyncLipsyncV2", {"video": "talk.mp4"}, r"Path\('talk.mp4'\)"),
    "a file open for text": ("SyncLipsyncV2", {"video": io.StringIO("a")}, "mode 'rb'"),
    "a number for a file": ("SyncLipsyncV2", {"video": 1}, "a file is a Path"),
    "http": ("SyncLipsyncV2", {"video": "http://example.com/a.mp4"}, "https URL"),
    "no choice among whole numbers": ("Values30", {"seconds": 5}, "-1, 4 or 8"),
    "a boolean for a choice": ("Values30", {"strict": True}, "is not a number"),
    "a boolean for an element": ("Values30", {"sizes": [True]}, "is not a number"),
    "a number for the choice true": ("Values30", {"on": 1}, "is not a boolean"),
    "no choice among numbers": ("Values30", {"scale": 0.7}, "0.5 or 1 or 2"),
    "an element out of bounds": ("Values30", {"loras_scale": [0, 3]}, "less than or equal to 2"),
    "an element that is no choice": ("Values30", {"maps": ["rough"]}, "'basecolor' or 'normal'"),
    "an element of another type": ("Values30", {"points": [1]}, "valid dictionary"),
    "one value for an array": ("Values30", {"files": "asset_1"}, "Sequence"),
    "a number that JSON does not have": ("Values30", {"tiny": 1j}, "valid number"),
    "an element that JSON does not have": ("Values30", {"ratios": [Decimal("inf")]}, "finite"),
    "one for true": ("HardNames", {"copy_": 1}, "valid boolean"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_is_refused_when_it_is_made(generated_models: Any, case: str) -> None:
    name, parameters, message = WRONG[case]
    required = {
        "SyncLipsyncV2": {"video": b"", "audio": b""},
        "Values30": {"files": []},
        "HardNames": {"class_": ""},
    }
    getattr(generated_models, name)(**required[name])
    with pytest.raises(ValueError, match=message):
        getattr(generated_models, name)(**required[name] | parameters)


def test_of_a_long_array_a_request_tells_the_first_wrong_elements(generated_models: Any) -> None:
    with pytest.raises(ValueError, match=r"maps\.30") as raised:
        generated_models.Values30(files=[], maps=["normal"] * 30 + ["wrong"] * 100_000)
    assert [error["loc"] for error in raised.value.errors()] == [("maps", index) for index in range(30, 40)]
    assert len(generated_models.Values30(files=["asset_1"] * 50).body()["files"]) == 50


def test_a_whole_number_is_as_good_as_an_integer(generated_models: Any) -> None:
    request = generated_models.Values30(files=[], seconds=4.0, sizes=[1.0], scale=1)
    assert request.body() == {"mode": "fast", "files": [], "seconds": 4.0, "sizes": [1.0], "scale": 1}


ODD = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        1.0,
        -1,
        0.5,
        1e308,
        "",
        "loop",
        "1",
        [],
        {},
        ["a"],
        [True],
        [None],
        [[1]],
        [{}],
    ]
)


@pytest.mark.parametrize("model", sorted(SPECS))
def test_the_verdict_of_a_validator_is_that_of_json_schema(generated_models: Any, model: str) -> None:
    from scenario_models.validators import validate

    spec = SPECS[model]
    is_valid = Draft202012Validator(spec).is_valid
    # As `from_schema(spec)`, which would work out the schema of each parameter again for each payload.
    values = {name: from_schema(rules) for name, rules in spec["properties"].items()}
    required = {name: values.pop(name) for name in spec["required"]}
    names = st.sampled_from([*spec["properties"], "other", ""])

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.fixed_dictionaries(required, optional=values),
        st.dictionaries(names, ODD, max_size=3),
        st.sets(names),
    )
    def check(payload: dict, broken: dict, dropped: set) -> None:
        assert validate(model, payload) == []
        for other in (payload | broken, {name: payload[name] for name in payload if name not in dropped}):
            problems = validate(model, other)
            assert (problems == []) == is_valid(other), (other, problems)
            assert len({problem.pointer for problem in problems}) == len(problems)

    check()
    for payload in (None, [], "x", 1, True):
        assert [(one.pointer, one.code) for one in validate(model, payload)] == [("", "type")]


def test_a_validator_says_every_problem_at_once(generated_models: Any) -> None:
    from scenario_models.validators import validate

    payload = {"syncMode": "lop", "temperature": float("nan"), "audio": 1, "a/b~": 0, "sync_mode": 1}
    assert [tuple(problem) for problem in validate("model_sync-lipsync-v2", payload)] == [
        ("/video", "required", "video is required"),
        ("/audio", "type", "1 is not a string"),
        (
            "/syncMode",
            "enum",
            '"lop" is none of "loop", "bounce", "cut_off", "silence", "remap"; did you mean "loop"?',
        ),
        ("/temperature", "type", "NaN is not a number"),
        ("/a~1b~0", "unknown", 'there is no parameter "a/b~"'),
        ("/sync_mode", "unknown", 'there is no parameter "sync_mode"; did you mean "syncMode"?'),
    ]
    hard = validate(
        "model_values-3.0",
        {"files": [1], "lorasScale": [0, 3, -1, "x"], "maps": {}, "seconds": 5, "on": False},
    )
    assert [(one.pointer, one.code) for one in hard] == [
        ("/mode", "required"),
        ("/seconds", "enum"),
        ("/on", "enum"),
        ("/files/0", "type"),
        ("/lorasScale/1", "maximum"),
        ("/lorasScale/2", "minimum"),
        ("/lorasScale/3", "type"),
        ("/maps", "type"),
    ]
    with pytest.raises(LookupError):
        validate("model_none", {})
