"""Take the records that another job has fetched, all or none, and leave what it said to `detect.py`.

Each must be the reduced form of a record, of a model that the page in its folder lists, and bear that model's name: a job with keys
may have been lied to, and its archive may be anybody's. Run in a root by the Python that has paramsync.
"""

import subprocess
import sys
from pathlib import Path

from archive import ArchiveError, quote
from records import ARCHIVE, Records, read_records, write_said
from working_tree import find_commit

from paramsync.commands.model_store import ModelStore
from paramsync.commands.page_store import PageStore
from paramsync.config import read_config
from paramsync.findings import InputError
from paramsync.pages.profile import Profile
from paramsync.paths import PROFILE, RECORD
from paramsync.specs.record_form import reduce_record
from paramsync.specs.records import read_record
from paramsync.workspace.files import FILE, kind_of


def main(folder: str) -> None:
    """Write the records, or say why not."""
    code, said = 3, "records: the job that fetches them has left nothing"
    if (Path(folder) / ARCHIVE).exists():
        try:
            code, said = _take(read_records(Path(folder)))
        except (ArchiveError, InputError, OSError, ValueError, subprocess.CalledProcessError) as error:
            code, said = 3, f"records: none is taken: {quote(str(error))[:500]}"
    write_said(said, code)


def _take(records: Records) -> tuple[int, str]:
    """Check and write the records; return the exit code and the output of the run that fetched them."""
    profile = read_config(Path(PROFILE).read_text(encoding="utf-8"), PROFILE, Profile)
    if records.base != (head := find_commit()):
        raise ArchiveError(f"made from commit {records.base}, but HEAD is {head}")
    saved = [path.as_posix() for path in Path("specs").glob(f"*/*{RECORD}")]
    gone = {Path(path).name for path in records.removed} - {Path(path).name for path in records.files}
    if missing := {*records.removed} - {*saved}:
        raise ArchiveError(f"{min(missing)} is removed, but is not there")
    if profile.removals.are_too_many(len(gone), len(saved)):
        raise ArchiveError(f"{len(gone)} of {len(saved)} records are removed at once")
    store = ModelStore(PageStore(Path.cwd(), profile))
    listed = {
        one.path(RECORD): one.model for page in store.pages.pages for one in store.list_models(page) or ()
    }
    for path, content in records.files.items():
        _check(path, content, listed.get(path, ""), profile)
    for path in records.removed:
        Path(path).unlink()
    for path, content in records.files.items():
        Path(path).write_bytes(content)
    print(f"taken: {len(records.files)} changed records, {len(records.removed)} removed")
    return records.code, records.said


def _check(path: str, content: bytes, model: str, profile: Profile) -> None:
    """Check that a record is in its place, and in the form in which `fetch` saves it.

    Raises:
        ArchiveError: it is not.
        InputError: it is no record.
        ValueError: it is not UTF-8.

    """
    text = content.decode()
    if kind_of(Path(path)) not in ("", FILE):
        raise ArchiveError(f"{path}: something else is in its place")
    if not model or read_record(text, path, profile).model != model:
        raise ArchiveError(f"{path} is not the record of a model that its page lists under this name")
    if reduce_record(text, path, profile) != text:
        raise ArchiveError(f"{path} is not as fetch saves it")


if __name__ == "__main__":
    main(sys.argv[1])
