"""How texts about providers were cut into volumes by the last run, so that all need not be written to know which files there are. Reads and writes the cache."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from paramsync.findings import InputError
from paramsync.rendering.keys import Keys
from paramsync.rendering.render import Renderer
from paramsync.workspace.cache import read_cache, write_cache

CACHE = "divisions"


class Divisions:
    """The divisions of the last run, by a key of all from which they follow; and those of this one."""

    def __init__(self, root: Path) -> None:
        self.root, self.found = root, dict[str, list[int]]()
        self._known: Any = None

    def recall(self, renderer: Renderer, keys: Keys) -> None:
        """Tell a renderer of the divisions that hold still."""
        if renderer.target.volumes is None:
            return
        if self._known is None:
            known = read_cache(self.root, CACHE)
            self._known = known if isinstance(known, dict) else {}
        for one in renderer.providers:
            numbers = self._known.get(keys.make_of_provider(one))
            if _is_division(numbers, len(one.models)):
                renderer.divisions[one.slug] = numbers

    def add(self, renderer: Renderer, keys: Keys) -> None:
        """Add the divisions that a renderer has found."""
        for one in renderer.providers if renderer.divisions else ():
            if numbers := renderer.divisions.get(one.slug):
                self.found[keys.make_of_provider(one)] = [*numbers]

    def remember(self) -> None:
        """Keep the divisions for the next run."""
        if self.found and self.found != self._known:
            with suppress(InputError, OSError):
                write_cache(self.root, CACHE, self.found)


def _is_division(numbers: Any, count: int) -> bool:
    is_list = isinstance(numbers, list) and all(isinstance(one, int) and one > 0 for one in numbers)
    return is_list and sum(numbers) == count
