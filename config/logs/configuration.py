"""Django's settings of logging."""

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

FORMATTERS = {
    "plain": "config.logs.formatting.PlainFormatter",
    "json": "config.logs.formatting.JsonFormatter",
}
OURS = ("config", "curtailment", "mining", "summaries")


def log_settings(env: Environment, *, debug: bool) -> dict[str, Any]:
    """Everything to stderr, in the format of LOG_FORMAT. Raises ImproperlyConfigured.

    Without it: readable for a developer or on a terminal, else JSON.
    """
    default = "plain" if debug or sys.stderr.isatty() else "json"
    name = env.str("LOG_FORMAT", default="") or default
    if name not in FORMATTERS:
        raise ImproperlyConfigured(f"LOG_FORMAT must be {' or '.join(FORMATTERS)}, not {name!r}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": FORMATTERS[name]}},
        "filters": {"suspicion": {"()": "config.logs.formatting.SuspicionInOneLine"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "chosen",
                "filters": ["suspicion"],
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{ours: {"level": "INFO"} for ours in OURS},
            # Django's own handlers would say everything twice.
            "django": {"handlers": [], "level": "INFO"},
            # A refused request has its line already (config/requests.py).
            "django.request": {"level": "ERROR"},
        },
    }
