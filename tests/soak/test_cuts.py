"""The short form of the soak's row on a machine that is cut off: for 20 s."""

import subprocess
import sys

import pytest

from tests.config.conftest import ROOT


def test_a_machine_that_is_cut_off_keeps_nobody_waiting_and_comes_back():
    command = [sys.executable, "-m", "tests.soak", "--only", "cuts", "--cuts", "20"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=115)
    assert result.returncode == 0, result.stdout + result.stderr
    if "not tried" in result.stdout:
        pytest.skip("machines are network namespaces: that takes root, iproute2 and redis-server")
    assert "holds: cut off for" in result.stdout
