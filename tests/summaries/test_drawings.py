"""Charts and comparisons of pages: the reports' own figures, in pages of little weight."""

import gzip
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from curtailment.settlement import count_periods
from mining.models import BitcoinPrice, DifficultyEpoch
from summaries.models import DailySummary
from summaries.reports.changes import counterpart
from summaries.timeframes import Timeframe
from tests.summaries.factories import Rec, store_day, store_longer_summaries
from tests.summaries.marks import marks

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
FORWARD, BACK = date(2024, 3, 31), date(2024, 10, 27)
RECS = [
    Rec("T_A-1", 1, ("12.345678", "-500.5")),
    Rec("T_A-1", 46, ("3", "90")),
    Rec("T_B-1", 2, ("4", "60"), party="R&D <b>"),
]


def weight(page):
    text = page.content.decode()
    assert " style=" not in text
    assert text.count("<script") == text.count("<script src=") == 1
    return len(gzip.compress(page.content, 6))


@pytest.mark.parametrize("day", [DAY, FORWARD, BACK])
def test_half_hours_are_drawn_as_the_day_has_them(client, day):
    store_day(day, RECS)
    page = client.get(f"/reports/daily/{day}/")
    chart = page.context["charts"].energy
    rows = page.context["report"].periods
    count = count_periods(day)
    assert len(chart.table.rows) == len(rows) == count
    energy = [label for label in marks(chart) if label.endswith("MWh")]
    assert len(energy) == count
    zone = {DAY: "GMT", FORWARD: "GMT", BACK: "BST"}[day]
    assert energy[0] == f"SP 1, 00:00 {zone}: 12.35 MWh"
    assert len({row[0] for row in chart.table.rows}) == count
    for row, shown in zip(rows, chart.table.rows, strict=True):
        assert Decimal(shown[1]) == round(row.curtailed_mwh, 2)
        assert Decimal(shown[2]) == round(row.bitcoin_mined, 8)


def test_periods_of_a_running_day_that_are_to_come_are_gaps(client):
    store_day(DAY, RECS[:1], data_state="running_day", periods_fetched=20)
    chart = client.get(f"/reports/daily/{DAY}/").context["charts"].energy
    assert len([label for label in marks(chart) if "MWh" in label]) == 20
    assert [row[1] for row in chart.table.rows[20:]] == ["–"] * 28


def test_a_day_without_energy_says_so_and_has_no_charts(client):
    store_day(DAY, [])
    page = client.get(f"/reports/daily/{DAY}/")
    assert page.context["charts"].energy is None
    assert "No curtailed energy." in page.content.decode()


def test_rankings_add_units_up(client):
    store_day(DAY, RECS)
    charts = client.get(f"/reports/daily/{DAY}/").context["charts"]
    assert [row[:3] for row in charts.lead_parties.table.rows] == [
        ("Wind Ltd", "15.35", "−410.50"),
        ("R&D <b>", "4.00", "60.00"),
    ]


def test_the_day_says_what_its_bitcoin_was_calculated_with(client):
    store_day(DAY, RECS)
    midday = datetime.fromisoformat("2024-03-05T12:00:00Z")
    DifficultyEpoch.objects.all().delete()
    for height, start, end in ((830592, -5, 0), (832608, 0, 14)):
        DifficultyEpoch.objects.create(
            height=height,
            starts_at=midday + timedelta(days=start),
            known_until=midday + timedelta(days=end),
            difficulty=Decimal(height) * 10**8,
        )
    BitcoinPrice.objects.create(price_gbp=60000, quoted_at=midday, source="node")
    page = client.get(f"/reports/daily/{DAY}/")
    network = page.context["report"].network
    assert [epoch.height for epoch in network.epochs] == [830592, 832608]
    assert [subsidy.subsidy_btc for subsidy in network.subsidies] == [Decimal("6.25")]
    assert network.price is None
    bitcoin = page.context["report"].miner.bitcoin_mined
    assert page.context["report"].value_now_gbp == bitcoin * 60000
    assert "block 832,608" in page.content.decode()


def test_a_month_and_a_year_show_days_missing_and_standing_out(client):
    for number, mwh in ((1, "5"), (2, "50"), (4, "0.5")):
        store_day(date(2024, 3, number), [Rec("T_A-1", 1, (mwh, "7"))])
    store_longer_summaries(DAY)
    for address in ("/reports/monthly/2024-03/", "/reports/yearly/2024/"):
        page = client.get(address)
        shown = page.context["report"].highlights
        assert shown.complete_day_count == 3
        assert shown.most_energy.timeframe.first == date(2024, 3, 2)
        assert shown.least_energy.timeframe.first == date(2024, 3, 4)
        assert shown.average_mwh == Decimal("18.5")
        assert date(2024, 3, 3) in shown.missing
        assert "Not comparable" in page.content.decode()
        calendar = marks(page.context["charts"].calendar)
        assert "2 March 2024: 50.00 MWh" in calendar
        assert "3 March 2024: no data" in calendar


def test_complete_months_are_compared(client):
    for first, mwh in ((date(2024, 2, 1), "2"), (date(2024, 3, 1), "3")):
        for number in range((Timeframe.month(first).last - first).days + 1):
            store_day(first + timedelta(days=number), [Rec("T_A-1", 1, (mwh, "1"))])
        store_longer_summaries(first)
    for query in ("", "?farm=T_A-1"):
        change = client.get(f"/reports/monthly/2024-03/{query}").context["report"].comparison
        assert (change.energy.now, change.energy.before) == (93, 58)
        assert change.energy.percent is not None
        assert round(change.energy.percent, 6) == round(Decimal(3500) / 58, 6)
    page = client.get("/").context["overview"]
    month, year = page.comparisons
    assert (month.matched_day_count, month.day_count) == (29, 31)
    assert (month.energy.now, month.energy.before) == (87, 58)
    assert not year.is_comparable


def test_the_overview_compares_what_is_complete_in_both_stretches(client):
    stored = {
        date(2023, 2, 10): ("7", "final"),
        date(2023, 3, 5): ("11", "final"),
        date(2024, 2, 3): ("13", "final"),
        date(2024, 2, 4): ("17", "running_day"),
        date(2024, 2, 10): ("19", "final"),
        date(2024, 3, 3): ("23", "final"),
        date(2024, 3, 4): ("29", "final"),
        date(2024, 3, 5): ("31", "provisional"),
    }
    for day, (mwh, state) in stored.items():
        store_day(day, [Rec("T_A-1", 1, (mwh, mwh))], data_state=state)
    page = client.get("/").context["overview"]
    for comparison in page.comparisons:
        pairs = naive_pairs(comparison.before)
        assert comparison.matched_day_count == len(pairs) > 0
        assert comparison.energy.now == sum(one for one, _ in pairs)
        assert comparison.energy.before == sum(other for _, other in pairs)
    by_month = {row.timeframe.text: row.curtailed_mwh for row in page.trend}
    assert len(by_month) == 12
    assert by_month["2024-02"] == 49
    assert by_month["2023-10"] is None
    assert {record.timeframe.first for record in page.records} == {date(2024, 3, 5)}


def naive_pairs(before):
    """Energy of the complete days of the stretch, each with that of the same day before."""
    complete = {
        row.settlement_date: row.curtailed_mwh
        for row in DailySummary.objects.filter(is_complete=True)
    }
    since = date(2024, 3, 1) if before.text == "2024-02" else date(2024, 1, 1)
    return [
        (mwh, complete[old])
        for day, mwh in complete.items()
        if since <= day <= DAY and (old := counterpart(day, before)) in complete
    ]


def test_a_leap_day_has_no_counterpart():
    assert counterpart(date(2024, 2, 29), Timeframe.year(date(2023, 1, 1))) is None
    assert counterpart(date(2024, 3, 31), Timeframe.month(date(2024, 2, 1))) is None


def test_an_overview_of_a_calm_day_leads_to_the_latest_curtailment(client):
    store_day(DAY, RECS)
    store_day(DAY + timedelta(days=1), [])
    page = client.get("/").content.decode()
    assert "No energy was curtailed on Wednesday 6 March 2024." in page
    assert re.search(f'<a href="/reports/daily/{DAY}/">Tuesday 5 March 2024</a>', page)


def test_pages_are_light(client):
    units = [f"T_UNIT-{number}" for number in range(100)]
    recs = [
        Rec(unit, (7 * number) % 50 + 1, (f"{number * 1.2347 + 0.1:.3f}", f"{number * 7.77:.2f}"))
        for number, unit in enumerate(units)
    ]
    store_day(BACK, recs)
    for number in range(1, 31):
        mwh = str(Decimal(number * 7919 % 997) / 7)
        store_day(
            date(2024, 10, number if number < 27 else number + 1), [Rec(units[0], 1, (mwh, "5"))]
        )
    store_longer_summaries(BACK)
    for address in (f"daily/{BACK}", "monthly/2024-10", "yearly/2024"):
        assert weight(client.get(f"/reports/{address}/")) < 60_000
    assert weight(client.get("/")) < 60_000
