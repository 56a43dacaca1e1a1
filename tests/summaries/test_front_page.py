"""The admin's front page says what waits, to those who may see it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curtailment.corrected import RecordKey
from curtailment.models import BMUnit, SuspectDay
from curtailment.operations import correct
from curtailment.queries import unclassified_units
from summaries.queries.attention import NAMED, read_attention
from tests.curtailment.days import FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import at_price_of_50
from tests.summaries.factories import NOON, make_unit, store_day
from tests.summaries.test_day_actions import sign_in

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
LATER = BEGAN + timedelta(days=30)
LATER_FETCH = FETCHED + timedelta(hours=1)


def waiting():
    return {item.title.split(":")[0]: item.count for item in read_attention(lambda name: True)}


@pytest.fixture
def staff(client):
    return sign_in(client, "Data staff")


def register(bmu_id, *, seen=LATER, **columns):
    columns = {"register_is_wind": False, "bm_unit_type": "T", "source": "register"} | columns
    make_unit(bmu_id, first_seen_at=seen, **columns)


@pytest.fixture
def register_of_old():
    register("T_OLD-1", seen=BEGAN)
    register("T_OLD-2", seen=BEGAN + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("columns", "is_listed"),
    [
        ({}, True),
        ({"fuel_type": "OTHER"}, True),
        ({"bm_unit_type": "E"}, True),
        ({"source": "stack", "register_is_wind": None, "bm_unit_type": ""}, True),
        ({"source": "stack", "register_is_wind": None, "seen": BEGAN}, True),
        ({"seen": BEGAN}, False),
        ({"fuel_type": "CCGT"}, False),
        ({"fuel_type": "WIND", "register_is_wind": True}, False),
        ({"bm_unit_type": "S"}, False),
        ({"staff_is_wind": True}, False),
        ({"staff_is_wind": False}, False),
        ({"source": "sample"}, False),
    ],
)
def test_a_unit_that_may_be_a_new_wind_farm_is_listed(register_of_old, columns, is_listed):
    register("T_NEW-1", **columns)
    assert unclassified_units().filter(pk="T_NEW-1").exists() is is_listed
    assert not unclassified_units().filter(pk__startswith="T_OLD").exists()


def test_nothing_waits_at_first(staff):
    assert waiting() == {}
    assert "Nothing." in staff.get("/admin/").content.decode()


def test_each_thing_that_waits_is_listed(staff):
    store_day(DAY, [], attempt_state="failed", error="Elexon is away.")
    store_day(DAY + timedelta(days=1), [], stale_since=NOON)
    store_day(DAY + timedelta(days=2), [], refetch_since=NOON)
    store_day(DAY + timedelta(days=3), [], verification="differs")
    make_unit("T_NEW-1", register_is_wind=None, source="stack")
    figures = {"stored_mwh": 1000, "offered_mwh": 1, "difference": {}, "answer": {}}
    SuspectDay.objects.create(settlement_date=DAY, digest="x", fetched_at=NOON, **figures)
    SuspectDay.objects.create(
        settlement_date=DAY, digest="y", fetched_at=NOON, state="rejected", **figures
    )
    assert waiting() == {
        "Units never seen before": 1,
        "Suspect answers": 1,
        "Days that differ": 1,
        "Days whose last try failed": 1,
        "Days to be fetched again": 1,
        "Days being recalculated": 1,
    }
    html = staff.get("/admin/").content.decode()
    section = html[html.index("What waits for you") : html.index("app-curtailment module")]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', section)]
    assert len(links) == 12
    for link in links:
        answer = staff.get(link)
        assert answer.status_code == 200, link
        if "?" in link:
            assert answer.context["cl"].result_count == 1, link


def test_many_are_counted_and_a_few_named():
    for number in range(NAMED + 5):
        store_day(DAY + timedelta(days=number), [], stale_since=NOON)
    (item,) = read_attention(lambda name: True)
    assert (item.count, len(item.rows), item.others) == (NAMED + 5, NAMED, 5)


def test_what_waits_is_shown_to_those_who_may_view_it(client):
    store_day(DAY, [], stale_since=NOON)
    assert (
        "Days being recalculated" not in sign_in(client, "Managers").get("/admin/").content.decode()
    )
    client.force_login(User.objects.create(username="reader"))
    assert client.get("/admin/").status_code == 302


def test_the_front_page_asks_few_questions(staff):
    BMUnit.objects.bulk_create(
        BMUnit(elexon_bmu_id=f"T_{number}", source="stack") for number in range(50)
    )
    with CaptureQueriesContext(connection) as queries:
        staff.get("/admin/")
    ours = [query for query in queries if "bm_units" in query["sql"] or "ingestion" in query["sql"]]
    assert len(ours) <= 8


def test_a_correction_that_elexon_moved_under_leads_to_its_record(staff):
    add_wind_units()
    store(fetched_day({1: [stack_line(volume="-10", so_flag=True)]}))
    correct(at_price_of_50(7), author=User.objects.get(), now=FETCHED)
    assert "Corrections to look at again" not in waiting()
    revised = fetched_day({1: [stack_line(volume="-12", so_flag=True)]}, started_at=LATER_FETCH)
    store(revised)
    assert waiting()["Corrections to look at again"] == 1
    page = staff.get("/admin/").content.decode()
    (address,) = re.findall(r'href="(/admin/corrections/records/[^"]+)"', page)
    assert address == f"/admin/corrections/records/{DAY}/1/T_SGRWO-1/"
    assert staff.get(address).status_code == 200


def test_corrections_to_look_at_again_are_listed_by_themselves(staff):
    add_wind_units()
    periods = range(1, NAMED + 4)
    line = stack_line(volume="-10", so_flag=True)
    store(fetched_day(dict.fromkeys(periods, [line])))
    for period in periods:
        key = RecordKey(DAY, period, line.id)
        correct(at_price_of_50(7, key), author=User.objects.get(), now=FETCHED)
    revised = dict.fromkeys(periods[1:], [stack_line(volume="-12", so_flag=True)])
    store(fetched_day(revised | {1: [line]}, started_at=LATER_FETCH))
    (item,) = read_attention(lambda name: name == "curtailment.view_correction")
    assert (item.count, len(item.rows), item.others) == (NAMED + 2, NAMED, 2)
    assert item.address in staff.get("/admin/").content.decode()
    listed = staff.get(item.address).context["cl"].result_list
    assert {row.settlement_period for row in listed} == set(periods[1:])
