"""What documentations usually write: headers of columns, words for types and for yes and no, labels and sentences. Pure data.

`guess` looks for these on a page whose profile is yet to be written; nothing else depends on them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Meaning of a column -> headers, without case, marks and spaces at the ends.
HEADERS: dict[str, str] = {
    "name": (
        "name|parameter|parameters|parameter name|param|field|field name|input|input name|argument|arg|property|properties"
        "|key|option|attribute|variable|setting|body parameter|query parameter|request parameter|flag|参数|参数名|字段|字段名|名称|パラメータ"
    ),
    "type": "type|data type|datatype|types|value type|parameter type|field type|format|schema|kind|类型|型",
    "required": "required|mandatory|optional|presence|必填|是否必填|必选|是否必须|必須",
    "default": "默认值|默认|デフォルト|default|default value|defaults|default values|initial value|value",
    "description": "description|descriptions|details|meaning|explanation|notes|note|comment|comments|remarks|what it does|desc|about|描述|说明|説明",
    "choices": (
        "allowed values|allowed value|accepted values|possible values|valid values|enum|enums|enum values|choices|options|values"
        "|available values|supported values|allowed"
    ),
    "minimum": "min|minimum|min value|minimum value|min.|lower bound",
    "maximum": "max|maximum|max value|maximum value|max.|upper bound",
    "minLength": "min length|minimum length|minlength",
    "maxLength": "max length|maximum length|maxlength|length|max. length",
    "minItems": "min items|minimum items|minitems",
    "maxItems": "max items|maximum items|maxitems",
    "multipleOf": "multiple of|multipleof",
    "x-step": "step|step size|increment",
    "x-unit": "unit|units",
    "x-range": "range|valid range|value range|limits|constraints|bounds|restrictions",
    "x-example": "example|examples|sample|example value",
    "x-since": "since|version|added|added in|available since",
    "x-scope": "in|location|scope|position",
    "ignored": "#|no|no.|number|index",
}
MEANINGS = {header: meaning for meaning, headers in HEADERS.items() for header in headers.split("|")}

# JSON type, or what a word stands for -> words, in small letters.
WORDS_FOR_TYPES: dict[str, str] = {
    "string": (
        "string strings str text texts char varchar uri url uuid guid date datetime date-time email password enum enumeration base64 binary"
        " snowflake file image video audio blob id slug markdown html color colour locale language"
    ),
    "integer": "integer integers int ints int32 int64 long uint uint32 uint64 short byte",
    "number": "number numbers float floats double doubles decimal decimals real float32 float64 numeric",
    "boolean": "boolean booleans bool bools true false flag",
    "object": "object objects dict dictionary map mapping hash struct record json jsonobject",
    "array": "array arrays list lists tuple set sequence jsonarray",
    "any": "any mixed unknown jsonvalue",
}
TYPE_OF_WORD = {word: kind for kind, words in WORDS_FOR_TYPES.items() for word in words.split()}
TYPE_OF_WORD |= dict.fromkeys(("iso8601 timestamp", "iso 8601 timestamp", "iso 8601 date"), "string")
# What says that values are objects, and what they are called; before it may stand that there are several.
OBJECTS = re.compile(r"(?P<array>(?:array|list) of )?(?:an? )?(?P<noun>\S.{0,80}?) objects?", re.IGNORECASE)
# A pattern for a word that has others in it -> what it stands for.
TYPE_PATTERNS: dict[str, Any] = {
    "{T} or null": "{T}",  # the packages leave out what is null
    "{T} | null": "{T}",
    "{T}|null": "{T}",
    "{T} / null": "{T}",
    "{T} (nullable)": "{T}",
    "nullable {T}": "{T}",
    "{T}?": "{T}",
    "?{T}": "{T}",
    "array of {T} objects": {"array": "object"},
    "list of {T} objects": {"array": "object"},
    "a {T} object": "object",
    "an {T} object": "object",
    "array of {T}": {"array": "{T}"},
    "list of {T}": {"array": "{T}"},
    "array<{T}>": {"array": "{T}"},
    "list<{T}>": {"array": "{T}"},
    "array[{T}]": {"array": "{T}"},
    "list[{T}]": {"array": "{T}"},
    "array ({T})": {"array": "{T}"},
    "array({T})": {"array": "{T}"},
    "list({T})": {"array": "{T}"},
    "set({T})": {"array": "{T}"},
    "map({T})": "object",
    "map<{T}>": "object",
    "map<{T}, {U}>": "object",
    "dict[{T}, {U}]": "object",
    "record<{T}, {U}>": "object",
    "{T} array": {"array": "{T}"},
    "{T}_array": {"array": "{T}"},
    "{T}_list": {"array": "{T}"},
    "{T}[]": {"array": "{T}"},
    "[]{T}": {"array": "{T}"},
    "{T} or {U}": {"any": ["{T}", "{U}"]},
    "{T} | {U}": {"any": ["{T}", "{U}"]},
    "{T}|{U}": {"any": ["{T}", "{U}"]},
    "{T} / {U}": {"any": ["{T}", "{U}"]},
    "{T}/{U}": {"any": ["{T}", "{U}"]},
    "{T}, {U}": {"any": ["{T}", "{U}"]},
    "({T})": "{T}",
}
FORMAT = re.compile(r"(?P<word>[A-Za-z][\w-]*)\s*[(<\[][$\w .,/-]+[)>\]]")  # such as `string (date-time)`

YES = {
    "yes",
    "required",
    "true",
    "y",
    "✓",
    "✔",
    "✔️",
    "✅",
    "☑",
    "mandatory",
    "must",
    "always",
    "x",
    "●",
    "是",
}
NO = {"no", "optional", "false", "n", "✗", "✘", "✖", "❌", "-", "–", "—", "", "never", "否", "conditional"}
PAIRS = {
    "yes": "no",
    "required": "optional",
    "true": "false",
    "y": "n",
}  # where one is said, the other may be
NOTHING = {
    "",
    *[
        "-",
        "–",
        "—",
        "--",
        "/",
        "none",
        "null",
        "nil",
        "n/a",
        "na",
        "undefined",
        "(none)",
        "(all)",
        "required",
        "*required*",
        "unset",
    ],
    "not set",
    "no default",
}
LABELS = re.compile(
    r"\*\*(?P<label>(?:model|api|endpoint|resource|slug)?\s?(?:id|identifier|slug|name|model|endpoint)):\*\*\s*`(?P<id>[^`\s]+)`",
    re.IGNORECASE,
)
CAPABILITIES = re.compile(r"\*\*(?P<label>capabilit(?:y|ies)):\*\*", re.IGNORECASE)
MARKDOWN = re.compile(r"\*\*(?P<label>(?:llm )?markdown):\*\*", re.IGNORECASE)
SITE_TITLE = re.compile(r"(?P<title>[^|]+?)(?P<site> [|·] [^|·]+)")
UPDATED = re.compile(
    r"(?P<before>last (?:updated|modified|edited)(?: on)?:? )\d{4}-\d{2}-\d{2}(?P<after>\.?)", re.IGNORECASE
)
# Headings below which tables are of something else than what is sent in a body.
ASIDE = re.compile(
    r"respon[sd]|header|path param|output|return|result|error|callback|webhook|status code|changelog|pricing|rate limit|events?$",
    re.IGNORECASE,
)
# Headings that name a part of a model, and no model.
PART = re.compile(
    r"(?:request |body |query |input |common |global |general |other |optional |required |advanced |additional |basic |main )*"
    r"(?:body|parameters?|params|arguments?|inputs?|options?|settings?|properties|fields|attributes|values|schema|configuration|request)"
    r"|.+ (?:parameters?|settings?|options?|configuration|values|properties)",
    re.IGNORECASE,
)

DIGITS = r"-?\d{1,40}(?:,\d{3})*(?:\.\d{1,40})?"
NUMBER = rf"`?{DIGITS}`?"
TO = r"\s*(?:-|–|~|to|and|\.\.+)\s*"
IN_BRACKETS = r"\s*(?:-|–|~|to|and|,|，|\.\.+)\s*"  # elsewhere, a comma may be of thousands
NOT_MORE = r"at most|not? (?:more|larger|greater|longer|higher) than|(?:can(?:not| not)|must not|should not|may not) (?:exceed|be (?:longer|larger|greater|more) than)"
NOT_LESS = r"at least|not? (?:less|fewer|smaller|lower|shorter) than"
MOST = rf"(?:up to|{NOT_MORE}|maximum(?: of)?|max\.?(?: of)?|limited to)"
LEAST = rf"(?:{NOT_LESS}|minimum(?: of)?|min\.?(?: of)?)"
CHARACTERS = r"(?:characters?|chars?)\b"
ELEMENTS = r"(?:elements?|items?|entries|[a-z]{2,20}s)\b"
LISTED = (
    r"(?:(?:enum(?:eration)?|possible|allowed|valid|supported|accepted|acceptable|available|permitted) (?:values?|options?)(?: are| is| include)?"
    r"|options(?: are)?|choices(?: are)?|must be one of|can be one of|can be either|can be|either|one of)\s?[:：]?\s?"
)
# What a sentence states: the types of which it can, and what to look for, in which the names of groups are the facts.
SENTENCES: list[tuple[frozenset[str], re.Pattern[str]]] = [
    (frozenset(kinds.split()), re.compile(text, re.IGNORECASE))
    for kinds, text in (
        ("string", rf"(?P<minLength>{NUMBER}){TO}(?P<maxLength>{NUMBER}) {CHARACTERS}"),
        ("string", rf"{MOST} (?P<maxLength>{NUMBER}) {CHARACTERS}"),
        ("string", rf"{LEAST} (?P<minLength>{NUMBER}) {CHARACTERS}"),
        ("string", rf"(?P<maxLength>{NUMBER}) {CHARACTERS} (?:max(?:imum)?|or (?:less|fewer))\b"),
        ("string", rf"max(?:imum|\.)? (?:string )?length(?: is| of)?\s?[:：]?\s?(?P<maxLength>{NUMBER})"),
        ("string", rf"min(?:imum|\.)? (?:string )?length(?: is| of)?\s?[:：]?\s?(?P<minLength>{NUMBER})"),
        ("array", rf"(?P<minItems>{NUMBER}){TO}(?P<maxItems>{NUMBER}) {ELEMENTS}"),
        ("array", rf"{MOST} (?P<maxItems>{NUMBER}) {ELEMENTS}"),
        ("array", rf"{LEAST} (?P<minItems>{NUMBER}) {ELEMENTS}"),
        ("integer number", rf"(?:value )?range\s?(?:is|of|from)?\s?[:：]?\s?\[(?P<minimum>{NUMBER}){IN_BRACKETS}(?P<maximum>{NUMBER})\]"),
        ("integer number", rf"(?:value )?range\s?(?:is|of|from)?\s?[:：]?\s?(?P<minimum>{NUMBER}){TO}(?P<maximum>{NUMBER})"),
        ("integer number", rf"(?:between|from) (?P<minimum>{NUMBER}){TO}(?P<maximum>{NUMBER})"),
        ("integer number", rf"\(\s?(?P<minimum>{NUMBER}){TO}(?P<maximum>{NUMBER})\s?\)"),
        ("integer number", rf"^(?P<minimum>{NUMBER}){TO}(?P<maximum>{NUMBER})$"),
        ("integer number", rf"^\[(?P<minimum>{NUMBER}){IN_BRACKETS}(?P<maximum>{NUMBER})\]$"),
        ("integer number", rf"`(?P<minimum>{DIGITS})(?:-|–|\.\.+)(?P<maximum>{DIGITS})`"),
        ("integer number", rf"`(?:≥|>=) ?(?P<minimum>{DIGITS})`"),
        ("integer number", rf"`(?:≤|<=) ?(?P<maximum>{DIGITS})`"),
        ("integer number", rf"(?:≥|>=) ?(?P<minimum>{NUMBER})"),
        ("integer number", rf"(?:≤|<=) ?(?P<maximum>{NUMBER})"),
        ("integer number", rf"(?:(?:minimum|min\.?)(?: value)?(?: is| of)?\s?[:：]?|{NOT_LESS}|greater than or equal to) (?P<minimum>{NUMBER})"),
        ("integer number", rf"(?:(?:maximum|max\.?)(?: value)?(?: is| of)?\s?[:：]?|{NOT_MORE}|less than or equal to) (?P<maximum>{NUMBER})"),
        ("string integer number", rf"\({LISTED}(?P<choices>[^()]+)\)"),
        ("string integer number", rf"{LISTED}(?P<choices>\S.*)"),
        ("string integer number boolean array", r"default(?:s to| is| value is|\s?[:：])\s?(?P<default>\S+)"),
        ("string integer number boolean array", r"\(default (?P<default>[^\s()]+)\)"),
        ("any", r"required (?:when|if) (?P<x_required_when>\S.*)"),
    )
]  # fmt: skip
OPTIONAL = re.compile(r"(?P<word>\(?(?:optional|not required)\b)", re.IGNORECASE)
REQUIRED = re.compile(r"(?P<word>\(?(?:required|mandatory)\b)(?! (?:when|if|for|by|unless))", re.IGNORECASE)
# What looks like a name, perhaps with a mark, whatever the header of its column says.
NAME = re.compile(r"[A-Za-z_$][\w$.\[\]-]{0,80}\??(?: ?\*| ?\(?(?:required|optional)\)?)?", re.IGNORECASE)
# What stands beside a name in its cell, and whether the parameter is then required; a star is often a footnote.
MARKS: tuple[tuple[re.Pattern[str], bool | None], ...] = (
    (re.compile(r"\S+?(?P<mark> ?(?:\?|\(?optional\)?))", re.IGNORECASE), False),
    (re.compile(r"\S+?(?P<mark> ?\(?required\)?)", re.IGNORECASE), True),
    (re.compile(r"\S+?(?P<mark> ?\*)"), None),
)
STAR_IS_REQUIRED = re.compile(
    r"\*[^.]{0,60}\b(?:required|mandatory)\b|\b(?:required|mandatory)\b[^.]{0,60}\*", re.IGNORECASE
)


def find_answer(word: str) -> bool | None:
    """Tell whether a word, perhaps with a sign before it, usually means yes or no; None if nobody knows."""
    for text in (word.lower(), re.sub(r"\W+", " ", word.lower()).strip()):
        if text in YES or text in NO:
            return text in YES
    return None


def find_meaning(header: str) -> str:
    """Find what a header usually means; empty if nobody knows."""
    folded = fold(header)
    if MEANINGS.get(folded.removesuffix(" name")) == "name":
        return "name"
    is_about_required = re.search(r"\b(?:required|mandatory)\b", folded)
    return MEANINGS.get(folded, "required" if is_about_required else "")


def fold(text: str) -> str:
    """Return a header or a word as the tables above have it."""
    return " ".join(text.lower().replace("`", "").strip(" *_:").split())


def find_patterns(word: str) -> Iterator[tuple[str, Mapping[str, Any], list[str]]]:
    """Find the patterns of which a word for a type may be one: the pattern as this word writes it, what it stands for, and the words in it."""
    for pattern, meant in TYPE_PATTERNS.items():
        parts = re.split(r"\{[TU]\}", pattern)
        found = re.fullmatch(
            r"(\S(?:.*?\S)?)".join(f"({re.escape(part)})" for part in parts), word, re.IGNORECASE
        )
        if found:
            texts, inside = found.groups()[::2], [*found.groups()[1::2]]
            names = ("{T}", "{U}")
            written = "".join(
                text + (names[index] if index < len(inside) else "") for index, text in enumerate(texts)
            )
            yield written, meant, inside
