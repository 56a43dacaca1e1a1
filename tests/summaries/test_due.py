"""Which days are to be fetched, from the ledger and the clock alone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from curtailment.models import IngestionProgress
from curtailment.settlement import (
    count_periods,
    iter_dates,
    last_recalculation_at,
    next_time_in_london,
    recalculation_due_at,
    settlement_date_at,
)
from summaries.due import MOST_TRIES, MOST_WANTED_AGAIN, due_days, is_due, wanted_again

pytestmark = pytest.mark.django_db

# A Tuesday, in summer time.
TUESDAY = date(2024, 6, 11)
MORNING = datetime(2024, 6, 11, 8, 10, tzinfo=UTC)
NOON = datetime(2024, 6, 11, 11, 0, tzinfo=UTC)


def write(day, *, asked_at, state="ok", data=None, **columns):
    """A day of the ledger as a fetch at `asked_at` leaves it."""
    expected = count_periods(day)
    final = asked_at >= recalculation_due_at(day)
    columns = {
        "data_state": data or ("final" if final else "provisional"),
        "attempt_state": state,
        "source": "elexon",
        "periods_expected": expected,
        "periods_fetched": expected,
        "fetched_at": asked_at,
        "attempt_started_at": asked_at,
        "attempt_ended_at": asked_at,
        "wind_generation_fetched_at": asked_at,
    } | columns
    IngestionProgress.objects.update_or_create(pk=day, defaults=columns)


@pytest.fixture
def week(db):
    """The last days, as of this morning: each fetched at noon of the last working day or later."""
    for day in iter_dates(date(2024, 6, 4), date(2024, 6, 10)):
        write(day, asked_at=max(NOON - timedelta(days=1), datetime(2024, 6, 11, 0, 5, tzinfo=UTC)))
    write(
        TUESDAY,
        asked_at=MORNING - timedelta(minutes=15),
        data="running_day",
        periods_fetched=18,
    )


def test_nothing_is_due_while_everything_is_there(week):
    # At 09:10 in London 18 periods are over.
    assert due_days(MORNING) == []


def test_today_is_due_whenever_another_period_is_over(week):
    assert due_days(MORNING + timedelta(minutes=20)) == [TUESDAY]


def test_what_was_tried_just_now_is_left_alone(week):
    later = MORNING + timedelta(minutes=20)
    write(
        TUESDAY,
        asked_at=later - timedelta(minutes=1),
        state="failed",
        data="running_day",
        periods_fetched=18,
    )
    assert due_days(later) == []
    assert due_days(later + timedelta(minutes=10)) == [TUESDAY]


def test_yesterday_is_due_until_it_is_complete(week):
    monday = TUESDAY - timedelta(days=1)
    write(
        monday,
        asked_at=datetime(2024, 6, 10, 22, 50, tzinfo=UTC),
        data="running_day",
        periods_fetched=47,
    )
    assert due_days(MORNING) == [monday]
    IngestionProgress.objects.filter(pk=monday).delete()
    assert due_days(MORNING) == [monday]


def test_at_noon_of_a_working_day_the_last_seven_days_are_due_once(week):
    write(TUESDAY, asked_at=NOON - timedelta(minutes=11), data="running_day", periods_fetched=24)
    assert due_days(NOON - timedelta(seconds=1)) == []
    days = due_days(NOON)
    assert days == sorted(iter_dates(date(2024, 6, 4), date(2024, 6, 10)), reverse=True)
    for day in days:
        write(day, asked_at=NOON)
    assert due_days(NOON + timedelta(minutes=15)) == []


def test_at_noon_of_a_weekend_nothing_is_recalculated():
    saturday_noon = datetime(2024, 6, 15, 11, 30, tzinfo=UTC)
    for day in iter_dates(date(2024, 6, 8), date(2024, 6, 13)):
        write(day, asked_at=datetime(2024, 6, 14, 11, 0, tzinfo=UTC))
    write(date(2024, 6, 14), asked_at=datetime(2024, 6, 15, 0, 20, tzinfo=UTC))
    write(
        date(2024, 6, 15),
        asked_at=saturday_noon - timedelta(minutes=15),
        data="running_day",
        periods_fetched=25,
    )
    assert due_days(saturday_noon) == []


def test_a_long_weekend_is_due_on_the_working_day_after_it():
    # Good Friday to Easter Monday 2024: what Thursday says is final on Tuesday.
    due_at = datetime(2024, 4, 2, 11, 0, tzinfo=UTC)
    for day in iter_dates(date(2024, 3, 20), date(2024, 4, 1)):
        write(day, asked_at=due_at - timedelta(hours=2))
    write(
        date(2024, 4, 2),
        asked_at=due_at - timedelta(minutes=20),
        data="running_day",
        periods_fetched=24,
    )
    assert due_days(due_at - timedelta(minutes=1)) == []
    assert due_days(due_at)[-1] == date(2024, 3, 26)


def test_days_that_were_last_fetched_before_they_were_final_are_due_however_old(week):
    write(date(2024, 4, 2), asked_at=datetime(2024, 4, 2, 9, tzinfo=UTC), data="running_day")
    write(date(2024, 3, 2), asked_at=datetime(2024, 3, 3, 9, tzinfo=UTC), source="sample")
    assert due_days(MORNING) == [date(2024, 4, 2)]


def test_an_answer_that_was_kept_aside_is_not_asked_for_again_and_again(week):
    day = TUESDAY - timedelta(days=1)
    write(day, asked_at=NOON, state="suspect", fetched_at=MORNING)
    assert day not in due_days(NOON + timedelta(minutes=30))
    write(day, asked_at=NOON, state="failed", fetched_at=MORNING)
    assert day in due_days(NOON + timedelta(minutes=30))


def test_sample_days_give_way_to_real_ones(week):
    write(TUESDAY - timedelta(days=2), asked_at=MORNING - timedelta(hours=1), source="sample")
    assert due_days(MORNING) == [TUESDAY - timedelta(days=2)]


def test_a_long_standstill_is_made_up_for_in_portions():
    for day in iter_dates(date(2024, 3, 1), date(2024, 5, 31)):
        write(day, asked_at=datetime.combine(day, MORNING.timetz()), data="running_day")
    days = due_days(MORNING)
    assert len(days) == 40
    assert days[:8] == [settlement_date_at(MORNING) - timedelta(days=n) for n in range(8)]


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (NOON - timedelta(seconds=1), datetime(2024, 6, 10, 11, tzinfo=UTC)),
        (NOON, NOON),
        # A Sunday, and a day in winter.
        (datetime(2024, 6, 16, 20, tzinfo=UTC), datetime(2024, 6, 14, 11, tzinfo=UTC)),
        (datetime(2024, 1, 10, 12, tzinfo=UTC), datetime(2024, 1, 10, 12, tzinfo=UTC)),
    ],
)
def test_the_last_noon_of_a_working_day(instant, expected):
    assert last_recalculation_at(instant) == expected


def test_times_of_day_are_those_of_london():
    at = time(2, 30)
    winter = datetime(2024, 1, 10, 12, tzinfo=UTC)
    assert next_time_in_london(winter, at) == datetime(2024, 1, 11, 2, 30, tzinfo=UTC)
    assert next_time_in_london(MORNING, at) == datetime(2024, 6, 12, 1, 30, tzinfo=UTC)
    mondays = next_time_in_london(MORNING, at, on=lambda day: day.weekday() == 0)
    assert mondays == datetime(2024, 6, 17, 1, 30, tzinfo=UTC)


OLD = date(2023, 5, 8)
LONG_AGO = datetime(2023, 5, 9, 12, tzinfo=UTC)


def test_a_try_that_nobody_is_at_any_more_is_due_at_once(week):
    write(OLD, asked_at=MORNING - timedelta(minutes=1), state="running", fetched_at=LONG_AGO)
    assert is_due(OLD, IngestionProgress.objects.get(pk=OLD), now=MORNING)


def test_what_staff_marked_is_wanted_again_however_old(week):
    write(OLD, asked_at=LONG_AGO)
    assert wanted_again(MORNING) == []
    write(OLD, asked_at=LONG_AGO, refetch_since=MORNING - timedelta(hours=1))
    assert wanted_again(MORNING) == [OLD]
    # Tried in vain just now, and later again.
    write(OLD, asked_at=MORNING, state="failed", fetched_at=LONG_AGO)
    assert wanted_again(MORNING) == []
    assert wanted_again(MORNING + timedelta(minutes=15)) == [OLD]


@pytest.mark.parametrize("state", ["suspect", "ok"])
def test_an_answer_refused_since_it_was_marked_is_not_asked_for_again(week, state):
    """Kept aside it is suspect; rejected by staff it is ok. The mark stays."""
    write(OLD, asked_at=MORNING, state=state, refetch_since=MORNING - timedelta(hours=1))
    assert wanted_again(MORNING + timedelta(days=1)) == []


def test_an_answer_that_staff_accepted_is_wanted_again_however_old(week):
    write(OLD, asked_at=LONG_AGO, state="pending")
    assert wanted_again(MORNING) == [OLD]
    write(OLD, asked_at=LONG_AGO, state="pending", data="none", source="")
    assert wanted_again(MORNING) == []


def test_wind_generation_that_is_missing_is_asked_for_once_a_day(week):
    write(OLD, asked_at=LONG_AGO, wind_generation_fetched_at=None)
    assert wanted_again(MORNING) == [OLD]
    assert not is_due(OLD, IngestionProgress.objects.get(pk=OLD), now=MORNING)
    IngestionProgress.objects.filter(pk=OLD).update(attempt_ended_at=MORNING)
    assert wanted_again(MORNING + timedelta(hours=1)) == []
    assert wanted_again(MORNING + timedelta(days=1)) == [OLD]


def test_an_old_day_that_never_came_is_tried_once_a_day_for_some_time(week):
    never = {"state": "failed", "data": "none", "source": "", "wind_generation_fetched_at": None}
    write(OLD, asked_at=MORNING, attempts=MOST_TRIES - 1, **never)
    assert wanted_again(MORNING + timedelta(hours=1)) == []
    assert wanted_again(MORNING + timedelta(days=1)) == [OLD]
    write(OLD, asked_at=MORNING, attempts=MOST_TRIES, **never)
    assert wanted_again(MORNING + timedelta(days=1)) == []


def test_what_is_wanted_again_comes_in_portions_the_longest_untried_first(week):
    days = list(iter_dates(date(2023, 1, 1), date(2023, 1, 31)))
    for number, day in enumerate(reversed(days)):
        asked_at = LONG_AGO + timedelta(minutes=number)
        write(day, asked_at=asked_at, refetch_since=MORNING - timedelta(hours=1))
    assert wanted_again(MORNING) == days[::-1][:MOST_WANTED_AGAIN]
