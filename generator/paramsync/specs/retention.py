"""What a page's folder should hold: the specs of what its page lists, and those of what it has lost. Pure."""

import json
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from paramsync.findings import Finding, Place
from paramsync.specs.build import Built
from paramsync.specs.paths import MANIFEST, spec_name
from paramsync.text import Json, Tree, count, json_text, shorten

MARK = "deprecated"


@dataclass(frozen=True)
class Held:
    """What a page's folder holds now: its JSON files, and what its manifest says of them, as far as it can be read."""

    files: Tree
    listed: tuple[str, ...]
    deprecated: Mapping[str, str]  # model -> the date of the page that no longer listed it
    providers: Mapping[str, str]

    def spec(self, model: str) -> Json:
        """Give the spec of a model; empty if there is none that can be read."""
        spec = _json_object(self.files.get(_path(model), ""))
        return spec if spec.get("x-model") == model and isinstance(spec.get("properties"), dict) else {}


@dataclass(frozen=True)
class Elsewhere:
    """What the other pages have: the models that they will hold as listed ones, and all that stand on any page."""

    held: Container[str]
    on_pages: Container[str]


def read_held(files: Tree) -> Held:
    """Read what a folder holds. What cannot be read names no model, but a spec names its own where there is no manifest."""
    manifest = _json_object(files.get(f"{MANIFEST}.json", ""))
    found = (
        [_json_object(text).get("x-model") for text in files.values()]
        if not manifest
        else manifest.get("models")
    )
    listed = [model for model in found if isinstance(model, str)] if isinstance(found, list) else []
    return Held(files, tuple(listed), _texts(manifest.get(MARK)), _texts(manifest.get("providers")))


def find_removals(
    built: Built, held: Held, place: Place, on_pages: Container[str], most: float
) -> Iterator[Finding]:
    """Find whether more has vanished at once than the profile allows: of a page's models, or of one model's parameters."""
    gone = [model for model in held.listed if model not in on_pages]
    if len(gone) > most * len(held.listed) and not _is_unclear(built):
        problem = (
            f"{len(gone)} of {count(len(held.listed), 'model')} gone at once: {shorten(', '.join(gone))}"
        )
        yield Finding("many-models-gone", place, problem)
    for draft in built.drafts:
        before, now = held.spec(draft.model).get("properties", {}), draft.spec.get("properties", {})
        lost = [name for name in before if name not in now]
        if len(lost) > most * len(before):
            problem = (
                f"{len(lost)} of {count(len(before), 'parameter')} gone at once: {shorten(', '.join(lost))}"
            )
            yield Finding("many-parameters-gone", draft.origins[""]["title"].place, problem, draft.model)


def kept_specs(drafts: Container[str], folders: Iterable[Held]) -> list[Json]:
    """Give the specs of the models that are kept though no page has them."""
    models = ((held, model) for held in folders for model in (*held.listed, *held.deprecated))
    return [spec for held, model in models if model not in drafts and (spec := held.spec(model))]


def page_tree(
    built: Built, failed: Container[str], held: Held, elsewhere: Elsewhere, *, prune: bool = False
) -> Tree:
    """Give the files of a page's folder.

    A model that failed keeps its last good spec, if it has one; so does one that has vanished, marked as deprecated with the
    date of the page, unless those are to be pruned. While a finding belongs to no model, a spec that has vanished may be
    that model's, and is kept as it is.
    """
    sound = [draft for draft in built.drafts if draft.model not in failed]
    tree = {_path(draft.model): json_text(draft.spec) + "\n" for draft in sound}
    names = dict.fromkeys(draft.model for draft in built.drafts)
    vanished = [model for model in held.listed if model not in names and model not in elsewhere.held]
    is_clear = not _is_unclear(built)
    lost = dict.fromkeys(model for model in vanished if is_clear and model not in elsewhere.on_pages)
    kept = [model for model in (*names, *vanished) if model not in lost and model not in held.deprecated]
    tree |= {path: held.files[path] for path in map(_path, kept) if path not in tree and path in held.files}
    models = [model for model in (*names, *vanished) if model not in lost and _path(model) in tree]
    date: str = built.manifest.get("updated", "")
    dates = dict.fromkeys(lost, date) | {**held.deprecated}
    taken = {path.lower() for path in tree}
    deprecated = {
        model: date
        for model, date in dates.items()
        if held.spec(model) and model not in elsewhere.held and _path(model).lower() not in taken
        if not prune or model in elsewhere.on_pages
    }
    tree |= {_path(model): json_text(_mark(held.spec(model))) + "\n" for model in deprecated}
    manifest = {key: fact for key, fact in built.manifest.items() if key != "providers"}
    manifest |= {"models": models} | ({MARK: deprecated} if deprecated else {})
    providers = _providers(built, [*models, *deprecated], held)
    manifest |= {"providers": providers} if providers else {}
    return tree | {f"{MANIFEST}.json": json_text(manifest) + "\n"}


def is_unreadable(built: Built) -> bool:
    """Tell whether a page tells nothing, so that its folder stays as it is."""
    return not built.drafts and _is_unclear(built)


def held_models(built: Built, failed: Container[str], held: Held) -> Collection[str]:
    """Name the models of a page that its folder will hold as listed ones."""
    return {
        draft.model for draft in built.drafts if draft.model not in failed or _path(draft.model) in held.files
    }


def _is_unclear(built: Built) -> bool:
    return any(finding.is_error for finding in built.findings)


def _path(model: str) -> str:
    return f"{spec_name(model)}.json"


def _mark(spec: Json) -> Json:
    """Mark a spec as deprecated, before its type."""
    plain = {key: fact for key, fact in spec.items() if key != MARK}
    before = list(plain)[: list(plain).index("type")] if "type" in plain else list(plain)
    return {key: plain[key] for key in before} | {MARK: True} | plain


def _providers(built: Built, models: Iterable[str], held: Held) -> Json:
    """Give the provider's heading of each model that has one: as the page says, or, of a lost model, as it said."""
    on_page = {draft.model for draft in built.drafts}
    says = built.manifest.get("providers", {})
    by_model = {model: says if model in on_page else held.providers for model in models}
    return {model: headings[model] for model, headings in by_model.items() if model in headings}


def _texts(value: object) -> dict[str, str]:
    """Give the texts of a JSON object by their names; none where it is something else."""
    return (
        {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
    )


def _json_object(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}  # what cannot be read names no model
    return value if isinstance(value, dict) else {}
