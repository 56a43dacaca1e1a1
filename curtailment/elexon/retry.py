"""When a request is tried again, and how long it waits before."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
)
from tenacity.wait import wait_base, wait_exponential_jitter

from curtailment.elexon.faults import PassingFault
from curtailment.sources import Cancelled

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often a request is tried in total, and how long the waits between are.

    Waits double from `first_wait_s` up to `longest_wait_s`, plus up to `first_wait_s` of chance. A
    server that asks for more time gets it, up to `longest_retry_after_s`.
    """

    tries: int = 5
    first_wait_s: float = 1
    longest_wait_s: float = 30
    longest_retry_after_s: float = 120


def call_with_retries(
    attempt: Callable[[], Answer], *, policy: RetryPolicy, cancelled: Event
) -> Answer:
    """This will answer what `attempt` does, trying again after a PassingFault.

    Raises the last PassingFault, and Cancelled as soon as `cancelled` is set.
    """

    def attempt_unless_cancelled() -> Answer:
        if cancelled.is_set():
            raise Cancelled("The request was given up, as its day had failed.")
        return attempt()

    retrying = Retrying(
        retry=retry_if_exception_type(PassingFault),
        stop=stop_after_attempt(policy.tries),
        wait=_WaitAsTold(policy),
        sleep=sleep_using_event(cancelled),
        reraise=True,
    )
    return retrying(attempt_unless_cancelled)


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for: a number of them, or a date of HTTP.

    A header that is neither counts as none.
    """
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return max(0.0, (instant - now).total_seconds())


class _WaitAsTold(wait_base):
    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._back_off = wait_exponential_jitter(
            multiplier=policy.first_wait_s, max=policy.longest_wait_s, jitter=policy.first_wait_s
        )

    def __call__(self, retry_state: RetryCallState) -> float:
        back_off_s = self._back_off(retry_state)
        fault = retry_state.outcome.exception() if retry_state.outcome else None
        if not isinstance(fault, PassingFault) or fault.retry_after_s is None:
            return back_off_s
        told_s = min(fault.retry_after_s, self._policy.longest_retry_after_s)
        # A little later than told, so that all threads do not come back at one instant.
        return max(back_off_s, told_s + random.uniform(0, self._policy.first_wait_s))  # noqa: S311
