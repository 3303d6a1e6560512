"""The rooms of the house: who imports whom, what is pure, and that adding a target is adding a folder."""

import ast
import re

import pytest
from conftest import PROJECT, Root
from small import (
    NAMES,
    PAGE,
    TARGET,
    Files,
    everything,
    put,
    section,
)

# Purity and order

FROM_FIRST_TO_LAST = """
    errors texts prose manifests profile reading.page reading.inline reading.markdown reading.tags reading.elements reading.html reading.folded reading
    cells specs values parameters overlays schemas keeping changes judging comparing history reports models rules vectors target filters rendering drift
    files roots stamps network.answers network.addresses network.bodies network.indexes network.judging
    network.connections network.visits network.robots network.discovery network.pages network.memory network
    gathering scraping saving generating explaining fetching revisions places diffing __main__
"""
ORDER = FROM_FIRST_TO_LAST.split()
SIDE_EFFECTS = (
    "os pathlib subprocess sys shutil tempfile time datetime random socket glob io locale secrets uuid"
)


def code_of(module: str) -> ast.Module:
    path = PROJECT / "generator" / module.replace(".", "/")
    return ast.parse(
        (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    )


def imports_of(module: str) -> set[str]:
    nodes = list(ast.walk(code_of(module)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names |= (
                {f"generator.{alias.name}" for alias in node.names}
                if node.module == "generator"
                else {str(node.module)}
            )
    return names


def test_the_order_names_every_module() -> None:
    files = {path.relative_to(PROJECT / "generator") for path in (PROJECT / "generator").rglob("*.py")}
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
    assert names == {*ORDER, "__init__"}


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_from_those_before_it_and_is_pure_where_it_says_so(module: str) -> None:
    imports = imports_of(module)
    before = ORDER[: ORDER.index(module)]
    assert {name.removeprefix("generator.") for name in imports if name.startswith("generator")} <= set(
        before
    )
    if "files" not in before and module != "files":
        assert not imports & set(SIDE_EFFECTS.split())
        assert not [
            node for node in ast.walk(code_of(module)) if isinstance(node, ast.Name) and node.id == "open"
        ]
    if module != "__main__":
        says = {"print", "input", "sys.exit", "exit", "quit"}
        assert not says & {
            ast.unparse(node.func) for node in ast.walk(code_of(module)) if isinstance(node, ast.Call)
        }


SANDBOX = PROJECT / "templates" / "sandbox" / "scenario_sandbox"
SANDBOX_ORDER = [
    "lives",
    "clock",
    "store",
    "addresses",
    "connections",
    "keys",
    "wording",
    "faults",
    "assets",
    "jobs",
    "uploads",
    "catalogue",
    "requests",
    "answers",
    "service",
    "routes.jobs",
    "routes.uploads",
    "routes.assets",
    "routes.models",
    "routes.control",
    "application",
    "server",
    "plugin",
    "command",
    "__main__",
]


def test_a_module_of_the_sandbox_imports_only_from_those_before_it_and_its_command_alone_prints() -> None:
    modules = {
        ".".join(path.relative_to(SANDBOX).with_suffix("").parts): path for path in SANDBOX.rglob("*.py")
    }
    assert modules.keys() == {*SANDBOX_ORDER, "__init__", "routes.__init__"}
    for index, module in enumerate(SANDBOX_ORDER):
        code = ast.parse(modules[module].read_text())
        nodes = [node for node in ast.walk(code) if isinstance(node, ast.ImportFrom) and node.level]
        imports = {
            f"routes.{one.name}" if node.module == "routes" else node.module
            for node in nodes
            for one in node.names
        }
        assert imports <= set(SANDBOX_ORDER[:index]), module
        calls = {ast.unparse(node.func) for node in ast.walk(code) if isinstance(node, ast.Call)}
        assert module in ("command", "__main__") or not calls & {"print", "sys.exit", "exit"}


CLIENT = PROJECT / "templates" / "python" / "scenario_models" / "client"
CLIENT_ORDER = [
    "errors",
    "answers",
    "progress",
    "ports",
    "lazy",
    "clients",
    "async_clients",
    "transport",
    "blocking",
    "awaiting",
    "moments",
    "retries",
    "files",
    "uploads",
    "downloads",
    "listing",
    "orders",
    "submissions",
    "work",
    "journal",
    "many",
]
LIGHT = CLIENT_ORDER[:7]  # what `from scenario_models import Client` loads
LOADED_AT_THE_FIRST_CALL = {"blocking", "awaiting", "work", "many"}
HEAVY = {"scenario_sdk", "httpx", "tenacity", "asyncio"}


@pytest.mark.parametrize("module", CLIENT_ORDER)
def test_a_module_of_the_client_imports_only_from_those_before_it(module: str) -> None:
    assert {path.stem for path in CLIENT.glob("*.py")} == {*CLIENT_ORDER, "__init__"}
    code = ast.parse((CLIENT / f"{module}.py").read_text())
    at_top = {id(node) for node in code.body}
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = {node.module} if node.module else {alias.name for alias in node.names}
            is_later = module in LIGHT and id(node) not in at_top and names <= LOADED_AT_THE_FIRST_CALL
            is_type = module == "errors" and names == {"answers"}
            assert is_later or is_type or names <= set(CLIENT_ORDER[: CLIENT_ORDER.index(module)]), names
        if module in LIGHT and id(node) in at_top:
            named = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            assert not HEAVY & (named | {getattr(node, "module", None)})
    calls = {ast.unparse(node.func) for node in ast.walk(code) if isinstance(node, ast.Call)}
    assert not calls & {"print", "sys.exit", "exit"}
    clocks = {call for call in calls if call.startswith("time.") or call.endswith(".now")}
    assert not clocks or module == "moments"  # so that a test steps the clock in one place


TYPESCRIPT = PROJECT / "templates" / "typescript" / "src"
TYPESCRIPT_ORDER = [
    "problems",
    "errors",
    "requests",
    "client/answers",
    "client/limits",
    "client/transport",
    "client/progress",
    "client/files",
    "client/uploads",
    "client/downloads",
    "client/listing",
    "client/submissions",
    "client/jobs",
    "client/many",
    "client/work",
    "client/client",
]


@pytest.mark.parametrize("module", TYPESCRIPT_ORDER)
def test_a_module_of_the_npm_package_imports_only_from_those_before_it(module: str) -> None:
    modules = {
        path.relative_to(TYPESCRIPT).with_suffix("").as_posix(): path for path in TYPESCRIPT.rglob("*.ts")
    }
    assert modules.keys() == set(TYPESCRIPT_ORDER)
    folder = modules[module].parent
    for name in re.findall(r"""(?:from|import\()\s*"(.+?)\.js";?""", modules[module].read_text()):
        imported = (folder / name).resolve().relative_to(TYPESCRIPT).as_posix()
        assert imported in TYPESCRIPT_ORDER[: TYPESCRIPT_ORDER.index(module)]


# Adding a target is adding a folder


def test_a_target_is_a_folder_and_no_line_of_python(done: Root) -> None:
    specs = [done.read_json(f"specs/videos/{name}.json") for name in ("alpha", "beta")]
    listed = [{"id": spec["x-model"], "spec": spec} for spec in specs]
    assert done.read_json("generated/list/models.json") == listed
    found = done.tree("generated/list")
    assert {path: text.decode() for path, text in found.items() if path != "models.json"} == {
        "models/alpha.txt": "Alpha\n",
        "models/beta.txt": "Beta\n",
        "notes.txt": TARGET["notes.txt"],
        "pages/videos.txt": "alpha beta \n",
    }


UNSAFE_PATHS: dict[str, tuple[Files, str]] = {
    "the same path twice": ({"templates/list/Notes.txt": ""}, "is written twice"),
    "a path twice, once from a name": ({"templates/list/models/ALPHA.txt": ""}, "is written twice"),
    "a file where another needs a folder": ({"templates/list/models.jinja": ""}, "models"),
    "a name that leads out": (
        {"templates/list/target.toml": NAMES.replace('"n"', '"../"')},
        "is not a safe path",
    ),
    "white space": ({"templates/list/my notes.txt": ""}, "is not a safe path"),
    "a dash in front": ({"templates/list/-rf": ""}, "is not a safe path"),
    "a dot at the end": ({"templates/list/notes.": ""}, "is not a safe path"),
    "a name that Windows reserves": ({"templates/list/aux.txt": ""}, "is not a safe path"),
    "a folder that Windows reserves": ({"templates/list/Con/notes.txt": ""}, "is not a safe path"),
}


@pytest.mark.parametrize("case", UNSAFE_PATHS)
def test_a_path_that_is_not_safe_is_refused(done: Root, case: str) -> None:
    changes, message = UNSAFE_PATHS[case]
    done.add_page("videos", PAGE + section("3d"))
    put(done, changes)
    done.run("scrape")
    before = everything(done)
    ran = done.run("generate")
    assert ran.code == 3
    assert ran.err.startswith("templates/list/")
    assert message in ran.err
    assert everything(done) == before
