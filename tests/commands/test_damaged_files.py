"""Whatever happens to a file of a root, each verb ends in order, with drift where files differ, or with an error that names a file."""

import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paramsync.text import UNSAFE
from support.damage import damage
from support.roots import CASES, PROJECT, Ran, Root, let_all_go
from support.small_root import PAGE, TARGET, TOP, Files, put, section

LONGEST_LINE, LONGEST_ERROR = 1_000, 30  # characters; lines
OVERLAY = """[[correct]]
parameter = "strength"
expect = { default = 1, maximum = 9 }
set = { default = 2, maximum = 8 }
reason = "The service uses 2."
"""
LIST: Files = {f"templates/list/{path}": text for path, text in TARGET.items()}
SPELLING = {"templates/docs/target.toml": (PROJECT / "templates/docs/target.toml").read_bytes()}
REAL = CASES / "2026-04-09-3d-model-generation-scenario"
SEEN_BEFORE = ("in order", "changed")  # pages of our own, of which models have vanished
PAGES = {
    "in order": PAGE.encode(),
    "changed": (TOP + section("alpha") + section("epsilon", "`3`")).encode(),
    "readme": (REAL / "readme.html").read_bytes(),
    "starlight": (REAL / "starlight.html").read_bytes(),
    "folded": (REAL / "folded.txt").read_bytes(),
}
MODELS = {state: ("alpha", "gamma") if state in SEEN_BEFORE else ("scenario-voxels",) for state in PAGES}
NAMED = re.compile(
    r"^(?:.*?[:/])?(?:specs|templates|generated|\.paramsync_cache)\b.*?: error: .+", re.MULTILINE
)


def make(root: Root, state: str) -> dict[str, bytes]:
    """Fill a root with all that one can have: it has lost a model, is about to lose another, and corrects a third."""
    put(root, {**LIST, **SPELLING})
    let_all_go(root.path)
    if state in SEEN_BEFORE:
        for names in ("beta gamma alpha delta", "alpha beta gamma"):
            root.add_page("videos", TOP + "".join(map(section, names.split())))
            assert root.run("scrape").code == 0
        put(root, {"specs/videos/alpha.overlay.toml": OVERLAY})
        assert root.run("release").code == 0
    root.add_page("videos", PAGES[state])
    if state != "changed":
        assert root.run("scrape").code == 0
    assert root.run("generate").code == 0
    assert root.run("scrape", "--check").code == (state == "changed")
    return root.tree(".")


def restore(root: Root, files: dict[str, bytes]) -> None:
    shutil.rmtree(root.path)
    put(root, dict(files))


def misbehaviour(root: Root, state: str, sound: Path) -> Iterator[str]:
    """Run each verb, and tell what should not be."""
    before = (("scrape", "--check"), ("generate", "--check"), ("diff", str(sound)))
    before += (("diff", str(root.path), str(sound)), *(("explain", model) for model in MODELS[state]))
    for arguments in before:
        yield from (f"{arguments}: {problem}" for problem in find_problems(arguments, root.run(*arguments)))
    for verb in ("scrape", "generate"):
        ran = root.run(verb)
        yield from (f"{verb}: {problem}" for problem in find_problems((verb,), ran))
        again = root.run(verb, "--check")
        if again.code != ran.code and "[unnoted-change]" not in again.out:
            yield f"{verb} ends with {ran.code}, and then, as a check, with {again.code}: {again.out}{again.err}"


def find_problems(arguments: tuple[str, ...], ran: Ran) -> Iterator[str]:
    said = ran.out + ran.err
    shown = f"{said[:2_000]!r}"
    if ran.code not in ((0, 1, 2, 3) if arguments[0] == "explain" else (0, 1, 3)):
        yield f"exit code {ran.code}: {shown}"
    if ran.code == 1 and ("--check" not in arguments or "\ndrift: run paramsync" not in ran.out):
        yield f"drift without a difference: {shown}"
    if ran.code == 3 and not NAMED.search(said):
        yield f"an error names no file: {shown}"
    if {*UNSAFE.findall(said)} - {"\n"}:
        yield f"unsafe: {shown}"
    longest = max(said.split("\n"), key=len)
    if len(longest) > LONGEST_LINE or ran.err.count("\n") > LONGEST_ERROR:
        yield f"longer than a screen: {longest[:2_000]!r}"


@pytest.fixture(params=PAGES)
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def files(root: Root, state: str) -> dict[str, bytes]:
    return make(root, state)


@pytest.fixture
def sound(root: Root, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the root as it was."""
    sound = tmp_path_factory.mktemp("sound")
    put(Root(sound, root.capture), dict(files))
    return sound


KINDS = ("specs/videos/*.json", "specs/*.toml", "specs/*/*.toml", "specs/*.json*", "templates/*/*.toml")
KINDS += ("specs/videos/page.[mht]*", "templates/*/**/*.jinja", "generated/*", ".paramsync_cache/*")


def damages(files: dict[str, bytes], state: str) -> st.SearchStrategy[tuple[str, bytes]]:
    """Choose a file, of each kind as often (where the page is a real one: the page), and its damage."""
    kinds = KINDS if state in SEEN_BEFORE else KINDS[5:6]
    names = [[name for name in files if fnmatch(name, kind)] for kind in kinds]
    chosen = st.sampled_from([each for each in names if each]).flatmap(st.sampled_from)
    return chosen.flatmap(lambda name: st.tuples(st.just(name), damage(name, files[name])))


SPEC, GONE, PAGE_JSON = (f"specs/videos/{name}.json" for name in ("beta", "gamma", "page"))
PROFILE, HISTORY = "specs/profile.toml", "specs/history.jsonl"
CORRECTIONS, TEMPLATE = "specs/videos/alpha.overlay.toml", "templates/list/models.json.jinja"
LENGTHY = "x" * 5_000
ARRAY = '"type": "array", "items": {{"type": "number", "x": {}}}'
# Damage that once ended in a traceback, or was told at more length than a screen has: file, what stood there, what does now.
FOUND: dict[str, list[tuple[str, str | None, str]]] = {
    "items that are a text": [(SPEC, '"type": "number"', '"type": "array", "items": "x"')],
    "items of no type": [(SPEC, '"type": "number"', '"type": "array", "items": {}')],
    "NaN": [(GONE, '"default": 1', '"default": NaN')],
    "a spec that is a text": [(SPEC, None, '"x"')],
    "a spec without a title": [(SPEC, '"title": "Beta",', "")],
    "a title that is a number": [(SPEC, '"title": "Beta"', '"title": 5')],
    "a description that is a list": [(SPEC, '"How strong"', "[]")],
    "a vanished spec without a title": [(GONE, '"title": "Gamma",', "")],
    "a vanished spec without a keyword": [(GONE, '"additionalProperties": false', '"x": 1')],
    "an unknown keyword of items": [(GONE, '"type": "number"', ARRAY.format(1))],
    "bounds beyond floats": [
        ("specs/videos/page.md", "| 0 | 9 |", "| 0.5 | 9 |"),
        ("specs/videos/alpha.json", '"minimum": 0', f'"minimum": -1{"0" * 400}'),
    ],
    "a spec nested deeply": [(SPEC, '"default": 1', f'"default": {"[" * 900}{"]" * 900}')],
    "a long kind": [(HISTORY, '"model-added"', f'"{LENGTHY}"')],
    "a long path of a release": [("specs/released.jsonl", '"path": "videos', f'"path": "{LENGTHY}')],
    "a release that is none": [("specs/released.jsonl", None, '{"version": []}')],
    "a release of specs that are none": [("specs/released.jsonl", '"type": "object"', '"type": []')],
    "a long note": [("templates/notes/n.toml", None, f"{LENGTHY} = 1")],
    "a note in the place of the folder": [("templates/notes", None, "")],
    "a long severity": [(HISTORY, '"compatible"', f'"{LENGTHY}"')],
    "many wrong types": [(PROFILE, "[types]", "[types]\n" + "".join(f't{one} = "x"\n' for one in range(99)))],
    "a long key": [(PROFILE, "[types]", f'[types]\n{LENGTHY} = "x"')],
    "a long sentence": [(PROFILE, "Last updated: {updated}.", LENGTHY)],
    "a long reason": [(CORRECTIONS, "The service", LENGTHY)],
    "a correction of a long name": [(CORRECTIONS, '"strength"', f'"{LENGTHY}"')],
    "a wrong pattern": [
        ("templates/list/target.toml", "[names.page]", "[literals]\nleft_out = '('\n[names.page]")
    ],
    "too many blocks": [(TEMPLATE, "[\n", "{% for a in models %}" * 25 + "{% endfor %}" * 25)],
    "half of a pair": [(TEMPLATE, "[\n", r"{{ [1, 2] | join('\ud800') }}")],
    "a long attribute": [(TEMPLATE, "[\n", f"{{{{ models.{LENGTHY} }}}}")],
    "a cache's file that is not UTF-8": [(".paramsync_cache/.gitignore", None, "\udcff")],
    "a long parameter": [("specs/videos/page.md", "`strength`", f"`{LENGTHY}`")],
}


@pytest.mark.parametrize("state", SEEN_BEFORE)
def test_each_verb_copes_with_the_damage_that_it_once_did_not(
    root: Root, files: dict[str, bytes], state: str, sound: Path
) -> None:
    problems = {}
    for name, edits in FOUND.items():
        damaged = dict(files)
        for path, old, new in edits:
            text = new.encode(errors="surrogateescape")
            assert old is None or old.encode() in files[path], name
            damaged[path] = text if old is None else files[path].replace(old.encode(), text, 1)
        restore(root, damaged)
        problems[name] = [*misbehaviour(root, state, sound)]
    assert not {name: found for name, found in problems.items() if found}


HARMLESS = {
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "other line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "lines at its end": lambda content: content + b"\n \r\n",
}


@pytest.mark.parametrize("state", ["in order"])
@pytest.mark.usefixtures("state")
def test_what_changes_nothing_in_a_file_is_not_refused(
    root: Root, files: dict[str, bytes], sound: Path
) -> None:
    names = [name for name in files if name.startswith("specs/") or name.endswith("target.toml")]
    for change, apply in HARMLESS.items():
        for name in names:
            restore(root, files | {name: apply(files[name])})
            ran = [root.run("diff", str(sound)), root.run("generate", "--check"), root.run("scrape")]
            checked = 1 if "[unnoted-change]" in ran[1].out and name.startswith("templates/") else 0
            assert [one.code for one in ran] == [0, checked, 0], (change, name, ran)
            assert ran[0].out == "diff: no changes\n"


def test_each_verb_copes_with_a_damaged_file(
    root: Root, files: dict[str, bytes], state: str, sound: Path
) -> None:
    @settings(
        max_examples=30 if state in SEEN_BEFORE else 15,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(damages(files, state))
    def cope(damaged: tuple[str, bytes]) -> None:
        restore(root, files | dict([damaged]))
        assert not [*misbehaviour(root, state, sound)]

    cope()
