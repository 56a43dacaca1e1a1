"""What the cluster does. Each task takes texts, makes one call, and may be run twice.

What came of a task is its answer, or a NotDone: summaries/task_log.py writes a line of it.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.utils import timezone

from curtailment.elexon.configured import client_from_settings
from curtailment.models import IngestionProgress
from curtailment.operations import NotVerifiable
from curtailment.operations import verify_day as verify_stored_day
from curtailment.operations.register import sync_bmunits
from curtailment.partitions import YEARS_AHEAD, ensure_partitions_ahead
from curtailment.queries import has_wind_units
from curtailment.settlement import settlement_date_at
from curtailment.sources import SourceError
from mining.configured import client_from_settings as node_from_settings
from mining.network import NetworkError
from mining.operations import sync_network as sync_with_node
from summaries import daily, long_backfills, notifications, pipeline, reconciling, switch
from summaries.backfill import CONNECTIONS
from summaries.pipeline import DayResult
from summaries.reconciling import CheckedDay

logger = logging.getLogger(__name__)


class NotDone(Exception):
    """A task could not do all that was asked; the message says what and why."""


def finish_stale_days() -> str:
    """This will finish the days whose bitcoin or summaries have yet to follow their records."""
    results = pipeline.finish_stale_days(clock=timezone.now)
    if results is None:
        return "Another process is at it."
    for result in results:
        logger.log(logging.INFO if result.is_ok else logging.WARNING, "%s", result)
    return f"{len(results)} stale days, {sum(result.is_ok for result in results)} finished."


def send_notifications() -> str:
    """This will tell operators by e-mail what needs them, if they want to be told."""
    try:
        told = notifications.notify(now=timezone.now())
    except notifications.NotSent as error:
        raise NotDone(str(error)) from error
    return f"Told: {len(told)}."


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
    return f"{day} {verification}"


def fetch_due_days() -> str:
    """This will hand over the days of which something is missing or was recalculated."""
    return daily.hand_over_due_days(now=timezone.now())


def take_up_abandoned_days() -> str:
    """This will hand over the days that a process was at which is gone."""
    return daily.hand_over_abandoned_days(now=timezone.now())


def fetch_due_day(settlement_date: str) -> str:
    """This will fetch a day anew, if that is due still."""
    with client_from_settings() as client:
        result = daily.fetch_due_day(
            date.fromisoformat(settlement_date), client=client, clock=timezone.now
        )
    return (
        f"{settlement_date} not due any more, or in other hands"
        if result is None
        else _said(result)
    )


def work_on_backfills() -> str:
    """This will do days of the unfinished backfills, for a minute."""
    if not has_wind_units(IngestionProgress.Source.ELEXON):
        raise NotDone(switch.NO_WIND_UNITS)
    with client_from_settings() as client:
        return long_backfills.work_on_backfills(source=client, clock=timezone.now)


def resume_backfills() -> str:
    """This will see to it that unfinished backfills are worked on, whatever was killed or lost."""
    return long_backfills.hand_over_if_none_waits()


def reconcile_recent_days() -> str:
    """This will hand over the last days to be compared and mended."""
    return daily.hand_over_reconciling(now=timezone.now())


def verify_final_days() -> str:
    """This will hand over the days that became final, to be verified."""
    return daily.hand_over_verifying(now=timezone.now())


def sync_register() -> str:
    """This will bring the register of BM Units up to date, if fetching is switched on."""
    if not switch.is_on():
        return switch.OFF
    try:
        with client_from_settings() as client:
            result = sync_bmunits(client, now=timezone.now())
    except SourceError as error:
        raise NotDone(f"The register was not changed. {error}") from error
    return f"{result.total} units listed: {result.added} new, {result.changed} changed."


def sync_network() -> str:
    """This will bring difficulty and prices up to date, if fetching is switched on."""
    if not switch.is_on():
        return switch.OFF
    try:
        with node_from_settings() as client:
            result = sync_with_node(client, now=timezone.now())
    except NetworkError as error:
        raise NotDone(f"Not synchronized with the mempool node: {error}.") from error
    return f"{result.epochs_written} epochs and {result.prices_written} prices written."


def create_partitions() -> str:
    """This will create the partitions of this year and of those to come."""
    this_year = settlement_date_at(timezone.now()).year
    years, created = ensure_partitions_ahead(this_year, ahead=YEARS_AHEAD)
    return f"Partitions until {years[-1]}; created: {', '.join(created) or 'none'}."


def reconcile_and_fix(first: str, last: str) -> str:
    """This will check the days from first to last, and mend what differs.

    Raises NotDone while anything differs all the same.
    """
    with client_from_settings() as client:
        result = reconciling.reconcile(
            date.fromisoformat(first),
            date.fromisoformat(last),
            sources=reconciling.sources_with(client),
            clock=timezone.now,
            fix=True,
            on_day=_log_checked,
        )
    if not result.is_clean:
        raise NotDone(f"{first} to {last}: {result}")
    return f"{first} to {last}: {result}"


def _log_checked(day: CheckedDay) -> None:
    """A line for each thing that differed, be it mended or not."""
    for finding in day.remaining:
        logger.warning("%s %s: %s", finding.settlement_date, finding.check, finding.sentence)
    for finding in day.mended:
        logger.info("%s mended %s: %s", finding.settlement_date, finding.check, finding.sentence)


def _said(result: DayResult) -> str:
    """The result as a task's answer. Raises NotDone, so that the task counts as failed."""
    if not result.is_ok:
        raise NotDone(str(result))
    return str(result)
