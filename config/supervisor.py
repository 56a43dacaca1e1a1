"""Keeps the processes of Windfall running until it is told to stop, then stops them in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

# Ctrl-C, what a service manager sends, and what a terminal sends when it is closed.
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK_SECONDS = 0.2
# A process that lived this long and died is an accident; sooner, a sign that it cannot run.
SETTLED_SECONDS = 60
LONGEST_PAUSE_SECONDS = 16
QUICK_DEATHS_ALLOWED = 5

Say = Callable[[str], None]


class GaveUp(Exception):
    """A process dies again and again. The message is a sentence that names it."""


class StopRequested(BaseException):
    """A signal to stop. Like KeyboardInterrupt, no `except Exception` may catch it."""


@contextmanager
def raising_stop_requested() -> Iterator[None]:
    """Within it the first signal to stop raises StopRequested, and later ones do nothing.

    So what is put in order after the first Ctrl-C is not disturbed by a second one.
    """

    def request_stop(signum: int, frame: FrameType | None) -> None:
        on_stop_signals(lambda signum, frame: None)
        raise StopRequested

    before = on_stop_signals(request_stop)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def on_stop_signals(handler: Callable[[int, FrameType | None], None]) -> dict[signal.Signals, Any]:
    """Sets the handler of the signals to stop and returns what was there before."""
    return {name: signal.signal(name, handler) for name in STOP_SIGNALS}


@dataclass
class Child:
    """A process that should always run, with its descendants in a session of their own.

    So Ctrl-C in the terminal reaches only the supervisor, and none of them can be left behind.
    """

    name: str
    command: Sequence[str]
    folder: Path
    # How long it may take to finish what it does, in seconds.
    patience_seconds: float
    pass_fds: Sequence[int] = ()
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0
    start_at: float = 0
    quick_deaths: int = 0

    def start(self, now: float) -> None:
        """This will start the process. `now` is a monotonic time in seconds."""
        self.started_at = now
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            pass_fds=self.pass_fds,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def look_after(self, now: float, say: Say) -> None:
        """This will start the process if it does not run and its pause is over. Raises GaveUp."""
        if self.process is not None and self.process.poll() is not None:
            self._bury(now, say)
        if self.process is None and now >= self.start_at:
            self.start(now)

    def _bury(self, now: float, say: Say) -> None:
        assert self.process is not None  # noqa: S101
        how = how_it_ended(self.process.returncode)
        self.kill_descendants()
        self.process = None
        settled = now - self.started_at > SETTLED_SECONDS
        self.quick_deaths = 1 if settled else self.quick_deaths + 1
        if self.quick_deaths > QUICK_DEATHS_ALLOWED:
            raise GaveUp(f"The {self.name} {how}, again and again: see its messages above.")
        pause_seconds = min(2 ** (self.quick_deaths - 1), LONGEST_PAUSE_SECONDS)
        self.start_at = now + pause_seconds
        say(f"The {self.name} {how}. It is started again in {pause_seconds} s.")

    def ask_to_stop(self) -> None:
        """This will ask the process to finish; it stops its descendants itself."""
        if self.process is not None:
            self.process.terminate()

    def see_off(self, say: Say) -> None:
        """Waits until the process has ended, for as long as it was promised, then kills it."""
        if self.process is None:
            return
        try:
            self.process.wait(self.patience_seconds)
        except subprocess.TimeoutExpired:
            say(f"The {self.name} did not finish in {self.patience_seconds:.0f} s; it is killed.")
        self.kill_descendants()
        self.process.wait()

    def kill_descendants(self) -> None:
        """Kills what is left of the session, the process itself included."""
        assert self.process is not None  # noqa: S101
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Asks Linux to end this process when the supervisor was killed and could not do it."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def how_it_ended(returncode: int) -> str:
    """In words, from a status as subprocess tells it: a negative one is a signal."""
    if returncode < 0:
        return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with status {returncode}"


def supervise(children: Sequence[Child], *, every_tick: Callable[[], None], say: Say) -> None:
    """This will keep the children running until a signal to stop, and then stop them all.

    `every_tick` is called several times a second. Raises GaveUp, also once all have stopped.
    """
    stop_requested = False

    def request_stop(signum: int, frame: FrameType | None) -> None:
        # Not an exception: it could come between a child's start and the note of its id.
        nonlocal stop_requested
        stop_requested = True

    on_stop_signals(request_stop)
    try:
        while not stop_requested:
            for child in children:
                child.look_after(time.monotonic(), say)
            every_tick()
            time.sleep(TICK_SECONDS)
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.see_off(say)
