"""Where and with what a benchmark ran."""

import os
import platform
import subprocess
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection


def facts(*, began_at: datetime) -> dict[str, str]:
    """What belongs beside the numbers."""
    return {
        "date": f"{began_at:%Y-%m-%d}",
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{_memory_gigabytes()} GB",
        "load": f"{os.getloadavg()[0]:.1f}",
        "PostgreSQL": _server_version(),
        "Python": platform.python_version(),
        "Django": version("django"),
        "psycopg": version("psycopg"),
    }


def _commit() -> str:
    """The commit that is checked out; a + says that files differ from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "unknown"


def _memory_gigabytes() -> str:
    try:
        text = Path("/proc/meminfo").read_text()
    except OSError:
        return "?"
    return str(round(int(text.split()[1]) / 1_000_000))


def _server_version() -> str:
    kind = "embedded" if connection.settings_dict.get("EMBEDDED") else "of DATABASE_URL"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"{cursor.fetchone()[0].split()[0]} ({kind})"
