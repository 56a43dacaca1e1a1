"""PostgreSQL's own programs against the database of this test run, as an operator uses them."""

import os
import subprocess
from pathlib import Path

from django.db import connection

from config.database import binaries

DEPLOYMENT = Path(__file__).resolve().parents[2] / "config" / "deployment"


def program(name):
    """The program of the server's own major version: what newer ones write, it may not read."""
    major = connection.pg_version // 10_000
    if major == binaries.POSTGRES_MAJOR:
        return binaries.binary(name)
    return Path(f"/usr/lib/postgresql/{major}/bin/{name}")


def run(name, *arguments):
    """Runs it to its end; what it complains of is an error."""
    command = [program(name), *arguments]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=os.environ | {"LC_ALL": "C"}
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def dump(address, file):
    run("pg_dump", "--format=custom", f"--file={file}", f"--dbname={address}")


def restore(file, address):
    """All or nothing, as whoever connects: then that is the owner."""
    options = ("--no-owner", "--exit-on-error", "--single-transaction")
    run("pg_restore", *options, f"--dbname={address}", str(file))
    script = DEPLOYMENT / "after_restore.sql"
    run("psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", str(script), address)
