"""Compare two sets of specs: what changed on their pages, and which models came, went, moved or took another name. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paramsync.changes.kinds import Change, change
from paramsync.changes.models import compare_models, compare_order, pair_renamed
from paramsync.findings import InputError, Place
from paramsync.specs.paths import MANIFEST, spec_name
from paramsync.text import Json, Tree, json_line, read_json

CHOICES: dict[str, Any] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
}  # JSON type -> what its choices are


@dataclass(frozen=True)
class ModelEntry:
    """A model, and where it stands."""

    page: str
    spec: Json
    provider: str
    is_listed: bool


@dataclass(frozen=True)
class SpecSet:
    """One of the two sets: the manifests of its pages by name, and its models by id, in the order of their pages."""

    pages: Mapping[str, Json]
    models: Mapping[str, ModelEntry]

    def listed(self, page: str) -> list[str]:
        """Name the models that a page lists."""
        return [model for model, stand in self.models.items() if stand.page == page and stand.is_listed]


def compare_specs(old: Tree, new: Tree) -> tuple[Change, ...]:
    """Compare two sets of specs: the JSON files of two `specs/` folders, by their paths below it.

    Raises:
        InputError: a file is not a page's manifest, not a spec, or not there.

    """
    before, after = read_side(old), read_side(new)
    moved = dict(_moved_pages(before, after))
    return (*_compare_pages(before, after, moved), *_compare_models(before, after, moved))


def read_side(tree: Tree) -> SpecSet:
    """Read the JSON files of a `specs/` folder, by their paths below it.

    Raises:
        InputError: a file is not a page's manifest, not a spec, or not there.

    """
    names = sorted(path.split("/")[0] for path in tree if path.endswith(f"/{MANIFEST}.json"))
    pages = {name: _read_manifest(tree, name) for name in names}
    models = {
        model: ModelEntry(
            name, _read_spec(tree, name, model), manifest.get("providers", {}).get(model, ""), is_listed
        )
        for key, is_listed in (
            ("deprecated", False),
            ("models", True),
        )  # where a page lists it, there it stands
        for name, manifest in pages.items()
        for model in manifest.get(key, ())
    }
    return SpecSet(pages, models)


def _moved_pages(before: SpecSet, after: SpecSet) -> Iterator[tuple[str, str]]:
    """Pair each page that is gone with the new one that has taken all its models which there still are."""
    for name in before.pages.keys() - after.pages.keys():
        pages = {after.models[model].page for model in before.listed(name) if model in after.models}
        if len(pages) == 1 and not pages & before.pages.keys():
            yield name, pages.pop()


def _compare_pages(before: SpecSet, after: SpecSet, moved: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(before.pages.keys() - after.pages.keys()):
        new = moved.get(name)
        yield change("page-moved", new, old=name, new=new) if new else change("page-removed", name)
    for name in sorted(after.pages.keys() - before.pages.keys() - set(moved.values())):
        yield change("page-added", name)
    for old, manifest in before.pages.items():
        name = moved.get(old, old)
        if name in after.pages:
            for key in ("title", "kind"):
                was, now = manifest.get(key), after.pages[name].get(key)
                if was != now:
                    yield change(f"page-{key}", name, old=was, new=now)
            reordered = compare_order("models-order", before.listed(old), after.listed(name))
            yield from (replace(one, page=name) for one in reordered)


def _compare_models(before: SpecSet, after: SpecSet, moved: Mapping[str, str]) -> Iterator[Change]:
    added = [model for model, stand in after.models.items() if model not in before.models and stand.is_listed]
    gone = [
        model for model, stand in before.models.items() if stand.is_listed and not _is_listed(after, model)
    ]
    renamed = dict(pair_renamed(_signatures(before, gone), _signatures(after, added)))
    old_names = {*renamed.values()}
    for model, stand in before.models.items():
        if model not in after.models and model not in old_names:
            yield change("model-removed", moved.get(stand.page, stand.page), model)
    for model, stand in after.models.items():
        old = before.models.get(renamed.get(model, model))
        if old is None:
            yield change("model-added", stand.page, model)
        elif model in renamed:
            is_kept = renamed[model] in after.models
            renaming = change("model-renamed", stand.page, model, old=renamed[model], new=model)
            yield replace(renaming, severity="behaviour") if is_kept else renaming
        elif moved.get(old.page, old.page) != stand.page:
            yield change("model-moved", stand.page, model, old=old.page, new=stand.page)
        yield from _compare_listing(model, old, stand) if model not in old_names else ()
        if old is not None:
            yield from _compare_provider(model, old, stand)
            yield from compare_models(stand.page, model, old.spec, stand.spec)


def _is_listed(side: SpecSet, model: str) -> bool:
    return model in side.models and side.models[model].is_listed


def _signatures(side: SpecSet, models: list[str]) -> dict[str, str]:
    """Give what makes a model the same under another name: its parameters and capabilities."""
    specs = {model: side.models[model].spec for model in models}
    keys = ("properties", "required", "x-capabilities")
    return {model: json_line([spec[key] for key in keys]) for model, spec in specs.items()}


def _compare_listing(model: str, old: ModelEntry | None, new: ModelEntry) -> Iterator[Change]:
    if not new.is_listed and (old is None or old.is_listed):
        yield change("model-deprecated", new.page, model)
    if new.is_listed and old is not None and not old.is_listed:
        yield change("model-returned", new.page, model)


def _compare_provider(model: str, old: ModelEntry, new: ModelEntry) -> Iterator[Change]:
    if old.provider != new.provider:
        yield change("provider", new.page, model, old=old.provider or None, new=new.provider or None)


def _read_manifest(tree: Tree, name: str) -> Json:
    place = Place(f"specs/{name}/{MANIFEST}.json")
    manifest: Json = read_json(tree[f"{name}/{MANIFEST}.json"], place)
    if not isinstance(manifest, dict) or not (
        _are_texts(manifest.get("models"))
        and _are_texts_by_name(manifest.get("deprecated", {}))
        and _are_texts_by_name(manifest.get("providers", {}))
    ):
        raise InputError(place, "is not the manifest of a page; restore it from git, or run paramsync scrape")
    return manifest


def _read_spec(tree: Tree, name: str, model: str) -> Json:
    path = f"{name}/{spec_name(model)}.json"
    place = Place(f"specs/{path}")
    if path not in tree:
        raise InputError(place, "page.json names this spec, and it is not there; run paramsync scrape")
    spec: Json = read_json(tree[path], place)
    if not _is_spec(spec, model):
        raise InputError(place, f"is not the spec of {model!r}; restore it from git, or run paramsync scrape")
    return spec


def _is_spec(spec: Any, model: str) -> bool:
    """Tell whether a JSON value has the shape on which the comparison rests; the schema for specs asks for more."""
    return (
        isinstance(spec, dict)
        and spec.get("x-model") == model
        and _are_texts(spec.get("x-capabilities"))
        and _are_texts(spec.get("required"))
        and isinstance(spec.get("properties"), dict)
        and set(spec["required"]) <= set(spec["properties"])
        and all(isinstance(one, dict) and "x-type" in one for one in spec["properties"].values())
        and all(map(_are_rules, spec["properties"].values()))
    )


def _are_rules(rules: Any) -> bool:
    if not isinstance(rules, dict) or rules.get("type") not in (*CHOICES, "object", "array"):
        return False
    if rules["type"] == "array":
        return _are_rules(rules.get("items"))
    bounds = [rules[key] for key in ("minimum", "maximum") if key in rules]
    choices = rules.get("enum", [])
    return all(isinstance(bound, int | float) for bound in bounds) and (
        isinstance(choices, list)
        and all(isinstance(choice, CHOICES.get(rules["type"], ())) for choice in choices)
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _are_texts_by_name(value: Any) -> bool:
    return isinstance(value, dict) and _are_texts([*value.values()])
