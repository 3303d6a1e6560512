"""Find what a page's folder holds that `scrape` has written, and that can no longer be read. Pure."""

from collections.abc import Callable, Iterator
from functools import partial

from paramsync.findings import Finding, InputError, Place
from paramsync.paths import PAGE_JSON
from paramsync.specs.document import Folder, read_page_json, read_spec


def find_damage(name: str, folder: Folder) -> Iterator[Finding]:
    """Report the damaged files of a page's folder."""
    if PAGE_JSON in folder.files:
        place = Place(f"specs/{name}/{PAGE_JSON}")
        yield from _try(partial(read_page_json, folder.files[PAGE_JSON], place, folder.page.prefix))
    for model in folder.page.all_models:
        file = folder.page.spec_file(model)
        place = Place(f"specs/{name}/{file}")
        if file in folder.files:
            yield from _try(partial(read_spec, folder.files[file], place, model), model)


def _try(read: Callable[[], object], model: str = "") -> Iterator[Finding]:
    try:
        read()
    except InputError as error:
        yield Finding("damaged-spec", error.place, error.mere_problem, model)  # which has a remedy of its own
