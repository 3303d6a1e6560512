"""What goes wrong is said once, with its place, and so that no terminal and no reader is upset by it.

Modules: outcome.
"""

import pytest

from support.example import SAVED
from support.roots import Root
from support.small_root import LINES, NAMES, everything, put, start

PROFILE = (SAVED / "profile.toml").read_text(encoding="utf-8")
END = PROFILE.count("\n") + 1
TWENTY = "\n".join(map(str, range(1, 21)))
UNDEFINED = ["", ".title", " | prose", " | json", " | literal", " | cell", " | type", " | name('model')"]
# The verb, and the file that is wrong -> what stands there, and the message behind the file's name.
MISTAKES: dict[tuple[str, str], list[tuple[str | bytes, str]]] = {
    ("scrape", "specs/profile.toml"): [
        (PROFILE + "[page\n", f":{END}:6: error: not TOML: "),
        (PROFILE + "[extra]\n", f":{END}:1: error: extra: there is no such key; there are vendor, site, "),
        (b"a = '\xff'", ":1:6: error: is not UTF-8"),
    ],
    ("scrape", "specs/videos/page.md"): [("é\n\nüb".encode() + b"\xff", ":3:3: error: is not UTF-8")],
    ("generate", "specs/videos/alpha.json"): [
        ('{\n  "title": }', ":2:12: error: not JSON: "),
        (b'{"title": "\xff"}', ":1:12: error: is not UTF-8"),
        ("{}", ": error: "),
    ],
    ("generate", "specs/videos/page.json"): [
        ("[]", ": error: not a JSON object"),
        *(
            (one, ": error: titles, dates and names must be strings")
            for one in (
                '{"models": [5]}',
                '{"models": [], "title": 5}',
                '{"models": [], "deprecated": {"model_a": 5}}',
                '{"models": [], "providers": {"model_a": null}}',
            )
        ),
    ],
    ("scrape", "templates/list/target.toml"): [
        ("colour = 1", ":1:1: error: colour: there is no such key; there are names,")
    ],
    ("generate", "templates/list/target.toml"): [
        ("formatters = ]", ":1:14: error: not TOML: "),
        ("colour = 1", ":1:1: error: colour: "),
        (
            NAMES + "[prose]\nescape = [{match = '(', write = ''}]",
            ":9:12: error: prose.escape.match: '(' is not",
        ),
        (NAMES + "[prose]\nescape = [{match = 'A', write = '\\9'}]", ":9:25: error: prose.escape.write: "),
        (
            f'formatters = [["no-tool"]]\n{NAMES}',
            ": error: the formatter 'no-tool' is not installed; install it, or change the formatter here",
        ),
        (f'formatters = [["ruff", "no"]]\n{NAMES}', ": error: 'ruff no' failed (exit 2):"),
        (
            f"""formatters = [['printf', '\\377'], ['sh', '-c', 'printf "\\377"; exit 3']]\n{NAMES}""",
            """: error: 'sh -c printf "\\\\377"; exit 3' failed (exit 3):\n\\xff""",
        ),
        *(
            (
                f"formatters = [['sh', '-c', 'seq {lines}; exit 3']]\n{NAMES}",
                f": error: 'sh -c seq {lines}; exit 3' failed (exit 3):\n{TWENTY}{more}\n",
            )
            for lines, more in ((20, ""), (22, "\n… 2 more lines"))
        ),
    ],
    ("generate", "templates/list/{other}.txt"): [("", ": error: '{other}.txt' is not a safe path")],
    ("generate", "templates/list/notes.txt.jinja"): [
        ("", ": error: 'notes.txt' is also written by templates/list/notes.txt; rename one of them")
    ],
    ("generate", "templates/list/a.txt.jinja"): [
        (
            "fine\n{{ pages[0] | name('model') }}\n",
            ":2: error: target.toml has no names.model of a page; add it",
        ),
        (
            "fine\n{{ models[0] | name('nope') }}\n",
            ":2: error: target.toml has no names.nope of a model; add it",
        ),
        (
            "{{ models[0].parameters[0].value.kinds[0] | type }}",
            ":1: error: target.toml has no line for 'number'; add it under [types]",
        ),
        (
            "fine\n{{ models[0].spec.keys() }}\n",
            ":2: error: a template may not use operators, or call anything",
        ),
        ("fine\n{{ pages[0] | literal }}\n", ":2: error: \"Page(name='videos', "),
        ("fine\n{{ models[0].title | url }}\n", ":2: error: 'Alpha' is not a URL"),
        (
            "fine\n{{ '?>' | prose }}\n",
            ":2: error: '?>' has '?>' in it, which may end a comment of this language; say below",
        ),
        ("fine\n{{ '#a' | anchor }}\n", ":2: error: '#a' is not an anchor"),
        (
            "{% for a in models %}" * 25 + "{% endfor %}" * 25,
            ": error: cannot be compiled: too many statically nested blocks; write it more simply",
        ),
        ("fine\n{% for model in %}\n", ":2: error: "),
        (
            "fine\n{% include 'no' %}\n",
            ": error: unknown template 'no'; name one of this target, or TARGET/PATH of another",
        ),
        (
            "{% include ['no', 'none'] %}",
            ": error: unknown template 'none'; name one of this target, or TARGET/PATH of another\n",
        ),
        ("{% include models %}", ": error: unknown template \"Model(id='model_beta', name='beta', title="),
        ("fine\n{{ models[0].title }}\n", ":2: error: 'Alpha' is printed without a filter"),
        ("fine\n{{ 'a' ~ 'b' }}\n", ":2: error: a template may not use operators"),
        ("{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", ":1: error: "),
        *((f"fine\n{{{{ nope{use} }}}}\n", ":2: error: 'nope' is undefined") for use in UNDEFINED),
    ],
}


@pytest.mark.parametrize(
    ("verb", "file", "content", "message"),
    [(*where, *mistake) for where, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_wrong_input_exits_3_with_one_message_that_says_where(
    done: Root, verb: str, file: str, content: str | bytes, message: str
) -> None:
    put(done, {file: content})
    before = everything(done)
    ran = done.run(verb)
    assert ran.code == 3
    assert (ran.out + ran.err).replace(":0: ", ": ").count(file + message) == 1
    assert everything(done) == before


@pytest.mark.parametrize("kind", ["model", "page"])
def test_a_target_that_does_not_say_how_to_spell_a_path_is_told(done: Root, kind: str) -> None:
    put(done, {f"templates/new/{{{kind}}}.txt": "Copied.\n"})
    ran = done.run("generate")
    assert ran.code == 3
    assert f"target.toml has no names.{kind}" in ran.err


HARD_TO_SAY: dict[str, tuple[str, dict[str, str]]] = {
    "a name that is not UTF-8": ("generated/list/\udcff.txt", {"PYTHONIOENCODING": "utf-8"}),
    "a page's name that is not UTF-8": ("specs/\udcff/page.md", {"PYTHONIOENCODING": "utf-8"}),
    "a name that would act on a terminal": ("generated/list/\x1b[2J.txt", {}),
    "an output that knows ASCII only": ("generated/list/old.txt", {"PYTHONIOENCODING": "ascii"}),
}


@pytest.mark.parametrize("case", HARD_TO_SAY)
def test_what_is_hard_to_say_is_said_without_a_traceback(done: Root, case: str) -> None:
    path, environment = HARD_TO_SAY[case]
    put(done, {path: LINES})
    ran = done.run_process("scrape" if path.startswith("specs") else "generate", "--check", **environment)
    assert ran.err == ""
    assert ran.code == (3 if path.startswith("specs") else 1)
    assert "\x1b" not in ran.out


def test_a_reader_that_goes_away_gets_no_traceback(done: Root) -> None:
    put(done, {f"generated/list/{number}.txt": "Old.\n" for number in range(400)})
    process = start(done, "generate", "--check")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


def test_a_line_break_in_the_name_of_a_file_begins_no_line(done: Root) -> None:
    shown = {"text": "a\\n::error::b.json", "github": "a%0A%3A%3Aerror%3A%3Ab.json"}
    for verb, folder in (("generate", "generated/list"), ("scrape", "specs/videos")):
        put(done, {f"{folder}/a\n::error::b.json": "::error::c\n"})
        for style, name in shown.items():
            ran = done.run(verb, "--check", "--format", style)
            assert (ran.code, f"{folder}/{name}" in ran.out, ran.err) == (1, True, "")
            assert not [one for one in ran.out.splitlines() if one.startswith("::error::")]


def test_a_byte_that_is_no_text_is_named_with_its_place(root: Root) -> None:
    root.add_page("page", b"---\ntitle: \xed\xa0\x80\n")
    ran = root.run("scrape")
    assert ran.code == 3
    assert "specs/page/page.md:2:8: error: is not UTF-8 here" in ran.out
