"""Processes of ours whose lines are read."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.config.conftest import ROOT, environment


class Started:
    """A process whose lines are collected as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip() for line in self.process.stdout)

    def says(self, words: str) -> bool:
        return any(words in line for line in list(self.lines))


@contextmanager
def started(address: str, *command: str, **variables: str) -> Iterator[Started]:
    """Starts a process with the database of an address, and ends it."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(Path("unused"), **variables) | {"DATABASE_URL": address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    one = Started(process)
    try:
        yield one
    finally:
        process.terminate()
        process.wait(30)
        one.reader.join(10)
        process.stdout.close()  # type: ignore[union-attr]


def wait_until(condition, *, seconds=40):
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.1)
