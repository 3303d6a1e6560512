"""What the npm package of many models costs those who use one: in the bundles of their tools, in Node, and in the compiler."""

import gzip
import json
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.generation import Roots, generate
from benchmarks.processes import run, take_turns
from benchmarks.validators import OURS, Figures
from support import node, projects

FEW = 4
OF_FEW = f"of {FEW} models"
ENTRIES = {
    "Vite": ("vite", "src/main.ts"),
    "webpack": ("webpack", "src/index.js"),
    "Rollup": ("rollup", "src/main.js"),
    "esbuild": ("esbuild", "src/main.ts"),
    "Next.js": ("next", "app/page.tsx"),
}
ASK = """import { models } from "scenario-models";
console.log(JSON.stringify(models.find(({ module }) => module.endsWith("-00000"))));
"""
PAGE = """import {{ Client }} from "scenario-models/client";
import {{ {function} }} from "scenario-models/models/{module}";

console.log(new Client(), {function});
"""
REACT_PAGE = """"use client";
import {{ Client }} from "scenario-models/client";
import {{ {function} }} from "scenario-models/models/{module}";

export default function Page() {{
  return <p>{{String([new Client(), {function}])}}</p>;
}}
"""
USE = """import {{ Client, type ModelParameters }} from "scenario-models";

export const run = (parameters: ModelParameters[{id}]) => new Client().run({id}, parameters);
"""
SETTINGS = {
    "compilerOptions": {
        "target": "ES2022", "module": "NodeNext", "lib": ["ES2022", "DOM"], "types": [], "strict": True, "skipLibCheck": True, "noEmit": True,
    },
    "files": ["main.ts"],
}  # fmt: skip
COMPILERS = {"TypeScript 5.9": "typescript", "TypeScript 7": "typescript-newest"}
# Of an import alone, without Node's own start.
IMPORT = "const begin = performance.now(); {statement}; console.log(performance.now() - begin);"
STATIC = re.compile(r"""\b(?:from|import)\s*["']\./([^"']+)["']""")


@dataclass(frozen=True)
class Package:
    """An installed package of so many models, and the first of these."""

    folder: Path

    @property
    def installed(self) -> Path:
        return self.folder / "node_modules/scenario-models"

    @property
    def model(self) -> dict[str, str]:
        """The id, the function and the module of the model that packages of any size have."""
        asked = node.run("node", "--input-type=module", "--eval", ASK, cwd=self.folder)
        asked.check_returncode()
        found: dict[str, str] = json.loads(asked.stdout)
        return {"function": found["functionName"], "id": json.dumps(found["id"]), "module": found["module"]}

    @contextmanager
    def project(self, saved: str = "") -> Iterator[Path]:
        """Give a folder for a project, for a while; with what is saved of one in it."""
        project = self.folder / "measured"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(projects.SAVED / saved, project) if saved else project.mkdir()
        try:
            yield project
        finally:
            shutil.rmtree(project)


def measure(folder: Path, size: int, rounds: int) -> Figures:
    """Give the bytes that are loaded at the start and in all, the milliseconds of imports, and the seconds of compilers."""
    few, many = (install(folder, count) for count in (FEW, size))
    figures: Figures = {}
    for tool in ENTRIES:
        of_few, of_many = measure_bundle(few, tool), measure_bundle(many, tool)
        figures |= {f"{tool}, {part}": {OURS: of_many[part], OF_FEW: of_few[part]} for part in of_many}
    both = {OURS: many, OF_FEW: few}
    for name, statement in {
        "the root": 'await import("scenario-models")',
        "the root, CommonJS": 'process.getBuiltinModule("module").createRequire(process.cwd() + "/main.js")("scenario-models")',
        "the client": 'await import("scenario-models/client")',
        "a model": f'await import("scenario-models/models/{many.model["module"]}")',
    }.items():
        turns = {who: partial(measure_import, package, statement) for who, package in both.items()}
        taken = take_turns(turns, 5 * rounds + 1)  # the first reads files
        figures[f"Node, {name}"] = {who: statistics.median(each[1:]) for who, each in taken.items()}
    for name, compiler in COMPILERS.items():
        compiled = {who: partial(compile_use, package, compiler) for who, package in both.items()}
        least = {who: min(each) for who, each in take_turns(compiled, rounds).items()}
        figures[f"{name}, more"] = {OURS: least[OURS] - least[OF_FEW]}
    return figures


def install(folder: Path, count: int) -> Package:
    """Make the package of so many models, and install it."""
    roots = Roots(folder, count)
    root = roots.copy(roots.scraped)
    run(*generate(root, "typescript"))
    packed = roots.make_path()
    packed.mkdir()
    return Package(projects.install_package(node.pack(root / "generated/typescript", packed)))


def measure_bundle(package: Package, tool: str) -> Mapping[str, float]:
    """Bundle a page with the client and one model; give the bytes, minified and compressed, that it loads at once, and all that there are."""
    saved, entry = ENTRIES[tool]
    with package.project(saved) as project:
        for path in (project / entry).parent.iterdir():
            if path.name != "layout.tsx":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        page = REACT_PAGE if tool == "Next.js" else PAGE
        (project / entry).write_text(page.format(**package.model), encoding="utf-8")
        done = subprocess.run(
            projects.script("build"),
            cwd=project,
            env=projects.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{tool}: {done.stdout}{done.stderr}")
        output = project / (".next/static" if tool == "Next.js" else "dist")
        written = {path.name: path for path in sorted(output.rglob("*.js"))}
        sizes = {name: _size(path, is_minified=tool != "Rollup") for name, path in written.items()}
        if tool == "Next.js":  # which loads what it likes
            return {"all": sum(sizes.values())}
        first = [next(name for name in written if name.startswith(("main", "index")))]
        for name in first:  # which grows
            first += [
                one for one in STATIC.findall(written[name].read_text(encoding="utf-8")) if one not in first
            ]
        return {"start": sum(sizes[name] for name in {*first}), "all": sum(sizes.values())}


def _size(path: Path, *, is_minified: bool) -> int:
    text = path.read_bytes()
    if not is_minified:
        text = node.run("esbuild", "--minify", path.name, cwd=path.parent).stdout.encode()
    return len(gzip.compress(text, 9, mtime=0))


def measure_import(package: Package, statement: str) -> float:
    """Give the milliseconds of an import in a new process."""
    command = [projects.NODE / "node", "--input-type=module", "--eval", IMPORT.format(statement=statement)]
    with package.project() as project:
        return float(node.run(*command, cwd=project).stdout)


def compile_use(package: Package, compiler: str) -> float:
    """Compile a program that runs a model by its id; give the seconds."""
    with package.project() as project:
        (project / "main.ts").write_text(USE.format(**package.model), encoding="utf-8")
        (project / "package.json").write_text('{"type": "module"}')
        (project / "tsconfig.json").write_text(json.dumps(SETTINGS))
        begin = perf_counter()
        done = node.tsc(cwd=project, version=compiler)
        took = perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{compiler}: {done.stdout}")
    return took
