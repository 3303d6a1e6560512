"""Which models files use: by what their Python code takes from this package, and by ids in their texts. Reads files."""

import json
import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .python_code import PACKAGE, Found, find_ids, find_in_code, parse_code

__all__ = ["PACKAGE", "Use", "find_uses"]
PYTHON = (".py", ".pyi")
NOTEBOOK = ".ipynb"
# What is looked at below a folder.
TEXTS = (*PYTHON, NOTEBOOK, ".html", ".json", ".jsonl", ".mdx", ".sh", ".toml", ".yaml", ".yml")
NOT_OURS = ("build", "dist", "node_modules", "site-packages", "__pycache__")
ONLY_IDS = "could not be read as {}; only ids of models were looked for"
OTHER_LANGUAGE = re.compile(r"\s*%%(?!time|capture|prun)")
MAGIC = re.compile(r"^([ \t]*)[%!?].*", re.MULTILINE)  # a line for the notebook, not for Python


@dataclass(frozen=True, order=True)
class Use:
    """A place, such as line 12 of `app.py`, and what was found there."""

    file: str
    line: int
    model: str = ""
    missing: str = ""
    remark: str = ""

    @property
    def place(self) -> str:
        """The place as people write it; without the line if it is the whole file."""
        return f"{self.file}:{self.line}" if self.line else self.file


def find_uses(paths: Iterable[Path], ids: Container[str]) -> list[Use]:
    """Find the models that files use, or the files below folders; `ids` are all that there are or were.

    Raises:
        OSError: a file or a folder cannot be read.

    """
    return sorted({use for path in paths for file in _find_files(path) for use in _find_in_file(file, ids)})


def _find_files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not path.is_file():
            raise OSError(f"{path} is neither a file nor a folder")
        yield path
        return
    for folder, names_of_folders, names in os.walk(path, onerror=_raise):
        names_of_folders[:] = sorted(name for name in names_of_folders if _is_ours(Path(folder, name)))
        files = (Path(folder, name) for name in sorted(names) if name.endswith(TEXTS))
        yield from (file for file in files if file.is_file())


def _is_ours(folder: Path) -> bool:
    return not folder.name.startswith(".") and folder.name not in NOT_OURS and not (folder / "pyvenv.cfg").exists()


def _raise(error: OSError) -> None:
    raise error


def _find_in_file(file: Path, ids: Container[str]) -> Iterator[Use]:
    content = file.read_bytes()
    if file.suffix in PYTHON:
        tree = parse_code(content)
        if tree:
            yield from (_make_use(str(file), found) for found in find_in_code([("", tree)], ids))
            return
        yield Use(str(file), 0, remark=ONLY_IDS.format("Python"))
    text = content.decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.split("\n"), 1):
        yield from (Use(str(file), number, found) for found in find_ids(line, ids))
    if file.suffix == NOTEBOOK:
        yield from _find_in_notebook(file, text)


def _find_in_notebook(file: Path, text: str) -> Iterator[Use]:
    """Find what the cells of code take from the package; ids are found in the text of the file."""
    try:
        cells = [
            (f":cell {number}", "".join(cell["source"]))
            for number, cell in enumerate(json.loads(text)["cells"], 1)
            if cell["cell_type"] == "code"
        ]
    except (ValueError, LookupError, TypeError, RecursionError):
        yield Use(str(file), 0, remark=ONLY_IDS.format("a notebook"))
        return
    codes = [(part, code) for part, code in cells if not OTHER_LANGUAGE.match(code)]
    trees = {part: parse_code(code) or parse_code(MAGIC.sub(r"\1pass", code)) for part, code in codes}
    yield from (Use(f"{file}{part}", 0, remark=ONLY_IDS.format("Python")) for part, tree in trees.items() if not tree)
    parsed = [(part, tree) for part, tree in trees.items() if tree]
    yield from (_make_use(str(file), found) for found in find_in_code(parsed, ()))


def _make_use(file: str, found: Found) -> Use:
    return Use(file + found.part, found.line, found.model, found.missing, found.remark)
