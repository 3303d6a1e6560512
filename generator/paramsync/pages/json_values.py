"""Read JSON into values that know their place in the file. Pure."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import tree_sitter_json
from tree_sitter import Language, Node, Parser

from paramsync.findings import InputError, LimitError, Place
from paramsync.pages.page import Piece, Text
from paramsync.text import collapse_whitespace, quote, read_json, shorten

MAX_SIZE = 2 * 1024 * 1024  # characters; a hundred times the largest record that was seen
INSIDE_CHARACTER = re.compile(rb"[\x80-\xbf]")
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
PLUS = re.compile(rb"(?<=[0-9][eE])\+")  # which the grammar does not know, and which tells nothing of places
MAX_WRITTEN = 200  # characters that are shown of how a value is written


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value of JSON, as Python has it, where it stands, and what is in it: by key, or in order."""

    value: Any
    text: Text
    members: Mapping[str, "JsonValue"] = field(default_factory=dict)
    items: tuple["JsonValue", ...] = ()

    @property
    def place(self) -> Place:
        return self.text.place

    def find(self, path: str) -> "JsonValue | None":
        """Find what keys, with dots between them, lead to; None where there is nothing, or null."""
        found: JsonValue | None = self
        for key in path.split("."):
            found = found.members.get(key) if found else None
        return None if found is None or found.value is None else found


@lru_cache(1)  # a record is read, and compared with what would be saved of it
def read_values(text: str, file: str) -> JsonValue:
    """Read a file of JSON.

    Raises:
        InputError: it is not JSON (with line and column), a key is there twice, or it is too large or nested too deeply.

    """
    if len(text) > MAX_SIZE:
        raise LimitError(Place(file), f"the file has more than {MAX_SIZE:,} characters")
    text = text.removeprefix("\ufeff")
    value = read_json(text, Place(file))
    content = text.encode("utf-8", "surrogatepass")
    root = _make_parser().parse(PLUS.sub(b"-", content)).root_node  # only the places are taken from it
    if root.has_error:
        raise InputError(Place(file), "the places of its values cannot be found")
    try:
        inside = tuple(found.start() for found in INSIDE_CHARACTER.finditer(content))
        return _Reader(file, content, inside).read(root.named_children[0], value)
    except RecursionError:
        raise InputError(Place(file), "the file is nested too deeply") from None


@cache
def _make_parser() -> Parser:
    return Parser(Language(tree_sitter_json.language()))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Gives each value of a file its place, from the tree that the parser makes of it."""

    file: str
    content: bytes
    inside: tuple[int, ...]  # the offsets of bytes that begin no character

    def read(self, node: Node, value: Any) -> JsonValue:
        text = self._read_text(node)
        if isinstance(value, dict):
            return JsonValue(value, text, members=self._read_members(node, value))
        if isinstance(value, list):
            pairs = zip(node.named_children, value, strict=True)
            return JsonValue(value, text, items=tuple(self.read(*pair) for pair in pairs))
        if isinstance(value, str) and HALF_CHARACTER.search(value):
            raise InputError(text.place, f"{text.written} has half of a character, which no file can hold")
        return JsonValue(value, text)

    def _read_members(self, node: Node, value: dict[str, Any]) -> dict[str, JsonValue]:
        pairs = node.named_children
        if len(pairs) > len(value):
            self._reject_repeated(pairs)
        return {
            key: self.read(pair.named_children[1], value[key]) for key, pair in zip(value, pairs, strict=True)
        }

    def _reject_repeated(self, pairs: list[Node]) -> None:
        """Raise the error for the first key that an object has twice, of which readers take the one or the other."""
        seen: set[str] = set()
        for pair in pairs:
            key = pair.named_children[0]
            name: str = read_json(self._slice(key), self._place(key))
            if name in seen:
                raise InputError(self._place(key), f"the key {quote(name)} is there twice in one object")
            seen.add(name)

    def _read_text(self, node: Node) -> Text:
        written = shorten(collapse_whitespace(self._slice(node, MAX_WRITTEN)), MAX_WRITTEN)
        return Text(self._place(node), written, (Piece(written),))

    def _slice(self, node: Node, length: int | None = None) -> str:
        end = node.end_byte if length is None else min(node.end_byte, node.start_byte + 4 * length)
        return self.content[node.start_byte : end].decode(errors="replace")

    def _place(self, node: Node) -> Place:
        line, before = node.start_point
        start, end = (bisect_left(self.inside, node.start_byte - one) for one in (before, 0))
        return Place(self.file, line + 1, before - (end - start) + 1)
