"""Charts of farms, lead parties, miners and comparisons: the figures of the pages' own tables."""

import gzip
from datetime import date

import pytest

from summaries.reports.drawings.over_time import places_of
from summaries.templatetags.figures import write
from summaries.timeframes import Timeframe
from tests.summaries.factories import Rec, make_unit, store_day, store_longer_summaries
from tests.summaries.long_history import store_long_history
from tests.summaries.marks import marks

pytestmark = pytest.mark.django_db

DAYS = {
    date(2023, 11, 5): [Rec("T_A-1", 2, ("5", "250"), party="North")],
    date(2024, 1, 4): [
        Rec("T_A-1", 1, ("10", "-500"), party="North"),
        Rec("T_B-1", 1, ("30", "900"), party="South & <b>"),
    ],
    date(2024, 2, 5): [Rec("T_B-1", 3, ("7", "70"), party="North")],
}
FARM = "/farms/T_A-1/"
NORTH = "/lead-parties/detail/?name=North"
PAIR = "farm=T_A-1&farm=T_B-1"


@pytest.fixture
def stored(db):
    make_unit("T_A-1", name="Alpha", farm_name="Alpha Farm")
    make_unit("T_IDLE-1", lead_party_name="North")
    for day, recs in DAYS.items():
        store_day(day, recs)
    for day in DAYS:
        store_longer_summaries(day)


def charts_of(client, address):
    """The charts of a page by their keys."""
    return charts_on(client.get(address))


def charts_on(page):
    """Each is on the page, once."""
    charts = {chart.key: chart for chart in page.context["charts"]}
    assert len(charts) == len(page.context["charts"])
    text = page.content.decode()
    assert text.count("<figure") == len(charts)
    assert all(text.count(f'id="chart-{key}"') == 1 for key in charts)
    assert text.count("<script") == text.count("charts.js") == bool(charts)
    assert " style=" not in text
    return charts


def test_a_farm_is_drawn_by_month_and_a_month_without_data_is_a_gap(client, stored):
    charts = charts_of(client, FARM)
    assert list(charts) == ["energy", "payment", "price", "share"]
    assert list(marks(charts["payment"])) == [
        "November 2023: 250.00 GBP",
        "January 2024: −500.00 GBP",
        "February 2024: 0.00 GBP",
    ]
    rows = charts["energy"].table.rows
    assert [row[:2] for row in rows] == [
        ("November 2023", "5.00"),
        ("December 2023", "–"),
        ("January 2024", "10.00"),
        ("February 2024", "0.00"),
    ]
    assert "November 2023 to February 2024" in charts["energy"].title
    assert "January to February 2024" in charts_of(client, "/farms/T_B-1/")["energy"].title


def test_charts_of_a_farm_say_what_its_table_says(client, stored):
    for address in (FARM, NORTH):
        page = client.get(address)
        table = page.context["page"].table("months")
        charts = charts_of(client, address)
        for key, names in {
            "energy": {"curtailed_mwh": 2, "bitcoin_mined": 8},
            "payment": {"payment_gbp": 2},
            "price": {"payment_gbp_per_mwh": 2, "all_payment_gbp_per_mwh": 2},
        }.items():
            figures = [table.values(name)[::-1] for name in names]
            written = [
                tuple(
                    write(figure, places)
                    for figure, places in zip(row, names.values(), strict=True)
                )
                for row in zip(*figures, strict=True)
            ]
            assert [row[1:] for row in charts[key].table.rows] == written


def test_payments_in_both_directions_are_told_apart_in_words(client, stored):
    legend = charts_of(client, FARM)["payment"].legend
    assert [entry.text for entry in legend] == ["paid to wind farms", "paid by wind farms"]
    assert charts_of(client, "/farms/T_B-1/")["payment"].legend == ()


def test_the_price_of_a_farm_is_beside_that_of_all(client, stored):
    chart = charts_of(client, FARM)["price"]
    assert "T_A-1, January 2024: −50.00 GBP/MWh" in marks(chart)
    assert "All BM Units, January 2024: 10.00 GBP/MWh" in marks(chart)
    assert len({entry.shape for entry in chart.legend}) == 2


def test_a_lead_party_has_bars_of_the_units_that_had_energy(client, stored):
    charts = charts_of(client, NORTH)
    assert list(charts) == ["energy", "payment", "price", "units"]
    assert list(marks(charts["units"])) == ["T_A-1, Alpha: 15.00 MWh", "T_B-1: 7.00 MWh"]


def test_farms_and_lead_parties_are_ranked_by_energy_and_by_payment(client, stored):
    charts = charts_of(client, "/farms/?period=all")
    assert list(marks(charts["energy"])) == ["T_B-1: 37.00 MWh", "Alpha Farm: 15.00 MWh"]
    assert list(marks(charts["payment"])) == ["T_B-1: 970.00 GBP", "Alpha Farm: −250.00 GBP"]
    charts = charts_of(client, "/lead-parties/?period=2024")
    assert list(marks(charts["energy"])) == ["South & <b>: 30.00 MWh", "North: 17.00 MWh"]
    assert charts["payment"].title == "Lead parties by payment (GBP), 2024"


def test_miners_are_bars_of_bitcoin_and_of_value_in_the_order_of_the_table(client, stored):
    page = client.get("/compare/miners/?period=2024-01").context["page"]
    charts = charts_of(client, "/compare/miners/?period=2024-01")
    names = list(page.table("miners").values("name"))
    for chart in charts.values():
        assert [row[0] for row in chart.table.rows] == names
        assert len(marks(chart)) == len(names) == 6
    assert list(charts) == ["bitcoin", "value"]


def test_miners_without_a_price_have_no_chart_of_values(client):
    store_day(date(2024, 1, 4), DAYS[date(2024, 1, 4)], price=None)
    store_longer_summaries(date(2024, 1, 4))
    assert list(charts_of(client, "/compare/miners/?period=2024")) == ["bitcoin"]


def test_compared_farms_are_lines_and_in_a_single_month_bars(client, stored):
    charts = charts_of(client, f"/compare/farms/?{PAIR}&period=all")
    assert list(charts) == ["energy", "payment"]
    assert "T_B-1, January 2024: 900.00 GBP" in marks(charts["payment"])
    assert charts["energy"].table.rows[1] == ("December 2023", "–", "–")
    assert [entry.shape for entry in charts["energy"].legend] == ["●", "■"]
    charts = charts_of(client, f"/compare/farms/?{PAIR}&period=2024-01")
    assert list(marks(charts["payment"])) == ["T_A-1: −500.00 GBP", "T_B-1: 900.00 GBP"]


def test_a_single_month_with_data_makes_bars_and_no_line(client):
    day = date(2024, 1, 4)
    store_day(day, DAYS[day])
    store_longer_summaries(day)
    charts = charts_of(client, FARM)
    assert list(marks(charts["price"])) == ["T_A-1: −50.00 GBP/MWh", "All BM Units: 10.00 GBP/MWh"]
    charts = charts_of(client, f"/compare/farms/?{PAIR}&period=2024")
    assert charts["energy"].title == "BM Units by curtailed energy (MWh), January 2024"
    assert list(marks(charts["energy"])) == ["T_A-1: 10.00 MWh", "T_B-1: 30.00 MWh"]


def test_pages_without_figures_have_neither_charts_nor_a_script(client):
    make_unit("T_IDLE-1")
    for address in (
        "/farms/",
        "/farms/T_IDLE-1/",
        "/lead-parties/",
        "/lead-parties/detail/?name=Wind+Ltd",
        "/compare/miners/",
        "/compare/farms/",
        "/compare/farms/?farm=T_IDLE-1",
        "/status/",
    ):
        assert charts_of(client, address) == {}, address


def test_years_are_marked_where_there_are_several():
    months = [Timeframe.month(date(2021 + n // 12, n % 12 + 1, 1)) for n in range(4, 40)]
    ticks = [place.tick for place in places_of(months) if place.tick]
    assert ticks[:4] == [("Jul", "2021"), ("Oct",), ("Jan", "2022"), ("Apr",)]
    assert [tick for tick in ticks if len(tick) == 2][-1] == ("Jan", "2024")
    # There is no room for two years side by side.
    assert [place.tick for place in places_of(months[7:9])] == [("Dec",), ("Jan", "2022")]
    assert [place.tick for place in places_of(months[:2])] == [("May",), ("Jun",)]


def test_pages_of_a_hundred_units_and_ten_years_are_light(client):
    store_long_history(units=110, first=date(2015, 1, 1), last=date(2024, 12, 1))
    five = "&".join(f"farm=T_LONG{n}" for n in range(1, 6))
    drawn = {
        "/farms/?period=all": 2,
        "/farms/T_LONG1/": 4,
        "/lead-parties/?period=all": 2,
        "/lead-parties/detail/?name=Long": 4,
        f"/compare/farms/?period=all&{five}": 2,
    }
    for address, count in drawn.items():
        page = client.get(address)
        charts = charts_on(page)
        assert len(charts) == count
        weight = len(gzip.compress(page.content, 6))
        assert weight < 60_000, (address, weight)
    months = charts["energy"]
    assert [row[0] for row in months.table.rows][:: len(months.table.rows) - 1] == [
        "January 2022",
        "December 2024",
    ]
    assert len(marks(months)) == 5 * 36
