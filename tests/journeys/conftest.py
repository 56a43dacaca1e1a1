"""What the journeys share: a database that other processes see, and ways to run commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from curtailment.operations import register
from tests.addresses import database_url
from tests.journeys.clock import NOW

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


@pytest.fixture
def elexon(committed_db, elexon_stub, elexon_client, settings):
    """Elexon on loopback, its register synced."""
    settings.ELEXON_BASE_URL = elexon_stub.url
    settings.ELEXON_REQUESTS_PER_MINUTE = 1_000_000
    register.sync_bmunits(elexon_client, now=NOW)
    elexon_stub.forget()
    return elexon_stub


@pytest.fixture
def environment(elexon_stub):
    """The environment of a process that works on the test database and the stub."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "ELEXON_BASE_URL": elexon_stub.url,
        "ELEXON_REQUESTS_PER_MINUTE": "1000000",
        "SECRET_KEY": "only-for-tests",
    }


@pytest.fixture
def manage(environment):
    """Runs a management command in a process of its own."""

    def manage(*arguments, **variables):
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return manage
