"""The verb `generate`: specs and templates to `generated/`. Reads and writes files."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from paramsync.changes.history import current_version
from paramsync.commands.contents import Contents, read_contents
from paramsync.commands.outcome import DRIFT, IN_ORDER, INPUT_ERROR, Outcome
from paramsync.commands.outputs import Outputs
from paramsync.commands.page_origins import PageOrigins
from paramsync.commands.root import make_finder, make_template_finder, read_selection
from paramsync.commands.stamps import digest_paramsync
from paramsync.commands.versions import report_unnoted, require_recorded
from paramsync.commands.volume_counts import VolumeCounts
from paramsync.findings import Finding, InputError, Place, UsageError
from paramsync.paths import APIS, VENDOR, is_folder_name
from paramsync.progress import Progress
from paramsync.rendering.coverage import find_lacking
from paramsync.rendering.keys import Keys, digest_parts
from paramsync.rendering.pages import Page, all_models, leave_out
from paramsync.rendering.programs import identify
from paramsync.rendering.render import Renderer, Shared
from paramsync.rendering.selection import Selection, describe_left_out
from paramsync.rendering.target import Target
from paramsync.text import Tree, pluralize, suggest_name
from paramsync.workspace import files
from paramsync.workspace.publication import Staging
from paramsync.workspace.targets import is_own, list_made, list_stale, list_targets, read_manifest

Made = TypeVar("Made")


def generate(root: Path, names: Sequence[str], *, check: bool, progress: Progress) -> Outcome:
    """Render the targets named, or all that the root makes, and put them in place (or, to check, compare them).

    A target that has an error stays as it is, and stops no other.

    Raises:
        InputError: a spec cannot be used; nothing is written.
        UsageError: there is no target of a name.

    """
    targets = _find_targets(root, names)
    contents = read_contents(root)
    require_recorded(contents.versions)
    chosen = list(dict.fromkeys(names)) or sorted([*list_made(root), *list_stale(root)])
    api = contents.service.vendor.api
    find_target = make_finder(root, api)
    selections, errors = _try_each(
        [name for name in chosen if name in targets],
        lambda name: read_selection(root, name, find_target(name), api),
    )
    wanted = {name: one for name, one in selections.items() if one.is_made}
    told = {name: one for name, one in selections.items() if name in names or _is_known(root, name, one)}
    sound, findings = _find_sound(contents, {name: one.target for name, one in wanted.items()})
    drafts = PageOrigins(root, contents.profile, contents.pages, contents.digests)
    shared = Shared(
        find_target,
        make_template_finder(root, api, find_target),
        contents.versions.every_version,
        contents.service,
        drafts.read,
    )
    manifests = {name: read_manifest(root, name) for name in targets}
    counts = VolumeCounts(root)
    gone = {*chosen} - {*wanted} - {*errors}

    def update(name: str, outputs: Outputs) -> None:
        renderer = Renderer(name, wanted[name].templates, sound[name], shared)
        base = _digest_base(wanted[name], manifests, contents)
        keys = Keys(renderer, base, contents.digests, drafts.digest)
        counts.recall(renderer, keys)
        outputs.update(renderer, keys)
        counts.add(renderer, keys)

    with Staging(root) as staging:
        outputs = Outputs(root, [*sound, *gone], None if check else staging)
        built, not_built = _try_each(progress([*sound]), lambda name: update(name, outputs))
        for name in sorted(gone):
            outputs.remove(name)
        staging.publish()
    if not check:
        outputs.remember()
        counts.remember()
    errors |= not_built
    changes = outputs.changes
    told_errors = {str(one): one for one in errors.values()}.values()  # one that several have is told once
    unnoted = report_unnoted(contents.versions)
    return Outcome(
        results=(*told_errors, *findings, *unnoted, *(one.difference for one in changes if one.difference)),
        lines=describe_left_out(told),
        subject=_describe(built, contents),
        changed=len(changes),
        unchanged=outputs.unchanged,
        removed=sum(one.is_removed for one in changes),
        exit_code=_exit_code([*told_errors, *findings], is_drift=check and bool(changes or unnoted)),
        is_lasting=not unnoted,
    )


def _digest_base(selection: Selection, manifests: Tree, contents: Contents) -> str:
    """Digest what all files of a target follow from: paramsync, its templates and formatters, how all targets spell, the vendor, the API.

    It must not depend on which targets the root makes: a first run adds one.
    """
    digests = contents.versions.templates.items()
    of_vendor = sorted((path, one) for path, one in digests if path.split("/")[0] in (APIS, VENDOR))
    templates = sorted(selection.templates.items())
    programs = identify(selection.target.formatters)
    return digest_parts(digest_paramsync(), of_vendor, sorted(manifests.items()), templates, programs)


def _try_each(
    names: Iterable[str], make: Callable[[str], Made]
) -> tuple[dict[str, Made], dict[str, InputError]]:
    """Make something for each target, and collect the errors of those for which that fails."""
    made: dict[str, Made] = {}
    errors: dict[str, InputError] = {}
    for name in names:
        try:
            made[name] = make(name)
        except InputError as error:
            errors[name] = error
    return made, errors


def _find_sound(
    contents: Contents, targets: Mapping[str, Target]
) -> tuple[dict[str, tuple[Page, ...]], list[Finding]]:
    """Find the targets that can be made, each with the pages whose models it can write, and what stands against the rest."""
    findings, left_out = contents.find_unwritable(targets)
    models = all_models(contents.pages)
    lacking = {name: [*find_lacking(name, target, models)] for name, target in targets.items()}
    findings += [one for found in lacking.values() for one in found]
    sound = {name: leave_out(contents.pages, left_out[name]) for name in targets if not lacking[name]}
    return sound, findings


def _is_known(root: Path, name: str, selection: Selection) -> bool:
    """Tell whether people expect files of a target here, and not only paramsync has it."""
    return selection.is_made or is_own(root, name) or bool(files.kind_of(root / "generated" / name))


def _find_targets(root: Path, names: Sequence[str]) -> list[str]:
    """Find all targets, and check that those named are among them."""
    targets = list_targets(root)
    for name in targets:
        if not is_folder_name(name):
            problem = "cannot be the name of a target on every system; use letters, digits and . _ -"
            raise InputError(Place(f"templates/{name}"), problem)
    for name in names:
        if name not in targets:
            raise UsageError(f"there is no target {name!r}{suggest_name(name, targets)}")
    return targets


def _describe(made: Collection[str], contents: Contents) -> str:
    """Say which targets were made, of how many models, and which version the packages have, after which one."""
    versions, names = contents.versions, f" ({', '.join(made)})" if made else ""
    counts = f"{pluralize(len(made), 'target')}{names}, {pluralize(len(all_models(contents.pages)), 'model')}"
    if not versions.pending:
        return f"{counts}, version {current_version(versions.releases)}"
    before = f"after {versions.releases[0].version}" if versions.releases else "the first"
    return f"{counts}, version {versions.pending.version}, {before}"


def _exit_code(findings: Sequence[Finding | InputError], *, is_drift: bool) -> int:
    if findings:
        return INPUT_ERROR
    return DRIFT if is_drift else IN_ORDER
