"""Downloads: the figures of the JSON in CSV and workbooks, and no cell that runs."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from curtailment.models import BMUnit
from mining.models import BitcoinPrice, DifficultyEpoch
from summaries.downloads.shapes import neutral
from tests.summaries.factories import NOON, Rec, make_unit, store_day, store_longer_summaries

DAY = date(2024, 3, 5)
HOSTILE = '=cmd|"/c calc"!A1'
PAGES = {
    "/reports/daily/2024-03-05/": ("2024-03-05-flagged", "periods"),
    "/reports/daily/2024-03-05/?lead_party=-1%2B1": ("2024-03-05-flagged-1-1", "periods"),
    "/reports/monthly/2024-03/?definition=so": ("2024-03-so", "days"),
    "/reports/yearly/2024/?farm=T_A-1": ("2024-flagged-T_A-1", "months"),
    "/": ("overview-flagged", "headlines"),
    "/farms/?definition=all": ("farms-2024-all", "farms"),
    "/farms/T_A-1/": ("farm-T_A-1-all-flagged", "months"),
    "/lead-parties/?period=all": ("lead-parties-all-flagged", "lead_parties"),
    "/lead-parties/detail/?name=-1%2B1": ("lead-party-all-flagged-1-1", "months"),
    "/compare/miners/": ("miners-2024-flagged", "miners"),
    "/compare/farms/?farm=T_A-1&farm=2__B": ("compare-farms-T_A-1-2__B-2024-flagged", "farms"),
    "/compare/miners/?farm=T_A-1": ("miners-T_A-1-2024-flagged", "miners"),
    "/?miner=S9": ("overview-flagged-S9", "headlines"),
    "/reports/daily/2024-03-05/?miner=S9": ("2024-03-05-flagged-S9", "periods"),
    "/farms/?miner=S21_XP": ("farms-2024-flagged-S21_XP", "farms"),
    "/status/": ("status-2024-flagged", "days"),
}


pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(db):
    make_unit("T_A-1", name=HOSTILE, farm_name="@SUM(1)")
    make_unit("2__B", name='Beinn Mhòr, "B"')
    recs = [
        Rec("T_A-1", 1, ("0.1234567890123456789", "-500.5"), ("0.1", "-4"), party="-1+1"),
        Rec("2__B", 2, ("1", "1"), party="\tTab"),
    ]
    store_day(DAY, recs)
    store_longer_summaries(DAY)
    price = {"price_gbp": Decimal(50000), "quoted_at": NOON, "source": "node"}
    BitcoinPrice.objects.create(date=DAY, **price)


def fetch(client, address, form, **query):
    join = "&" if "?" in address else "?"
    more = "".join(f"&{name}={value}" for name, value in query.items())
    response = client.get(f"{address}{join}format={form}{more}")
    assert response.status_code == 200, response.content
    return response


def read_csv(client, address, **query):
    text = fetch(client, address, "csv", **query).content.decode()
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.reader(StringIO(text[1:], newline=""), strict=True))


def read_workbook(client, address):
    return load_workbook(BytesIO(fetch(client, address, "xlsx").content))


def as_cell(value):
    """A value of the JSON as the CSV writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else neutral(str(value))


def test_downloads_of_every_page_say_what_it_shows(client, stored):
    for address in PAGES:
        check_figures(client, address)
        check_workbook(client, address)
        check_no_formulas(client, address)
        check_file_names(client, address)


def check_figures(client, address):
    answer = fetch(client, address, "json").json()
    page = client.get(address)
    keys = [link.label for link in page.context["downloads"] if link.label.startswith("CSV")]
    assert keys
    main = PAGES[address][1]
    rows = read_csv(client, address)
    assert rows == read_csv(client, address, table=main)
    shown = answer[main]
    assert len(rows) - 1 == len(shown)
    for row, item in zip(rows[1:], shown, strict=True):
        for value in item.values():
            assert {as_cell(value), str(value)} & set(row), (row, item)


def check_workbook(client, address):
    book = read_workbook(client, address)
    assert book.sheetnames[0] == "About"
    links = [link for link in client.get(address).context["downloads"] if "CSV" in link.label]
    assert book.sheetnames[1:] == [link.label.removeprefix("CSV: ") for link in links]
    for sheet, link in zip(book.worksheets[1:], links, strict=True):
        path = address.partition("?")[0]
        text = client.get(path + link.address).content.decode()[1:]
        expected = list(csv.reader(StringIO(text, newline="")))
        cells = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert len(cells) == len(expected)
        for row, texts in zip(cells, expected, strict=True):
            for cell, each in zip(row, texts, strict=True):
                assert is_same(cell, each), (sheet.title, cell, each)


def is_same(cell, text):
    if isinstance(cell, int | float):
        return float(text) == pytest.approx(cell, rel=1e-15)
    return (cell or "") == text


def check_no_formulas(client, address):
    book = read_workbook(client, address)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), cell
                assert cell.hyperlink is None
                if cell.data_type == "s":
                    assert not cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))
    for link in client.get(address).context["downloads"]:
        if "CSV" in link.label:
            check_csv(client.get(address.partition("?")[0] + link.address))


def check_csv(response):
    for row in csv.reader(StringIO(response.content.decode()[1:], newline="")):
        for cell in row:
            is_number = cell.replace(".", "", 1).removeprefix("-").isdigit()
            assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("Seagreen - phase 1", "Seagreen - phase 1"),
        ("", ""),
    ],
)
def test_texts_that_look_like_formulas_are_neutralized(text, expected):
    assert neutral(text) == expected


def test_a_negative_payment_is_a_number(client, stored):
    address = "/reports/daily/2024-03-05/"
    header, *rows = read_csv(client, address, table="farms")
    row = next(row for row in rows if row[0] == "T_A-1")
    assert row[1:4] == [f"'{HOSTILE}", "'@SUM(1)", "'-1+1"]
    assert row[4:6] == ["0.1234567890123456789", "-500.5"]
    assert header[4:6] == ["Curtailed (MWh)", "Payment (GBP)"]
    sheet = read_workbook(client, address)["By BM Unit"]
    values = [row for row in sheet.iter_rows(values_only=True) if row[0] == "T_A-1"]
    assert values[0][4:6] == (pytest.approx(0.12345678901234568, rel=1e-15), -500.5)


def check_file_names(client, address):
    name, key = PAGES[address]
    answer = fetch(client, address, "csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="windfall-{name}.csv"'
    answer = fetch(client, address, "xlsx")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="windfall-{name}.xlsx"'
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_first_sheet_says_what_the_figures_are(client, stored):
    starts_at, until = NOON.replace(month=3, day=1), NOON.replace(month=3, day=10)
    DifficultyEpoch.objects.update_or_create(
        height=830592,
        defaults={"starts_at": starts_at, "known_until": until, "difficulty": 71_000_000_000_000},
    )
    book = read_workbook(client, "/reports/daily/2024-03-05/?farm=T_A-1&miner=S9")
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["Period"] == "2024-03-05"
    assert about["Definition"].startswith("flagged: ")
    assert (about["Miner"], about["BM Unit"], about["Lead party"]) == ("S9", "T_A-1", "all")
    assert about["Lowest difficulty"] == about["Highest difficulty"] == 71_000_000_000_000
    assert about["Price source"] == "mempool node"
    assert about["Completeness"] == "complete"
    assert about["License"].startswith("Contains BMRS data")
    assert about["Made at"].endswith("Z")


def test_the_workbook_of_the_overview_says_the_difficulty_of_its_year(client, stored):
    DifficultyEpoch.objects.all().delete()
    for height, month, difficulty in ((1, 1, 70), (2, 2, 80), (3, 3, 75), (4, 4, 90)):
        starts_at = NOON.replace(month=month, day=1)
        DifficultyEpoch.objects.create(
            height=height,
            starts_at=starts_at,
            known_until=starts_at.replace(month=month + 1),
            difficulty=Decimal(difficulty),
        )
    about = dict(read_workbook(client, "/")["About"].iter_rows(values_only=True))
    # That of April came into force after the last day with data.
    assert (about["Lowest difficulty"], about["Highest difficulty"]) == (70, 80)
    assert about["Price source"] == "mempool node"


def test_the_workbook_of_an_overview_without_data_says_nothing_of_difficulties(client, db):
    about = dict(read_workbook(client, "/")["About"].iter_rows(values_only=True))
    assert "Lowest difficulty" not in about


def test_a_download_needs_the_permission_that_its_page_needs(client, settings):
    settings.REPORTS_PUBLIC = False
    for form in ("csv", "xlsx"):
        answer = client.get(f"/farms/?format={form}")
        assert answer.status_code == 302
        assert "login" in answer.headers["Location"]


def test_a_table_that_a_page_lacks_is_refused(client, stored):
    answer = client.get("/reports/daily/2024-03-05/?format=csv&table=days")
    assert answer.status_code == 400
    words = "Choose one of periods, farms, bitcoin, definitions, totals, wind_farms, lead_parties"
    assert words in answer.context["sentence"]
    assert BMUnit.objects.filter(name=HOSTILE).exists()
