"""Make models from the specs of a root, or all targets from its pages, as fast as Jinja and ruff can.

python -m benchmarks.floor models|targets ROOT OUTPUT
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), trim_blocks=True, lstrip_blocks=True, autoescape=False
)
ARRAYS = {"file_array": "string", "string_array": "string", "model_array": "string", "number_array": "number"}
TYPES = {"number": "number", "boolean": "boolean", "inputs_array": "array", **dict.fromkeys(ARRAYS, "array")}
ROW = re.compile(r"(?<!\\)\|")


def make_models(root: Path, output: Path) -> None:
    """Make a module of a pydantic model for each spec."""
    template = TEMPLATES.get_template("model.py.jinja")
    paths = [path for path in root.glob("specs/*/*.json") if path.name != "page.json"]
    _write(output, [(path.stem, json.loads(path.read_bytes())) for path in paths], {"{}.py": template})
    _format(output)


def make_targets(root: Path, output: Path) -> None:
    """Make from the pages specs, and from these what the targets hold for each model."""
    specs = [each for path in sorted(root.glob("specs/*/page.md")) for each in read_page(path.read_text())]
    for folder in ("specs", "python/specs", "sandbox/models"):
        for name, spec in specs:
            path = output / folder / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(spec, indent=2))
    names = ("python/typed/{}.py", "python/validators/{}.py", "typescript/{}.ts", "docs/{}.md")
    files = ("model.py.jinja", "validator.py.jinja", "validator.ts.jinja", "docs.md.jinja")
    _write(
        output, specs, {name: TEMPLATES.get_template(file) for name, file in zip(names, files, strict=True)}
    )
    for name, spec in specs:
        path = output / f"vectors/{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([*make_vectors(spec)]))
    paths = {spec["id"]: {"post": {"requestBody": spec}} for _, spec in specs}
    (output / "openapi.json").write_text(json.dumps({"openapi": "3.1.0", "paths": paths}, indent=2))
    _format(output / "python")


def read_page(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the tables of a page, by the columns that they have in this corpus."""
    for section in text.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        id_ = section.partition("**Model ID:** `")[2].partition("`")[0]
        lines = [line for line in section.splitlines() if line.startswith("|")]
        head = [cell.strip() for cell in ROW.split(lines[0])]
        rows = [
            dict(zip(head, (cell.strip() for cell in ROW.split(line)), strict=False)) for line in lines[2:]
        ]
        properties = {row["Parameter"].strip("`"): read_row(row) for row in rows}
        required = [row["Parameter"].strip("`") for row in rows if row["Required"] == "Yes"]
        more = {"type": "object", "additionalProperties": False}
        yield (
            id_.removeprefix("model_"),
            {"id": id_, "title": title, **more, "properties": properties, "required": required},
        )


def read_row(row: dict[str, str]) -> dict[str, Any]:
    word = row["Type"].replace("\\", "")
    schema: dict[str, Any] = {"type": TYPES.get(word, "string"), "description": row["Description"]}
    if word in ARRAYS:
        schema["items"] = {"type": ARRAYS[word]}
    for header, keyword in (("Min", "minimum"), ("Max", "maximum"), ("Default", "default")):
        if (cell := row[header]) != "-":
            schema[keyword] = read_value(cell.strip("`"), schema["type"])
    if (cell := row["Allowed Values"]) != "-":
        schema["enum"] = [read_value(one, schema["type"]) for one in cell.strip("`").split("`, `")]
    return schema


def read_value(text: str, type_: str) -> Any:
    try:
        return text if type_ == "string" else json.loads(text)
    except ValueError:
        return text


def make_vectors(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Make a payload that is valid, and one for each way to break a rule."""
    samples = {"string": "a", "number": 1, "boolean": True, "array": []}
    properties = spec["properties"]
    valid = {
        name: schema.get("default", schema.get("minimum", samples[schema["type"]]))
        for name, schema in properties.items()
    }
    yield {"payload": valid, "problems": []}
    for name, schema in properties.items():
        yield {"payload": valid | {name: None}, "problems": [[f"/{name}", "type"]]}
        if "minimum" in schema:
            yield {"payload": valid | {name: schema["minimum"] - 1}, "problems": [[f"/{name}", "minimum"]]}
        if "maximum" in schema:
            yield {"payload": valid | {name: schema["maximum"] + 1}, "problems": [[f"/{name}", "maximum"]]}
        if "enum" in schema:
            yield {"payload": valid | {name: "?"}, "problems": [[f"/{name}", "enum"]]}


def _write(output: Path, specs: list[tuple[str, dict[str, Any]]], templates: dict[str, Template]) -> None:
    for pattern, template in templates.items():
        (output / pattern).parent.mkdir(parents=True, exist_ok=True)
        for name, spec in specs:
            words = name.replace(".", "-").split("-")
            class_name = "M" + "".join(map(str.capitalize, words))
            path = output / pattern.format("m_" + "_".join(words))
            path.write_text(template.render({**spec, "name": class_name}))


def _format(output: Path) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    subprocess.run([ruff, "format", "--quiet", "--isolated", "--no-cache", output], check=True)


if __name__ == "__main__":
    {"models": make_models, "targets": make_targets}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
