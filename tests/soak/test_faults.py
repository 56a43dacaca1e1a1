"""The short form of the soak's row on faults: on a server of its own, whose settings it changes."""

import subprocess
import sys

from tests.config.conftest import ROOT


def test_a_database_that_is_unable_is_told_and_gone_on_from():
    command = [sys.executable, "-m", "tests.soak", "--only", "faults"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "holds" in result.stdout
