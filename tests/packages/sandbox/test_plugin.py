"""The fixture for tests of other projects."""

import os
import subprocess
from pathlib import Path

from support.sandboxes import (
    PYTEST,
)


def test_the_fixture_undoes_what_it_does_and_needs_no_proxy(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import os\n\nfrom scenario_models import Client\nfrom scenario_sdk import Scenario\n\n"
        "NAMES = ('SCENARIO_BASE_URL', 'SCENARIO_SDK_API_KEY')\n\n\n"
        "def test_with(scenario_sandbox):\n"
        "    assert 'SCENARIO_SDK_JWT' not in os.environ\n"
        "    assert Scenario(max_retries=0).jobs.list().jobs == []\n"
        "    assert Client().jobs() == []\n\n\n"
        "def test_without():\n"
        "    assert os.environ['SCENARIO_SDK_JWT'] == 'precious'\n"
        "    assert not [name for name in NAMES if name in os.environ]\n"
    )
    environment = {
        "SCENARIO_SDK_JWT": "precious",
        "SCENARIO_PROJECT_ID": "not a project",
        "SCENARIO_TIMEOUT": "none",
        "SCENARIO_MAX_RETRIES": "none",
        "SCENARIO_CUSTOM_HEADERS": "none",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [*PYTEST, "-p", "no:randomly", "test_mine.py"],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout
