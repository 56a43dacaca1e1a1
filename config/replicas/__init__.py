"""Reports from replicas: PostgreSQL's streaming standbys of the database, named by
DATABASE_REPLICA_URLS.

Only what report pages read comes from them (summaries/access.py). Without any, nothing in here
runs.
"""

from typing import Any

from config.environment import Environment

PREFIX = "replica-"
# A replica that does not answer must not keep a reader waiting.
CONNECT_TIMEOUT_SECONDS = 2
# Nor one that is gone without a word: the primary is asked five seconds later.
SILENCE: dict[str, Any] = {
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "tcp_user_timeout": 5_000,
}
POOL = {"min_size": 0, "timeout": CONNECT_TIMEOUT_SECONDS}


def replica_settings(env: Environment, primary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Django's settings of the replicas, by alias: like the primary's, at other addresses."""
    addresses = env.postgres_addresses("DATABASE_REPLICA_URLS")
    return {
        f"{PREFIX}{number}": _like(primary) | address | {"OPTIONS": _options(primary, address)}
        for number, address in enumerate(addresses, start=1)
    }


def _like(primary: dict[str, Any]) -> dict[str, Any]:
    return {name: primary[name] for name in ("ENGINE", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")}


def _options(primary: dict[str, Any], address: dict[str, Any]) -> dict[str, Any]:
    options = primary["OPTIONS"] | {"connect_timeout": CONNECT_TIMEOUT_SECONDS} | SILENCE
    if "pool" in options:
        options["pool"] = options["pool"] | POOL
    return options | address.get("OPTIONS", {})
