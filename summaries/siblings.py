"""The days and months that a day's month and year are summed with.

Rebuilding a month or year takes on whatever differs below it. So the days and months beside a
range, which nobody checks otherwise, are made right first, and all of them or none.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction

from curtailment import checks
from curtailment.checks import Finding
from curtailment.locks import lock_day, lock_month, lock_year
from curtailment.queries import progress_of
from curtailment.sql import expect_many_rows
from summaries.checks import check_day, check_month, check_year, dates_with_rows
from summaries.periods import month_range, year_range
from summaries.pipeline import finish_day
from summaries.queries.database import snapshot


def check_siblings(day: date, first: date, last: date, *, now: datetime) -> list[Finding]:
    """What differs beside the range from first to last, below month and year of a day in it.

    Nothing, if both are the sums of what is right below them. No source is asked. A month is
    listed under its last day.
    """
    with snapshot():
        expect_many_rows()
        if check_year(day):
            days, months = year_range(day.year), _months_of(day.year)
        elif check_month(day):
            days, months = month_range(day), iter(())
        else:
            return []
        found = [
            finding
            for sibling in dates_with_rows(*days)
            if not first <= sibling <= last
            for finding in _check_sibling(sibling, now)
        ]
        for month, ends_on in months:
            if ends_on < first or month > last:
                found += check_month(ends_on)
    return found


def mend_siblings(found: Iterable[Finding], *, now: datetime) -> list[str]:
    """This will recalculate the days of these findings; says why if it was not done.

    Then nothing is changed at all: a total would take on what could not be mended.
    """
    damaged = {finding.settlement_date for finding in found if finding.check in checks.OF_RECORDS}
    if damaged:
        listed = ", ".join(map(str, sorted(damaged)))
        return [f"totals would follow damaged records: reconcile a range with {listed} too"]
    dates = sorted({finding.settlement_date for finding in found})
    with transaction.atomic():
        _lock(dates)
        results = [finish_day(day, now=now) for day in dates]
        problems = [f"{each.settlement_date}: {why}" for each in results for why in each.problems]
        transaction.set_rollback(bool(problems))
    return problems


def _months_of(year: int) -> Iterator[tuple[date, date]]:
    return (month_range(date(year, number, 1)) for number in range(1, 13))


def _check_sibling(day: date, now: datetime) -> list[Finding]:
    """A day's summaries, and if they differ, whether its records are to be relied on."""
    found = check_day(day)
    return found + _check_records(day, now) if found else []


def _check_records(day: date, now: datetime) -> list[Finding]:
    progress = progress_of(day)
    missing = checks.check_missing(day, progress)
    if missing or progress is None:
        return missing
    evidence = checks.read_evidence(day)
    return [
        *checks.check_periods(progress, evidence, now=now),
        *checks.check_ledger(progress, evidence),
        *checks.check_evidence(day, evidence),
        *checks.check_corrections(day),
    ]


def _lock(dates: list[date]) -> None:
    """Takes the locks of all days before those of months and years, in the order of LockSpace."""
    for day in dates:
        lock_day(day)
    for day in dates:
        lock_month(day)
    for year in sorted({day.year for day in dates}):
        lock_year(year)
