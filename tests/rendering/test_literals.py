"""What a target.toml declares of its language: a literal is the value and runs nothing, and names of choices and composed ones are unlike.

Modules: choices, comments, naming.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramsync.rendering.clashes import find_clashes, find_doubles
from paramsync.rendering.comments import ENDS
from paramsync.rendering.filters import Filters
from paramsync.rendering.literals import RISKY, Literals, write_json, write_literal
from paramsync.rendering.models import Model, make_model
from paramsync.rendering.naming import Escape
from paramsync.rendering.target import Prose, Target, spell
from paramsync.text import UNSAFE
from support.roots import Root
from support.small_root import put
from support.vectors import made_spec

PERL = Literals(
    true="JSON::PP::true",
    false="JSON::PP::false",
    null="undef",
    interpolates={"$": r"\$", "@": r"\@"},
    control=r"\x{{code:x}}",
    astral=r"\x{{code:x}}",
    only_ascii=True,
    max_integer=2**63 - 1,
    big_integer="Math::BigInt->new('{number}')",
    pair="{key} => {value}",
)
SHELL = Literals(interpolates={"$": r"\$", "`": r"\`"}, control="")
HOSTILE = [
    *(
        "$(touch ran)",
        "`touch ran`",
        "${x}",
        "#{x}",
        "@{[system 'touch ran']}",
        "${\\ system('touch ran')}",
        "$x[0]",
        "\\$x",
    ),
    *(
        "\\",
        "\\\\",
        '"',
        "\\(x)",
        "%x",
        "@x",
        "$",
        "a\\",
        '"; system "touch ran"; "',
        "é\u200b\U0001f600",
        "a\nb",
        "&x()",
        "!x",
    ),
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"])))
numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
READ_IN_PERL = """\
use strict; use warnings; no warnings 'portable'; use JSON::PP; use Math::BigInt;
print JSON::PP->new->ascii->allow_bignum->encode([%s]);
"""


@given(st.lists(values, min_size=20, max_size=30))
@settings(max_examples=6, deadline=None)
def test_perl_reads_the_literals_of_any_json_as_that_and_runs_nothing(given: list[Any]) -> None:
    # Perl writes fewer digits of a float than it has: as a text, it is the number that was written.
    style = PERL.model_copy(update={"number": "'{number}'"})
    script = READ_IN_PERL % ", ".join(write_literal(one, style) for one in given)
    assert json.loads(run("perl", script)) == json.loads(
        json.dumps(given), parse_float=lambda one: repr(float(one))
    )


# No text of a page has what a shell cannot hold.
safe = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])).filter(
    lambda one: not UNSAFE.search(one)
)


@given(
    st.lists(
        st.sampled_from([one for one in HOSTILE if not UNSAFE.search(one)]) | safe, min_size=20, max_size=30
    )
)
@settings(max_examples=6, deadline=None)
def test_a_shell_reads_the_literals_of_any_text_as_that_and_runs_nothing(given: list[str]) -> None:
    script = "".join(f"printf '%s\\0' {write_literal(one, SHELL)}\n" for one in given)
    assert run("sh", script).split("\0")[:-1] == given


def run(program: str, script: str) -> str:
    """Run a script in an empty folder, which it leaves empty."""
    assert shutil.which(program)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, "-"],
            cwd=folder,
            input=script,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr, [*Path(folder).iterdir()]) == (0, "", []), script[:3000]
    return done.stdout


@pytest.mark.parametrize("risky", RISKY)
def test_a_target_that_says_nothing_of_interpolation_gets_no_text_that_may_run_code(
    done: Root, risky: str
) -> None:
    put(done, {"templates/list/code.jinja": f"x = {{{{ {json.dumps('a' + risky)} | literal }}}}\n"})
    refused = done.run("generate")
    assert refused.code == 3
    assert refused.err.startswith("templates/list/code.jinja:1: error: ")
    assert "say below [literals] in target.toml what does" in refused.err
    assert "interpolates = {} if nothing does" in refused.err
    put(
        done,
        {
            "templates/list/target.toml": f"{done.path.joinpath('templates/list/target.toml').read_text()}[literals]\ninterpolates = {{}}\n"
        },
    )
    assert done.run("generate").code == 0


@pytest.mark.parametrize("ends", ENDS)
def test_a_target_that_says_nothing_of_comments_gets_no_text_that_may_end_one(ends: str) -> None:
    text = f"a {ends.upper()} b"
    with pytest.raises(
        ValueError, match="may end a comment of this language; say below .prose. in target.toml"
    ):
        write_prose(text, Prose())
    with pytest.raises(ValueError, match="ends a comment; say by escape below .prose. in target.toml"):
        write_prose(text, Prose(ends=(ends,)))
    assert write_prose(text, Prose(ends=())) == text
    escape = Escape(match=f"(?i){re.escape(ends)}", write="-")
    assert write_prose(text, Prose(ends=(ends,), escape=(escape,))) == "a - b"


def write_prose(text: str, style: Prose) -> str:
    return Filters(Target(prose=style), {}.__getitem__).prose(text)


def test_json_is_the_same_value_and_shows_nothing_that_may_run_code() -> None:
    value = {"$ref": HOSTILE, "a#{b}": ["#", "$"]}
    ruby = Literals(interpolates={"#": r"\#"})
    for style, shown in ((Literals(), ()), (ruby, ('"', "\\", "$", "@")), (Literals(interpolates={}), RISKY)):
        written = write_json(value, style)
        assert json.loads(written) == value
        inside = {one for text in written.split('"')[1::2] for one in text} & {*RISKY} - {"\\"}
        assert ("$" in inside, "#" in inside) == ("$" in shown, "#" in shown)


# How languages write values -> what is declared, a value, and how it is written.
FORMS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "php": ({"interpolates": {"$": r"\$"}, "map": "[{items}]", "pair": "{key} => {value}"}, {"a$b": [1]}, r'["a\$b" => [1]]'),
    "ruby": ({"interpolates": {"#": r"\#"}, "null": "nil", "pair": "{key} => {value}"}, {"#{a}": None}, r'{"\#{a}" => nil}'),
    "kotlin": ({"interpolates": {"$": r"\$"}, "list": "listOf({items})", "integer": "{number}L"}, ["$a", 1], r'listOf("\$a", 1L)'),
    "swift": ({"interpolates": {}, "control": r"\u{{code:x}}"}, "\\(a)\x07", r'"\\(a)\u{7}"'),
    "rust": ({"interpolates": {}, "text": '"{text}".to_string()', "number": "{number}f64", "list": "vec![{items}]"}, ["a", 1.0], 'vec!["a".to_string(), 1.0f64]'),
    "half a pair": ({"interpolates": {}, "surrogate": r"\u{fffd}"}, "\ud800", r'"\u{fffd}"'),
    "c": ({"interpolates": {}, "control": r"\{byte:03o}", "only_ascii": True, "list": "{{items}}"}, ["é"], r'{"\303\251"}'),
    "java": ({"interpolates": {}, "astral": r"\u{unit:04x}", "only_ascii": True}, "😀", r'"\ud83d\ude00"'),
    "c#": ({"interpolates": {}, "list": "new object[] { {items} }", "number": "{number}m"}, [0.5], "new object[] { 0.5m }"),
    "sql": ({"interpolates": {}, "text": "'{text}'", "escapes": {"'": "''", "\\": "\\"}}, "it's \\", "'it''s \\'"),
    "big": ({"max_integer": 2**31 - 1, "big_integer": "{number}n"}, [2**31 - 1, -(2**31)], "[2147483647, -2147483648n]"),
    "lines": ({"interpolates": {}, "escapes": {"\n": r"\n"}, "separator": ",\n"}, ["a\nb", 1], '["a\\nb",\n1]'),
}  # fmt: skip


@pytest.mark.parametrize("language", FORMS)
def test_a_value_is_written_as_the_target_declares(language: str) -> None:
    declared, value, written = FORMS[language]
    assert write_literal(value, Literals.model_validate(declared)) == written


def test_a_limit_is_a_whole_number_or_has_a_point_as_a_rule_asks() -> None:
    declared = {"minimum": {"broken": "{v} < {number}"}, "maxLength": {"broken": "len({v}) > {limit}"}}
    target = Target.model_validate({"rules": declared, "literals": {"number": "{number}f64"}})
    filters = Filters(target, {}.__getitem__)
    rules = {"a": {"type": ["string", "integer"], "minimum": 1, "maxLength": 5}}
    limits = {one.keyword: one for one in make_model(made_spec(rules)).parameters[0].value.limits}
    assert filters.rule(limits["minimum"], "broken", "x") == "x < 1.0f64"
    assert filters.rule(limits["maxLength"], "broken", "x") == "len(x) > 5"
    assert filters.number(3) == "3.0f64"


def test_a_character_that_the_language_cannot_write_is_told() -> None:
    with pytest.raises(ValueError, match=r"has U\+0007 in it, .* by control, astral or surrogate"):
        write_literal("\x07", SHELL)


def test_a_comment_does_not_end_before_its_text() -> None:
    target = Target.model_validate({"prose": {"width": 20, "prefix": "// "}})
    filters = Filters(target, {}.__getitem__)
    for end in ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", " "):
        written = str(filters.prose(f"A word{end}more{end}and more words \\ here, and{end}more", indent=4))
        first, *lines = written.splitlines()
        assert all(line.startswith("    // ") for line in lines)
        assert all(len(line) <= 20 and not line.endswith("\\") for line in (f"    // {first}", *lines)), (
            written
        )


# Choices of one value -> the members of its enum.
MEMBERS: list[tuple[list[Any], list[str]]] = [
    (["loop", "cut_off", "cutOff", "16:9", "1:69"], ["Loop", "CutOff", "CutOff2", "Value16_9", "Value1_69"]),
    ([1, -1, 0.5, 1e-7, 1.0e22, "1"], ["Value1", "Minus1", "Value0_5", "Value1eMinus7", "Value1ePlus22", "Value1_2"]),
    ([True, False, "true", ""], ["True_", "False", "True2", "Empty"]),
    (["", " ", "empty", "→", "é", "ß", "日本", "c++", "c#"], ["Empty", "U20", "Empty2", "U2192", "E", "Udf", "U65e5U672c", "CPlusPlus", "CSharp"]),
    (["a", "A", "a-2", "A 2", "self"], ["A", "A3", "A2", "A2_2", "Self_"]),
    (["x" * 90, "x" * 91], ["X" + "x" * 59, "X" + "x" * 59 + "2"]),
]  # fmt: skip


def enum_of(choices: list[Any]) -> list[str]:
    naming = {"of": "choice", "casing": "pascal", "digit": "Value", "reserved": ["Self", "True"]}
    target = Target.model_validate({"names": {"member": naming}})
    value = make_model(made_spec({"a": {"enum": choices}})).parameters[0].value
    return [spell(one, "member", target) for one in value.named_choices]


@pytest.mark.parametrize("case", range(len(MEMBERS)))
def test_the_members_of_an_enum_are_named_by_the_choices(case: int) -> None:
    choices, names = MEMBERS[case]
    assert enum_of(choices) == names


@given(st.lists(st.one_of(texts, numbers, st.booleans()), min_size=1, max_size=8))
def test_the_members_of_any_enum_are_unlike_and_are_names(choices: list[Any]) -> None:
    names = enum_of(choices)
    assert len({one.lower() for one in names}) == len(names)
    assert all(one.isidentifier() and one.isascii() for one in names)
    assert {*names}.isdisjoint({"Self", "True"})


NAMES = {
    "type": {"of": "model", "casing": "pascal", "scope": "package"},
    "choices": {"of": "choices", "casing": "pascal"},
    "part": {"of": "part", "casing": "pascal"},
    "member": {"of": "choice", "casing": "pascal"},
}
STRING, CHOICE = {"type": "string"}, {"type": "string", "enum": ["a", "b"]}
TREE = {"type": "object", "properties": {"a": CHOICE}}
# [composed] -> the models, the pairs that clash, and the names of one model that do.
COMPOSED: dict[str, tuple[Mapping[str, str], dict[str, dict[str, Any]], list[tuple[str, str]], list[str]]] = {
    "nothing is alike": ({"request": "{type}Request"}, {"a": {}, "b": {}}, [], []),
    "a model is called as what another makes": ({"request": "{type}Request"}, {"a": {}, "a-request": {}}, [("a-request", "a")], []),
    "in a scope of its own": ({"request": "{type}Request/other"}, {"a": {}, "a-request": {}}, [], []),
    "of a parameter, with that of its model": ({"enum": "{type}{choices}"}, {"a": {"size": CHOICE}, "a-size": {}}, [("a-size", "a")], []),
    "of a parameter without choices": ({"enum": "{type}{choices}"}, {"a": {"size": STRING}, "a-size": {}}, [], []),
    "of a nested object": ({"tree": "{type}{part}"}, {"a": {"size": TREE}, "a-size": {}}, [("a-size", "a")], []),
    "of a choice": ({"constant": "{type}{choices}{member}"}, {"a": {"size": CHOICE}, "a-size-b": {}}, [("a-size-b", "a")], []),
    "two kinds of one model": ({"enum": "{type}{part}", "tree": "Ab{part}"}, {"ab": {"size": TREE}}, [], ["enum AbSize", "tree AbSize"]),
    "a parameter is called as its model": ({"enum": "A{choices}"}, {"aB": {"b": CHOICE}}, [], []),
    "choices of two parameters": ({"constant": "{type}{member}"}, {"a": {"x": CHOICE, "y": CHOICE}}, [], ["constant AA", "constant AA"]),
}  # fmt: skip


ALIKE_INSIDE = {"a parameter is called as its model": ["b"]}


@pytest.mark.parametrize("case", COMPOSED)
def test_composed_names_that_are_alike_are_told(case: str) -> None:
    composed, given, clashes, doubles = COMPOSED[case]
    split = {kind: one.partition("/") for kind, one in composed.items()}
    tables = {
        kind: {"write": write, "scope": scope or "package"} for kind, (write, _, scope) in split.items()
    }
    target = Target.model_validate({"names": NAMES, "composed": tables})
    models = [make_named(name, properties) for name, properties in given.items()]
    found = [*find_clashes(models, {"go": target}, {})]
    assert [(one.subject.name, one.other.name) for one in found] == clashes
    assert all(not find_clashes_of(models, one.subject.name, one.free, target) for one in found)
    inside = [find_clashes(model.parameters, {"go": target}, {}, (model,)) for model in models]
    assert [clash.subject.name for one in inside for clash in one] == ALIKE_INSIDE.get(case, [])
    told = [" ".join(one) for model in models for pair in [*find_doubles(model, target)][:1] for one in pair]
    assert told == doubles


def make_named(name: str, properties: Mapping[str, Any]) -> Model:
    return make_model(made_spec(properties) | {"x-model": name})


def find_clashes_of(models: list[Model], old: str, new: str, target: Target) -> list[Any]:
    renamed = [make_named(new if one.name == old else one.name, one.spec["properties"]) for one in models]
    return [*find_clashes(renamed, {"go": target}, {})]


MISTAKES = {
    "[composed.a]\nwrite = 'x'": "composed.a.write: 'x' must be composed of letters, digits, . _ - and kinds of names in braces",
    "[composed.a]\nwrite = '{x} {b}'": "must be composed of letters",
    "[composed.a]\nwrite = '{modle}X'": "composed.a.write: there is no [names.modle]; did you mean 'model'?",
    "[composed.model]\nwrite = '{model}X'": "composed.model: there is [names.model], too",
    "[composed.a]\nwrite = '{page}{model}'": "only the name of its model may stand before that of a model",
    "[literals]\nlist = '[]'": "literals.list: '[]' must have {items} in it, once",
    "[literals]\ntext = '{text}'": "must have something behind {text}, which ends it",
    "[verify]\ncommands = []": "verify.commands: must not be empty",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_target_is_told_at_its_key(done: Root, mistake: str) -> None:
    put(
        done,
        {
            "templates/list/target.toml": f"{done.path.joinpath('templates/list/target.toml').read_text()}{mistake}\n"
        },
    )
    told = done.run("generate").err
    assert MISTAKES[mistake] in told
    assert told.startswith("templates/list/target.toml:")


def test_a_path_with_page_and_model_is_written_for_each_model_in_the_folder_of_its_page(done: Root) -> None:
    put(
        done,
        {
            "templates/list/by-page/{page}/{model}.txt.jinja": "{{ page | name('page') }} {{ model | name('model') }}\n"
        },
    )
    assert done.run("generate").code == 0
    written = {path: text.decode() for path, text in done.tree("generated/list/by-page").items()}
    assert written == {"videos/alpha.txt": "videos alpha\n", "videos/beta.txt": "videos beta\n"}
