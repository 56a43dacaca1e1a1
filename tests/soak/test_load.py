"""The short form of the soak's row on readers beside a backfill: for 5 s."""

import subprocess
import sys

import pytest

from tests.config.conftest import ROOT


def test_readers_beside_a_backfill_get_no_errors():
    command = [sys.executable, "-m", "tests.soak", "--only", "load", "--load", "5"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=115)
    assert result.returncode == 0, result.stdout + result.stderr
    if "not tried" in result.stdout:
        pytest.skip("readers are wrk, which is not installed")
    assert "pages a second" in result.stdout
