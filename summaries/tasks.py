"""What the cluster does. Each task takes texts, makes one call, and may be run twice."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.utils import timezone

from curtailment.elexon.configured import client_from_settings
from curtailment.operations import NotVerifiable
from curtailment.operations import verify_day as verify_stored_day
from curtailment.sources import SourceError
from summaries import pipeline, reconciling
from summaries.backfill import CONNECTIONS
from summaries.pipeline import DayResult

logger = logging.getLogger(__name__)


class NotDone(Exception):
    """A task could not do all that was asked; the message says what and why."""


def finish_stale_days() -> str:
    """This will finish the days whose bitcoin or summaries have yet to follow their records."""
    results = pipeline.finish_stale_days(clock=timezone.now)
    if results is None:
        return "Another process is at it."
    for result in results:
        _log(result)
    return f"{len(results)} stale days, {sum(result.is_ok for result in results)} finished."


def finish_day(settlement_date: str) -> str:
    """This will make a day's bitcoin and summaries follow its records."""
    return _said(pipeline.finish_day(date.fromisoformat(settlement_date), now=timezone.now()))


def refresh_day(settlement_date: str) -> str:
    """This will fetch a day anew, whatever is stored of it, and bring it to the summaries."""
    day = date.fromisoformat(settlement_date)
    with client_from_settings() as client, ThreadPoolExecutor(CONNECTIONS) as executor:
        result = pipeline.refresh_day(
            day, source=client, executor=executor, clock=timezone.now, force=True
        )
    return _said(result)


def verify_day(settlement_date: str) -> str:
    """This will compare a stored day with Elexon's indicative cash flows and volumes.

    A difference is an answer; only an outage, or a day that cannot be verified now, is a failure.
    """
    day = date.fromisoformat(settlement_date)
    try:
        with client_from_settings() as client:
            verification = verify_stored_day(day, source=client, now=timezone.now())
    except (SourceError, NotVerifiable) as error:
        raise NotDone(f"{day} not verified: {error}") from error
    logger.info("%s %s", day, verification)
    return f"{day} {verification}"


def reconcile(first: str, last: str) -> str:
    """This will check the days from first to last. Raises NotDone while anything differs."""
    with client_from_settings() as client:
        result = reconciling.reconcile(
            date.fromisoformat(first),
            date.fromisoformat(last),
            sources=reconciling.sources_with(client),
            clock=timezone.now,
        )
    for finding in result.remaining:
        logger.warning("%s %s: %s", finding.settlement_date, finding.check, finding.sentence)
    if not result.is_clean:
        raise NotDone(f"{first} to {last}: {result}")
    return str(result)


def _said(result: DayResult) -> str:
    """The result as a task's answer. Raises NotDone, so that the task counts as failed."""
    _log(result)
    if not result.is_ok:
        raise NotDone(str(result))
    return str(result)


def _log(result: DayResult) -> None:
    logger.log(logging.INFO if result.is_ok else logging.WARNING, "%s", result)
