"""Removals that people accept: which names they mean, and the command that accepts what a finding is about. Pure."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from paramsync.findings import Finding, UsageError
from paramsync.specs.build import BuiltPage
from paramsync.specs.document import Folder
from paramsync.text import suggest_name

HELD_BACK = ("many-models-gone", "many-parameters-gone")


def find_accepted(
    names: Sequence[str], pages: Mapping[str, BuiltPage], folders: Mapping[str, Folder], prefix: str
) -> frozenset[str]:
    """Find the pages and the models, with or without the prefix of their ids, of which removals are accepted.

    Raises:
        UsageError: there is neither a page nor a model of a name.

    """
    models = {model for page in pages.values() for model in page.models}
    known = {*pages, *models, *(model for one in folders.values() for model in one.page.all_models)}
    found = {name: next((one for one in (name, prefix + name) if one in known), "") for name in names}
    for name, meant in found.items():
        if not meant:
            near = suggest_name(name, known) or suggest_name(prefix + name, known)
            raise UsageError(f"--accept-removals: there is no page and no model {name!r}{near}")
    return frozenset(found.values())


def show_command(finding: Finding, options: Sequence[str]) -> Finding:
    """Add to a finding about removals the command that accepts them, given the other options of the command."""
    if finding.code not in HELD_BACK:
        return finding
    name = finding.model or finding.page
    return replace(finding, lines=shlex.join(["paramsync", "scrape", *options, "--accept-removals", name]))
