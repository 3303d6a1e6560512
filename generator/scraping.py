"""The verb `scrape`: saved pages to specs. Reads and writes `specs/`, prints nothing."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

from generator import files
from generator.errors import Finding, InputError, Outcome, Place, UsageError
from generator.manifests import read_manifest
from generator.models import model_of
from generator.parameters import Draft
from generator.profile import Acceptance, Profile
from generator.reading import read_page
from generator.roots import Progress, Settled, read_spec_schema, read_target, settle
from generator.schemas import Built, accept, build_specs, check_across, page_tree
from generator.specs import MANIFEST, SAFE_NAME, Json
from generator.target import find_clashes
from generator.texts import Tree, count, nearest, quote

PROFILE = "specs/profile.toml"
FORMS = ("md", "html", "txt")


@dataclass(frozen=True)
class Scraped:
    """All pages of a root, built, and every finding that is not accepted."""

    pages: dict[str, Built]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> frozenset[str]:
        """The models that have errors."""
        return frozenset(finding.model for finding in self.findings if finding.is_error)


def scrape(
    root: Path,
    names: Sequence[str],
    *,
    check: bool,
    prune: bool,
    accept_removals: bool,
    progress: Progress,
) -> Outcome:
    """Read the saved pages, and write (or, to check, compare) the specs of those named, or of all.

    Raises:
        InputError: `specs/profile.toml` or `specs/spec.schema.json` cannot be used.
        UsageError: there is no page of a name.

    """
    if not check:
        files.remove_leftovers(root / "specs")
    scraped = read_pages(root, progress)
    for name in names:
        if name not in scraped.pages:
            raise UsageError(f"there is no page {name!r} in specs/{nearest(name, scraped.pages)}")
    chosen = {name: built for name, built in scraped.pages.items() if name in names or not names}
    findings = [one for one in scraped.findings if not names or one.place.file.split("/")[1] in names]
    settled = [_settle(root, name, built, scraped.failed, check=check) for name, built in chosen.items()]
    errors = sum(finding.is_error for finding in findings)
    subject = (
        f"{_subject(chosen.values())}; {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    )
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


def read_pages(root: Path, progress: Progress) -> Scraped:
    """Read and build every page of a root, and check them against each other and against every target's spelling."""
    profile_text = files.read_text(root / PROFILE, root)
    profile = read_manifest(profile_text, PROFILE, Profile)
    schema = read_spec_schema(root)
    folders = files.folders(root / "specs", root)
    pages = {name: _build_page(root, name, profile, schema) for name in progress(folders)}
    drafts = [draft for built in pages.values() for draft in built.drafts]
    findings = [finding for built in pages.values() for finding in built.findings]
    findings += [finding for draft in drafts for finding in draft.findings]
    findings += check_across(drafts)
    failed = {finding.model for finding in findings if finding.is_error}
    findings += _check_spelling(root, [draft for draft in drafts if draft.model not in failed])
    return Scraped(pages, tuple(accept(dict.fromkeys(findings), _acceptances(profile, profile_text))))


def _build_page(root: Path, name: str, profile: Profile, schema: Json) -> Built:
    """Build one page. A page that cannot be read is a finding, so that it does not stop the others."""
    folder = root / "specs" / name
    if not SAFE_NAME.fullmatch(name):
        return _unreadable(Place(f"specs/{name}"), f"{quote(name)} is not safe as a name")
    found = [path for suffix in FORMS if (path := folder / f"page.{suffix}").is_file()]
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


def _unreadable(place: Place, problem: str) -> Built:
    return Built({"models": []}, (), (Finding("unreadable-page", place, problem),))


def _settle(root: Path, name: str, built: Built, failed: frozenset[str], *, check: bool) -> Settled:
    previous = _json_files(root / "specs" / name, root)
    return settle(root, f"specs/{name}", page_tree(built, failed, previous), previous, _is_ours, check=check)


def _json_files(folder: Path, root: Path) -> Tree:
    return {path: text for path, text in files.read_tree(folder, root).items() if _is_ours(path)}


def _is_ours(path: str) -> bool:
    """Tell which files of a page's folder `scrape` writes."""
    return path.endswith(".json") and "/" not in path


def _check_spelling(root: Path, drafts: Sequence[Draft]) -> Iterable[Finding]:
    sound = {draft.model: draft for draft in drafts}
    models = [model_of(draft.spec) for draft in drafts]
    for name in files.folders(root / "templates", root):
        target = read_target(root, name)
        for model, parameter, other in find_clashes(models, target):
            text = sound[model.id].origins[parameter]["x-type" if parameter else "x-model"]
            problem = f"{name} would spell it like {other}"
            yield Finding("names-alike", text.place, problem, model.id, parameter)


def _acceptances(profile: Profile, text: str) -> Iterator[tuple[Place, Acceptance]]:
    """Give each acceptance with the line of its `[[accept]]`, if it is written so."""
    heads = re.finditer(r"^[ \t]*\[\[[ \t]*\"?accept\"?[ \t]*\]\]", text, re.MULTILINE)
    lines = chain(
        (Place(PROFILE, text.count("\n", 0, head.end()) + 1) for head in heads), repeat(Place(PROFILE))
    )
    return zip(lines, profile.accept, strict=False)


def _subject(pages: Collection[Built]) -> str:
    specs = [draft.spec for built in pages for draft in built.drafts]
    parameters = sum(len(spec.get("properties", ())) for spec in specs)
    return f"{count(len(pages), 'page')}, {count(len(specs), 'model')}, {count(parameters, 'parameter')}"
