"""What pages say of a day that was compared with sources independent of the stack."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from curtailment.models import IngestionProgress
from tests.summaries.factories import NOON, Rec, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
DIFFERS = {
    "verification": "differs",
    "verified_at": NOON,
    "verification_details": {
        "reason": "",
        "differing_unit_count": 2,
        "differing_mwh": "1234.5049",
        "differing_gbp": "0",
    },
}
AGREES = {
    "verification": "verified",
    "verified_at": NOON,
    "verification_details": {"reason": "", "differing_unit_count": 0, "differing_mwh": "0"},
}
NOT_AVAILABLE = {
    "verification": "not_available",
    "verified_at": NOON,
    "verification_details": {"reason": "Elexon has no indicative volumes of the day."},
}


def store(day=DAY, **ledger):
    store_day(day, [Rec("T_A-1", 1, ("1", "1"))], **ledger)
    store_longer_summaries(day)


def notices(client, address=f"daily/{DAY}"):
    page = client.get(f"/reports/{address}/")
    return {notice.label: notice.sentence for notice in page.context["report"].notices}


@pytest.mark.parametrize(
    ("ledger", "label", "sentence"),
    [
        (
            AGREES,
            "Verified",
            "Published figures agree with Elexon's indicative cash flows and volumes.",
        ),
        (
            DIFFERS,
            "Differs",
            (
                "Published figures differ from Elexon's indicative cash flows and volumes by "
                "1,234.50 MWh and 0.00 GBP in 2 BM Units."
            ),
        ),
        (
            NOT_AVAILABLE,
            "Not verified",
            "Not all of the day could be verified. Elexon has no indicative volumes of the day.",
        ),
    ],
)
def test_a_day_says_what_came_of_its_verification(client, ledger, label, sentence):
    store(**ledger)
    assert notices(client) == {label: sentence}
    assert sentence.replace("'", "&#x27;") in client.get(f"/reports/daily/{DAY}/").content.decode()
    for address in ("monthly/2024-03", "yearly/2024"):
        assert label not in notices(client, address)


def test_a_day_without_verification_says_nothing_of_it(client):
    store()
    assert notices(client) == {}


def test_the_json_of_a_report_stays_as_the_contract_has_it(client):
    store()
    plain = client.get(f"/reports/daily/{DAY}/?format=json").json()
    IngestionProgress.objects.update(**DIFFERS)
    assert client.get(f"/reports/daily/{DAY}/?format=json").json() == plain


def test_the_day_lists_which_units_differ(client):
    unit = {
        "bmu": "T_<b>-1",
        "stack_mwh": "-10.005",
        "indicative_mwh": "-9.5",
        "difference_mwh": "-0.505",
        "stack_gbp": "500",
        "indicative_gbp": None,
        "difference_gbp": None,
    }
    details = DIFFERS["verification_details"] | {"units": [unit]}
    store(**(DIFFERS | {"verification_details": details}))
    page = client.get(f"/reports/daily/{DAY}/")
    [shown] = page.context["report"].differing_units
    assert (shown.difference_mwh, shown.difference_gbp) == (Decimal("-0.505"), None)
    text = page.content.decode()
    assert "T_&lt;b&gt;-1" in text
    assert "−0.51" in text
    assert 'id="differing"' in text


def test_the_status_page_counts_and_lists_what_differs(client):
    for number, ledger in enumerate((AGREES, AGREES, DIFFERS, NOT_AVAILABLE, {})):
        store(DAY + timedelta(days=number), **ledger)
    store(DAY + timedelta(days=9), data_state="running_day", periods_fetched=3)
    answer = client.get("/status/?year=2024&format=json").json()
    counts = {row["state"]: row["day_count"] for row in answer["verifications"]}
    assert counts == {"verified": 2, "differs": 1, "not_available": 1, "": 1}
    rows = {row["settlement_date"]: row for row in answer["days"]}
    differing = rows["2024-03-07"]
    assert differing["verification"] == "differs"
    assert differing["differing_unit_count"] == 2
    assert (differing["differing_mwh"], differing["differing_gbp"]) == ("1234.5049", "0")
    assert datetime.fromisoformat(differing["verified_at"]) == NOON
    assert rows["2024-03-05"]["differing_mwh"] is None, "nothing differs, and nothing is said"
    assert rows["2024-03-15"]["verification"] == ""
    page = client.get("/status/?year=2024")
    [day] = page.context["status"].differing
    assert (day.settlement_date.text, day.differing_mwh) == ("2024-03-07", Decimal("1234.5049"))
    text = page.content.decode()
    assert 'id="differing"' in text
    assert "1,234.50" in text


def test_without_a_difference_none_is_listed(client):
    store(**AGREES)
    assert 'id="differing"' not in client.get("/status/?year=2024").content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_verification_is_in_the_downloads_of_the_status_page(client, form):
    store(**DIFFERS)
    answer = client.get(f"/status/?year=2024&format={form}")
    assert answer.status_code == 200
    if form == "csv":
        assert b"differs" in answer.content


def test_the_ledger_of_staff_shows_what_was_found_as_a_table(admin_client):
    unit = {"bmu": "T_<b>-1", "stack_mwh": "-10.005", "indicative_mwh": "-9.5"}
    details = DIFFERS["verification_details"] | {
        "reason": "Elexon has no indicative cash flows of the day.",
        "unit_count": 7,
        "totals": {"stack_mwh": "-1234.5", "difference_gbp": None},
        "units": [unit],
        "not_comparable_units": ["T_A-1", "T_B-1"],
    }
    store(**(DIFFERS | {"verification_details": details}))
    html = ledger_page(admin_client)
    assert '<th scope="row">All compared</th><td>-1,234.5</td>' in html
    assert '<th scope="row">T_&lt;b&gt;-1</th><td>-10.005</td><td>-9.5</td><td>-</td>' in html
    assert "BM Units compared: 7, of which differ: 2." in html
    assert "no indicative cash flows of the day." in html
    assert "T_A-1, T_B-1" in html
    assert "stack_mwh" not in html


@pytest.mark.parametrize("ledger", [{}, NOT_AVAILABLE])
def test_the_ledger_of_staff_is_readable_where_nothing_was_compared(admin_client, ledger):
    store(**ledger)
    assert "All (MWh)" in ledger_page(admin_client)


def ledger_page(client):
    return client.get(f"/admin/curtailment/ingestionprogress/{DAY}/change/").content.decode()
