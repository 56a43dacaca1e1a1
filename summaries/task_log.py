"""A line a task in the log: what was done to which day, from when to when, and what came of it."""

import logging
from datetime import date
from typing import Any

from django.utils import timezone
from django_q.signals import post_execute_in_worker, pre_execute

from summaries.queries.work import TRACEBACK

logger = logging.getLogger("summaries.tasks")


def connect() -> None:
    """This will have each task of this app logged by the worker that did it."""
    pre_execute.connect(note_start, dispatch_uid="summaries.task_log.start")
    post_execute_in_worker.connect(log_task, dispatch_uid="summaries.task_log")


def note_start(*, task: dict[str, Any], **signal: Any) -> None:
    """django-q's own `started` is when the task was put into the queue."""
    task["began"] = timezone.now()


def log_task(*, task: dict[str, Any], **signal: Any) -> None:
    """A line of a task that has ended, with its facts as fields."""
    level = logging.INFO if task["success"] else logging.ERROR
    seconds = (task["stopped"] - task["began"]).total_seconds()
    answer = str(task["result"]).partition(TRACEBACK)[0]
    words = "done" if task["success"] else "failed"
    logger.log(
        level,
        "task %s %s in %.1f s: %s",
        words_of(task),
        words,
        seconds,
        answer,
        extra={"fields": facts_of(task)},
    )


def facts_of(task: dict[str, Any]) -> dict[str, Any]:
    """What a program wants to know of a task that has ended."""
    return {
        "task": str(task["func"]).rpartition(".")[2],
        **day_of(task),
        "queued_at": task["started"].isoformat(),
        "started_at": task["began"].isoformat(),
        "ended_at": task["stopped"].isoformat(),
        "succeeded": task["success"],
    }


def day_of(task: dict[str, Any]) -> dict[str, str]:
    """The field of a task's settlement date; none if it is not about one day."""
    settlement_date = settlement_date_of(task["args"])
    return {"settlement_date": settlement_date} if settlement_date else {}


def words_of(task: dict[str, Any]) -> str:
    """E.g. fetch_due_day 2024-03-05."""
    name = str(task["func"]).rpartition(".")[2]
    return f"{name} {' '.join(map(str, task['args'])) or '-'}"


def settlement_date_of(arguments: Any) -> str | None:
    """The first argument, if it is a date: every task that is about a day has it there."""
    first = str(arguments[0]) if arguments else ""
    try:
        return date.fromisoformat(first).isoformat()
    except ValueError:
        return None
