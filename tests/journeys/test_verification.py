"""From Elexon's indicative figures to the pages: fetched, verified, revised, verified again."""

from datetime import date

import pytest
from django.core.management import call_command

from curtailment.settlement import iter_periods
from summaries.tasks import verify_day
from tests.stubs.elexon import make_day_lines

pytestmark = pytest.mark.usefixtures("public_reports")

DAYS = [date(2024, 3, 31), date(2024, 10, 27), date(2024, 6, 1)]


def backfill(day, **options):
    call_command("backfill", f"--from={day}", f"--to={day}", **options)


def labels(client, day):
    page = client.get(f"/reports/daily/{day}/")
    return [notice.label for notice in page.context["report"].notices]


@pytest.mark.parametrize("day", DAYS)
def test_days_of_46_48_and_50_periods_are_verified(elexon, client, day):
    elexon.add_day(day)
    backfill(day)
    assert labels(client, day) == []
    verify_day(day.isoformat())
    assert labels(client, day) == ["Verified"]


def test_a_stack_that_lost_a_unit_is_found_and_its_refetch_is_verified(elexon, client):
    day = DAYS[-1]
    whole = {p.number: make_day_lines(day, p.number) for p in iter_periods(day)}
    elexon.add_day(day, whole)
    volumes, cash_flows = elexon.volumes(day), elexon.cash_flows(day)
    lost = {n: [x for x in lines if x["id"] != "T_DOREW-1"] for n, lines in whole.items()}
    elexon.add_day(day, lost)
    elexon.set_volumes(day, volumes)
    elexon.set_cash_flows(day, cash_flows)
    backfill(day)
    verify_day(day.isoformat())
    assert labels(client, day) == ["Differs"]
    rows = client.get("/status/?year=2024&format=json").json()["days"]
    [row] = [row for row in rows if row["settlement_date"] == day.isoformat()]
    # 48 periods of 2.75 MWh.
    assert (row["differing_unit_count"], row["differing_mwh"]) == (1, "132")
    elexon.add_day(day, whole)
    backfill(day, force=True)
    assert labels(client, day) == [], "the old comparison speaks of other figures"
    verify_day(day.isoformat())
    assert labels(client, day) == ["Verified"]
