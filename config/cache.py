"""Where report pages are cached: in the web process, in Redis, or in the database."""

import re
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, names_a_redis

ALIAS = "reports"
# With the largest body that is kept (summaries/report_cache.py), at most 64 MiB a process;
# ordinary pages are below 20 kB compressed. The least recently used ones leave first.
MAX_ENTRIES = 256
# A Redis that hangs must not make readers wait.
REDIS_TIMEOUT_SECONDS = 1

IN_PROCESS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": ALIAS,
    "OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES, "CULL_FREQUENCY": 8},
}


def cache_settings(env: Environment) -> dict[str, Any]:
    """Django's settings of the cache of report pages. Raises ImproperlyConfigured.

    CACHE_URL may hold a password: it is never shown.
    """
    address = env.str("CACHE_URL", default="")
    scheme = address.partition("://")[0]
    if not address:
        return IN_PROCESS
    if scheme in ("redis", "rediss"):
        return _redis(address)
    if scheme == "dbcache":
        return _database(address)
    raise ImproperlyConfigured(
        "CACHE_URL must begin with redis:// (rediss:// with TLS) or dbcache://. "
        "Leave it empty to cache reports in the web process."
    )


def _redis(address: str) -> dict[str, Any]:
    # Redis's client takes a number that it cannot read for 0, where tasks may wait.
    if not names_a_redis(address):
        raise ImproperlyConfigured(
            "CACHE_URL is not of the form redis://user:password@host:port/number. "
            "Percent-encode special characters of the password, such as / as %2F."
        )
    if find_spec("redis") is None:
        raise ImproperlyConfigured(
            "CACHE_URL names Redis, but the Python package redis is not installed: "
            "run `.venv/bin/pip install redis`, or leave CACHE_URL empty."
        )
    timeouts = dict.fromkeys(("socket_connect_timeout", "socket_timeout"), REDIS_TIMEOUT_SECONDS)
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": "windfall",
        "OPTIONS": timeouts,
    }


def _database(address: str) -> dict[str, Any]:
    """The table has to be made once, by `manage.py createcachetable`."""
    table = address.removeprefix("dbcache://").rstrip("/")
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", table):
        raise ImproperlyConfigured(
            "CACHE_URL must name a table, like dbcache://report_cache, in lower case; "
            "`manage.py createcachetable` makes it."
        )
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": table,
        "OPTIONS": {"MAX_ENTRIES": 10 * MAX_ENTRIES},
    }
