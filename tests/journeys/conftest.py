"""What the journeys share: a database that other processes see, and ways to run commands."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from curtailment.operations import register
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


def database_url():
    """An address of the database of this test run."""
    parameters = connection.get_connection_params()
    host, password = parameters.get("host", ""), parameters.get("password", "")
    credentials = quote(parameters.get("user", "")) + (f":{quote(password)}" if password else "")
    place = f":{parameters['port']}" if parameters.get("port") else ""
    if host.startswith("/"):
        return f"postgresql://{credentials}@{place}/{parameters['dbname']}?host={quote(host)}"
    return f"postgresql://{credentials}@{host}{place}/{parameters['dbname']}"
