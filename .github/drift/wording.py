"""Check that what is proposed as wording alone is no more: such a pull request may merge without eyes on it. Pure.

Only specs and the facts of pages that exist may change, in their prose and in orders that mean nothing. What is generated cannot be
checked here: `paramsync generate --check` must pass before anything merges.
"""

import json
from collections.abc import Callable
from typing import Any

from archive import ArchiveError, quote
from proposal import OVERLAYS, SPECS, Proposal

# Keywords of a spec, and facts of a page, that are prose; of the keywords that begin with x-, all but those that are kept.
PROSE = {"title", "description", "kind", "updated", "providers"}
KEPT = {"x-model", "x-type", "x-capabilities", "x-name-in-code", "x-kind", "x-cost", "x-required-if"}
UNORDERED = {"enum", "required", "models", "x-capabilities"}
BY_NAME = {"properties", "dependentRequired", "deprecated", "names"}  # whose keys are names, and no keywords
VALUES = {"default"}


def check_wording(proposal: Proposal, read: Callable[[str], str]) -> None:
    """Check each spec against the one that stands so far, which `read` gives by its path; empty where there is none.

    Raises:
        ArchiveError: more changes than wording and order.

    """
    for path in sorted(proposal.removed):
        if SPECS.fullmatch(path) or OVERLAYS.fullmatch(path):
            raise ArchiveError(f"{quote(path)} is removed, which is more than wording")
    for path, content in sorted(proposal.files.items()):
        if SPECS.fullmatch(path) and not _say_the_same(read(path), content):
            raise ArchiveError(f"{quote(path)} changes in more than wording")


def _say_the_same(before: str, after: bytes) -> bool:
    try:
        one, other = (json.dumps(_essence(json.loads(text)), sort_keys=True) for text in (before, after))
    except (ValueError, RecursionError):
        return False
    return one == other


def _essence(value: Any) -> Any:
    """Leave out prose, and sort what has no order."""
    if isinstance(value, list):
        return [_essence(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _keyword(key, one)
        for key, one in value.items()
        if key not in PROSE and (key[:2] != "x-" or key in KEPT)
    }


def _keyword(key: str, value: Any) -> Any:
    if key in BY_NAME and isinstance(value, dict):
        return {name: _essence(one) for name, one in value.items()}
    if key in UNORDERED and isinstance(value, list):
        return sorted({json.dumps(one, sort_keys=True) for one in value})
    return value if key in VALUES else _essence(value)
