"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`, prints nothing."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import files
from generator.errors import Finding, InputError, Outcome, Place, UsageError
from generator.history import HISTORY, describe_changes, extend_history, read_history
from generator.keeping import Elsewhere, Held, find_removals, held_models, kept_specs, page_tree, read_held
from generator.manifests import find_tables, read_manifest
from generator.models import model_of
from generator.overlays import SUFFIX, correct, find_unmatched
from generator.parameters import Draft
from generator.profile import Profile
from generator.reading import read_page
from generator.roots import Progress, read_history_text, read_spec_schema, read_target, settle, settle_file
from generator.schemas import Built, accept, build_specs, check_across
from generator.specs import MANIFEST, SAFE_NAME, Json, spec_name
from generator.target import find_clashes
from generator.texts import Tree, count, nearest, quote

PROFILE = "specs/profile.toml"
FORMS = ("md", "html", "txt")


@dataclass(frozen=True)
class Scraped:
    """All pages of a root, built, what their folders hold, and every finding that is not accepted."""

    profile: Profile
    pages: dict[str, Built]
    held: dict[str, Held]
    findings: tuple[Finding, ...]


def scrape(
    root: Path,
    names: Sequence[str],
    *,
    check: bool,
    prune: bool,
    accept_removals: bool,
    progress: Progress,
) -> Outcome:
    """Read the saved pages, and write (or, to check, compare) the specs of those named, or of all, and the history.

    A model that its page no longer lists is kept, deprecated, unless told to prune. A page that has lost too much at once is
    not written, unless its removals are accepted.

    Raises:
        InputError: `specs/profile.toml`, `specs/spec.schema.json` or `specs/history.jsonl` cannot be used.
        UsageError: there is no page of a name.

    """
    if not check:
        files.remove_leftovers(root / "specs")
    scraped = read_pages(root, progress, prune=prune)
    for name in names:
        if name not in scraped.pages:
            raise UsageError(f"there is no page {name!r} in specs/{nearest(name, scraped.pages)}")
    chosen = _choose(scraped, names)
    removals = [] if accept_removals else list(_removals(root, scraped, chosen))
    trees = _trees(scraped, chosen - {name for name, _ in removals}, prune=prune)
    history, damages = _extend_history(root, scraped, trees)
    findings = [one for one in scraped.findings if not names or _page_of(one) in chosen]
    findings += [*(finding for _, finding in removals), *(one for one in damages if _page_of(one) in chosen)]
    settled = [
        settle_file(root, f"specs/{HISTORY}", history, check=check)
    ]  # first: what a crash leaves is told, not lost
    settled += [
        settle(root, f"specs/{name}", trees[name], scraped.held[name].files, _is_ours, check=check)
        for name in sorted(chosen)
    ]
    errors = sum(finding.is_error for finding in findings)
    pages = [scraped.pages[name] for name in sorted(chosen)]
    subject = f"{_subject(pages)}; {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    return Outcome(
        details=(
            *(str(finding) for finding in sorted(findings, key=lambda finding: finding.place)),
            *(detail for one in settled for detail in one.details),
        ),
        subject=subject,
        changed=(changed := sum(one.changed for one in settled)),
        unchanged=sum(one.unchanged for one in settled),
        exit_code=3 if errors else int(check and changed > 0),
    )


def read_pages(root: Path, progress: Progress, *, prune: bool = False) -> Scraped:
    """Read and build every page of a root, and check them against each other and against every target's spelling.

    The spelling counts the models that are kept though no page has them, unless they are to be pruned.
    """
    profile_text = files.read_text(root / PROFILE, root)
    profile = read_manifest(profile_text, PROFILE, Profile)
    schema = read_spec_schema(root)
    folders = files.folders(root / "specs", root)
    pages = {name: _build_page(root, name, profile, schema) for name in progress(folders)}
    held = {name: read_held(_json_files(root / "specs" / name, root)) for name in folders}
    drafts = [draft for built in pages.values() for draft in built.drafts]
    unmatched = [
        one for name in folders for one in _lay_over(root, name, pages[name], held[name], schema, prune=prune)
    ]
    findings = [finding for built in pages.values() for finding in built.findings]
    findings += [finding for draft in drafts for finding in draft.findings]
    findings += [*unmatched, *check_across(drafts)]
    failed = _failed(findings)
    kept = [] if prune else kept_specs({draft.model for draft in drafts}, held.values())
    findings += _check_spelling(root, [draft for draft in drafts if draft.model not in failed], kept)
    acceptances = zip(find_tables(profile_text, PROFILE, "accept"), profile.accept, strict=False)
    accepted = accept(dict.fromkeys(findings), acceptances)
    return Scraped(profile, pages, held, tuple(accepted))


def _build_page(root: Path, name: str, profile: Profile, schema: Json) -> Built:
    """Build one page. A page that cannot be read is a finding, so that it does not stop the others."""
    folder = root / "specs" / name
    if not SAFE_NAME.fullmatch(name):
        return _unreadable(Place(f"specs/{name}"), f"{quote(name)} is not safe as a name")
    found = _page_files(root, name)
    if len(found) != 1:
        problem = f"has {len(found)} pages, and needs one: page.md, page.html or page.txt"
        return _unreadable(Place(f"specs/{name}"), problem)
    file = found[0].relative_to(root).as_posix()
    try:
        built = build_specs(read_page(files.read_text(found[0], root), file, profile), profile, schema)
    except InputError as error:
        return _unreadable(error.place, error.problem)
    if built.drafts or not _json_files(folder, root).keys() - {f"{MANIFEST}.json"}:
        return built
    lost = Finding("lost-models", Place(file), "the page had models and has none")
    return Built(built.manifest, (), (*built.findings, lost))


def _lay_over(
    root: Path, name: str, built: Built, held: Held, schema: Json, *, prune: bool
) -> Iterator[Finding]:
    """Correct a page's drafts by their overlays, and find the overlays that no model has."""
    drafts = {spec_name(draft.model): draft for draft in built.drafts}
    paths = sorted((root / "specs" / name).glob(f"*{SUFFIX}"))
    files_by_name = {path.name.removesuffix(SUFFIX): path for path in paths}
    for model, path in files_by_name.items():
        if model in drafts:
            file = path.relative_to(root).as_posix()
            try:
                correct(drafts[model], files.read_text(path, root), file, schema)
            except InputError as error:
                yield Finding("overlay-invalid", error.place, error.problem, drafts[model].model)
    kept = () if prune else (*held.listed, *held.deprecated)
    models = {*drafts, *map(spec_name, kept)}
    if built.drafts:
        yield from find_unmatched(
            {model: path.relative_to(root).as_posix() for model, path in files_by_name.items()}, models
        )


def _page_files(root: Path, name: str) -> list[Path]:
    return [path for suffix in FORMS if (path := root / "specs" / name / f"page.{suffix}").is_file()]


def _unreadable(place: Place, problem: str) -> Built:
    return Built({"models": []}, (), (Finding("unreadable-page", place, problem),))


def _choose(scraped: Scraped, names: Collection[str]) -> frozenset[str]:
    """Choose the pages that are named, and those that hold models which are on the named ones now; or all."""
    if not names:
        return frozenset(scraped.pages)
    taken = {draft.model for name in names for draft in scraped.pages[name].drafts}
    given = [
        name for name, held in scraped.held.items() if not taken.isdisjoint({*held.listed, *held.deprecated})
    ]
    return frozenset([*names, *given])


def _removals(root: Path, scraped: Scraped, chosen: Container[str]) -> Iterator[tuple[str, Finding]]:
    """Find the pages that have lost too much at once."""
    on_pages = _on_pages(scraped)
    for name, built in scraped.pages.items():
        if name in chosen and built.drafts:
            place = Place(_page_files(root, name)[0].relative_to(root).as_posix())
            found = find_removals(built, scraped.held[name], place, on_pages, scraped.profile.removals)
            yield from ((name, finding) for finding in found)


def _trees(scraped: Scraped, active: frozenset[str], *, prune: bool) -> dict[str, Tree]:
    """Give what each page's folder should hold; the pages that are not active stay as they are, and give no model away."""
    staying = [held for name, held in scraped.held.items() if name not in active]
    stuck = {model for held in staying for model in (*held.listed, *held.deprecated)}
    failed, on_pages = _failed(scraped.findings) | stuck, _on_pages(scraped)
    owners = {
        model: name
        for name, held in scraped.held.items()
        for model in (held_models(scraped.pages[name], failed, held) if name in active else held.listed)
    }
    trees = {name: held.files for name, held in scraped.held.items()}
    for name in trees.keys() & active:
        others = {model for model, owner in owners.items() if owner != name}
        elsewhere = Elsewhere(others, on_pages)
        trees[name] = page_tree(scraped.pages[name], failed, scraped.held[name], elsewhere, prune=prune)
    return trees


def _on_pages(scraped: Scraped) -> frozenset[str]:
    return frozenset(draft.model for built in scraped.pages.values() for draft in built.drafts)


def _failed(findings: Iterable[Finding]) -> frozenset[str]:
    """Name the models that have errors."""
    return frozenset(finding.model for finding in findings if finding.is_error)


def _page_of(finding: Finding) -> str:
    return finding.place.file.split("/")[1]


def _extend_history(root: Path, scraped: Scraped, trees: Mapping[str, Tree]) -> tuple[str, list[Finding]]:
    """Give the history with what the new trees change, and the folders whose specs cannot be compared."""
    text = read_history_text(root)
    before = {name: held.files for name, held in scraped.held.items()}
    changes, damages = describe_changes(read_history(text, f"specs/{HISTORY}"), before, trees)
    dates = {name: built.manifest.get("updated", "") for name, built in scraped.pages.items()}
    findings = [Finding("damaged-spec", error.place, error.problem) for error in damages]
    return extend_history(text, f"specs/{HISTORY}", changes, dates), findings


def _json_files(folder: Path, root: Path) -> Tree:
    return {path: text for path, text in files.read_tree(folder, root).items() if _is_ours(path)}


def _is_ours(path: str) -> bool:
    """Tell which files of a page's folder `scrape` writes."""
    return path.endswith(".json") and "/" not in path


def _check_spelling(root: Path, drafts: Sequence[Draft], kept: Sequence[Json]) -> Iterable[Finding]:
    """Find what a target would spell alike; `kept` are the specs of models that no page has any more."""
    sound = {draft.model: draft for draft in drafts}
    lost = {spec["x-model"] for spec in kept}
    models = [model_of(spec) for spec in (*(draft.spec for draft in drafts), *kept)]
    for name in files.folders(root / "templates", root):
        target = read_target(root, name)
        for model, parameter, other in find_clashes(models, target):
            if model.id not in sound:
                continue
            text = sound[model.id].origins[parameter]["x-type" if parameter else "x-model"]
            gone = (
                ", which no page has any more: paramsync scrape --prune lets it go"
                if other.split()[0] in lost
                else ""
            )
            problem = f"{name} would spell it like {other}{gone}"
            yield Finding("names-alike", text.place, problem, model.id, parameter)


def _subject(pages: Collection[Built]) -> str:
    specs = [draft.spec for built in pages for draft in built.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    return f"{count(len(pages), 'page')}, {count(len(specs), 'model')}, {count(parameters, 'parameter')}"
