"""From Elexon's half-hours to the pages: stub server, backfill, reports."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command

from curtailment.elexon import ElexonClient, RetryPolicy
from curtailment.models import CurtailmentRecord, IngestionProgress
from curtailment.settlement import iter_dates, iter_periods
from mining.models import BitcoinPrice, DifficultyEpoch
from summaries.backfill import backfill as run_backfill
from tests.journeys.clock import NOW
from tests.journeys.naive import fraction, report
from tests.stubs import server
from tests.stubs.elexon import make_day_lines, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

SPRING = date(2024, 3, 31)  # 46 periods
AUTUMN = date(2024, 10, 27)  # 50 periods
HALVING_DAY = date(2024, 4, 20)


pytestmark = pytest.mark.usefixtures("public_reports")


def stacks_of(day):
    return {p.number: make_day_lines(day, p.number) for p in iter_periods(day)}


def serve(elexon, *days):
    for day in days:
        elexon.add_day(day)
    return {day: stacks_of(day) for day in days}


def backfill(first, last, **options):
    call_command("backfill", f"--from={first}", f"--to={last}", **options)


def epochs():
    return list(DifficultyEpoch.objects.values_list("starts_at", "difficulty"))


def assert_report(data, naive):
    assert fraction(data["curtailed_mwh"]) == naive["curtailed_mwh"]
    assert fraction(data["payment_gbp"]) == naive["payment_gbp"]
    assert data["farm_count"] == naive["farm_count"]
    assert data["record_count"] == naive["record_count"]
    assert data["settlement_periods"]["curtailed"] == naive["periods"]
    (s19j_pro,) = [row for row in data["bitcoin"] if row["miner_model"] == "S19J_PRO"]
    assert abs(fraction(s19j_pro["bitcoin_mined"]) - naive["bitcoin"]) < Fraction(1, 10**13)


@pytest.mark.parametrize(
    ("day", "periods"), [(SPRING, 46), (AUTUMN, 50), (HALVING_DAY, 48), (date(2024, 6, 1), 48)]
)
@pytest.mark.parametrize("definition", ["flagged", "so", "all"])
def test_a_day_from_elexon_to_its_json(elexon, client, day, periods, definition):
    days = serve(elexon, day)
    backfill(day, day)
    data = client.get(f"/reports/daily/{day}/?format=json&definition={definition}").json()
    assert_report(data, report(days, epochs(), definition))
    assert data["is_complete"]
    assert data["settlement_periods"] == {
        "expected": periods,
        "fetched": periods,
        "curtailed": periods,
    }
    assert [row["settlement_period"] for row in data["periods"]] == list(range(1, periods + 1))
    assert sum(fraction(row["curtailed_mwh"]) for row in data["periods"]) == fraction(
        data["curtailed_mwh"]
    )


def test_a_month_and_a_year_are_the_sums_of_their_days(elexon, client):
    first, last = date(2024, 2, 28), date(2024, 3, 2)
    days = serve(elexon, *iter_dates(first, last))
    backfill(first, last)
    assert_summaries_equal_naive_sums()
    march = {day: stacks for day, stacks in days.items() if day.month == 3}
    assert_report(
        client.get("/reports/monthly/2024-03/?format=json").json(), report(march, epochs())
    )
    year = client.get("/reports/yearly/2024/?format=json").json()
    assert_report(year, report(days, epochs()))
    assert not year["is_complete"]


def test_pages_show_what_was_fetched(elexon, client):
    serve(elexon, SPRING)
    backfill(SPRING, SPRING)
    for address in ("/", "/reports/daily/2024-03-31/", "/reports/monthly/2024-03/"):
        response = client.get(address)
        assert response.status_code == 200, address
    assert "Seagreen" in client.get("/reports/daily/2024-03-31/").content.decode()


def test_backfilling_again_asks_for_nothing_and_changes_nothing(elexon, client):
    serve(elexon, SPRING)
    backfill(SPRING, SPRING)
    before = client.get("/reports/yearly/2024/?format=json").content
    elexon.forget()
    backfill(SPRING, SPRING)
    assert elexon.requests == []
    backfill(SPRING, SPRING, force=True)
    assert len(elexon.requests) == 47
    assert client.get("/reports/yearly/2024/?format=json").content == before


def test_a_revised_day_is_followed_everywhere(elexon, client):
    serve(elexon, SPRING, SPRING + timedelta(days=1))
    backfill(SPRING, SPRING + timedelta(days=1))
    revised = stacks_of(SPRING)
    revised[1] = [
        make_line(
            SPRING, 1, "T_SGRWO-1", "-700.125", "-9.95", createdDateTime="2024-04-09T10:00:00Z"
        )
    ]
    revised[1][0]["createdDateTime"] = "2024-04-09T10:00:00Z"
    del revised[2]
    elexon.add_day(SPRING, revised)
    backfill(SPRING, SPRING, force=True)
    both = {SPRING: revised, SPRING + timedelta(days=1): stacks_of(SPRING + timedelta(days=1))}
    assert_report(client.get("/reports/yearly/2024/?format=json").json(), report(both, epochs()))
    assert not CurtailmentRecord.objects.filter(
        settlement_date=SPRING, settlement_period=2
    ).exists()
    assert_summaries_equal_naive_sums()


def test_a_day_that_becomes_empty_leaves_no_stale_row(elexon, client):
    day = date(2024, 6, 1)
    small = {1: [make_line(day, 1, "T_SGRWO-1", "-400", "-9.95")]}
    elexon.add_day(day, small)
    backfill(day, day)
    elexon.add_day(day, {})
    backfill(day, day, force=True)
    data = client.get(f"/reports/daily/{day}/?format=json").json()
    assert (data["curtailed_mwh"], data["payment_gbp"], data["farm_count"]) == ("0", "0", 0)
    assert data["is_complete"]
    assert {row["bitcoin_mined"] for row in data["bitcoin"]} == {"0"}
    assert client.get("/reports/monthly/2024-06/?format=json").json()["farms"] == []
    assert_summaries_equal_naive_sums()


class TestOutages:
    def test_an_outage_is_not_an_empty_day(self, elexon, client, capsys):
        day = date(2024, 6, 1)
        serve(elexon, day)
        elexon.fail(r"/bid/2024-06-01/7$", server.status(400))
        with pytest.raises(CommandError, match="1 day not done") as error:
            backfill(day, day)
        assert "/bid/2024-06-01/7" in str(error.value)
        progress = IngestionProgress.objects.get(pk=day)
        assert (progress.data_state, progress.attempt_state) == ("none", "failed")
        assert "/bid/2024-06-01/7" in progress.error
        data = client.get(f"/reports/daily/{day}/?format=json").json()
        assert data["curtailed_mwh"] is None
        assert data["settlement_periods"]["fetched"] == 0

    def test_a_failed_day_keeps_its_old_rows_and_is_tried_again(self, elexon, client):
        day = date(2024, 6, 1)
        days = serve(elexon, day)
        backfill(day, day)
        elexon.fail(r"/bid/2024-06-01/30$", server.not_found())
        with pytest.raises(CommandError):
            backfill(day, day, force=True)
        address = f"/reports/daily/{day}/?format=json"
        assert_report(client.get(address).json(), report(days, epochs()))
        assert IngestionProgress.objects.get(pk=day).attempt_state == "failed"
        elexon.mend()
        backfill(day, day)
        assert IngestionProgress.objects.get(pk=day).attempt_state == "ok"

    def test_one_failed_day_does_not_hold_up_the_others(self, elexon):
        first = date(2024, 6, 1)
        serve(elexon, *iter_dates(first, first + timedelta(days=3)))
        elexon.fail(r"/bid/2024-06-02/", server.body(b'{"data": [{"volume": 1}]}'))
        with pytest.raises(CommandError, match="2024-06-02 failed"):
            backfill(first, first + timedelta(days=3))
        done = IngestionProgress.objects.filter(data_state="final")
        assert set(done.values_list("settlement_date", flat=True)) == {
            date(2024, 6, 1),
            date(2024, 6, 3),
            date(2024, 6, 4),
        }

    def test_without_a_server_the_rest_is_listed_after_two_days(self, committed_db):
        with ElexonClient(
            base_url="http://127.0.0.1:9",
            requests_per_minute=1_000_000,
            retries=RetryPolicy(first_wait_s=0.001),
        ) as nowhere:
            days = date(2024, 6, 1), date(2024, 6, 6)
            result = run_backfill(*days, source=nowhere, clock=lambda: NOW, jobs=1)
        problems = [day.problems[0] for day in result.troubled]
        assert len(problems) == 6
        assert [problem.startswith("Not tried") for problem in problems] == [False] * 2 + [True] * 4
        assert "cannot connect to 127.0.0.1:9" in problems[0]
        failed = IngestionProgress.objects.filter(attempt_state="failed", data_state="none")
        assert failed.count() == 6

    def test_wind_generation_is_fetched_later_without_the_stack(self, elexon, client):
        day = date(2024, 6, 1)
        serve(elexon, day)
        elexon.fail(r"/generation/", server.status(400))
        with pytest.raises(CommandError, match="Wind generation is missing"):
            backfill(day, day)
        address = f"/reports/daily/{day}/?format=json"
        assert client.get(address).json()["curtailment_percent"] is None
        elexon.mend()
        elexon.forget()
        backfill(day, day)
        assert len(elexon.requests) == 1
        data = client.get(address).json()
        mwh, wind = fraction(data["curtailed_mwh"]), fraction(data["wind_generation_mwh"])
        assert wind == Fraction("11000.5") / 2 * 48
        expected = 100 * mwh / (mwh + wind)
        assert abs(fraction(data["curtailment_percent"]) - expected) < Fraction(1, 10**11)


class TestUnknownDifficulty:
    def test_it_leaves_bitcoin_null_and_energy_stored(self, elexon, client):
        day = date(2025, 1, 13)
        days = serve(elexon, day)
        with pytest.raises(CommandError, match="run sync_network"):
            backfill(day, day)
        data = client.get(f"/reports/daily/{day}/?format=json").json()
        assert fraction(data["curtailed_mwh"]) == report(days, epochs())["curtailed_mwh"]
        assert {row["bitcoin_mined"] for row in data["bitcoin"]} == {None}
        assert IngestionProgress.objects.get(pk=day).stale_since is not None

    def test_the_day_is_finished_once_it_is_known(self, elexon, client):
        day = date(2025, 1, 13)
        days = serve(elexon, day)
        with pytest.raises(CommandError):
            backfill(day, day)
        newest = DifficultyEpoch.objects.latest("height")
        newest.known_until = newest.starts_at + timedelta(days=10)
        newest.save()
        elexon.forget()
        backfill(day, day)
        assert elexon.requests == []
        assert IngestionProgress.objects.get(pk=day).stale_since is None
        data = client.get(f"/reports/daily/{day}/?format=json").json()
        assert_report(data, report(days, epochs()))


def test_a_value_needs_a_price_of_every_day_with_energy(elexon, client):
    first, second = date(2024, 6, 1), date(2024, 6, 2)
    serve(elexon, first, second)
    BitcoinPrice.objects.create(
        date=first, price_gbp="52000.5", quoted_at="2024-06-01T22:00Z", source="node"
    )
    backfill(first, second)
    day = client.get(f"/reports/daily/{first}/?format=json").json()
    s19j_pro = next(row for row in day["bitcoin"] if row["miner_model"] == "S19J_PRO")
    assert fraction(s19j_pro["value_gbp"]) == fraction(s19j_pro["bitcoin_mined"]) * Fraction(
        "52000.5"
    )
    month = client.get("/reports/monthly/2024-06/?format=json").json()
    assert {row["value_gbp"] for row in month["bitcoin"]} == {None}
