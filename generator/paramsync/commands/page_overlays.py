"""The overlays of a page: read from its folder, and applied to its drafts. Reads files."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath

from paramsync.config import TomlFile, read_toml
from paramsync.findings import Finding, InputError
from paramsync.paths import OVERLAY_SUFFIX, spec_name
from paramsync.specs.build import BuiltPage
from paramsync.specs.corrections import find_overlay_model
from paramsync.specs.document import Folder, PageDocument
from paramsync.specs.overlays import apply_overlay, find_unmatched_overlays
from paramsync.workspace import files

Overlays = Mapping[str, TomlFile | InputError]  # by path below the root


def read_overlays(root: Path, name: str) -> Overlays:
    """Read the overlays of a page, by their paths below the root; an error says why one cannot be read."""
    paths = sorted((root / "specs" / name).glob(f"*{OVERLAY_SUFFIX}"))
    return {(file := path.relative_to(root).as_posix()): _read_overlay(root, path, file) for path in paths}


def _read_overlay(root: Path, path: Path, file: str) -> TomlFile | InputError:
    try:
        return read_toml(files.read_text(path, root), file)
    except InputError as error:
        return error


def apply_overlays(
    overlays: Overlays,
    built: BuiltPage,
    folder: Folder,
    *,
    prune: bool,
) -> Iterator[Finding]:
    """Apply the overlays of a page to its drafts, and find overlays without a model."""
    drafts = {draft.model: draft for draft in built.drafts}
    known = (*drafts, *(() if prune else folder.page.all_models))
    ranked = sorted(known, key=partial(_rank_name, folder.page))
    by_name = {spec_name(one, folder.page.prefix): one for one in ranked}
    unmatched: dict[str, str] = {}
    for file, overlay in overlays.items():
        if isinstance(overlay, TomlFile) and overlay.text.strip() and not overlay.data:
            continue  # comments alone
        stated = find_overlay_model(overlay.data) if isinstance(overlay, TomlFile) else ""
        stem = PurePath(file).name.removesuffix(OVERLAY_SUFFIX)
        model = stated or by_name.get(stem, "")
        draft = drafts.get(model)
        if model not in known:
            unmatched[stated or stem] = file
        elif draft and isinstance(overlay, InputError):
            yield Finding("overlay-invalid", overlay.place, overlay.problem, draft.model)
        elif draft and isinstance(overlay, TomlFile):
            apply_overlay(draft, overlay)
    if built.drafts:
        yield from find_unmatched_overlays(unmatched, {*by_name})


def _rank_name(page: PageDocument, model: str) -> tuple[bool, bool]:
    """Rank the models whose ids give one name: last the one whose spec stands under that name."""
    stands = model in page.all_models and page.names.get(model, model) == model
    return stands, model.startswith(page.prefix)
