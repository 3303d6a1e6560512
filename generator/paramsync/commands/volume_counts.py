"""How many models each volume about a provider had in the last run, so that not all need be written to know which files there are. Reads and writes the cache."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from paramsync.findings import InputError
from paramsync.rendering.keys import Keys
from paramsync.rendering.render import Renderer
from paramsync.workspace.cache import read_cache, write_cache

CACHE = "volumes"


class VolumeCounts:
    """The counts of the last run, by a key of all from which they follow; and those of this one."""

    def __init__(self, root: Path) -> None:
        self.root, self.found = root, dict[str, list[int]]()
        self._known: Any = None

    def recall(self, renderer: Renderer, keys: Keys) -> None:
        """Tell a renderer of the counts that hold still."""
        if renderer.target.volumes is None:
            return
        if self._known is None:
            known = read_cache(self.root, CACHE)
            self._known = known if isinstance(known, dict) else {}
        for one in renderer.catalogue.providers:
            counts = self._known.get(keys.make_of_provider(one))
            if _are_counts(counts, len(one.models)):
                renderer.volume_counts[one.slug] = counts

    def add(self, renderer: Renderer, keys: Keys) -> None:
        """Add the counts that a renderer has found."""
        for one in renderer.catalogue.providers if renderer.volume_counts else ():
            if counts := renderer.volume_counts.get(one.slug):
                self.found[keys.make_of_provider(one)] = [*counts]

    def remember(self) -> None:
        """Keep the counts for the next run."""
        if self.found and self.found != self._known:
            with suppress(InputError, OSError):
                write_cache(self.root, CACHE, self.found)


def _are_counts(counts: Any, total: int) -> bool:
    is_list = isinstance(counts, list) and all(isinstance(one, int) and one > 0 for one in counts)
    return is_list and sum(counts) == total
