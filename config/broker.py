"""Where tasks wait for a cluster: in the database, or in the Redis of REDIS_URL."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, names_a_redis

# A worker waits a second for a task; a Redis that does not answer in these must not hang anybody.
CONNECT_TIMEOUT_SECONDS = 5
ANSWER_TIMEOUT_SECONDS = 10


class BrokerUnreachable(Exception):
    """The Redis of REDIS_URL does not answer. The message says what to do."""


def broker_settings(env: Environment) -> dict[str, Any]:
    """What Q_CLUSTER says of the broker. Raises ImproperlyConfigured.

    REDIS_URL may hold a password: it is never shown.
    """
    address = env.str("REDIS_URL", default="")
    if not address:
        return {"orm": "default"}
    if address.partition("://")[0] not in ("redis", "rediss"):
        raise ImproperlyConfigured(
            "REDIS_URL must begin with redis:// (rediss:// with TLS). "
            "Leave it empty to keep tasks in the database."
        )
    if not names_a_redis(address):
        raise ImproperlyConfigured(
            "REDIS_URL is not of the form redis://user:password@host:port/number. "
            "Percent-encode special characters of the password, such as / as %2F."
        )
    return {"redis": _with_timeouts(address)}


def check_broker() -> None:
    """This will ask the Redis of the settings, if there is one. Raises BrokerUnreachable."""
    address = settings.Q_CLUSTER.get("redis")
    if address is None:
        return
    try:
        with redis.Redis.from_url(address) as client:
            client.ping()
    except redis.RedisError as error:
        parts = urlsplit(address)
        raise BrokerUnreachable(
            f"No connection to Redis at {parts.hostname}:{parts.port or 6379}: {error}. "
            "Start it, or correct REDIS_URL; empty, tasks are kept in the database."
        ) from error


def _with_timeouts(address: str) -> str:
    """The address with time limits, which django-q passes on as they are."""
    parts = urlsplit(address)
    limits = (
        f"socket_connect_timeout={CONNECT_TIMEOUT_SECONDS}&socket_timeout={ANSWER_TIMEOUT_SECONDS}"
    )
    query = f"{parts.query}&{limits}" if parts.query else limits
    return urlunsplit(parts._replace(query=query))
