"""django-q's cluster, but told to stop it ends in bounded time, and says what it did not finish.

django-q itself waits for its tasks without end. Nothing depends on a task being finished: a day is
written in one transaction, and what was abandoned is found in the ledger (summaries/daily.py).
"""

import logging
import os
import select
import signal
import time
from threading import Thread
from typing import Any

import psutil
from django_q.cluster import Cluster
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute

from summaries.task_log import day_of, words_of

logger = logging.getLogger(__name__)

# Together less than `serve` allows (config/serving.py).
PATIENCE_SECONDS = 12
# What remains after that: results are written down, and processes end.
CLEANING_UP_SECONDS = 4


class PatientCluster(Cluster):
    """A cluster whose tasks in hand may finish for PATIENCE_SECONDS."""

    # django-q's processes and events, which have no types.
    sentinel: Any
    start_event: Any
    stop_event: Any

    def __init__(self) -> None:
        self.stop_was_asked = False
        super().__init__()
        # Inherited by all that it forks. A byte that nobody takes out tells every worker to stop.
        self.told_to_stop, self.tell_to_stop = os.pipe()
        # Signals keep a weak reference only.
        self.receivers = (self.prepare_worker, note_begin, note_end)
        post_spawn.connect(self.prepare_worker)
        pre_execute.connect(note_begin)
        post_execute_in_worker.connect(note_end)

    def start(self) -> int:
        """This will start the cluster; told to stop in the meantime, it stops then."""
        process_id: int = super().start()
        if self.stop_was_asked:
            self.stop()
        return process_id

    def stop(self) -> bool:
        """This will end the cluster. Called by the handler of SIGTERM and SIGINT."""
        if self.sentinel is None or self.sentinel.pid is None:
            # It begins just now, and would go on as if nothing had been said.
            self.stop_was_asked = True
            return False
        if not self.sentinel.is_alive():
            return False
        logger.info("The cluster stops. Tasks in hand may finish for %d s.", PATIENCE_SECONDS)
        os.write(self.tell_to_stop, b".")
        self.stop_event.set()
        self.sentinel.join(PATIENCE_SECONDS + CLEANING_UP_SECONDS)
        if self.sentinel.is_alive():
            kill_with_descendants(self.sentinel.pid)
            self.sentinel.join()
        self.start_event = self.stop_event = None
        logger.info("The cluster has stopped.")
        return True

    def prepare_worker(self, **signal_: Any) -> None:
        """In a worker that begins: it ends with its task unfinished, should that take too long."""
        signal.signal(signal.SIGTERM, lambda number, frame: abandon("it was told to end at once"))
        Thread(target=self._end_in_time, name="end-in-time", daemon=True).start()

    def _end_in_time(self) -> None:
        select.select([self.told_to_stop], [], [])
        time.sleep(PATIENCE_SECONDS)
        abandon(f"the cluster stops, and it was not finished within {PATIENCE_SECONDS} s")


# What the worker that this process is has in hand; django-q gives it one task at a time.
_in_hand: list[dict[str, Any]] = []


def note_begin(*, task: dict[str, Any], **signal_: Any) -> None:
    """A receiver: a task begins."""
    _in_hand.append(task)


def note_end(**signal_: Any) -> None:
    """A receiver: it has ended."""
    _in_hand.clear()


def abandon(reason: str) -> None:
    """This will end this worker at once, and say which task it leaves.

    The server rolls back what the connection had not committed, and frees its locks.
    """
    for task in _in_hand:
        logger.warning(
            "task %s abandoned: %s. What it was about is taken up again from the ledger.",
            words_of(task),
            reason,
            extra={"fields": day_of(task)},
        )
    os._exit(0)


def kill_with_descendants(process_id: int) -> None:
    """Kills a process that did not end, and all that it has started."""
    sentinel = psutil.Process(process_id)
    for process in (*sentinel.children(recursive=True), sentinel):
        process.kill()
