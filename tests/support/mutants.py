"""Validators with one thing changed, as somebody might who writes one by hand: each must be noticed."""

import ast
import copy
import math
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType
from typing import Any, NamedTuple

from paramsync.rules import RULES

Change = tuple[str, Callable[[Any], ast.AST]]  # what it is called, and what it makes of a node


class Mutant(NamedTuple):
    """A changed validator, as code that can be run, and where and how it was changed."""

    change: str
    code: CodeType | str


ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
CLASSES = ("str", "bool", "int", "float", "dict", "list", "object")
KEYWORDS = "|".join(rule.keyword for rule in RULES)


def python_mutants(source: str) -> Iterator[Mutant]:
    """Change one thing of a validator at a time: an operator, a bound, a choice, a name, a type, a check, what is said of it.

    A test that only saves time hides the others, which are changed where it is left out; of it itself, only to let more pass matters.
    """
    slow = _WithoutFast().visit(ast.parse(source))
    whole = _find_whole(slow)
    yield from _mutants(slow, lambda node: _changes(node, is_whole=id(node) in whole))
    yield from _mutants(ast.parse(source), _changes_of_fast)


def _mutants(tree: ast.AST, find_changes: Callable[[Any], Iterator[Change]]) -> Iterator[Mutant]:
    for put, node in _places(tree):
        for what, change in find_changes(node):
            put(change(copy.deepcopy(node)))
            code = compile(ast.fix_missing_locations(tree), "mutant", "exec")  # type: ignore[arg-type]
            put(node)
            line = ast.unparse(node).split("\n")[0]
            yield Mutant(f"{getattr(node, 'lineno', 0)}: {line}: {what}", code)


class _WithoutFast(ast.NodeTransformer):
    """Leave out what only saves time: tests of what is surely right, before others tell the rest."""

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        if _lets_pass(node):
            return node.orelse
        return node.body if _calls(node) in GUARDED else node

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        return node.values[1] if SHORTCUT.fullmatch(ast.unparse(node)) else node


GUARDED = ("any_of", "unknown")
SHORTCUT = re.compile(r"type\((\w+)\) is \w+ or is_(array|object)\(\1\)")


def _lets_pass(node: ast.If) -> bool:
    return isinstance(node.body[0], ast.Pass)


def _calls(node: ast.If) -> str:
    """Give the function that is called where a test is true; nothing if more is done."""
    (first, *others) = node.body
    is_call = isinstance(first, ast.Expr) and isinstance(first.value, ast.Call) and not others
    return ast.unparse(first.value.func) if is_call else ""  # type: ignore[attr-defined]


def _find_whole(tree: ast.AST) -> set[int]:
    """Find the comparisons of whole numbers, to which a half more makes no difference: of lengths, and below a test for integers."""
    found = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call):
            found.add(id(node))
        if (
            isinstance(node, ast.If)
            and "is_integer" in ast.unparse(node.test)
            and "is_number" not in ast.unparse(node.test)
        ):
            found |= {
                id(one) for other in node.orelse for one in ast.walk(other) if isinstance(one, ast.Compare)
            }
    return found


def _places(tree: ast.AST) -> list[tuple[Callable[[ast.AST], None], ast.AST]]:
    """Give each node below a tree, behind what puts another one in its place."""
    places: list[tuple[Callable[[ast.AST], None], ast.AST]] = []
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                places.append((partial(setattr, parent, name), value))
            elif isinstance(value, list):
                places += [(partial(value.__setitem__, index), node) for index, node in enumerate(value)]
    return places


def javascript_mutants(source: str) -> Iterator[Mutant]:
    """Change one thing of a compiled validator at a time, as in Python."""
    lines = source.split("\n")
    for pattern, others in SWAPS:
        for match in re.finditer(pattern, source, re.MULTILINE):
            number = source.count("\n", 0, match.start())
            for other in others(match):
                changed = source[: match.start()] + other + source[match.end() :]
                yield Mutant(f"{number + 1}: {lines[number].strip()}: {other}", changed)


Swap = tuple[str, Callable[[re.Match[str]], list[str]]]
LITERAL = r'(?P<literal>"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|true|false)'
MEASURE = r"(?P<measure>value|element|(?:value|element)\.length)"
SWAPS: list[Swap] = [
    (rf"{MEASURE} (?P<sign>[<>]) (?P<limit>[^\s)]+)(?=\))", lambda match: [*_changed_bounds(match)]),
    (
        r'typeof (value|element) !== "(\w+)"',
        lambda match: [
            f'typeof {match[1]} === "{match[2]}"',
            *(
                f'typeof {match[1]} !== "{kind}"'
                for kind in ("string", "number", "boolean", "object")
                if kind != match[2]
            ),
        ],
    ),
    (r"!(values\.is|\w+\.has\((?:value|element))", lambda match: [match[1]]),
    (
        r"values\.isNumber\((\w+)\)",
        lambda match: [
            f'(typeof {match[1]} === "number")',
            f"(Number({match[1]}) === {match[1]})",
            f"isFinite({match[1]})",
        ],
    ),
    (r"values\.isInteger\((\w+)\)", lambda match: [f"values.isNumber({match[1]})"]),
    (
        r"(?<!=> )values\.isObject\((\w+)\)",
        lambda match: [f'(typeof {match[1]} === "object")', f"({match[1]} instanceof Object)"],
    ),
    (
        r"values\.isMultiple\((\w+), (\S+)\)\)",
        lambda match: [f"values.isMultiple({match[1]}, {match[2]} * 2))", "true)", "false)"],
    ),
    (
        r"values\.is(Shorter|Longer)\((\w+), (\d+)\)",
        lambda match: [
            "false",
            f"!{match[0]}",
            *(f"values.is{match[1]}({match[2]}, {limit})" for limit in near(float(match[3]), is_whole=True)),
        ],
    ),
    (
        r"^const (\w+) = new Set\(\[.*\]\);$(?=[\s\S]*(?:!\1\.has\(|findUnknown\(problems, payload, \1,))",
        lambda match: [*_changed_arrays(match[0])],
    ),
    (rf"has\(payload, {LITERAL}", lambda match: [match[0][:-1] + '_"']),
    (
        rf"(?<=value )!== {LITERAL}",
        lambda match: [f"=== {match['literal']}", f"!== {_altered_text(match['literal'])}"],
    ),
    (
        rf"^ +case {LITERAL}:$(?=(?:\s+case .+)*\s+inherited--;\s+break;\s+default:)",
        lambda match: [match[0].replace(match["literal"], _altered_text(match["literal"]))],
    ),
    (r"value [!=]== undefined(?=\)| && )", lambda _: ["true", "false"]),
    (r"(?<=if \()!?rules\.has\([^()]+\)(?=\)( \{$|$| rules))", lambda _: ["true", "false"]),
    (rf"payload\[{LITERAL}", lambda match: [match[0][:-1] + '_"']),
    (r"(rules\.|check)\w+\(problems, .+\);", lambda _: [";"]),
    (r"inherited(--| = inherited \+.+);", lambda _: [";"]),
    (r"inherited !== 0", lambda _: ["inherited === 0", "inherited < 0", "false"]),
    (rf" \|\| {LITERAL} in payload(?=\))", lambda _: [""]),
    (r"!Object\.prototype\.hasOwnProperty\.call\(payload, name\)", lambda _: ["true", "false"]),
    (r"rules\.ownOf\(payload, \w+\)", lambda _: ["payload"]),
    (rf'"({KEYWORDS})"(?=, )', lambda _: ['"enum"']),
    (r'(?<=problems, )(["`])(?:\$\{at\})?/', lambda match: [match[0] + "_"]),
    (r"/\$\{index\}", lambda _: ["/_${index}", "/${index + 1}"]),
]


def _changed_bounds(match: re.Match[str]) -> Iterator[str]:
    measure, sign, limit = match["measure"], match["sign"], float(match["limit"])
    before = match.string[: match.start()]
    is_whole = measure not in ("value", "element") or before.rfind("values.isInteger(") > before.rfind(
        "values.isNumber("
    )
    yield from (
        f"{measure} {other} {match['limit']}"
        for other in ("<", "<=", ">", ">=", "===", "!==")
        if other != sign
    )
    yield from (f"{measure} {sign} {bound!r}" for bound in near(limit, is_whole=is_whole))


def _changed_arrays(line: str) -> Iterator[str]:
    start = line.index("[") + 1
    for match in re.finditer(rf"{LITERAL}(, )?", line[start:]):
        before, after = line[: start + match.start()], line[start + match.end() :]
        yield before + after
        yield before + _altered_text(match["literal"]) + (match[2] or "") + after


def _altered_text(literal: str) -> str:
    if literal in ("true", "false"):
        return "false" if literal == "true" else "true"
    return literal[:-1] + '_"' if literal.startswith('"') else f"{literal} + 1"


def _changes(node: ast.AST, *, is_whole: bool) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        yield from _changes_of_comparison(node, is_whole=is_whole)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "no longer denied", lambda node: node.operand
    elif isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            yield f"without {index}", lambda node, index=index: _without_operand(node, index)
    elif isinstance(node, ast.Tuple) and not any(isinstance(one, ast.Name) for one in node.elts):
        yield from ((f"without {index}", _without(index)) for index in range(len(node.elts)))
        yield from ((f"{index} altered", _altered(index)) for index in range(len(node.elts)))
    elif isinstance(node, ast.If):
        yield "always", lambda node: _set(node, test=ast.Constant(value=True))
        yield "never", lambda node: _set(node, test=ast.Constant(value=False))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "not said", lambda _: ast.Pass()
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        yield "another name", lambda node: _set(node, slice=_other(node.slice))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _changes_of_call(node, node.func.id)


def _changes_of_fast(node: ast.AST) -> Iterator[Change]:
    """Let more pass than is right, where a test saves time."""
    text = ast.unparse(node)
    if isinstance(node, ast.If) and (_lets_pass(node) or _calls(node) in GUARDED):
        yield "all passes", lambda node: _set(node, test=ast.Constant(value=_lets_pass(node)))
    elif isinstance(node, ast.BoolOp) and SHORTCUT.fullmatch(text):
        other = "is dict" if "is list" in text else "is list"
        yield other, lambda _: _read(re.sub(r"is (list|dict)", other, text))
    elif (
        isinstance(node, ast.BoolOp)
        and isinstance(node.op, ast.And)
        and "type(" in ast.unparse(node.values[0])
    ):
        for index, one in enumerate(node.values[1:], 1):
            for what, instead in _looser(
                ast.unparse(one), is_whole="float" not in ast.unparse(node.values[0])
            ):
                yield what, partial(_with_operand, index=index, operand=instead)
        if _takes_true(node.values[1:]):
            yield "booleans, too", partial(_with_operand, index=0, operand="isinstance(value, (int, float))")


def _looser(test: str, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Give what takes more than a test of a number: nothing is asked, or a bound is moved. An integer that is not finite has no vector."""
    if is_whole and re.fullmatch(r"-MAX_FLOAT <= \w+ <= MAX_FLOAT", test):
        return
    yield "all values", "True"
    for pattern, pick in ((r"^\S+(?= <=)", min), (r"(?<=<= )\S+$", max)):
        bound = re.search(pattern, test)
        if bound and not bound[0].islower() and not (is_whole and "MAX_FLOAT" in bound[0]):
            is_finite = "MAX_FLOAT" in bound[0]
            moved = (
                pick(-math.inf, math.inf)
                if is_finite
                else pick(near(ast.literal_eval(bound[0]), is_whole=False))
            )
            yield f"bound {moved}", re.sub(pattern, repr(moved).replace("inf", "1e999"), test)


def _with_operand(node: ast.BoolOp, index: int, operand: str) -> ast.BoolOp:
    return _set(node, values=[*node.values[:index], _read(operand), *node.values[index + 1 :]])  # type: ignore[no-any-return]


def _read(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _takes_true(tests: list[ast.expr]) -> bool:
    """Tell whether true keeps the bounds of a number, where there is nothing else to keep."""
    text = " and ".join(map(ast.unparse, tests))
    return set(re.findall(r"[a-zA-Z_]+", text)) <= {"value", "and", "MAX_FLOAT"} and eval(  # noqa: S307
        text, {"value": True, "MAX_FLOAT": sys.float_info.max}
    )


def _changes_of_comparison(node: ast.Compare, *, is_whole: bool) -> Iterator[Change]:
    if isinstance(node.ops[0], ORDER):
        for other in ORDER:
            if not isinstance(node.ops[0], other):
                yield other.__name__, lambda node, other=other: _set(node, ops=[other()])
        for bound in near(ast.literal_eval(node.comparators[0]), is_whole=is_whole):
            yield (
                f"bound {bound}",
                lambda node, bound=bound: _set(node, comparators=[ast.Constant(value=bound)]),
            )
        return
    opposite = ast.NotIn if isinstance(node.ops[0], ast.In) else ast.In
    yield opposite.__name__, lambda node: _set(node, ops=[opposite()])
    if isinstance(node.left, ast.Constant):
        yield "another name", lambda node: _set(node, left=_other(node.left))


def _changes_of_call(node: ast.Call, called: str) -> Iterator[Change]:
    yield from _changes_of_test(node, called)
    for index, one in enumerate(node.args):
        if isinstance(one, ast.JoinedStr) or (
            isinstance(one, ast.Constant) and str(one.value).startswith("/")
        ):
            yield (
                "another pointer",
                lambda node, index=index: _set(node, args=_altered_argument(node.args, index)),
            )


def _changes_of_test(node: ast.Call, called: str) -> Iterator[Change]:
    if called == "isinstance":
        for other in CLASSES:
            if other != ast.unparse(node.args[1]):
                yield (
                    other,
                    lambda node, other=other: _set(node, args=[node.args[0], ast.Name(other, ast.Load())]),
                )
    elif called == "is_number":
        yield (
            "any float",
            lambda node: ast.parse(f"isinstance({ast.unparse(node.args[0])}, (int, float))").body[0].value,
        )  # type: ignore[attr-defined]
    elif called == "is_integer":
        yield "any number", lambda node: _set(node, func=ast.Name("is_number", ast.Load()))
    elif called == "is_multiple":
        for step in near(ast.literal_eval(node.args[1]), is_whole=False):
            if step > 0:
                yield (
                    f"step {step}",
                    lambda node, step=step: _set(node, args=[node.args[0], ast.Constant(step)]),
                )
    elif called == "broken":
        yield (
            "another code",
            lambda node: _set(node, args=[*node.args[:2], ast.Constant("enum"), *node.args[3:]]),
        )


def _altered_argument(arguments: list[ast.expr], index: int) -> list[ast.expr]:
    return [*arguments[:index], _other(arguments[index]), *arguments[index + 1 :]]


def _without_operand(node: ast.BoolOp, index: int) -> ast.expr:
    kept = [*node.values[:index], *node.values[index + 1 :]]
    return _set(node, values=kept) if len(kept) > 1 else kept[0]


def _set(node: Any, **changed: Any) -> Any:
    for name, value in changed.items():
        setattr(node, name, value)
    return node


def _without(index: int) -> Callable[[Any], ast.AST]:
    return lambda node: _set(node, elts=[*node.elts[:index], *node.elts[index + 1 :]])


def _altered(index: int) -> Callable[[Any], ast.AST]:
    return lambda node: _set(
        node, elts=[*node.elts[:index], _other(node.elts[index]), *node.elts[index + 1 :]]
    )


def _other(node: Any) -> ast.expr:
    """Alter a literal a little."""
    if isinstance(node, ast.JoinedStr):
        last = max(index for index, one in enumerate(node.values) if isinstance(one, ast.Constant))
        return _set(node, values=_altered_argument(node.values, last))
    value = ast.literal_eval(node)
    if isinstance(value, bool):
        return ast.Constant(value=not value)
    return ast.Constant(value=f"{value}_" if isinstance(value, str) else value + 1)


def near(bound: float, *, is_whole: bool) -> list[float]:
    """Give what a bound may be mistaken for; that of whole numbers for no fraction that makes no difference."""
    if is_whole and bound == int(bound):
        return [bound - 1, bound + 1]
    if abs(bound) < 2**52 and bound == int(bound):
        return [bound - 1, bound - 0.5, bound + 0.5, bound + 1]
    return (
        [math.floor(bound) - 1, math.ceil(bound) + 1]
        if is_whole
        else [math.nextafter(bound, -math.inf), math.nextafter(bound, math.inf)]
    )
