"""Addresses: what is shown, and what is refused with which sentence."""

from datetime import date, timedelta

import pytest
from django.db import InternalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curtailment.models import BMUnit
from curtailment.settlement import settlement_date_at
from mining.models import MinerModel
from summaries.queries.database import snapshot
from tests.summaries.factories import Rec, make_unit, store_day, store_longer_summaries

DAY = date(2024, 3, 5)
RECS = [Rec("T_A-1", 1, ("12345.678", "-500.5")), Rec("T_B-1", 2, ("1", "1"), party="R&D <b>")]
TOMORROW = settlement_date_at(timezone.now()) + timedelta(days=2)
DAILY = f"/reports/daily/{DAY}/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/reports/daily/2024-02-30/", "is not a date. Write it as YYYY-MM-DD."),
        ("/reports/daily/2024-3-5/", "is not a date"),
        ("/reports/daily/20240305/", "is not a date"),
        ("/reports/daily/nonsense/", "is not a date"),
        ("/reports/daily/%00/", "is not a date"),
        ("/reports/daily/٢٠٢٤-٠٣-٠٥/", "is not a date"),
        ("/reports/daily/%ff%fe/", "is not a date"),
        (f"/reports/daily/{'9' * 3000}/", "is not a date"),
        ("/reports/daily/2001-03-26/", "is before 2001-03-27"),
        (f"/reports/daily/{TOMORROW}/", "is after today in London"),
        ("/reports/daily/9999-12-31/", "is after today in London"),
        ("/reports/monthly/2024-13/", "is not a month. Write it as YYYY-MM."),
        ("/reports/monthly/2024-00/", "is not a month"),
        ("/reports/monthly/0000-01/", "is not a month"),
        ("/reports/monthly/2024-03-05/", "is not a month"),
        ("/reports/monthly/٢٠٢٤-٠٣/", "is not a month"),
        ("/reports/monthly/2001-02/", "is before 2001-03-27"),
        ("/reports/monthly/9999-12/", "is after today in London"),
        ("/reports/yearly/24/", "is not a year. Write it as YYYY."),
        ("/reports/yearly/0000/", "is not a year"),
        ("/reports/yearly/2000/", "is before 2001-03-27"),
        ("/reports/yearly/9999/", "is after today in London"),
        ("/reports/daily/?date=2024-02-30", "is not a date"),
        ("/reports/monthly/?date=a%2Fb", "is not a month"),
        (f"{DAILY}?miner=S99", "Choose one of M20S, M60S, S19J_PRO, S21, S21_XP, S9."),
        (f"{DAILY}?miner=s9", "is not an active miner model"),
        (f"{DAILY}?farm=T_NO-1", "is not the Elexon id of a wind BM Unit"),
        (f"{DAILY}?farm=T_COAL-1", "is not the Elexon id of a wind BM Unit"),
        (f"{DAILY}?farm=%F0%9F%92%A8", "is not the Elexon id of a wind BM Unit"),
        (f"{DAILY}?farm=' OR 1=1 --", "is not the Elexon id of a wind BM Unit"),
        (f"{DAILY}?lead_party=Nobody", "is not the lead party of a wind BM Unit"),
        ("/?miner=S99", "is not an active miner model"),
    ],
)
def test_what_does_not_exist_is_404_with_a_sentence(client, address, words):
    make_unit("T_COAL-1", register_is_wind=False)
    check_refusal(client, address, 404, words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("definition=most", "is not a definition. Choose one of flagged, so, all."),
        ("definition=FLAGGED", "is not a definition"),
        ("format=pdf", "is not a format of reports. Choose one of html, json, csv, xlsx."),
        ("miner=S9&miner=S9", "miner is given 2 times"),
        ("farm=T_A-1&farm=T_B-1", "farm is given 2 times"),
        ("farm=T_%00A", "farm is not readable. Give at most 200 printable characters."),
        ("lead_party=%00", "lead_party is not readable"),
        ("miner=%0a", "miner is not readable"),
        ("definition=so%00", "definition is not readable"),
        ("format=%00", "format is not readable"),
        ("farm=" + "x" * 201, "farm is not readable"),
        ("lead_party=" + "%C3%A9" * 5000, "lead_party is not readable"),
    ],
)
@pytest.mark.parametrize("address", [DAILY, "/reports/monthly/2024-03/", "/reports/yearly/2024/"])
def test_what_cannot_be_chosen_is_400_with_a_sentence(client, address, query, words):
    check_refusal(client, f"{address}?{query}", 400, words)


def check_refusal(client, address, status, words):
    page = client.get(address)
    assert page.status_code == status
    assert words in page.context["sentence"]
    assert page.context["sentence"].count(". ") <= 1
    assert "<script" not in page.content.decode()
    if "format=" not in address:
        answer = client.get(address + ("&" if "?" in address else "?") + "format=json")
        assert answer.status_code == status
        assert answer.json() == {"error": page.context["sentence"]}


@pytest.mark.django_db
def test_a_format_given_twice_is_refused_in_json(client):
    answer = client.get(f"{DAILY}?format=pdf&format=json")
    assert answer.status_code == 400
    assert answer.json() == {"error": "format is given 2 times. Give it once."}


@pytest.mark.django_db
def test_an_unknown_address_is_a_page_too(client):
    answer = client.get("/reports/weekly/")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.content.decode()


@pytest.mark.django_db
def test_empty_parameters_of_a_form_choose_nothing(client):
    store_day(DAY, RECS)
    plain = client.get(f"{DAILY}?format=json").json()
    assert client.get(f"{DAILY}?farm=&lead_party=&miner=&definition=&format=json").json() == plain
    assert client.get(f"{DAILY}?farm=&utm_source=x").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", [DAILY, "/"])
def test_the_form_offers_what_can_be_chosen_and_shows_what_is(client, address):
    page = client.get(f"{address}?definition=so&miner=S9").content.decode()
    assert '<option value="flagged">Flagged</option>' in page
    assert '<option value="so" selected>System operator</option>' in page
    assert '<option value="S9" selected>Antminer S9</option>' in page


@pytest.mark.django_db
def test_the_form_leads_to_the_permalink(client):
    answer = client.get("/reports/daily/?date=2024-03-05&farm=&miner=S9&lead_party=R%26D")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/reports/daily/2024-03-05/?miner=S9&lead_party=R%26D"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("timeframe=daily&date=2024-03-05", "/reports/daily/2024-03-05/"),
        ("timeframe=monthly&date=2024-03-05&miner=S9", "/reports/monthly/2024-03/?miner=S9"),
        ("timeframe=yearly&date=2024-03-05", "/reports/yearly/2024/"),
        ("timeframe=daily&date=2024-03", "/reports/daily/2024-03-01/"),
        ("timeframe=daily&date=2001", "/reports/daily/2001-03-27/"),
        ("timeframe=monthly&date=2024", "/reports/monthly/2024-01/"),
        ("date=2024-03-05", "/reports/daily/2024-03-05/"),
    ],
)
def test_the_form_keeps_its_date_when_another_length_is_chosen(client, query, address):
    answer = client.get(f"/reports/?{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, address)


@pytest.mark.django_db
def test_without_a_date_the_newest_report_is_shown(client):
    store_day(DAY, RECS)
    for kind, text in (("daily", "2024-03-05"), ("monthly", "2024-03"), ("yearly", "2024")):
        assert client.get(f"/reports/{kind}/").headers["Location"] == f"/reports/{kind}/{text}/"


@pytest.mark.django_db
def test_figures_are_rounded_with_separators_and_texts_escaped(client):
    store_day(DAY, RECS)
    page = client.get(DAILY).content.decode()
    assert "12,345.68" in page
    assert "−500.50" in page
    assert "R&amp;D &lt;b&gt;" in page
    assert "<b>" not in page
    assert "lead_party=R%26D+%3Cb%3E" in page
    assert "Contains BMRS data © Elexon Limited copyright and database right." in page
    assert "style=" not in page
    assert page.count("<script") == page.count('<script src="/static/summaries/') == 1


@pytest.mark.django_db
def test_a_miner_that_is_no_more_default_does_not_break_pages(client):
    store_day(DAY, RECS)
    MinerModel.objects.filter(pk="S19J_PRO").update(active=False)
    assert client.get(DAILY).context["report"].selection.miner == "M20S"
    MinerModel.objects.update(active=False)
    answer = client.get(f"{DAILY}?format=json").json()
    assert answer["bitcoin"] == []
    assert client.get(DAILY).status_code == 200


@pytest.mark.django_db
def test_a_company_of_old_days_is_still_known(client):
    store_day(DAY, RECS)
    BMUnit.objects.update(lead_party_name="Newcomer", register_is_wind=False)
    assert client.get(f"{DAILY}?lead_party=Wind Ltd&format=json").json()["farm_count"] == 1
    assert client.get(f"{DAILY}?farm=T_A-1").status_code == 200


@pytest.mark.django_db
def test_the_overview_shows_the_latest_complete_day_with_its_month_and_year(client):
    store_day(DAY, RECS)
    store_day(DAY + timedelta(days=1), [], data_state="running_day", periods_fetched=3)
    store_longer_summaries(DAY)
    answer = client.get("/?format=json").json()
    assert [row["period"] for row in answer["headlines"]] == ["2024-03-05", "2024-03", "2024"]
    assert answer["headlines"][0]["curtailed_mwh"] == "12346.678"
    assert answer["headlines"][0]["is_complete"] is True
    assert [row["period"] for row in answer["days"]] == ["2024-03-06", "2024-03-05"]
    page = client.get("/").content.decode()
    assert "2 days stored, from 5 March 2024 to 6 March 2024. None is missing" in page
    store_day(DAY + timedelta(days=5), [])
    assert "Days missing between them: 3," in client.get("/").content.decode()
    assert client.get("/?farm=T_A-1").status_code == 400


@pytest.mark.django_db
def test_an_empty_database_has_an_overview(client):
    assert "No day has been ingested yet." in client.get("/").content.decode()
    assert client.get("/?format=json").json()["headlines"] == []


@pytest.mark.usefixtures("committed_db")
def test_pages_read_in_one_snapshot_with_few_queries(client):
    store_day(DAY, RECS)
    store_longer_summaries(DAY)
    BMUnit.objects.update(lead_party_name="Newcomer", register_is_wind=False)
    # The first reads the revision; begin, set and commit of the snapshot are among them too.
    pinned = {
        "/": 12,
        DAILY: 11,
        "/reports/monthly/2024-03/": 11,
        "/reports/yearly/2024/": 12,
        # One more, for a unit and a company that the register does not call wind any more.
        f"{DAILY}?farm=T_A-1&lead_party=Wind Ltd": 13,
        "/reports/monthly/2024-03/?farm=T_A-1&lead_party=Wind Ltd": 11,
        "/reports/yearly/2024/?farm=T_A-1&lead_party=Wind Ltd": 11,
    }
    counted = {}
    for address in pinned:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counted[address] = len(queries)
        assert "REPEATABLE READ, READ ONLY" in queries[2]["sql"]
    assert counted == pinned
    check_snapshot()


def check_snapshot():
    with snapshot():
        assert MinerModel.objects.filter(active=True).count() == 6
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("UPDATE miner_models SET active = false")
        other.close()
        assert MinerModel.objects.filter(active=True).count() == 6
        with pytest.raises(InternalError, match="read-only"), transaction.atomic():
            MinerModel.objects.update(active=True)
    assert MinerModel.objects.filter(active=True).count() == 0
