"""Texts as the vendor has them, for examples and vectors. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from paramsync.rendering.service import UNNAMED_SERVICE, Service
from paramsync.specs.problems import FindSpec, find_no_spec
from paramsync.specs.text_forms import is_file
from paramsync.text import Json

KINDS = ("3d", "audio", "image", "text", "video")  # of files of which there is a sample
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
        samples, word = self.service.vendor.samples, schema.get("x-type", "")
        found = (samples[one] for one in (word, *WORD.findall(word), "string") if one in samples)
        return next(found, ANY_TEXT).replace("{kind}", _choose_kind(schema, name))

    @property
    def start_of_files(self) -> str:
        """How a text begins that may stand where a file is wanted."""
        api: Any = self.service.api or {}
        return str(next(iter(api.get("files", {}).get("texts", ())), ""))


NO_CONTEXT = Context()


def _choose_kind(schema: Json, name: str) -> str:
    """Choose a kind of file: the docs do not state it, but the name may."""
    kind = schema.get("x-kind")
    return (
        kind if kind in KINDS else next((one for one in ("video", "audio") if one in name.lower()), "image")
    )
