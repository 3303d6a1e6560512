"""The archive between the two jobs of the daily workflow: what was packed is read, and all else is refused, in bounded memory."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.archives import FIRST, body, sealed
from support.roots import PROJECT

DRIFT = PROJECT / ".github" / "drift"
MEMORY = 600_000_000  # bytes for the whole process: twice what all entries may have together
BASE = "0123456789" * 4
FACTS = {
    "base": BASE,
    "codes": {"fetch": 0, "scrape": 3, "generate": -9, "diff": 0},
    "removed": ["specs/videos/beta.json"],
    "severity": "breaking",
}
GOOD: dict[str, bytes] = {
    "outcome.json": json.dumps(FACTS).encode(),
    **{f"{name}.txt": b"said\n" for name in ("fetch", "scrape", "generate", "report")},
    "report.md": b"# What changed\n\n1 end 2\n",
    "files/specs/videos/page.md": b"\0\xff\r\n" + FIRST,
    "files/specs/videos/alpha.json": b"",
    "files/specs/videos/alpha.llm.md": b"",
    "files/specs/videos/alpha.record.json": b"",
    "files/generated/list/models/alpha.txt": b"end " + b"0" * 64 + b"\n",
}


def good(**changes: Any) -> bytes:
    """Give an archive whose facts are others."""
    return sealed(body({**GOOD, "outcome.json": json.dumps({**FACTS, **changes}).encode()}))


def with_facts(content: bytes) -> bytes:
    return sealed(body({**GOOD, "outcome.json": content}))


def with_entry(head: bytes, content: bytes = b"x") -> bytes:
    """Give an archive in which the line before the last entry is any."""
    return sealed(body(GOOD) + head + b"\n" + content + b"\n")


def without(name: str) -> bytes:
    return sealed(body({one: content for one, content in GOOD.items() if one != name}))


def as_tar(name: str = "", header: bytes = b"") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for one, content in GOOD.items():
            entry = tarfile.TarInfo(name or one)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return header + file.getvalue()


def endless_header() -> bytes:
    """Give the beginning of a tar whose first header says that ten gigabytes of names follow."""
    entry = tarfile.TarInfo("././@PaxHeader")
    entry.type, entry.size = tarfile.XHDTYPE, 10_000_000_000
    return as_tar(header=entry.tobuf(tarfile.GNU_FORMAT))


def as_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("outcome.json", GOOD["outcome.json"])
    return file.getvalue()


WHOLE = sealed(body(GOOD))
END = len(body(GOOD))
NO_ARCHIVE, DAMAGED, NO_PATH = (
    "not an archive written by pack.py",
    "damaged or truncated",
    "is not the path of",
)


def hostile_archives() -> dict[str, tuple[bytes, str]]:
    """Give what is no archive of the first job, and a part of what is said of it; some of it is large."""
    return {
        # another format
        "nothing": (b"", NO_ARCHIVE),
        "text": (b"::warning::no archive\n" * 100, NO_ARCHIVE),
        "a tar": (as_tar(), NO_ARCHIVE),
        "a tar that begins with ten gigabytes of names": (endless_header(), NO_ARCHIVE),
        "a compressed one": (gzip.compress(WHOLE), NO_ARCHIVE),
        "a zip": (as_zip(), NO_ARCHIVE),
        "another version": (sealed(b"paramsync drift 2\n"), NO_ARCHIVE),
        "lines of another system": (WHOLE.replace(b"\n", b"\r\n"), NO_ARCHIVE),
        "a line without an end": (b"x" * 1_000_000, NO_ARCHIVE),
        # cut off
        "a part of the first line": (WHOLE[:10], NO_ARCHIVE),
        "the first line alone": (FIRST, DAMAGED),
        "no entries": (sealed(FIRST), "missing entry"),
        "a part of a head": (WHOLE[: len(FIRST) + 3], DAMAGED),
        "a head alone": (WHOLE[: len(FIRST) + WHOLE[len(FIRST) :].index(b"\n") + 1], "does not have"),
        "half a content": (WHOLE[: WHOLE.index(b'"codes"')], "does not have"),
        "no last line": (WHOLE[:END], DAMAGED),
        "half a last line": (WHOLE[: END + 20], DAMAGED),
        "no last line feed": (WHOLE[:-1], DAMAGED),
        # more than there should be
        "a byte behind the end": (WHOLE + b"\n", "continues after its last line"),
        "an archive behind the end": (WHOLE * 2, "continues after its last line"),
        "two ends": (sealed(WHOLE), "continues after its last line"),
        # another digest
        "another digest": (WHOLE[:END] + b"end " + b"0" * 64 + b"\n", DAMAGED),
        "a digest in capitals": (WHOLE[:END] + b"end " + WHOLE[END + 4 :].upper(), DAMAGED),
        "half a digest": (WHOLE[:END] + WHOLE[END : END + 36] + b"\n", DAMAGED),
        "one letter changed": (WHOLE.replace(b"said", b"sa1d", 1), DAMAGED),
        # sizes
        **{
            f"a size that is {size!r}": (with_entry(size.encode() + b" files/generated/list/x"), DAMAGED)
            for size in ("-1", "+1", "01", "0x1", "1e0", "1_0", " 1", "", "٣", "1" * 10, "9" * 5000, "NaN")
        },
        "a size of more than there is": (with_entry(b"9000 files/generated/list/x"), "does not have 9000"),
        "a size of one more than there is": (with_entry(b"2 files/generated/list/x"), "does not have 2 "),
        "a size of less than there is": (with_entry(b"1 files/generated/list/x", b"xyz"), "does not have 1 "),
        "a size of a gigabyte": (with_entry(b"999999999 files/generated/list/x"), "limit exceeded"),
        "a size that is too large": (with_entry(b"50000001 files/generated/list/x"), "limit exceeded"),
        # names
        **{
            f"a name that is {name!r}": (with_entry(b"1 " + name), DAMAGED)
            for name in (
                b"", b"a b", b"a\0b", b"a\rb", b"a\tb", b"a\x1b[31mb", b"\xff\xfe", "ä".encode(), "ａ".encode(), b"x" * 257, b"x" * 9_000_000
            )
        },
        "a name twice": (with_entry(b"1 files/specs/videos/page.md"), "duplicate entry"),
        **{
            f"a name that is {name}": (with_entry(b"1 " + name.encode()), "unexpected entry")
            for name in ("README.md", "report.json", "Outcome.json", "../outcome.json", "/etc/passwd", "file/specs/a/page.md")
        },
        "a name that is files/": (with_entry(b"1 files/"), NO_PATH),
        "a name that is files//etc/passwd": (with_entry(b"1 files//etc/passwd"), NO_PATH),
        "a name that is files/files/specs/a/page.md": (with_entry(b"1 files/files/specs/a/page.md"), NO_PATH),
        **{f"no {name}": (without(name), f"missing entry '{name}'") for name in list(GOOD)[:6]},
        # too much
        "too many entries": (
            sealed(body({**GOOD, **{f"files/generated/list/{number}": b"" for number in range(20_000)}})),
            "limit exceeded",
        ),
        # facts
        **{
            f"facts that are {name}": (with_facts(content), "is not a JSON object")
            for name, content in {
                "nothing": b"",
                "a list": b"[]",
                "without an end": b"[" * 1_000_000,
                "nested": b'{"base":' * 100_000 + b"1" + b"}" * 100_000,
                "no text": b"\xff\xff",
                "a number that is too long": json.dumps(FACTS).replace("-9", "9" * 100_000).encode(),
                "twice there": json.dumps(FACTS).encode()[:-1] + b', "base": "x"}',
                "twice there, inside": json.dumps(FACTS).replace('"fetch": 0', '"fetch": 0, "fetch": 0').encode(),
                "too few": json.dumps({"base": BASE}).encode(),
                "too many": json.dumps({**FACTS, "more": 1}).encode(),
                "millions of lists": b"[" + b"[]," * 2_600_000 + b"1]",
            }.items()
        },
        "facts that are too long": (with_facts(b"[" + b"[]," * 3_000_000 + b"1]"), "limit exceeded"),
        **{
            f"codes that are {codes!r}": (good(codes=codes), "codes is not an exit code for each step")
            for codes in (
                None, [], "0", {}, {"fetch": 0}, {**FACTS["codes"], "more": 0}, *({**FACTS["codes"], "diff": code} for code in (False, 0.0, "0", None, 256, -256, 10**4000, float("nan")))
            )
        },
        **{
            f"removed that is {str(removed)[:30]}": (good(removed=removed), problem)
            for removed, problem in (
                (None, "removed is not a list of paths"), ("README.md", "removed is not a list of paths"), ({"a": 1}, "removed is not a list of paths"), ([1], "removed is not a list of paths"), ([["a"]], "removed is not a list of paths"), (["\ud800"], NO_PATH), ([""], NO_PATH), (["specs/a/page.md\0"], NO_PATH),
                (["specs/videos/page.md"], "is both changed and removed"), ([f"specs/a/{number}.json" for number in range(20_001)], "limit exceeded"),
            )
        },
        **{f"a commit that is {base!r}": (good(base=base), "base is not a commit id") for base in (None, 1, "", "HEAD", "--upload-pack=id", BASE + "\n", BASE.replace("0", "A"))},
        **{f"to change {path!r}": (sealed(body({**GOOD, f"files/{path}": b"x"})), "") for path in NOT_OURS},
        **{f"to remove {path!r}": (good(removed=[path]), NO_PATH) for path in NOT_OURS},
    }  # fmt: skip


NOT_OURS = [
    ".git/config", ".git/hooks/pre-push", ".github/workflows/ci.yml", "README.md", "Makefile", "specs/history.jsonl", "specs/released.jsonl", "/etc/passwd", "../specs/videos/page.md",
    "specs/../README.md", "specs/videos/../../README.md", "specs/videos/./page.md", "specs//page.md", "specs/page.md",
    "specs/videos/alpha.md", "specs/videos/alpha.llm.txt", "specs/videos/.llm.md", "specs/videos/.record.json", "specs/videos/alpha.record.toml",
    "specs/profile.toml", "specs/spec.schema.json", "specs/README.md", "specs/videos/page.py", "specs/videos/more/page.md",
    "specs/videos/.page.md.json", "specs/.git/page.md", "specs/videos/alpha.json/", "specs/videos/alpha.json\n",
    "specs/videos/al\npha.json", 'specs/videos/"alpha.json', "specs/videos/al pha.json", "specs/videos/$(id).json",
    "specs/videos/älpha.json", "specs/videos/\u0430lpha.json", "specs/videos/-rf.json", "SPECS/videos/page.md",
    "templates/list/notes.txt", "generated/notes.txt", "generated/list/.npmrc", "generated/list/.github/workflows/ci.yml",
    "generated/.git/config", "generated/list/../../.github/workflows/ci.yml", "generated/list/a\\b", "generated/list/a:b",
    "generated/list/" + "a/" * 20 + "b", "generated/list/" + "a" * 300, "generated/list/" + "a" * 140 + "/" + "b" * 140,
]  # fmt: skip


def write_too_large(path: Path) -> None:
    """Write a file with holes, of entries none of which is too large."""
    with path.open("wb") as file:
        for number in range(7):
            file.write((FIRST if not number else b"") + b"50000000 files/generated/list/%d\n" % number)
            file.seek(50_000_000, io.SEEK_CUR)
            file.write(b"\n")


# What stands where the archive should be.
PLACES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a folder": (Path.mkdir, "cannot be read"),
    "nothing": (lambda _: None, "No such file"),
    "a pipe": (os.mkfifo, "is not a file"),
    "a link": (lambda path: path.symlink_to(path.with_name("good")), "cannot be read"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read"),
    "too much together": (write_too_large, "limit exceeded: 'files/generated/list/6'"),
}

RECEIVE = """
import json, resource, sys
from pathlib import Path
from proposal import ArchiveError, read_proposal
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
def tell(path):
    try:
        read_proposal(Path(path))
    except ArchiveError as error:
        return str(error)
    return "read"
print(json.dumps([tell(path) for path in sys.argv[2:]]))
"""


def receive_all(paths: list[Path]) -> list[str]:
    """Receive archives in a process that has little memory; give why each is refused, or `read`."""
    command = [sys.executable, "-W", "error", "-c", RECEIVE, str(MEMORY), *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": str(DRIFT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
    told: list[str] = json.loads(done.stdout)
    return told


def test_what_is_no_archive_of_the_first_job_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(WHOLE)
    expected = {
        "good": (tmp_path / "good", "read"),
        "a device without an end": (Path("/dev/zero"), "is not a file"),
        "what is below a file": (tmp_path / "good/below", "cannot be read"),
    }
    for number, (name, (content, problem)) in enumerate(hostile_archives().items()):
        (path := tmp_path / str(number)).write_bytes(content)
        expected[name] = path, problem
    for name, (make, problem) in PLACES.items():
        make(path := tmp_path / name)
        expected[name] = path, problem
    told = dict(zip(expected, receive_all([path for path, _ in expected.values()]), strict=True))
    assert {name: text for name, text in told.items() if expected[name][1] not in text} == {}
    assert [name for name, text in told.items() if text == "read"] == ["good"]
    assert all(text.isprintable() and len(text) < 700 for text in told.values())
    assert len(told) > 100


def drift(module: str) -> Any:
    """Import a module of the scripts."""
    if str(DRIFT) not in sys.path:
        sys.path.append(str(DRIFT))
    return import_module(module)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Damage some bytes: change, leave out, put in, copy, cut off."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted(draw(st.integers(0, len(found))) for _ in range(2))
        match draw(st.sampled_from(["bit", "part", "cut", "copy", "digit"])):
            case "bit" if start < len(found):
                found[start] ^= 1 << draw(st.integers(0, 7))
            case "part":
                found[start : min(end, start + 40)] = draw(st.binary(max_size=4))
            case "cut":
                del found[end:]
            case "copy":
                found[end:end] = found[start:end]
            case "digit":
                found[start : start + 1] = draw(st.sampled_from(b'0 19\n-"[]{},:e'.splitlines(keepends=True)))
    return bytes(found)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(content=damaged(WHOLE))
def test_a_damaged_archive_is_refused_or_read_as_it_was_packed(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    archive = drift("archive")
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    try:
        assert archive.read_archive(path) == GOOD
        assert content == WHOLE
    except archive.ArchiveError:
        assert content != WHOLE


@settings(max_examples=300, derandomize=True, deadline=None)
@given(content=damaged(body(GOOD)), facts=damaged(GOOD["outcome.json"]))
def test_an_archive_that_an_enemy_has_damaged_is_refused_or_has_what_an_archive_may_have(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, facts: bytes
) -> None:
    proposal = drift("proposal")
    path = tmp_path_factory.getbasetemp() / "damaged"
    for whole in (sealed(content), with_facts(facts)):
        path.write_bytes(whole)
        try:
            found = proposal.read_proposal(path)
        except proposal.ArchiveError:
            pass
        else:
            assert {*map(type, found.codes.values())} == {int}
            assert found.severity in ("", *proposal.SEVERITIES)
            assert all(path.startswith(("specs/", "generated/")) for path in (*found.files, *found.removed))


def test_what_is_packed_is_read(tmp_path: Path) -> None:
    archive = drift("archive")
    archive.write_archive(tmp_path / "packed", GOOD.items())
    assert (tmp_path / "packed").read_bytes() == WHOLE
    assert archive.read_archive(tmp_path / "packed") == GOOD


@pytest.mark.parametrize("name", ["", "a b", "a\n", "ä", "\udc80", "x" * 257])
def test_a_name_that_could_not_be_read_is_not_packed(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be packed"):
        drift("archive").write_archive(tmp_path / "packed", [(name, b"")])
