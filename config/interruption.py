"""Ctrl-C, and what a service manager sends: what is in hand may finish, but not for ever."""

import os
import signal
import sys
from threading import Timer
from types import FrameType

PATIENCE_SECONDS = 20
SENTENCE = "Interrupted. What was done is kept; the same command goes on."
# As shells count it.
STATUS = 128 + signal.SIGINT

_came = False


def interrupt_on_signals() -> None:
    """The first SIGINT or SIGTERM raises KeyboardInterrupt, after which a command tidies up.

    A second one, or the end of PATIENCE_SECONDS, ends the process: PostgreSQL rolls back what was
    not committed, and frees the locks. For the main thread of a command.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)


def was_interrupted() -> bool:
    """Whether a signal came: what the database says after that is no news."""
    return _came


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _came
    _came = True
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, frame: _end_at_once())
    timer = Timer(PATIENCE_SECONDS, _end_at_once)
    timer.daemon = True
    timer.start()
    raise KeyboardInterrupt


def _end_at_once() -> None:
    print(SENTENCE, file=sys.stderr, flush=True)  # noqa: T201
    os._exit(STATUS)
