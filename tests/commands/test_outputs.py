"""After a change only the files are made again that follow from it, and they are those of a run which makes all.

Modules: outputs, page_origins, volume_counts.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paramsync.workspace.cache import read_cache, write_cache
from support.hand_written import to_tree
from support.overlays import OVERLAY, correction
from support.overlays import page as write_page
from support.roots import Root, make_root
from support.small_root import TOP, Files, everything, forget, put, section
from support.vectors import made_spec

TEXT = {"type": "string", "description": "A text."}
LOG = "FILES_LOG"  # in the environment: the file in which the formatter writes down which files it was given
# It puts a mark at the end of each file that has none, as no file has that was formatted before.
FORMAT = (
    "import os, pathlib; "
    "new = [one for one in sorted(pathlib.Path().rglob('*.txt')) if not one.read_text().endswith('~')]; "
    "[one.write_text(one.read_text() + '~') for one in new]; "
    f"pathlib.Path(os.environ['{LOG}']).write_text(' '.join(one.as_posix() for one in new))"
)
MANIFEST = f"""
formatters = [["python", "-c", "{FORMAT}"]]
names.model = {{ of = "model", casing = "snake", digit = "n" }}
names.page = {{ of = "page", casing = "as-is" }}
names.parameter = {{ of = "wire", casing = "slug" }}
names.provider = {{ of = "provider", casing = "slug" }}
volumes = {{ template = "macros/part.jinja", bytes = 1000 }}
"""
TEMPLATES = {
    "macros.jinja": "{% macro head() %}# {{ vendor.name | prose }}{% endmacro %}\n",
    "about/{model}.txt.jinja": '{% import "macros.jinja" as own with context %}\n{{ own.head() }} {{ model.title | prose }} {{ model.deprecation | prose }}\n',
    "refers/{model}.txt.jinja": "{% for one in model.references %}{{ referred[one].title | prose }}{% endfor %} {{ model.example | json }}\n",
    "places/{model}.txt.jinja": "{{ page.title | prose }} {{ model.anchor | anchor }} {{ body.path | code }}\n",
    "beside/{model}.txt.jinja": "{% for one in page.models %}{{ one.title | prose }} {{ one.example | json }}{% endfor %}{{ page.kind | prose }}{% for one in page.groups %}{{ one.heading | prose }}{% endfor %}\n",
    "pages/{page}.txt.jinja": "{% for model in page.models %}{{ model.title | prose }}{% endfor %}\n",
    "both/{page}/{model}.txt.jinja": "{{ page.name | slug }} {{ model.description | prose }}\n",
    "all.txt.jinja": "{% for model in models %}{{ model.title | prose }}{% endfor %}\n",
    "referred.txt.jinja": "{% for one in referred %}{{ referred[one].title | prose }}{% endfor %}\n",
    "ways.txt.jinja": "{% for path in paths %}{% for way in path.operations %}{{ way.model.title | prose }}{% endfor %}{% endfor %}\n",
    "bodies.txt.jinja": "{% for one in bodies %}{{ bodies[one].model.title | prose }}{% endfor %}\n",
    "changed/{model}.txt.jinja": "{% for one in changes %}{{ one.kind | json }}{% endfor %}{{ dates[model.id].added.version | json }}\n",
    "since/{release}.txt.jinja": "{% for one in release.known %}{{ one.title | prose }}{% endfor %}\n",
    "changes.txt.jinja": "{% for one in changes %}{% if one.model %}{{ one.model.title | prose }}{% endif %}{% endfor %}\n",
    "dates.txt.jinja": "{% for one in dates %}{{ dates[one].added.version | json }}{% endfor %}\n",
    "names/{parameter}.txt.jinja": "{{ parameter.name | prose }}{% for use in parameter.uses %} {{ use.model.title | prose }}{% endfor %}{% for twin in parameter.twins %} {{ twin | name('parameter') }} {{ twin.models[0].title | prose }}{% endfor %}\n",
    "of/{provider}.txt.jinja": "{{ provider.name | prose }}{% for model in provider.models %} {{ model.title | prose }}{% endfor %}{% for page in provider.pages %} {{ page.title | prose }}{% endfor %}\n",
    "macros/part.jinja": "{% if is_whole %}{{ model.title | prose }} {{ model.description | prose }}{% else %}Long.{% endif %}\n",
    "whole/{provider}{volume}.txt.jinja": "{{ volumes | count }} {{ volume.text }}\n",
    "wholes.txt.jinja": "{% for one in all_volumes %}{{ one | prose }} {{ all_volumes[one] | count }} {% endfor %}\n",
    "names.txt.jinja": "{% for one in parameters %}{{ one | name('parameter') }} {% endfor %}{% for one in providers %}{{ one | name('provider') }} {% endfor %}\n",
    "counts.txt.jinja": "{% for one in statistics.growth %}{{ one.version | prose }} {{ one.models }} {% endfor %}\n",
    "version.txt.jinja": "{{ version | prose }}\n",
    "releases.txt.jinja": "{{ releases | release_list }}\n",
    "rules.txt.jinja": "{% for rule in rules %}{{ rule.keyword | json }}{% endfor %}{% for code in codes %}{{ code | json }}{% endfor %}\n",
    "other.txt.jinja": '{% include "other/told.txt.jinja" %}',
    "any.txt.jinja": "{% set name = 'macros.jinja' %}{% import name as own with context %}{{ own.head() }}\n",
    "copied.txt": "As it is.\n",
}
VERSION = {"version.txt", "releases.txt", "dates.txt", "counts.txt"}
FOLDERS = ("about", "beside", "both/made", "changed", "places", "refers")
ABOUT_A, ABOUT_B, ABOUT_C = (
    {f"{folder}/{name}.txt" for folder in ("about", "changed", "refers")} for name in "abc"
)
# Those whose templates name the page that they are on.
ON_PAGE = {f"{folder}/{name}.txt" for folder in ("beside", "both/made", "places") for name in "abc"}
NAMED = {"names/inner.txt", "names/mode.txt", "names/text.txt"}
TEXT_OF = {"names/text.txt"}  # the name that B and C have
OF_EACH = ABOUT_A | ABOUT_B | ABOUT_C | ON_PAGE
OF_ALL = {"all.txt", "any.txt", "bodies.txt", "pages/made.txt", "referred.txt", "ways.txt"}
OF_ALL |= {
    "names.txt",
    "of/made.txt",
    "whole/made.txt",
    "wholes.txt",
    "counts.txt",
    "changes.txt",
    "since/0.1.0.txt",
}
EVERYTHING = OF_EACH | OF_ALL | NAMED | VERSION | {"copied.txt", "rules.txt", "other.txt"}
OTHER: Files = {
    "templates/other/target.toml": "[literals]\ninterpolates = {}\n",
    "templates/other/told.txt.jinja": '{% import "own.jinja" as own with context %}{{ own.tell() }}\n',
    "templates/other/own.jinja": "{% macro tell() %}{{ true | literal }}{% endmacro %}\n",
}
Edit = Callable[[Root], object]


def model(name: str, **properties: Any) -> dict[str, Any]:
    urn = f"urn:scenario:model_{name}"
    return made_spec(properties) | {"$id": urn, "x-model": f"model_{name}", "title": f"Model {name}"}


REFER = {"$ref": "urn:scenario:model_b"}
MODE = {"type": "string", "enum": ["loop", "bounce", "cut_off", "silence", "remap"]}
SPECS = {
    "model_a": model("a", inner=REFER, mode=MODE),
    "model_b": model("b", text=TEXT),
    "model_c": model("c", text=TEXT),
}


def write_specs(root: Root, specs: dict[str, dict[str, Any]]) -> None:
    put(root, {f"specs/{path}": text for path, text in to_tree(specs).items()})


def of_spec(name: str, **facts: Any) -> Edit:
    return lambda root: write_specs(root, SPECS | {f"model_{name}": SPECS[f"model_{name}"] | facts})


def edit(path: str, old: str, new: str) -> Edit:
    return lambda root: root.edit(path, old, new)


def write(path: str, text: str | None) -> Edit:
    return lambda root: put(root, {path: text})


def seals(value: Any) -> Edit:
    """Forget that nothing has changed, and put something else in the place of the seals."""
    return lambda root: [
        put(root, {".paramsync_cache/generate.json": None}),
        write_cache(root.path, "outputs", value),
    ]


def release(root: Root) -> None:
    ran = root.run_process("release")
    assert ran.code == 0, ran.out + ran.err


PAGE, LIST = "specs/made/page.json", "templates/list"
LESS = {name: SPECS[name] for name in ("model_a", "model_b")}
MORE = SPECS | {"model_d": model("d")}
# What is done to a root -> the files that are made again.
EDITS: dict[str, tuple[Edit, set[str]]] = {
    "nothing": (lambda _: None, set()),
    "a description": (of_spec("c", description="Of C."), ABOUT_C | ON_PAGE | OF_ALL | TEXT_OF),
    "a rule": (
        of_spec("c", properties={"text": TEXT | {"maxLength": 9}}),
        ABOUT_C | ON_PAGE | OF_ALL | TEXT_OF,
    ),
    "a name that means the same as another": (
        of_spec("c", properties={"lipMode": MODE}),
        ABOUT_C | ON_PAGE | OF_ALL | TEXT_OF | {"names/lipmode.txt", "names/mode.txt"},
    ),
    "what another model refers to": (
        of_spec("b", required=["text"]),
        ABOUT_A | ABOUT_B | ON_PAGE | OF_ALL | NAMED,
    ),
    "the title of the page, which is the provider of its models": (
        edit(PAGE, "Made", "Other"),
        (OF_EACH | OF_ALL | NAMED | {"of/other.txt", "whole/other.txt"}) - {"of/made.txt", "whole/made.txt"},
    ),
    "the date of the page, and of the version": (
        edit(PAGE, "2026", "2027"),
        ON_PAGE | OF_ALL | VERSION | {f"changed/{name}.txt" for name in "abc"},
    ),
    "a model more": (
        lambda root: write_specs(root, MORE),
        ON_PAGE | OF_ALL | VERSION | {f"{folder}/d.txt" for folder in FOLDERS},
    ),
    "a model less": (
        lambda root: [put(root, {"specs/made/c.json": None}), write_specs(root, LESS)],
        (ON_PAGE | OF_ALL | VERSION | TEXT_OF) - {f"{folder}/c.txt" for folder in FOLDERS},
    ),
    "a deprecated model": (
        edit(PAGE, ', "model_c"]', '], "deprecated": {"model_c": "2026-02-03"}'),
        ABOUT_C | ON_PAGE | OF_ALL | (VERSION - {"dates.txt"}) | TEXT_OF,
    ),
    "a provider": (
        edit(PAGE, '"title"', '"providers": {"model_c": "Acme"}, "title"'),
        ABOUT_C | ON_PAGE | OF_ALL | TEXT_OF | {"of/acme.txt", "whole/acme.txt"},
    ),
    "a release": (release, set()),
    "a rule after a release": (
        lambda root: [release(root), of_spec("c", properties={"text": TEXT | {"maxLength": 9}})(root)],
        ABOUT_C | ON_PAGE | OF_ALL | VERSION | TEXT_OF | {"since/0.2.0.txt"},
    ),
    "the vendor": (edit("specs/profile.toml", 'name = "Scenario"', 'name = "Other"'), EVERYTHING),
    "what the vendor does not show": (
        edit("specs/profile.toml", "[site]", "[site] # of pages"),
        set(),
    ),
    "a template": (edit(f"{LIST}/about/{{model}}.txt.jinja", "own.head", "own.head "), EVERYTHING),
    "macros": (edit(f"{LIST}/macros.jinja", "# ", "## "), EVERYTHING),
    "what is copied": (write(f"{LIST}/copied.txt", "As it was.\n"), EVERYTHING),
    "a template more": (write(f"{LIST}/more.txt", "More.\n"), EVERYTHING | {"more.txt"}),
    "a template less": (write(f"{LIST}/copied.txt", None), EVERYTHING - {"copied.txt"}),
    "how names are spelled": (
        edit(f"{LIST}/target.toml", '"snake"', '"screaming"'),
        {re.sub(r"\b([abc])\.txt", lambda name: f"{name[1].upper()}.txt", one) for one in EVERYTHING},
    ),
    "another target": (
        edit("templates/other/target.toml", "[literals]", "[literals]\ntrue = '1'"),
        EVERYTHING,
    ),
    "a file of another target from which a template is taken": (
        write("templates/other/other.txt", "Other.\n"),
        {"other.txt"},
    ),
    "an edit by hand": (write("generated/list/about/b.txt", "By hand.~"), {"about/b.txt"}),
    "a file that is gone": (write("generated/list/all.txt", None), {"all.txt"}),
    "a file too many": (write("generated/list/about/z.txt", "Stale.~"), set()),
    "a cache that is no object": (seals(["list"]), EVERYTHING),
    "counts of volumes that are none": (
        lambda root: write_cache(root.path, "volumes", ["made"]),
        set(),
    ),
    "seals that are none": (seals({"list": {"generated/list/all.txt": 1}}), EVERYTHING),
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a root of three models, of which A refers to B, and a target whose templates name all that they can see."""
    root = make_root(tmp_path_factory.mktemp("generated"))
    write_specs(root, SPECS)
    put(root, {f"{LIST}/{path}": text for path, text in ({"target.toml": MANIFEST} | TEMPLATES).items()})
    put(root, OTHER)
    made = generate(root)
    assert made == EVERYTHING
    return root.path


def generate(root: Root) -> set[str]:
    """Generate a root; give the files that the formatter was given."""
    log = root.path.with_name("files.log")
    log.unlink(missing_ok=True)
    ran = root.run_process("generate", **{LOG: str(log)})
    assert ran.code == 0, ran.out + ran.err
    return {*log.read_text().split()} if log.exists() else set()


@pytest.mark.parametrize("case", EDITS)
def test_what_follows_from_a_change_is_made_again_and_nothing_else(
    generated: Path, tmp_path: Path, case: str
) -> None:
    root = Root(shutil.copytree(generated, tmp_path / "root"), make_root(tmp_path / "other").capture)
    change, expected = EDITS[case]
    change(root)
    made = generate(root)
    found = everything(root)
    forget(root)
    generate(root)
    assert everything(root) == found
    assert made == expected


def test_the_first_run_of_a_target_leaves_nothing_for_the_next_one_to_make_again(tmp_path: Path) -> None:
    root = make_root(tmp_path)
    write_specs(root, SPECS)
    shutil.rmtree(root.path / "templates", ignore_errors=True)  # those that come with paramsync
    found = []
    for comment in "ab":
        edit("specs/profile.toml", "[site]", f"[site] # {comment}")(root)
        assert root.run("generate", "--target", "docs").code == 0
        found.append(read_cache(root.path, "outputs"))
    assert found[0] == found[1] is not None


def test_a_formatter_that_is_another_now_formats_all_files(generated: Path, tmp_path: Path) -> None:
    root = Root(shutil.copytree(generated, tmp_path / "root"), make_root(tmp_path / "other").capture)
    program = tmp_path / "programs/mark"
    program.parent.mkdir()
    root.edit(f"{LIST}/target.toml", '["python", "-c", ', '["mark", ')
    for mark in "ab":
        program.write_text(f"#!/bin/sh\nfor one in *.txt; do echo {mark} >> $one; done\n")
        program.chmod(0o755)
        ran = root.run_process("generate", PATH=f"{program.parent}:{os.environ['PATH']}")
        assert ran.code == 0, ran.err
        root.edit("specs/made/c.json", '"Model c', '"Model cc')
    assert (root.path / "generated/list/copied.txt").read_text() == "As it is.\nb\n"


def test_a_formatter_that_needs_all_files_gets_them(generated: Path, tmp_path: Path) -> None:
    root = Root(shutil.copytree(generated, tmp_path / "root"), make_root(tmp_path / "other").capture)
    program = tmp_path / "programs/needs"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntest -f about/a.txt && test -f about/c.txt\n")
    program.chmod(0o755)
    root.edit(f"{LIST}/target.toml", '["python", "-c", ', '["needs", ')
    for _ in range(2):
        ran = root.run_process("generate", PATH=f"{program.parent}:{os.environ['PATH']}")
        assert ran.code == 0, ran.err
        root.edit("specs/made/c.json", '"Model c', '"Model cc')


ORIGINS = (
    "{% for row in origins %}{% for fact in origins[row].facts %}{% for one in fact.statements %}"
    "{{ one.place | prose }} {{ one.written | prose }} {% endfor %}{{ fact.reason | prose }}{% endfor %}{% endfor %}"
)
ALPHA, GAMMA = {"from/alpha.txt", "from/beta.txt"}, {"from/gamma.txt"}
# What is done, one after the other -> the files that are made again; those of A page are told apart from those of another.
SOURCES: dict[str, tuple[Edit, set[str]]] = {
    "a first time": (lambda _: None, ALPHA | GAMMA | {"titles.txt"}),
    "nothing": (lambda _: None, set()),
    "a line that moves": (edit("specs/videos/page.md", "## Alpha", "\n## Alpha"), ALPHA),
    "an overlay's reason": (edit(OVERLAY, "Asked", "Asked again"), ALPHA),
    "another page": (edit("specs/others/page.md", "How strong", "How  strong"), GAMMA),
    "what describes a model beside its page, in another folder": (
        write("specs/others/beta.llm.md", "Nothing."),
        ALPHA | GAMMA,
    ),
    "the profile": (edit("specs/profile.toml", "[site]", "[site] # of pages"), ALPHA | GAMMA),
    "a page that cannot be read": (write("specs/others/page.md", None), GAMMA),
}


def test_what_tells_where_facts_come_from_follows_from_the_sources(tmp_path: Path) -> None:
    root = make_root(tmp_path / "root")
    put(root, {"specs/videos/page.md": write_page(), "specs/others/page.md": TOP + section("gamma")})
    put(root, {OVERLAY: correction('default = "fast"', 'default = "slow"')})
    templates = {"from/{model}.txt.jinja": ORIGINS, "titles.txt.jinja": TEMPLATES["all.txt.jinja"]}
    put(root, {f"{LIST}/{path}": text for path, text in ({"target.toml": MANIFEST} | templates).items()})
    assert root.run_process("scrape").code == 0
    made = {}
    for case, (change, _) in SOURCES.items():
        change(root)
        made[case] = generate(root)
        told = (root.path / "generated/list/from/alpha.txt").read_text()
        assert f"{OVERLAY}:4:9" in told, case
    assert made == {case: expected for case, (_, expected) in SOURCES.items()}
    assert "Asked again the service." in told
    assert "specs/videos/page.md:14" in told
    assert (root.path / "generated/list/from/gamma.txt").read_text() == "\n~"
    found = everything(root)
    forget(root)
    generate(root)
    assert everything(root) == found
