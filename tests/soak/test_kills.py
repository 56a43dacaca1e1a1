"""The short form of the soak's row on killed processes: on a server of its own, as it kills it."""

import subprocess
import sys

from tests.config.conftest import ROOT


def test_what_is_killed_loses_nothing():
    command = [sys.executable, "-m", "tests.soak", "--only", "kills", "--kills", "3"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "| 3 |" in result.stdout
    assert "holds" in result.stdout
