"""Checks by foreign tool chains (Node, compilers, bundlers, browsers): kept while nothing that they read or run has changed.

A test that is marked `foreign`, and has passed with the same files and tools, is deselected, and the last line of a run says so; in CI
and with `--fresh` all run. The process that pytest was started as decides and records; its workers are told.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

# What each of them reads, beside its own file and what its mark names; `*` is anything, over folders, too.
OBVIOUS = (
    *("generator/*", "templates/*", "tests/example/*", "pyproject.toml", "tools"),
    *("tests/conftest.py", "tests/support/*", "tests/packages/typescript/*", "tests/packages/*.json"),
    *("tests/pages/real/*", "tests/rendering/golden/hard/page.md"),
)
PROGRAMS = ("node", "chromium", "google-chrome", "firefox", "firefox-esr", "curl")
VARIABLES = ("NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "PYTHONOPTIMIZE")
INSTALLED = "tests/packages/typescript/node_modules/.package-lock.json"  # what npm has put there
LIVING = ("specs", "generated")  # which change with the docs, and no test reads
IGNORED = {"node_modules", "__pycache__", "dist", "build"}
PASSED = "foreign/passed"  # in pytest's cache: by test, the digest with which it passed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fresh", action="store_true", help="run the foreign checks that are kept, too")


def pytest_configure(config: pytest.Config) -> None:
    told = getattr(config, "workerinput", {}).get("foreign")
    digests, known = told or (read_digests(config.rootpath), _known(config))
    config.pluginmanager.register(Foreign(digests, known))


def read_digests(root: Path) -> dict[str, str]:
    """Give the digest of each file of a project that is no tool's own, and of the tools (`tools`)."""
    digests = {"tools": sha256("\n".join(_tools(root)).encode()).hexdigest()}
    for path in _list_files(root):
        with suppress(OSError):  # what cannot be read, or is gone by now, no check reads
            digest = sha256(path.read_bytes() if path.is_file() else b"").hexdigest()
            name = path.relative_to(root).as_posix().encode(errors="backslashreplace").decode()
            digests[name] = digest
    return digests


def _list_files(root: Path) -> Iterator[Path]:
    ignored = {root / name for name in LIVING}
    for folder, folders, names in os.walk(root):
        below = [name for name in folders if name not in IGNORED and not name.startswith(".")]
        folders[:] = [name for name in below if Path(folder, name) not in ignored]
        yield from (Path(folder, name) for name in names)


def _tools(root: Path) -> list[str]:
    """Give the versions of all that is installed, and what the environment asks of it."""
    packages = sorted(path.name for folder in sys.path for path in Path(folder).glob("*-*.dist-info"))
    paths = [path for name in PROGRAMS if (path := shutil.which(name))]
    said = [subprocess.run([path, "--version"], capture_output=True, check=False).stdout for path in paths]
    npm = root / INSTALLED
    asked = [f"{name}={os.environ.get(name)}" for name in VARIABLES]
    installed = [*packages, *paths, str(said), npm.read_text() if npm.exists() else ""]
    return [sys.version, sys.platform, *installed, *asked]


def _known(config: pytest.Config) -> dict[str, str]:
    """Give what has passed, and with which digest; nothing where all is to be run."""
    return {} if os.environ.get("CI") or config.getoption("--fresh") else _recorded(config)


def _recorded(config: pytest.Config) -> dict[str, str]:
    cache = getattr(config, "cache", None)  # none with `-p no:cacheprovider`
    return {**cache.get(PASSED, {})} if cache else {}


class Foreign:
    """The foreign checks of one run, in one of its processes."""

    def __init__(self, digests: Mapping[str, str], known: Mapping[str, str]) -> None:
        self.digests, self.known = digests, known
        self.results: dict[
            str, list[str] | None
        ] = {}  # by test: its digest and what it reads; none if it did not pass
        self.kept = 0
        self.find = cache(self._find)

    def _find(self, pattern: str) -> list[tuple[str, str]]:
        """Give all files that match a pattern, with their digests."""
        return [pair for pair in self.digests.items() if fnmatchcase(pair[0], pattern)]

    def digest(self, patterns: Sequence[str]) -> str:
        """Give the digest of all files that match one of the patterns."""
        read = {pair for pattern in patterns for pair in self.find(pattern)}
        return sha256(repr(sorted(read)).encode()).hexdigest()

    @pytest.hookimpl(trylast=True)  # of those that are asked for
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept = []
        for item in items:
            if marks := [*item.iter_markers("foreign")]:
                own = item.path.relative_to(config.rootpath).as_posix()
                patterns = [*OBVIOUS, own, *(path for mark in marks for path in self._named(item, mark))]
                digest = self.digest(patterns)
                item.user_properties.append(("foreign", [digest, *patterns]))
                kept += [item] * (self.known.get(item.nodeid) == digest)
        items[:] = [item for item in items if item not in kept]
        config.hook.pytest_deselected(items=kept)
        self.kept = len(kept)

    def _named(self, item: pytest.Item, mark: pytest.Mark) -> tuple[str, ...]:
        """Give the files that a mark names, if they exist."""
        if missing := [path for path in mark.args if not self.find(path)]:
            raise pytest.UsageError(
                f"{item.nodeid} is marked to read {missing[0]}, and there is no such file"
            )
        return mark.args

    @pytest.hookimpl(optionalhook=True)  # of xdist, as the next
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["foreign"] = (self.digests, self.known)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.kept = getattr(node, "workeroutput", {}).get("kept", self.kept)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        read = dict(report.user_properties).get("foreign")
        if not report.passed:
            self.results[report.nodeid] = None
        elif isinstance(read, list) and report.when == "call":  # which there is not with --setup-only
            self.results[report.nodeid] = read

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["kept"] = self.kept
            return
        if self.kept and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK
        if self.results and getattr(session.config, "cache", None):
            self._record(session.config)

    def _record(self, config: pytest.Config) -> None:
        """Record what has passed; not where somebody has written meanwhile what it reads, since nobody knows what was tested."""
        now = Foreign(read_digests(config.rootpath), {})
        with FileLock(config.cache.mkdir("foreign") / "lock"):
            passed = _recorded(config)
            for test, read in self.results.items():
                passed.pop(test, None)
                if read and read[0] == now.digest(read[1:]):
                    passed[test] = read[0]
            config.cache.set(PASSED, passed)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.kept:
            checks = "1 foreign check" if self.kept == 1 else f"{self.kept} foreign checks"
            why = "since nothing that they check has changed; --fresh runs them"
            terminalreporter.write_line(f"{checks} kept, {why}")
