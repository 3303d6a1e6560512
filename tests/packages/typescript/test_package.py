"""The npm package as its users meet it: packed, installed, typed, and run in Node, Deno, Bun and a browser."""

import contextlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from support.browsers import browse, serving
from support.node import NPM, NPM_PACKAGES, TYPESCRIPT, WHEEL, node, run, started, tsc
from support.roots import PROJECT
from support.sandboxes import Running, running

pytestmark = pytest.mark.foreign


def test_it_packs_and_installs_into_a_fresh_project_with_nothing_else(packed: Path, tmp_path: Path) -> None:
    done = run(node(), NPM, "install", "--silent", packed, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    packages = tmp_path / "node_modules"
    assert [path.name for path in packages.iterdir() if path.name[0] != "."] == ["scenario-models"]
    assert (packed.parent / "source/dist/esm/models").exists()
    assert not (packages / "scenario-models/dist/esm/models/removed.js").exists()
    use = """import { models } from "scenario-models";
        import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
        console.log(models.length, syncLipsyncV2({ video: new Blob(["1"]), audio: "asset_2" }).body());"""
    used = run(node(), "--input-type=module", "--eval", use, cwd=tmp_path)
    assert used.stdout.splitlines()[0].startswith("36 { video: Blob"), used.stderr


SUITES = [(path.name, Path(node())) for path in sorted(TYPESCRIPT.glob("*.test.mjs"))]
SUITES.append(("realms.test.mjs", WHEEL / "bin" / "node"))  # of which the newest Node is stricter


@pytest.mark.parametrize(
    ("name", "program"), SUITES, ids=[f"{name}{number}" for number, (name, _) in enumerate(SUITES)]
)
def test_node_runs_the_tests_in(name: str, program: Path, built: Path) -> None:
    done = run(
        program,
        "--test-reporter=tap",
        name,
        cwd=built,
        env={"PYTHON": sys.executable, "TESTS": str(PROJECT / "tests")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"^# pass (\d+)", done.stdout, re.MULTILINE)[0]) > 3
    assert "# skipped 0" in done.stdout


def test_no_modules_import_each_other_not_even_for_types_or_when_called(generated: Path) -> None:
    source = (generated / "typescript/src").resolve()
    graph = {
        path: {
            (path.parent / f"{name}.ts").resolve()
            for name in re.findall(r"""(?:from|import\()\s*"(\..+?)\.js\"""", path.read_text())
        }
        for path in source.rglob("*.ts")
    }
    assert {target for targets in graph.values() for target in targets} <= graph.keys()
    TopologicalSorter(graph).prepare()  # raises CycleError
    own = {source / "server.ts", *(source / "server").iterdir()}  # which belongs in no page
    assert {path for path, targets in graph.items() if targets & own} <= own


STRICT = {
    "target": "ES2022", "module": "NodeNext", "strict": True, "exactOptionalPropertyTypes": True, "noUncheckedIndexedAccess": True,
    "verbatimModuleSyntax": True, "noEmit": True, "skipDefaultLibCheck": True,
}  # fmt: skip
WHERE = {
    "a browser": {"lib": ["ES2022", "DOM", "DOM.AsyncIterable"], "types": []},
    "Node": {
        "lib": ["ES2022"],
        "types": ["node"],
        "skipLibCheck": True,
    },  # whose own types need what is newer
}
COMPILERS = ["typescript-oldest", "typescript", "typescript-newest"]


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_compiler_lets_right_uses_pass_and_refuses_each_wrong_one_in_a_browser_and_in_node(
    compiler: str, built: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(built / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for where, own in WHERE.items():
        (folder := tmp_path / where).mkdir()
        for name in ("right.ts", "wrong.ts"):
            shutil.copy(TYPESCRIPT / name, folder)
        options = {**STRICT, **own}
        if compiler == "typescript-oldest" and where == "a browser":
            options["lib"] = ["ES2022", "DOM"]
        (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    said = tsc("--build", *WHERE, "--pretty", "false", cwd=tmp_path, version=compiler).stdout
    found = re.findall(r"^(.+)/(\S+)\((\d+),\d+\): error", said, re.MULTILINE)
    lines = (TYPESCRIPT / "wrong.ts").read_text().splitlines()
    wrong = [str(number) for number, line in enumerate(lines, 1) if "// error" in line]
    assert {*found} == {(where, "wrong.ts", number) for where in WHERE for number in wrong}, said


def test_libraries_infer_what_a_validator_is_of_where_no_types_of_standard_schema_are_installed(
    built: Path, tmp_path: Path
) -> None:
    (packages := tmp_path / "node_modules").mkdir()
    for package in (built / "node_modules").iterdir():
        if package.name != "@standard-schema":
            (packages / package.name).symlink_to(package.resolve())
    source = shutil.copy(TYPESCRIPT / "libraries.ts", tmp_path)
    options = {
        **STRICT,
        **WHERE["a browser"],
        "skipLibCheck": True,
        "preserveSymlinks": True,
    }
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": ["libraries.ts"]})
    )
    (tmp_path / "package.json").write_text('{"type": "module"}')
    said = tsc("--pretty", "false", cwd=tmp_path).stdout
    lines = Path(source).read_text().splitlines()
    wrong = [str(number) for number, line in enumerate(lines, 1) if "// error" in line]
    assert re.findall(r"^libraries\.ts\((\d+),", said, re.MULTILINE) == wrong, said


# The one between them compiles it where it is packed.
@pytest.mark.parametrize("compiler", ["typescript-oldest", "typescript-newest"])
def test_it_compiles_itself_with(compiler: str, generated: Path, tmp_path: Path) -> None:
    done = tsc("--outDir", tmp_path, cwd=generated / "typescript", version=compiler)
    assert done.returncode == 0, done.stdout


SITE = PROJECT / "templates/site"
FORMATTED = {".ts", ".tsx", ".js", ".html"}


def test_what_is_written_by_hand_is_formatted() -> None:
    written = [
        *(PROJECT / "templates/typescript/src").rglob("*.ts"),
        *TYPESCRIPT.glob("*.mjs"),
        *(path for path in SITE.glob("assets/*") if path.suffix in (".css", ".js")),
        TYPESCRIPT / "right.ts",
        TYPESCRIPT / "site.d.ts",
        *(path for path in (TYPESCRIPT / "projects").rglob("*.*") if path.suffix in FORMATTED),
        TYPESCRIPT / "libraries.ts",
    ]
    prettier = (
        WHEEL / "bin" / "node",
        NPM_PACKAGES / "prettier/bin/prettier.cjs",
    )  # the newest takes less time
    done = run(*prettier, "--config", TYPESCRIPT / ".prettierrc.json", "--check", *written, cwd=PROJECT)
    assert done.returncode == 0, done.stderr


def test_the_scripts_of_the_site_name_nothing_that_there_is_not() -> None:
    scripts = (SITE / "assets").glob("*.js")
    options = ("--noEmit", "--allowJs", "--checkJs", "--strict", "false", "--target", "es2022", "--types", "")
    libraries = ("--lib", "dom,dom.iterable,es2024")
    done = tsc(*options, *libraries, TYPESCRIPT / "site.d.ts", *scripts, cwd=PROJECT)
    assert done.returncode == 0, done.stdout


RAN = {"status": "success", "isWhole": True, "type": "video/mp4", "stages": ["upload", "run"]}
RUNTIMES = {
    "Node": ["node"],
    "Deno": ["deno", "run", "--allow-all", "--node-modules-dir=manual"],
    "Bun": [next(NPM_PACKAGES.glob("@oven/bun-*/bin/bun"), "bun")],
}


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Running]:
    with running("--speed", "50") as sandbox:
        yield sandbox


@contextlib.contextmanager
def paying_once(sandbox: Running, fault: str) -> Iterator[list[Any]]:
    """Let a fault strike the next submission, which is found to be paid once; give its entry in the ledger when that is known."""
    known = len(sandbox.call("GET", "/sandbox/ledger").json()["entries"])
    sandbox.call("DELETE", "/sandbox/faults")
    if fault:
        struck = {"kind": fault, "times": 1, "on": "POST /v1/generate/custom/*"}
        assert sandbox.call("POST", "/sandbox/faults", json=struck).status_code == 201
    entries: list[Any] = []
    yield entries
    entries += sandbox.call("GET", "/sandbox/ledger").json()["entries"][known:]
    assert len(entries) == 1
    assert [one["struck"] for one in sandbox.call("GET", "/sandbox/faults").json()["faults"]] == [1] * bool(
        fault
    )


@pytest.mark.parametrize("fault", ["", "drop-after"])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_it_runs_and_pays_once_in(runtime: str, fault: str, built: Path, sandbox_process: Running) -> None:
    env = {**sandbox_process.environment, "DENO_NO_UPDATE_CHECK": "1"}
    with paying_once(sandbox_process, fault):
        done = run(*RUNTIMES[runtime], "smoke.mjs", cwd=built, env=env)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"cost": 10.75, **RAN}


def test_what_deno_denies_is_named_and_nothing_waits_for_it(built: Path) -> None:
    deno = ["deno", "run", "--no-prompt", "--node-modules-dir=manual"]
    done = run(*deno, "denied.mjs", cwd=built, env={"DENO_NO_UPDATE_CHECK": "1"}, timeout=60)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    net = "the service at https://api.example/v1 cannot be reached: run Deno with --allow-net"
    denied = "Deno does not let this program read {}: run it with --allow-env, or write new Client({{ {} }})"
    keys = denied.format("SCENARIO_SDK_API_KEY", "apiKey: …, apiSecret: …")
    url = denied.format("SCENARIO_BASE_URL", "baseUrl: …")
    for name, message in {"net": net, "keys": keys, "url": url}.items():
        assert {said[f"{name} {what}"] for what in ("jobs", "run", "runMany")} == {message}


# Not "drop-after": Chromium itself sends a request again where a kept connection breaks before any answer.
@pytest.mark.parametrize("fault", ["", "error-after", "error-before"])
def test_it_runs_in_a_page_of_another_origin_and_pays_once(
    fault: str, built: Path, sandbox_process: Running, tmp_path: Path
) -> None:
    bundle = run(
        "esbuild", "page.mjs", "--bundle", "--format=esm", f"--outfile={tmp_path / 'page.js'}", cwd=built
    )
    assert bundle.returncode == 0, bundle.stderr
    (tmp_path / "index.html").write_text("<!doctype html><script type=module src=page.js></script>")
    query = urlencode(
        {"baseUrl": sandbox_process.environment["SCENARIO_BASE_URL"], "apiKey": "a", "apiSecret": "b"}
    )
    with serving(tmp_path) as (address, told, _):
        with paying_once(sandbox_process, fault) as entries:
            found = browse(f"{address}/index.html?{query}", tmp_path, told)
        assert found == {**RAN, "job": entries[0]["jobId"]}


@pytest.mark.parametrize(
    ("origin", "lost"), [("its own", ""), ("its own", "yes"), ("another", "yes")]
)  # Chromium itself sends a request again where a kept connection breaks: the handler must not let it be paid again
def test_a_page_without_a_key_runs_a_model_through_a_server_and_pays_once(
    origin: str, lost: str, built: Path, sandbox_process: Running, tmp_path: Path
) -> None:
    bundle = run(
        "esbuild", "page.mjs", "--bundle", "--format=esm", f"--outfile={tmp_path / 'page.js'}", cwd=built
    )
    assert bundle.returncode == 0, bundle.stderr
    (tmp_path / "index.html").write_text("<!doctype html><script type=module src=page.js></script>")
    with serving(tmp_path) as (address, told, _):
        env = {**sandbox_process.environment, "TOLD": f"{address}/done", "ORIGIN": address, "LOST": lost}
        with started("served.mjs", "page", tmp_path, cwd=built, env=env) as port:
            server = f"http://127.0.0.1:{port}"
            is_own = origin == "its own"
            query = urlencode(
                {"baseUrl": "/scenario" if is_own else f"{server}/scenario", "withoutKey": "true"}
            )
            with paying_once(sandbox_process, "") as entries:
                found = browse(f"{server if is_own else address}/index.html?{query}", tmp_path, told)
    assert found.pop("job").startswith(f"{entries[0]['jobId']}.")
    assert found == RAN
