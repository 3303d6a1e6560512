"""Endpoints: method and path, such as `POST /v1/images`, in the texts and tables of a section. Pure."""

import re

from paramsync.pages.page import Section, Text

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
METHOD = re.compile("|".join(METHODS), re.IGNORECASE)
PATH = re.compile(
    r"(?:https?://[A-Za-z0-9.:-]{1,200}|wss?://[A-Za-z0-9.:-]{1,200}|\{[\w-]{1,50}\})?(?P<path>/[\w\-./{}:<>~%*$@+=]{0,500})"
)
ENDPOINT = re.compile(
    rf"(?:[\w *]{{1,40}}:[\s*]*)?(?P<method>{METHOD.pattern})[\s:]*{PATH.pattern}(?:\?\S*)?(?:\s+HTTP/[\d.]+)?",
    re.IGNORECASE,
)


def find_section_endpoint(section: Section) -> tuple[str, Text] | None:
    """Find the endpoint that a section states: method and path, with the text of the path."""
    for text in (section.heading, *section.prose, *section.endpoints):
        if endpoint := find_endpoint(text.value):
            return endpoint, text
    for table in section.tables:
        cells = [cell for row in (table.header, *table.rows) for cell in row]
        for cell in cells:
            if endpoint := find_endpoint(cell.value):
                return endpoint, cell
        methods = [cell for cell in cells if METHOD.fullmatch(cell.value)]
        paths = {path: cell for cell in cells if (path := read_path(cell.value))}
        if len(methods) == len(paths) == 1:
            [(path, cell)] = paths.items()
            return join_endpoint(methods[0].value, path), cell
    return None


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
