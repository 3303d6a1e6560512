"""Pack the records that a run of `fetch` has changed, and what it said, for the job that reads pages."""

import os
import subprocess
import sys
from pathlib import Path

from records import RECORDS, Records, read_said, write_records
from working_tree import find_commit, list_changed


def main(folder: str) -> None:
    """Write the archive, or exit with the reason why not."""
    try:
        said, code = read_said()
        paths = list(filter(RECORDS.fullmatch, list_changed("specs")))
        files = {path: Path(path).read_bytes() for path in paths if os.path.lexists(path)}
        removed = tuple(path for path in paths if path not in files)
        write_records(Path(folder), Records(find_commit(), files, removed, code, said))
    except subprocess.CalledProcessError as error:  # git has said why
        sys.exit(f"nothing is packed: git {error.cmd[1]} ended with {error.returncode}")
    except (OSError, ValueError) as error:
        sys.exit(f"nothing is packed: {error}")
    print(f"packed: {len(files)} changed records, {len(removed)} removed")


if __name__ == "__main__":
    main(sys.argv[1])
