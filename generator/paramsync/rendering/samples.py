"""Texts as the vendor has them, for examples and vectors. Pure."""

import re
from dataclasses import dataclass

from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.specs.problems import FindSpec, find_no_spec
from paramsync.specs.text_forms import is_file
from paramsync.text import Json

KIND = "{kind}"
ANY_TEXT = "a text"
WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Context:
    """What a schema alone does not say: the specs that it refers to, and whose API it is."""

    find_spec: FindSpec = find_no_spec
    service: Service = UNNAMED_SERVICE

    def is_file(self, schema: Json) -> bool:
        """Tell whether clients take local files for a text."""
        return is_file(schema.get("x-type", ""), schema.get("enum"), self.service.vendor.uploaded)

    def make_text(self, schema: Json, name: str) -> str:
        """Make the text of an example, given the name of its parameter: as the vendor's word for the type, or a part of it, has it."""
        found = self._find_sample(schema) or self.service.vendor.samples.get("string", ANY_TEXT)
        return found.replace(KIND, self._choose_kind(schema, name))

    def start_of_file(self, schema: Json) -> str:
        """Return how the text of an example begins that stands where a file is wanted; empty where any text may."""
        return self._find_sample(schema).partition(KIND)[0] if self.is_file(schema) else ""

    def _find_sample(self, schema: Json) -> str:
        samples, word = self.service.vendor.samples, schema.get("x-type", "")
        found = (samples[one] for one in (word, *WORD.findall(word)) if one in samples)
        return next(found, "")

    def _choose_kind(self, schema: Json, name: str) -> str:
        """Choose a kind of file: the one that is stated, or that the name has in it, or the first of all."""
        kinds = self.service.vendor.kinds
        found = (one for one in kinds if one == schema.get("x-kind"))
        named = (one for one in kinds if one in name.lower())
        return next(found, next(named, next(iter(kinds), "")))


NO_CONTEXT = Context()
