"""The proof for TypeScript and scripts of pages: what a compiler makes of a file is what it would make of plain words, with the texts in their place."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from paramsync.rendering.models import Model
from support.node import ask_node
from support.twins import WORD, find_difference


def find_typescript_problems(
    tree: Mapping[str, str], twin: Mapping[str, str], texts: Mapping[str, str], models: Sequence[Model]
) -> Iterator[str]:
    """Say where a text is more than a literal or a comment; each word of `twin` stands for its text."""
    paths = [path for path in tree if path.endswith((".ts", ".js")) and tree[path] != twin[path]]
    read = _read_syntax(
        {f"{side}/{path}": files[path] for side, files in (("tree", tree), ("twin", twin)) for path in paths}
    )
    for path in paths:
        found, plain = read[f"tree/{path}"], read[f"twin/{path}"]
        yield from (f"{path}: {error}" for error in found["errors"])
        expected = {
            "lines": [
                [*rest, WORD.sub(lambda word: texts[word[0]], value)] for *rest, value in plain["lines"]
            ],
            "tags": plain["tags"],
        }
        for key, value in expected.items():
            yield from _difference(f"{path}: {key}", found[key], value)
    for model, folder in product(models, ("judges", "validators")):
        path = f"src/{folder}/{model.name}.ts"
        literals = {value for _, _, value in read.get(f"tree/{path}", {"lines": ()})["lines"]}
        choices = {
            _joined(one)
            for parameter in model.parameters
            for one in parameter.choices
            if isinstance(one, str)
        }
        if literals and not choices <= set(map(_joined, literals)):
            yield f"{path}: has lost choices"


def _read_syntax(files: Mapping[str, str]) -> dict[str, Any]:
    """Have the compiler read files."""
    if not files:
        return {}
    read: dict[str, Any] = ask_node("syntax.mjs", files)
    return read


def _joined(text: str) -> str:
    """Join what JavaScript cannot tell from a pair: two halves of one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _difference(where: str, found: Any, expected: Any) -> Iterator[str]:
    one, other = (json.dumps(value) for value in (found, expected))
    if json.loads(one) != json.loads(other):  # which joins halves of a pair
        yield from find_difference(where, one, other)
