"""Which PostgreSQL Windfall uses: the one of DATABASE_URL, or an embedded one of its own.

This package is also Django's database engine (`config.database.base`), a thin layer over the
stock PostgreSQL engine that starts the embedded server on the first connection.
"""

import os
from typing import Any

from config.environment import Environment

ENGINE = "config.database"

# Set by config/wsgi.py, and for runserver by config/cli.py, before settings are read. A pool does
# not survive a fork, so nothing else may have one.
POOL_SWITCH = "WINDFALL_CONNECTION_POOL"


def database_settings(env: Environment) -> dict[str, Any]:
    """Django's settings of the default database, from the environment."""
    settings: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": {}}
    if env.str("DATABASE_URL", default=""):
        settings |= env.postgres_url("DATABASE_URL")
        settings.setdefault("OPTIONS", {})
    else:
        settings["NAME"] = "windfall"
        settings["EMBEDDED"] = True
    settings["ENGINE"] = ENGINE
    settings["OPTIONS"].setdefault("connect_timeout", env.int("DB_CONNECTION_TIMEOUT", default=10))
    settings["OPTIONS"].setdefault("application_name", "windfall")
    if os.environ.get(POOL_SWITCH):
        # The pool keeps the connections, and checks each one before it lends it.
        settings["CONN_MAX_AGE"] = 0
        settings["OPTIONS"]["pool"] = pool_settings(env)
    return settings


def pool_settings(env: Environment) -> dict[str, int]:
    """psycopg_pool's settings: sizes in connections, times in seconds."""
    return {
        "min_size": env.int("DB_POOL_MIN", default=1),
        "max_size": env.int("DB_POOL_MAX", default=20),
        "max_idle": env.int("DB_IDLE_TIMEOUT", default=300),
        "timeout": env.int("DB_CONNECTION_TIMEOUT", default=10),
    }
