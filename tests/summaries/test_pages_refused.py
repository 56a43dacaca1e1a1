"""Pages of farms, companies, miners and the ledger without data, and with bad addresses."""

import pytest

from tests.summaries.factories import make_unit

PAGES = (
    "/farms/",
    "/farms/T_A-1/",
    "/lead-parties/",
    "/lead-parties/detail/?name=South",
    "/compare/miners/",
    "/compare/farms/?farm=T_A-1&farm=2__PSTAT001",
    "/status/",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(db):
    make_unit("T_A-1", name="Alpha Rigg", lead_party_name="South")
    make_unit("2__PSTAT001")
    make_unit("T_COAL-1", register_is_wind=False)


def test_an_empty_database_has_these_pages(client, register):
    for address in PAGES:
        check_empty(client, address)


def check_empty(client, address):
    page = client.get(address)
    assert page.status_code == 200
    assert "Not ingested yet" in page.content.decode()
    for form in ("json", "csv", "xlsx"):
        path = address.partition("?")[0]
        assert client.get(path, query_params(address, form)).status_code == 200


def query_params(address, form):
    pairs = [pair.split("=") for pair in address.partition("?")[2].split("&") if pair]
    query = {name: [value for key, value in pairs if key == name] for name, _ in pairs}
    return query | {"format": form}


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/farms/T_A-3/", 404, "is not the Elexon id of a wind BM Unit"),
        ("/farms/T_COAL-1/", 404, "is not the Elexon id"),
        ("/farms/%00/", 404, "is not the Elexon id"),
        ("/farms/%ff/", 404, "is not the Elexon id"),
        (f"/farms/{'x' * 3000}/", 404, "is not the Elexon id"),
        ("/farms/?farm=T_A-1", 400, "This page does not take farm."),
        ("/farms/?period=2024-03-05", 400, "Write one of YYYY, YYYY-MM, all."),
        ("/farms/?period=2024-13", 400, "is not a month"),
        ("/farms/?period=1999", 400, "is before 2001-03-27"),
        ("/farms/?period=9999", 400, "is after today in London"),
        ("/farms/?period=%00", 400, "period is not readable"),
        ("/farms/?period=2024&period=2023", 400, "period is given 2 times"),
        ("/farms/?miner=S99", 404, "is not an active miner model"),
        ("/farms/?definition=most", 400, "is not a definition"),
        ("/lead-parties/detail/", 400, "name is missing"),
        ("/lead-parties/detail/?name=Sout", 404, "is not the lead party"),
        ("/lead-parties/detail/?name=%00", 400, "name is not readable"),
        ("/lead-parties/?period=nonsense", 400, "is not a period"),
        ("/compare/miners/?period=all", 400, "Write one of YYYY, YYYY-MM, YYYY-MM-DD."),
        ("/compare/miners/?period=2024-02-30", 400, "is not a date"),
        ("/compare/miners/?lead_party=Nowhere", 404, "is not the lead party"),
        ("/compare/farms/?farm=T_NO-1", 404, "is not the Elexon id"),
        ("/compare/farms/?farm=%00", 400, "farm is not readable"),
        ("/compare/farms/?" + "&".join(f"farm=T_{n}" for n in range(6)), 400, "at most 5"),
        ("/status/?year=24", 400, "is not a year"),
        ("/status/?year=2024&year=2024", 400, "year is given 2 times"),
        ("/status/?year=9999", 400, "is after today in London"),
        ("/status/?format=pdf", 400, "Choose one of html, json, csv, xlsx."),
        (
            "/status/?format=csv&table=most",
            400,
            "Choose one of days, states, backfills, verifications.",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(client, register, address, status, words):
    page = client.get(address)
    assert page.status_code == status
    assert words in page.context["sentence"]


def test_the_nearest_units_and_companies_are_offered(client, register):
    assert '<a href="/farms/T_A-1/">T_A-1</a>' in client.get("/farms/t_a-1/").content.decode()
    page = client.get("/lead-parties/detail/?name=Sout").content.decode()
    assert '<a href="/lead-parties/detail/?name=South">South</a>' in page


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("/reports/daily/2023-02-30/", "/reports/daily/2023-02-28/"),
        ("/reports/daily/2023-2-3/", "/reports/daily/2023-02-03/"),
        ("/reports/daily/1999-01-01/", "/reports/daily/2001-03-27/"),
        ("/reports/monthly/2023-13/", "/reports/monthly/2023-12/"),
        ("/reports/monthly/2023-04-05/", "/reports/monthly/2023-04/"),
        ("/reports/yearly/0000/", "/reports/yearly/2001/"),
        ("/reports/daily/2023-02-03/?miner=s99&farm=T_A-1", "?farm=T_A-1&amp;miner=S9"),
        ("/reports/daily/2023-02-03/?farm=T_A-2", "/reports/daily/2023-02-03/?farm=T_A-1"),
        ("/reports/daily/2023-02-03/?lead_party=south", "?lead_party=South"),
        ("/reports/daily/2023-02-03/?definition=flags", "?definition=flagged"),
        ("/reports/?timeframe=day&date=2023-02-03", "?timeframe=daily&amp;date=2023-02-03"),
        ("/farms/?period=2023-13", "/farms/?period=2023-12"),
        ("/farms/?period=1999", "/farms/?period=2001"),
        ("/status/?year=1999", "/status/?year=2001"),
        ("/farms/?format=cvs", "/farms/?format=csv"),
        ("/reports/daily/2023-02-30/?miner=S9", "/reports/daily/2023-02-28/?miner=S9"),
        (
            "/reports/?timeframe=monthly&date=2023-02-30&farm=T_A-1&miner=S19J_PRO",
            "/reports/monthly/2023-02/?farm=T_A-1",
        ),
        ("/reports/daily/2023-02-03/?farm=alpha", "/reports/daily/2023-02-03/?farm=T_A-1"),
        ("/reports/daily/2023-02-03/?lead_party=out", "?lead_party=South"),
        ("/compare/farms/?farm=2__PSTAT001&farm=T_A-9", "?farm=2__PSTAT001&amp;farm=T_A-1"),
    ],
)
def test_the_nearest_valid_link_is_offered(client, register, address, offered):
    page = client.get(address)
    assert page.status_code in (400, 404)
    assert f'{offered}">' in page.content.decode().partition("Did you mean")[2]
    link = page.context["links"][0].address
    assert client.get(link).status_code in (200, 302)
