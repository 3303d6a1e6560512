"""Read the TOML files that people write into frozen, typed values; an error names the file and the key. Pure."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain, repeat
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from paramsync.findings import InputError, Place

MAX_PROBLEMS = 5  # shown of one file


class ConfigTable(BaseModel):
    """A TOML table: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=ConfigTable)


def read_config(text: str, file: str, kind: type[M]) -> M:
    """Parse TOML text and check it against a type of table.

    Raises:
        InputError: the text is not TOML (with line and column), or a key is missing, unknown or of the wrong type.

    """
    try:
        return kind.model_validate(tomllib.loads(text.removeprefix("\ufeff")))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(found[2]), int(found[3])) if found else Place(file)
        raise InputError(place, f"not TOML: {found[1] if found else error}") from None
    except ValidationError as error:
        problems = [*_problems(error)]
        more = f"; and {len(problems) - MAX_PROBLEMS} more" if len(problems) > MAX_PROBLEMS else ""
        raise InputError(Place(file), "; ".join(problems[:MAX_PROBLEMS]) + more) from None
    except (ValueError, RecursionError) as error:  # too many digits, or tables nested too deeply
        raise InputError(Place(file), f"not TOML: {error}") from None


def find_tables(text: str, file: str, name: str) -> Iterator[Place]:
    """Find the line of each `[[name]]` header, in order.

    The iterator never ends: after the last header it gives the file without a line, for tables written inline.
    """
    heads = re.finditer(rf"^[ \t]*\[\[[ \t]*[\"']?{name}[\"']?[ \t]*\]\]", text, re.MULTILINE)
    lines = (Place(file, text.count("\n", 0, head.end()) + 1) for head in heads)
    return chain(lines, repeat(Place(file)))


def _problems(error: ValidationError) -> Iterator[str]:
    """Describe each mistake, in TOML's words. An array that is too short only without its wrong items is no mistake."""
    for row in error.errors():
        if row["type"] == "too_short" and row["ctx"]["actual_length"] < len(row["input"]):
            continue
        message = row["msg"].removeprefix("Value error, ")
        if row["type"] != "value_error":  # pydantic's own words; ours may quote what people wrote
            message = message.replace("Tuple", "Array").replace("valid tuple", "valid array")
        yield f"{'.'.join(map(str, row['loc'])) or 'file'}: {message}"
