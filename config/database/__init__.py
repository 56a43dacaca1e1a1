"""Which PostgreSQL Windfall uses: the one of DATABASE_URL, or an embedded one of its own.

This package is also Django's database engine (`config.database.base`), a thin layer over the
stock PostgreSQL engine that starts the embedded server on the first connection.
"""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.database.silence import LIMITS_OF_CLIENT, LIMITS_OF_SERVER
from config.environment import Environment

ENGINE = "config.database"

# Set by config/wsgi.py, and for runserver by config/cli.py, before settings are read. A pool does
# not survive a fork, so nothing else may have one.
POOL_SWITCH = "WINDFALL_CONNECTION_POOL"

# Nobody waits longer for a page; a thread that did would keep others waiting too. Commands and
# clusters have no limits: they wait for each other by design.
LIMITS_OF_PAGES = (
    "-c lock_timeout=15s -c statement_timeout=60s -c idle_in_transaction_session_timeout=120s"
)


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
    settings["OPTIONS"].setdefault(
        "connect_timeout", env.positive("DB_CONNECTION_TIMEOUT", default=10)
    )
    settings["OPTIONS"].setdefault("application_name", "windfall")
    settings["OPTIONS"] = LIMITS_OF_CLIENT | settings["OPTIONS"]
    pool = pool_settings(env)
    if os.environ.get(POOL_SWITCH):
        # The pool keeps the connections, and checks each one before it lends it.
        settings["CONN_MAX_AGE"] = 0
        settings["OPTIONS"]["pool"] = pool
        settings["OPTIONS"].setdefault("options", f"{LIMITS_OF_PAGES} {LIMITS_OF_SERVER}")
    settings["OPTIONS"].setdefault("options", LIMITS_OF_SERVER)
    return settings


def pool_settings(env: Environment) -> dict[str, int]:
    """psycopg_pool's settings: sizes in connections, times in seconds.

    Raises ImproperlyConfigured.
    """
    patience = env.positive("DB_CONNECTION_TIMEOUT", default=10)
    smallest, largest = (
        env.natural("DB_POOL_MIN", default=1),
        env.positive("DB_POOL_MAX", default=20),
    )
    if smallest > largest:
        raise ImproperlyConfigured(
            f"DB_POOL_MIN ({smallest}) must not be above DB_POOL_MAX ({largest})."
        )
    return {
        "min_size": smallest,
        "max_size": largest,
        "max_idle": env.positive("DB_IDLE_TIMEOUT", default=300),
        "timeout": patience,
        # psycopg_pool doubles its pauses between attempts for five minutes: a server that is back
        # would be taken for away as long as it was away. After these, whoever asks begins anew.
        "reconnect_timeout": patience,
    }
