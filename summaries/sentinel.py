"""A cluster ends with a process of it that was killed, so that it is started again whole.

An idle worker waits for its next task with the lock of their queue in hand. If it is killed then
(by the kernel, when memory runs short), nobody ever gives the lock back: the worker that django-q
puts in its place, and all others, wait for ever, in a cluster that looks alive.
"""

import logging
import os
from multiprocessing.process import BaseProcess
from typing import Any

from django_q.cluster import Sentinel

logger = logging.getLogger(__name__)

TIMED_OUT = 0


class WholeSentinel(Sentinel):
    """django-q's guard of a cluster's processes, which does not replace one that was killed."""

    def reincarnate(self, process: Any) -> None:
        """This will replace a process that ended or is to end; if it was killed, end them all."""
        if was_killed(process):
            logger.critical(
                "A process of the cluster was killed by signal %s. The cluster ends, to be started "
                "again; what it had in hand is done again.",
                -process.exitcode,
            )
            self.end_at_once()
        super().reincarnate(process)

    def end_at_once(self) -> None:
        """This will end every process of the cluster; its master ends with this one."""
        for process in (*self.pool, self.monitor, self.pusher):
            process.kill()
        os._exit(1)


def was_killed(process: BaseProcess | Any) -> bool:
    """Whether a process was ended by a signal, and not by its own cluster for taking too long."""
    timer = getattr(process, "timer", None)
    is_late = timer is not None and timer.value == TIMED_OUT
    return not is_late and process.exitcode is not None and process.exitcode < 0
