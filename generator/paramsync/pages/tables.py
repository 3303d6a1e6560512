"""What the profile declares of tables: which of them are of parameters, where the id of their model is, and how values are written. Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from paramsync.config import ConfigTable
from paramsync.pages.declared import Word, check_placeholders, find_in_sentence, matches
from paramsync.pages.meanings import read_meaning

IdPlace = Literal["label", "heading", "endpoint", "endpoint or heading", "page"]
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
    nested: Literal["", ".", "/", ":", ">", "-", "[]"] = (
        ""  # between the names of objects that are inside each other
    )

    def find_id(self, heading: str) -> str:
        """Find the id in a heading; empty if the heading is of another form."""
        return find_in_sentence(self.heading, "id", heading, is_whole=True) or ""

    def is_ignored(self, heading: str) -> bool:
        return any(matches(heading, pattern) for pattern in self.ignored)
