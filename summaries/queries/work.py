"""What became of work that was handed to the cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Q
from django_q.brokers import get_broker
from django_q.brokers.redis_broker import Redis
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage

from summaries.background import CLUSTERS

# How django-q joins the message of an exception with its traceback.
TRACEBACK = " : Traceback"


class TaskState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class TaskStatus:
    """A task of a piece of work: what it does to what, how far it is, and what it answered."""

    task_id: str
    name: str
    state: TaskState
    answer: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state in (TaskState.DONE, TaskState.FAILED)


def read_work(work: str, *, now: datetime) -> list[TaskStatus]:
    """The tasks of a piece of work, by name; none if it is unknown or forgotten.

    The queue is read first: a task leaves it only when its result is stored, so that none is
    missed in between. Redis does not know of tasks that somebody is at: those are missing.
    """
    waiting = [_waiting(row, now) for row in OrmQ.objects.all() if row.group() == work]
    waiting += [_queued(task) for task in _tasks_in_redis() if task.get("group") == work]
    over = [_over(task) for task in Task.objects.filter(group=work)]
    # One that has just ended may be seen in both.
    by_id = {status.task_id: status for status in (*waiting, *over)}
    return sorted(by_id.values(), key=lambda status: status.name)


@dataclass(frozen=True)
class TaskOutcome:
    """What became of all runs of a task that are remembered."""

    task: str
    failed_count: int
    succeeded_at: datetime | None


def read_task_outcomes() -> list[TaskOutcome]:
    """Of each task that ever ran, by name."""
    rows = Task.objects.values("func").annotate(
        failed_count=Count("pk", filter=Q(success=False)),
        succeeded_at=Max("stopped", filter=Q(success=True)),
    )
    return [
        TaskOutcome(row["func"], row["failed_count"], row["succeeded_at"])
        for row in rows.order_by("func")
    ]


def count_queued() -> int:
    """How many tasks wait, with either broker; PostgreSQL knows those that run too."""
    brokers = [get_broker(name) for name in CLUSTERS]
    return sum(broker.queue_size() + (broker.lock_size() or 0) for broker in brokers)


def _waiting(row: OrmQ, now: datetime) -> TaskStatus:
    """Whoever takes a task locks it, until it would be given to another."""
    is_taken = row.lock is not None and row.lock > now
    state = TaskState.RUNNING if is_taken else TaskState.QUEUED
    return TaskStatus(row.task_id(), _name(row.task["func"], row.args()), state)


def _tasks_in_redis() -> Iterator[dict[str, Any]]:
    """The tasks that wait in Redis, if that is where they wait."""
    for broker in map(get_broker, CLUSTERS):
        if isinstance(broker, Redis):
            yield from map(SignedPackage.loads, broker.connection.lrange(broker.list_key, 0, -1))


def _queued(task: dict[str, Any]) -> TaskStatus:
    return TaskStatus(task["id"], _name(task["func"], task["args"]), TaskState.QUEUED)


def _over(task: Task) -> TaskStatus:
    return TaskStatus(
        task_id=task.id,
        name=_name(task.func, task.args),
        state=TaskState.DONE if task.success else TaskState.FAILED,
        answer=str(task.result or "").partition(TRACEBACK)[0],
        started_at=task.started,
        ended_at=task.stopped,
    )


def _name(function: str, arguments: Any) -> str:
    """E.g. refresh day 2024-03-05."""
    words = function.rpartition(".")[2].replace("_", " ")
    return " ".join([words, *map(str, arguments or ())])
