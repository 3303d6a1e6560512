"""A page of the site that tries, from within, all that its policy refuses."""

import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest

from support.browsers import serving

SCRIPT = Path(__file__).with_name("probe.js")
# What a parser makes of a page into which somebody has got more than text.
HOSTILE = """
<script>window.hasRun = true</script>
<img src="x" onerror="window.hasRun = true">
<svg><script>window.hasRun = true</script></svg>
<script src="http://{elsewhere}/x.js"></script>
<script src="probe.js"></script>
</body>"""
SENT = "a POST to this machine"
ENDED = "window.ends !== undefined"  # how each try has ended, by its name
LEAST = 25  # tries


@dataclass(frozen=True)
class Probe:
    """Where the page is, from the disk and over http, and what it sends to this machine."""

    urls: Mapping[str, str]
    told: Queue[bytes]

    def check(self, ends: dict[str, str]) -> None:
        """Expect each try to have been refused, but for the one that is allowed."""
        assert self.told.get(timeout=5) == b"x"
        assert ends.pop(SENT) == "sent"
        assert len(ends) >= LEAST
        assert {name: end for name, end in ends.items() if end != "refused"} == {}


@contextmanager
def probing(site: Path, folder: Path) -> Iterator[Probe]:
    """Make a copy of the catalogue that tries all; at the end, nobody may have connected to another host."""
    with socket.create_server(("127.0.0.2", 0)) as listening:  # another one, as far as a policy can tell
        elsewhere = f"127.0.0.2:{listening.getsockname()[1]}"
        shutil.copytree(site / "assets", folder / "assets")
        shutil.copy(SCRIPT, folder)
        text = (site / "index.html").read_text(encoding="utf-8")
        hostile = text.replace("</body>", HOSTILE.format(elsewhere=elsewhere))
        (folder / "index.html").write_text(hostile, encoding="utf-8")
        with serving(folder) as (address, told, _):
            query = f"loopback={address}&elsewhere={elsewhere}"
            bases = {"disk": folder.as_uri(), "http": address}
            yield Probe({way: f"{base}/index.html?{query}" for way, base in bases.items()}, told)
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
