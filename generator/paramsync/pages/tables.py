"""What the profile declares of tables: which of them are of parameters, where the id of their model is, and how values are written. Pure."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from paramsync.config import ConfigTable
from paramsync.pages.declared import Word, check_placeholders, find_in_sentence, matches
from paramsync.pages.meanings import read_meaning

IdPlace = Literal["label", "heading", "endpoint", "page"]
ValueForm = Literal["code", "bare", "json"]


class Tables(ConfigTable):
    """Which tables are of parameters, where the id of their model is, and how values are written in them."""

    # A label of [labels]; a heading; method and path, in a heading, a paragraph, a line of code or another table; the name of the page's folder.
    id: IdPlace = "label"
    level: Annotated[StrictInt, Field(ge=1, le=6)] | None = (
        None  # of the heading that begins a model; none: the nearest
    )
    heading: Annotated[str, AfterValidator(lambda text: check_placeholders(text, "id"))] = "{id}"
    joined: StrictBool = False  # several tables of a model are one
    ignored: tuple[Word, ...] = ()  # headings below which no table is of a model; `*` stands for any text
    needs: tuple[
        Annotated[str, AfterValidator(read_meaning)], ...
    ] = ()  # the meanings that tell these tables
    required: StrictBool = False  # whether a parameter is required of which nothing says so
    # Defaults are code spans; or text; or JSON, of which a text may lack the quotes.
    values: ValueForm = "code"
    nested: Annotated[str, Field(pattern=r"^[./:>-]?$")] = (
        ""  # between the names of objects that are inside each other
    )

    def find_id(self, heading: str) -> str:
        """Find the id in a heading; empty if the heading is of another form."""
        return find_in_sentence(self.heading, "id", heading, is_whole=True) or ""

    def is_ignored(self, heading: str) -> bool:
        return any(matches(heading, pattern) for pattern in self.ignored)


METHOD = re.compile(r"GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS", re.IGNORECASE)
PATH = re.compile(
    r"(?:https?://[A-Za-z0-9.:-]{1,200}|wss?://[A-Za-z0-9.:-]{1,200}|\{[\w-]{1,50}\})?(?P<path>/[\w\-./{}:<>~%*$@+=]{0,500})"
)
ENDPOINT = re.compile(
    rf"(?:[\w *]{{1,40}}:[\s*]*)?(?P<method>{METHOD.pattern})[\s:]*{PATH.pattern}(?:\?\S*)?(?:\s+HTTP/[\d.]+)?",
    re.IGNORECASE,
)


def find_endpoint(text: str) -> str:
    """Find the method and path in a text that consists of them, such as `POST /v1/images`; empty if it does not."""
    found = ENDPOINT.fullmatch(text.strip())
    return join_endpoint(found["method"], found["path"]) if found else ""


def read_path(text: str) -> str:
    """Read the path of a URL, or a path; empty if a text is neither."""
    found = PATH.fullmatch(text)
    return found["path"] if found and found["path"] != "/" else ""


def join_endpoint(method: str, path: str) -> str:
    """Write the id of an endpoint."""
    return f"{method.upper()} {path.rstrip('/') or '/'}"
