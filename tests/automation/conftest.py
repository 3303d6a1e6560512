"""A repository of somebody else, with a root in it."""

import shutil
from collections.abc import Iterator

import pytest

from support.repositories import git
from support.roots import Root
from support.small_root import PAGE, TARGET, put


@pytest.fixture
def nested_root(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """Give a root in a folder of a repository of somebody else, all written and committed twice."""
    top = tmp_path_factory.mktemp("repository")
    own = Root(top / "docs" / "a,b", root.capture)
    shutil.copytree(root.path, own.path)
    own.add_page("videos", PAGE)
    put(own, {f"templates/list/{path}": text for path, text in TARGET.items()})
    assert own.run("scrape").code == own.run("generate").code == 0
    (top / ".gitignore").write_text(".paramsync_cache/\n")
    for command in ("init -q", "add -A", "commit -qm first", "commit -qm second --allow-empty"):
        git(top, *command.split())
    return own
