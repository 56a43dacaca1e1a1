"""Figures of pages, CSVs and workbooks against slow, obvious sums of the stored records."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from curtailment.definitions import Definition
from mining.models import BitcoinPrice
from summaries.operations import rebuild_day, rebuild_month, rebuild_year
from summaries.timeframes import Timeframe
from tests.summaries.alternative_implementations import DEFINITIONS, NaiveSummaries, everything
from tests.summaries.factories import NOON, Rec, make_unit, store_day
from tests.summaries.html_figures import HtmlFigures

pytestmark = pytest.mark.django_db

MINER = "S21"
# The clocks go forward on the second day: it has 46 periods.
LONG_AGO, BEFORE, DAY, AFTER = (
    date(2023, 5, 6),
    date(2024, 3, 30),
    date(2024, 3, 31),
    date(2024, 4, 1),
)
DAYS = {
    LONG_AGO: [Rec("T_A-1", 7, ("3.000000001", "1.01"))],
    BEFORE: [
        Rec("T_A-1", 1, ("1234.123456789", "-500.123456"), ("1000.1", "-400.005"), ("0.5", "2")),
        Rec("T_B-1", 48, ("0.005", "0.125"), other=("7.7", "-0.004999"), party="Other"),
    ],
    DAY: [
        Rec("T_A-1", 1, ("10.123456789012", "500.25"), ("10", "490"), party="Other"),
        Rec("T_A-1", 46, ("0", "0"), other=("3.3", "-33.333333")),
        Rec("T_B-1", 1, ("99999.994999", "1234567.891"), ("0.1", "9")),
        Rec("T_C-1", 3, ("0", "0"), other=("5", "5")),
    ],
    AFTER: [],
}


@pytest.fixture
def naive():
    """The days' summaries are built by the product, and the sums of their records by us."""
    for bmu in ("T_A-1", "T_B-1", "T_C-1"):
        make_unit(bmu)
    for number, (day, recs) in enumerate(DAYS.items()):
        price = {"price_gbp": Decimal(f"5{number}000.55"), "quoted_at": NOON, "source": "node"}
        BitcoinPrice.objects.create(date=day, **price)
        store_day(day, recs)
    for day in DAYS:
        rebuild_day(day)
        rebuild_month(day)
        rebuild_year(day.year)
    return NaiveSummaries()


def sums(naive, first, last, definition, where=everything):
    """MWh, GBP and BTC; unknown unless a day of the range is stored."""
    if not any(first <= day <= last for day in DAYS):
        return (None, None, None)
    energy = naive.energy(first, last, definition, where)
    bitcoin = naive.bitcoin(first, last, definition, MINER, where)
    return energy["mwh"], energy["payment_gbp"], bitcoin["bitcoin_mined"]


def by_unit(naive, timeframe, definition):
    rows = {}
    for bmu in ("T_A-1", "T_B-1", "T_C-1"):
        span = (timeframe.first, timeframe.last, definition)
        figures = sums(naive, *span, lambda row, bmu=bmu: row.bmu_id == bmu)
        if figures[0]:
            rows[bmu, bmu] = figures
    return rows


def by_period(naive, day, definition):
    return {
        (str(n), str(n)): sums(naive, day, day, definition, lambda r, n=n: r.settlement_period == n)
        for n in range(1, 47)
    }


def by_part(naive, parts, definition, where=everything):
    return {
        (part.text, part.label): sums(naive, part.first, part.last, definition, where)
        for part in parts
    }


def by_definition(naive, timeframe):
    """Without bitcoin."""
    return {
        (each, str(Definition(each).label)): sums(naive, timeframe.first, timeframe.last, each)[:2]
        for each in DEFINITIONS
    }


def months_of(year, numbers=range(1, 13)):
    return [Timeframe.month(date(year, number, 1)) for number in numbers]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_day_s_figures_are_the_sums_of_its_records(client, naive, definition):
    day = Timeframe.day(DAY)
    tables = {
        ("periods", "By settlement period", "periods"): by_period(naive, DAY, definition),
        ("farms", "By BM Unit", "farms"): by_unit(naive, day, definition),
        ("definitions", "By definition", "definitions"): by_definition(naive, day),
    }
    address = f"/reports/daily/{DAY}/?miner={MINER}&definition={definition}"
    check_page(client, address, tables)
    check_totals(client, address, sums(naive, DAY, DAY, definition))
    check_miners(client, address, naive, day, definition)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_month_s_figures_are_the_sums_of_its_records(client, naive, definition):
    month = Timeframe.month(DAY)
    days = [Timeframe.day(month.first + timedelta(days=number)) for number in range(31)]
    tables = {
        ("days", "By day", "parts"): by_part(naive, days, definition),
        ("farms", "By BM Unit", "farms"): by_unit(naive, month, definition),
        ("definitions", "By definition", "definitions"): by_definition(naive, month),
    }
    address = f"/reports/monthly/2024-03/?miner={MINER}&definition={definition}"
    check_page(client, address, tables)
    check_totals(client, address, sums(naive, month.first, month.last, definition))
    check_miners(client, address, naive, month, definition)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_year_s_figures_are_the_sums_of_its_records(client, naive, definition):
    year = Timeframe.year(DAY)
    tables = {
        ("months", "By month", "parts"): by_part(naive, months_of(2024), definition),
        ("farms", "By BM Unit", "farms"): by_unit(naive, year, definition),
        ("definitions", "By definition", "definitions"): by_definition(naive, year),
    }
    address = f"/reports/yearly/2024/?miner={MINER}&definition={definition}"
    check_page(client, address, tables)
    check_totals(client, address, sums(naive, year.first, year.last, definition))
    check_miners(client, address, naive, year, definition)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_farm_s_figures_are_the_sums_of_its_records(client, naive, definition):
    months = [*months_of(2023, range(5, 13)), *months_of(2024, range(1, 5))]
    years = [Timeframe.year(LONG_AGO), Timeframe.year(DAY)]

    def of_farm(row):
        return row.bmu_id == "T_A-1"

    tables = {
        ("months", "By month", "months"): by_part(naive, months, definition, of_farm),
        ("years", "By year", "years"): by_part(naive, years, definition, of_farm),
    }
    address = f"/farms/T_A-1/?miner={MINER}&definition={definition}"
    check_page(client, address, tables)
    check_totals(
        client, address, sums(naive, LONG_AGO, AFTER, definition, of_farm), decimals=(2, 2)
    )


def check_page(client, address, tables):
    page = HtmlFigures(client.get(address).content.decode())
    book = load_workbook(BytesIO(client.get(f"{address}&format=xlsx").content))
    for (key, sheet, section), expected in tables.items():
        texts = figures_of(read_csv(client, address, key))
        assert {label: tuple(map(exact, row)) for label, row in texts.items()} == {
            csv_label: figures for (csv_label, _), figures in expected.items()
        }, key
        cells = [list(row) for row in book[sheet].iter_rows(values_only=True)]
        for (csv_label, _), figures in expected.items():
            check_cells(figures_of(cells)[csv_label], figures)
        shown = {
            label: tuple(map(rounded, figures, (2, 2, 8)))
            for (_, label), figures in expected.items()
        }
        assert figures_of(page.tables[section]) == shown, section


def read_csv(client, address, key):
    text = client.get(f"{address}&format=csv&table={key}").content.decode()
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def figures_of(table):
    """By the label of a row, its energy, payment and, if it has any, bitcoin."""
    headings, *rows = table
    names = ("Curtailed (MWh)", "Payment (GBP)", "Bitcoin (BTC")
    places = [
        place for name in names for place, text in enumerate(headings) if text.startswith(name)
    ]
    return {str(row[0]): tuple(row[place] for place in places) for row in rows}


def check_cells(cells, figures):
    """Equal to 15 digits."""
    for cell, figure in zip(cells, figures, strict=True):
        if figure is None:
            assert cell is None
        else:
            assert isinstance(cell, int | float)
            assert cell == pytest.approx(float(figure), rel=1e-15, abs=0)


def exact(text):
    """A figure of a CSV, which has all its digits; nothing is not known."""
    assert "E" not in text.upper()
    return Fraction(text) if text else None


def rounded(figure, decimals):
    """Half away from zero, with separators and a true minus; a dash for what is not known."""
    if figure is None:
        return "–"
    units = int(abs(figure) * 10**decimals + Fraction(1, 2))
    whole, rest = divmod(units, 10**decimals)
    sign = "−" if figure < 0 and units else ""
    return f"{sign}{whole:,}" + (f".{rest:0{decimals}}" if decimals else "")


def check_totals(client, address, figures, *, decimals=(1, 0)):
    """The cards of the page, and the table of totals."""
    cards = HtmlFigures(client.get(address).content.decode()).cards
    for name, figure, places in zip(("Curtailed", "Payment"), figures, decimals, strict=False):
        card = next(text for term, text in cards.items() if term.startswith(name))
        assert card.split()[0] == rounded(figure, places), name
    (totals,) = figures_of([["", *row] for row in read_csv(client, address, "totals")]).values()
    assert tuple(map(exact, totals)) == figures[: len(totals)]


def check_miners(client, address, naive, timeframe, definition):
    """Every miner's bitcoin and its value at each day's price."""
    rows = {row[0]: row for row in read_csv(client, address, "bitcoin")}
    assert len(rows) == 1 + 6
    for key in naive.calculations:
        expected = naive.bitcoin(timeframe.first, timeframe.last, definition, key)
        figures = [expected["bitcoin_mined"], expected["value_gbp"]]
        assert list(map(exact, rows[key][2:4])) == figures
    shown = HtmlFigures(client.get(address).content.decode()).tables["bitcoin"]
    expected = naive.bitcoin(timeframe.first, timeframe.last, definition, MINER)
    assert [rounded(expected["bitcoin_mined"], 8), rounded(expected["value_gbp"], 2)] in [
        row[1:3] for row in shown
    ]
