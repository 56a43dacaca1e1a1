"""What the source says of a date now, against what is stored.

A source that does not answer is a check that could not be done, and that is a finding.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

from curtailment.aggregation import all_mwh
from curtailment.checks.findings import Finding, Remedy, found
from curtailment.models import BMUnit, IngestionProgress, WindGeneration
from curtailment.operations import FetchedDay, fetch_day
from curtailment.operations.store import digest_of, rows_of
from curtailment.queries import has_wind_units_for
from curtailment.settlement import count_periods
from curtailment.sources import (
    MalformedAnswer,
    SettlementSource,
    SourceError,
    SourceUnreachable,
    WindOutput,
)

NO_WIND_UNITS = "the register has no wind unit of Elexon's: run sync_bmunits first"
NEVER_FETCHED = "imported from the platform before, and never fetched from Elexon"
DIGITS_SHOWN = 12


@dataclass(frozen=True)
class Answer:
    """A fresh answer of a date's source, or why there is none."""

    fetched: FetchedDay | None
    problem: str = ""
    is_unreachable: bool = False


def ask(
    progress: IngestionProgress, source: SettlementSource, *, now: datetime, executor: Executor
) -> Answer:
    """This will fetch a date without storing anything."""
    if not has_wind_units_for(source):
        return Answer(None, NO_WIND_UNITS)
    try:
        return Answer(fetch_day(source, progress.settlement_date, now=now, executor=executor))
    except SourceError as error:
        return Answer(None, str(error), isinstance(error, SourceUnreachable))


def check_answer(progress: IngestionProgress, answer: Answer) -> list[Finding]:
    """The digest of the fresh answer is the stored one.

    Of a running day only the periods that are stored: it is no difference that it went on.
    """
    day = progress.settlement_date
    if progress.data_state == IngestionProgress.DataState.IMPORTED:
        return found(day, "answer", [NEVER_FETCHED], Remedy.FETCH)
    if answer.fetched is None:
        return found(day, "answer", [f"could not be checked: {answer.problem}"])
    fetched = _as_far_as_stored(progress, answer.fetched)
    wind = frozenset(BMUnit.objects.filter(is_wind=True).values_list("pk", flat=True))
    try:
        rows = rows_of(fetched, wind)
    except MalformedAnswer as error:
        return found(day, "answer", [f"could not be checked: {error}"])
    digest = digest_of(rows, list(fetched.lines_by_period))
    if digest == progress.digest:
        return []
    sentence = (
        f"the source now has {len(rows)} records, {all_mwh(rows)} MWh of all bids, digest "
        f"{digest[:DIGITS_SHOWN]}; stored are {progress.record_count}, {progress.all_mwh} MWh, "
        f"{progress.digest[:DIGITS_SHOWN] or 'none'}"
    )
    return found(day, "answer", [sentence], Remedy.FETCH)


def check_wind_generation(progress: IngestionProgress, answer: Answer) -> list[Finding]:
    """The stored wind output is what the source publishes, where it publishes any."""
    day, last = progress.settlement_date, count_periods(progress.settlement_date)
    stored = {
        row.settlement_period: row for row in WindGeneration.objects.filter(settlement_date=day)
    }
    beyond = [f"SP{number} is stored, which the day lacks" for number in stored if number > last]
    findings = found(day, "wind generation", beyond)
    if answer.fetched is None:
        return findings
    if answer.fetched.wind_generation is None:
        problem = f"could not be checked: {answer.fetched.wind_error}"
        return findings + found(day, "wind generation", [problem])
    differences = [
        difference
        for output in answer.fetched.wind_generation
        if output.settlement_period in stored or progress.is_complete
        for difference in _differences(output, stored.get(output.settlement_period))
    ]
    return findings + found(day, "wind generation", differences, Remedy.FETCH)


def _as_far_as_stored(progress: IngestionProgress, fetched: FetchedDay) -> FetchedDay:
    if not fetched.is_running_day:
        return fetched
    lines = {
        number: lines
        for number, lines in fetched.lines_by_period.items()
        if number <= progress.periods_fetched
    }
    return replace(fetched, lines_by_period=lines)


def _differences(output: WindOutput, stored: WindGeneration | None) -> Iterator[str]:
    for name in ("onshore_mwh", "offshore_mwh"):
        published, kept = getattr(output, name), getattr(stored, name, None)
        if published is not None and published != kept:
            yield f"SP{output.settlement_period} {name} is {kept}, the source has {published}"
