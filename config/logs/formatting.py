"""How a log line is written: one line each, whatever text from outside is in it.

A caller adds fields of its own by `extra={"fields": {...}}`.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from config.logs.context import bound_fields

# What ends a line for some reader, makes a terminal do something, or shows text in another order
# than it is in: control characters, separators of Unicode, and marks of direction.
DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROL = {
    code: repr(chr(code))[1:-1]
    for code in (*range(32), *range(127, 160), 0x2028, 0x2029, *DIRECTIONS)
}


# Of what strangers send, as much as tells what it was.
LONGEST_SUSPICION = 300


def one_line(text: str) -> str:
    """A text whose control characters are written as escapes."""
    return text.translate(CONTROL)


def fields_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """What is bound, and what the caller adds."""
    return {**bound_fields(), **getattr(record, "fields", {})}


class JsonFormatter(logging.Formatter):
    """An object a line, in ASCII, for programs: time (UTC), level, logger, message, fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **fields_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class PlainFormatter(logging.Formatter):
    """A line for people, with the fields that it does not say; a traceback follows, indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        said = super().formatMessage(record)
        fields = (
            f" {name}={value}"
            for name, value in fields_of(record).items()
            if str(value) not in record.message
        )
        return one_line("".join([said, *fields]))

    def formatException(self, exc_info: Any) -> str:
        lines = super().formatException(exc_info).splitlines()
        return "\n".join(f"    {one_line(line)}" for line in lines)


class SuspicionInOneLine(logging.Filter):
    """A filter: what Django refuses as suspicious, a foreign Host for one, is a short warning.

    Django logs an error with a traceback, of which anybody could make as many as they like.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            said = record.getMessage()
            cut = f"{said[:LONGEST_SUSPICION]}..." if len(said) > LONGEST_SUSPICION else said
            record.msg, record.args = cut, ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
