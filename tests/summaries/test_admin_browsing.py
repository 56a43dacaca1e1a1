"""Staff browse millions of rows: by date and unit, never counting or sorting them all."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.db.models import F, FloatField, Func
from django.test.utils import CaptureQueriesContext

from curtailment.estimates import PAGED_ROWS, RowCount, count_rows, time_limit
from curtailment.models import CurtailmentRecord, IngestionProgress, WindGeneration
from mining.models import BitcoinCalculation
from summaries.models import BitcoinFarmDailySummary, FarmDailySummary
from tests.summaries.factories import Rec, store_day

pytestmark = pytest.mark.django_db

DAY, LATER = date(2024, 3, 5), date(2024, 3, 7)
RECORDS = "/admin/curtailment/curtailmentrecord/"
BIG = [CurtailmentRecord, BitcoinCalculation, FarmDailySummary, BitcoinFarmDailySummary]


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create(username="staff", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def stored():
    store_day(DAY, [Rec("T_A-1", 1, ("10", "500")), Rec("T_B-1", 2, ("10", "500"))])
    store_day(LATER, [Rec("T_A-1", 3, ("4", "100"), other=("1", "50"))])


def address(model):
    return f"/admin/{model._meta.label_lower.replace('.', '/')}/"


def listed(answer):
    """The rows of a list, by date and unit."""
    return [(row.settlement_date, row.bmu_id) for row in answer.context["cl"].result_list]


def told(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("model", BIG, ids=lambda model: model.__name__)
def test_a_big_table_opens_on_the_newest_day_under_a_permalink(staff, stored, model):
    answer = staff.get(address(model))
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.url).query)
    assert asked == {"settlement_date__gte": [str(LATER)], "settlement_date__lte": [str(LATER)]}
    assert {day for day, _ in listed(staff.get(answer.url))} == {LATER}


@pytest.mark.parametrize("model", [*BIG, WindGeneration], ids=lambda model: model.__name__)
def test_an_empty_big_table_is_an_empty_page(staff, model):
    answer = staff.get(address(model))
    assert answer.status_code == 200
    assert list(answer.context["cl"].result_list) == []


@pytest.mark.parametrize("model", BIG, ids=lambda model: model.__name__)
def test_a_big_table_is_never_counted_or_sorted_whole(staff, stored, model, monkeypatch):
    # A page of one row, so that there are several pages.
    monkeypatch.setattr(admin.site._registry[model], "list_per_page", 1)
    with CaptureQueriesContext(connection) as queries:
        staff.get(
            f"{address(model)}?settlement_date__gte={DAY}&settlement_date__lte={LATER}&_facets=True"
        )
    table = model._meta.db_table
    statements = [query["sql"] for query in queries if table in query["sql"]]
    assert statements
    assert all("LIMIT" in statement for statement in statements)
    assert all('"settlement_date" >=' in statement for statement in statements)
    listing = next(statement for statement in statements if "COUNT" not in statement)
    key = [f'"{table}"."{name}" DESC' for name in ("settlement_date", "bmu_id")]
    assert all(part in listing for part in key)
    assert f'"{table}"."id"' not in listing.split("ORDER BY")[1]


def test_a_range_of_dates_is_both_ends_included(staff, stored):
    answer = staff.get(f"{RECORDS}?settlement_date__gte={DAY}&settlement_date__lte={LATER}")
    assert listed(answer) == [(LATER, "T_A-1"), (DAY, "T_B-1"), (DAY, "T_A-1")]
    assert "3 curtailment records" in re.sub(r"\s+", " ", answer.content.decode())


def test_a_unit_alone_lists_all_of_its_dates(staff, stored):
    assert listed(staff.get(f"{RECORDS}?bmu=T_A-1")) == [(LATER, "T_A-1"), (DAY, "T_A-1")]


def test_a_unit_in_a_range_lists_only_that(staff, stored):
    answer = staff.get(f"{RECORDS}?settlement_date__gte={DAY}&settlement_date__lte={DAY}&bmu=T_A-1")
    assert listed(answer) == [(DAY, "T_A-1")]


def test_the_bitcoin_of_a_unit_is_asked_for_by_date_too(staff, stored):
    answer = staff.get(f"{address(BitcoinCalculation)}?bmu=T_A-1", follow=True)
    assert set(listed(answer)) == {(LATER, "T_A-1")}


def test_the_old_way_to_say_one_day_still_leads_there(staff, stored):
    answer = staff.get(f"{RECORDS}?settlement_date={DAY}", follow=True)
    assert listed(answer) == [(DAY, "T_B-1"), (DAY, "T_A-1")]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("settlement_date__gte=x&settlement_date__lte=2024-03-05", "From is not a date. Write"),
        ("settlement_date__gte=2024-02-30&settlement_date__lte=2024-03-05", "From is not a date"),
        ("settlement_date__gte=2024-03-05", "Give both dates, From and To."),
        ("settlement_date__gte=2024-03-05&settlement_date__lte=2024-03-04", "is before From"),
        ("settlement_date__gte=1999-01-01&settlement_date__lte=1999-01-02", "first settlement"),
        ("settlement_date__gte=2020-01-01&settlement_date__lte=2024-03-05", "At most 366 days"),
        ("bmu=T_NONE-1", "There is no BM Unit 'T_NONE-1'"),
        ("bmu=%00", "Null characters are not allowed."),
        ("settlement_date=yesterday", "From is not a date"),
    ],
)
def test_what_cannot_be_listed_is_said_and_nothing_is_listed(staff, stored, asked, sentence):
    answer = staff.get(f"{RECORDS}?{asked}", follow=True)
    assert answer.status_code == 200
    assert listed(answer) == []
    assert any(sentence in message for message in told(answer))


@pytest.mark.parametrize(
    "asked",
    [
        "settlement_period=one",
        "nothing=1",
        "correction_id=x",
        "correction__isnull=0",
        "curtailed_mwh__gt=1",
        "settlement_period=%00",
    ],
)
def test_a_filter_that_cannot_be_read_is_said(staff, stored, asked):
    answer = staff.get(
        f"{RECORDS}?settlement_date__gte={DAY}&settlement_date__lte={DAY}&{asked}", follow=True
    )
    assert answer.status_code == 200
    assert any("does not have" in message for message in told(answer))


@pytest.mark.parametrize(
    "asked", ["settlement_date__year=9999", "settlement_date__year=x", "data_state__exact=%00"]
)
def test_the_ledger_answers_a_filter_that_cannot_be_read(staff, stored, asked):
    answer = staff.get(f"{address(IngestionProgress)}?{asked}", follow=True)
    assert answer.status_code == 200


def test_ranges_before_and_after_are_a_click_away(staff, stored):
    page = staff.get(f"{RECORDS}?settlement_date__gte={DAY}&settlement_date__lte=2024-03-06")
    assert page.context["cl"].neighbors == {
        "earlier": "?settlement_date__gte=2024-03-03&settlement_date__lte=2024-03-04",
        "later": "?settlement_date__gte=2024-03-07&settlement_date__lte=2024-03-08",
    }
    open_end = staff.get(f"{RECORDS}?bmu=T_A-1")
    assert open_end.context["cl"].neighbors == {}


# --- How many there are -----------------------------------------------------------------------


def test_few_rows_are_counted(stored):
    assert count_rows(CurtailmentRecord.objects.all()) == RowCount(3, is_exact=True)


def test_many_rows_are_estimated_and_the_list_says_so():
    many = RowCount(1_234_567, is_exact=False)
    assert str(many) == "about 1,234,567"
    assert f"first {PAGED_ROWS:,}" in many.note


def test_a_count_that_takes_too_long_is_an_estimate(stored):
    slow = CurtailmentRecord.objects.annotate(
        nap=Func(F("settlement_period") * 0.2, function="pg_sleep", output_field=FloatField())
    ).filter(nap__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE curtailment_records")
    counted = count_rows(slow, milliseconds=20)
    assert not counted.is_exact


def test_the_time_limit_ends_with_the_count(stored):
    with pytest.raises(OperationalError), time_limit(10), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with time_limit(10):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


# --- The page of a record ---------------------------------------------------------------------


@pytest.fixture
def record(stored):
    record = CurtailmentRecord.objects.get(settlement_date=LATER)
    record.lines = [
        {"volume": -5.25, "soFlag": True, "originalPrice": None, "acceptanceId": "<script>x"}
    ]
    record.save(update_fields=["lines"])
    return record


def test_a_record_shows_its_lines_as_a_table_escaped(staff, record):
    html = staff.get(f"{RECORDS}{record.pk}/change/").content.decode()
    assert "<td>-5.25</td>" in html
    assert "&lt;script&gt;x" in html
    assert "<script>x" not in html


def test_a_record_shows_what_follows_from_its_figures(staff, record):
    text = re.sub(r"<[^>]+>", " ", staff.get(f"{RECORDS}{record.pk}/change/").content.decode())
    text = re.sub(r"\s+", " ", text)
    assert "All (MWh): 5 " in text
    assert "All (GBP): 150 " in text
    assert "Flagged (GBP/MWh): 25 " in text
    assert "All (GBP/MWh): 30 " in text


def test_a_record_without_energy_has_no_price(staff, record):
    CurtailmentRecord.objects.filter(pk=record.pk).update(curtailed_mwh=0, other_mwh=0)
    html = staff.get(f"{RECORDS}{record.pk}/change/").content.decode()
    assert "GBP/MWh" in html


@pytest.mark.parametrize("page", ["record", "ledger"])
def test_every_link_of_a_page_leads_somewhere(staff, record, page, public_reports):
    of = {
        "record": f"{RECORDS}{record.pk}/change/",
        "ledger": f"/admin/curtailment/ingestionprogress/{LATER}/change/",
    }
    html = staff.get(of[page]).content.decode()
    (line,) = re.findall(r'class="[^"]*field-links.*?</div>\s*</div>', html, re.DOTALL)
    addresses = [found.replace("&amp;", "&") for found in re.findall(r'href="([^"]+)"', line)]
    assert len(addresses) == {"record": 6, "ledger": 5}[page]
    for link in addresses:
        assert staff.get(link).status_code == 200, link


def test_the_bitcoin_of_a_record_is_its_own(staff, record):
    html = staff.get(f"{RECORDS}{record.pk}/change/").content.decode()
    (link,) = re.findall(r'href="(/admin/mining/bitcoincalculation/[^"]+)"', html)
    rows = staff.get(link.replace("&amp;", "&")).context["cl"].result_list
    assert {(row.settlement_date, row.settlement_period, row.bmu_id) for row in rows} == {
        (LATER, 3, "T_A-1")
    }


def test_the_records_of_a_day_are_one_click_from_the_ledger(staff, stored):
    ledger = staff.get("/admin/curtailment/ingestionprogress/").content.decode()
    link = f"{RECORDS}?settlement_date__gte={DAY}&settlement_date__lte={DAY}"
    assert link.replace("&", "&amp;") in ledger
    assert "T_B-1" in staff.get(link).content.decode()


def test_a_list_rounds_and_a_page_writes_every_digit(staff, record):
    CurtailmentRecord.objects.filter(pk=record.pk).update(curtailed_mwh="1234.56789012345")
    listed_html = staff.get(RECORDS, follow=True).content.decode()
    assert "1,234.568" in listed_html
    assert "1,234.56789012345" not in listed_html
    assert "1,234.56789012345" in staff.get(f"{RECORDS}{record.pk}/change/").content.decode()


# --- What cannot be asked for -----------------------------------------------------------------

TABLES_OF_THE_ADMIN = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", TABLES_OF_THE_ADMIN, ids=lambda model: model._meta.label)
def test_no_table_of_the_admin_ends_in_an_error_whatever_is_asked_for(staff, model):
    key = model._meta.pk.name
    for query in (
        f"{key}__range=1",
        f"{key}__range=a%20b",
        f"{key}__in=%00",
        f"{key}=9" + "9" * 400,
    ):
        assert staff.get(f"{address(model)}?{query}").status_code < 500, query
    for part in ("change", "delete", "history"):
        answer = staff.get(f"{address(model)}%00/{part}/")
        assert answer.status_code < 500, part
