"""Report pages are answered from the cache, and never with figures that are out of date."""

import gzip
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.cache import IN_PROCESS
from curtailment.models import BMUnit, IngestionProgress
from curtailment.operations import fail_attempt, mark_stale, start_attempt
from mining.models import BitcoinPrice, MinerModel
from summaries import caching, report_cache
from summaries.caching import cache_report, clock_facts
from summaries.models import DailySummary
from summaries.queries.database import snapshot
from summaries.queries.revisions import read_revision_of_days
from tests.summaries.factories import Rec, make_unit, store_day, store_longer_summaries

DAY = date(2024, 3, 5)
DAILY, MONTHLY, YEARLY = (
    f"/reports/daily/{DAY}/",
    "/reports/monthly/2024-03/",
    "/reports/yearly/2024/",
)
PAGES = ["/", DAILY, MONTHLY, YEARLY, f"{MONTHLY}?farm=T_A-1", f"{DAILY}?format=json"]
NOW = datetime(2024, 6, 1, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cached_reports(settings, _uncached_reports):
    settings.CACHES = settings.CACHES | {"reports": IN_PROCESS}
    caches["reports"].clear()
    report_cache.counts.clear()
    yield
    report_cache._paused_until = 0.0


@pytest.fixture
def stored(db):
    store_day(DAY, [Rec("T_A-1", 1, ("12", "-500.5")), Rec("T_B-1", 2, ("1", "1"))])
    store_longer_summaries(DAY)


def counted():
    return report_cache.counts["hits"], report_cache.counts["misses"]


# --- Hits and misses --------------------------------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_the_next_reader_gets_the_same_page_for_one_query(client):
    for number, address in enumerate(PAGES, start=1):
        first = client.get(address)
        with CaptureQueriesContext(connection) as queries:
            second = client.get(address)
        assert len(queries) == 1
        for answer in (first, second):
            del answer.headers["X-Request-ID"]
        assert (second.content, second.headers) == (first.content, first.headers)
        assert counted() == (number, number)


@pytest.mark.usefixtures("stored")
def test_unknown_and_empty_parameters_make_no_new_keys(client):
    for query in ("", "?utm_source=mail", "?farm=&miner="):
        client.get(DAILY + query)
    for query in ("?definition=so", "?definition=so&utm=1&farm=", "?farm=&definition=so"):
        client.get(DAILY + query)
    assert counted() == (4, 2)


@pytest.mark.usefixtures("stored")
def test_every_choice_has_a_page_of_its_own(client):
    addresses = [
        DAILY,
        f"{DAILY}?definition=so",
        f"{DAILY}?miner=S9",
        f"{DAILY}?farm=T_A-1",
        f"{DAILY}?lead_party=Wind Ltd",
        f"{DAILY}?format=json",
    ]
    pages = {client.get(address).content for address in addresses}
    assert len(pages) == len(addresses)
    assert counted() == (0, len(addresses))


def test_a_view_sees_no_parameter_that_is_not_in_its_key(rf, db):
    seen = []

    def view(request):
        seen.append(dict(request.GET.lists()))
        raise LookupError

    for decorator in (cache_report(), cache_report(parameters=["units"])):
        with pytest.raises(LookupError):
            decorator(view)(rf.get("/?units=A&units=B&other=1&farm="))
    assert seen == [{}, {"units": ["A", "B"]}]


@pytest.mark.usefixtures("stored")
def test_refusals_and_redirects_are_not_kept(client):
    statuses = {
        f"{DAILY}?farm=T_NO-1": 404,
        f"{DAILY}?definition=no": 400,
        f"{DAILY}?miner=a&miner=b": 400,
        "/reports/daily/2024-02-30/": 404,
        "/reports/daily/": 302,
    }
    for address, status in [*statuses.items(), *statuses.items()]:
        answer = client.get(address)
        assert answer.status_code == status
        assert "ETag" not in answer.headers
    assert report_cache.usage().key_count == 0


@pytest.mark.usefixtures("stored")
def test_who_may_not_read_gets_nothing_from_the_cache(client, settings):
    tag = client.get(DAILY).headers["ETag"]
    settings.REPORTS_PUBLIC = False
    answer = client.get(DAILY, headers={"If-None-Match": tag})
    assert answer.status_code == 302
    assert client.get(f"{DAILY}?format=json").status_code == 403
    client.force_login(User.objects.create(username="reader"))
    assert client.get(DAILY, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.usefixtures("stored")
def test_debugging_shows_pages_as_they_are_made(client, settings):
    settings.DEBUG = True
    for _ in range(2):
        assert "ETag" not in client.get(DAILY).headers
    assert counted() == (0, 0)


# --- What leads to a new page -----------------------------------------------------------------


def ledger(**changes):
    IngestionProgress.objects.filter(pk=DAY).update(**changes)


def new_price_now():
    BitcoinPrice.objects.create(date=None, price_gbp=50_000, quoted_at=NOW, source="node")


VISIBLE = {
    "figures": lambda: ledger(curtailed_mwh=14),
    "state": lambda: ledger(data_state="provisional"),
    "source": lambda: ledger(source="sample"),
    "verification": lambda: ledger(verification="differs"),
    "being recalculated": lambda: mark_stale([DAY], reason="A correction.", now=NOW),
    "a failed try": lambda: fail_attempt(DAY, error="503", now=NOW),
    "a suspect answer": lambda: ledger(attempt_state="suspect"),
    "another day": lambda: store_day(date(2024, 3, 6), []),
    "a name in the register": lambda: BMUnit.objects.filter(pk="T_A-1").update(name="Seagreen"),
    "a farm that is named": lambda: BMUnit.objects.filter(pk="T_A-1").update(farm_name="Seagreen"),
    "a new unit": lambda: make_unit("T_NEW-1"),
    "a miner that is edited": lambda: MinerModel.objects.filter(pk="S9").update(power_w=1),
    "a miner that is retired": lambda: MinerModel.objects.filter(pk="S9").update(active=False),
    "a new miner": lambda: MinerModel.objects.create(key="N", name="N", hashrate_th_s=1, power_w=1),
    "the price now": new_price_now,
    "a cleared cache": report_cache.clear,
}


@pytest.mark.usefixtures("stored")
def test_what_a_reader_can_see_leads_to_a_new_page_at_once(client):
    tags = {address: client.get(address).headers["ETag"] for address in ("/", MONTHLY)}
    for name, change in VISIBLE.items():
        change()
        for address, tag in tags.items():
            answer = client.get(address, headers={"If-None-Match": tag})
            assert answer.status_code == 200, f"{name}: {address}"
            tags[address] = answer.headers["ETag"]
    assert report_cache.counts["hits"] == 0


@pytest.mark.usefixtures("stored")
def test_a_change_leads_to_a_new_page_of_every_kind(client):
    tags = {address: client.get(address).headers["ETag"] for address in PAGES}
    ledger(curtailed_mwh=14)
    for address, tag in tags.items():
        assert client.get(address).headers["ETag"] != tag, address
    assert report_cache.counts["hits"] == 0


UNSEEN = {
    "a try that begins": lambda: start_attempt(DAY, now=NOW),
    "a unit that is seen again": lambda: BMUnit.objects.update(last_seen_at=NOW),
    "a day far away": lambda: store_day(date(2022, 7, 1), []),
    "the same again": lambda: ledger(data_state="final"),
}


@pytest.mark.usefixtures("stored")
def test_what_no_reader_can_see_leaves_pages_where_they_are(client):
    tags = {address: client.get(address).headers["ETag"] for address in PAGES[1:4]}
    for name, change in UNSEEN.items():
        change()
        for address, tag in tags.items():
            answer = client.get(address, headers={"If-None-Match": tag})
            assert answer.status_code == 304, f"{name}: {address}"


@pytest.mark.usefixtures("stored")
def test_only_the_overview_says_when_data_were_confirmed(client):
    tags = {address: client.get(address).headers["ETag"] for address in ("/", DAILY)}
    ledger(fetched_at=NOW + timedelta(hours=1))
    statuses = [client.get(a, headers={"If-None-Match": t}).status_code for a, t in tags.items()]
    assert statuses == [200, 304]


@pytest.mark.usefixtures("stored")
def test_a_page_that_was_wrong_for_a_while_is_not_shown_again(client):
    before = client.get(DAILY).headers["ETag"]
    ledger(error="503")
    ledger(error="")
    assert client.get(DAILY).headers["ETag"] != before


def test_pages_change_with_the_clock_at_midnight_and_when_figures_are_due():
    summer = datetime(2024, 7, 1, tzinfo=UTC)
    facts = [clock_facts(summer + timedelta(minutes=n)) for n in range(24 * 60)]
    changes = [n for n in range(1, len(facts)) if facts[n] != facts[n - 1]]
    # In London's summer 12:00 is 11:00 UTC, and midnight 23:00.
    assert changes == [11 * 60, 23 * 60]


@pytest.mark.usefixtures("stored")
def test_another_program_has_other_pages(client, monkeypatch):
    before = client.get(DAILY).headers["ETag"]
    assert len(caching.build_id()) == 64
    monkeypatch.setattr(caching, "build_id", lambda: "the next release")
    assert client.get(DAILY).headers["ETag"] != before


# --- Several writers and readers --------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_a_change_of_another_connection_shows_on_the_very_next_request(client):
    store_day(DAY, [Rec("T_A-1", 1, ("12", "-500.5"))])
    client.get(f"{DAILY}?format=json")
    with elsewhere() as cursor:
        cursor.execute("UPDATE daily_summaries SET curtailed_mwh = 77")
        cursor.execute("UPDATE ingestion_progress SET curtailed_mwh = 77")
    assert client.get(f"{DAILY}?format=json").json()["curtailed_mwh"] == "77"


@pytest.mark.usefixtures("committed_db")
def test_a_change_that_commits_after_a_later_one_is_not_overlooked():
    first, second = DAY, DAY + timedelta(days=1)
    for day in (first, second):
        store_day(day, [])
    early, late = connections.create_connection("default"), connections.create_connection("default")
    try:
        early.set_autocommit(False)
        late.set_autocommit(False)
        for other, day in ((early, first), (late, second)):
            with other.cursor() as cursor:
                cursor.execute(
                    "UPDATE ingestion_progress SET error = 'x' WHERE settlement_date = %s", [day]
                )
        late.commit()
        highest, revision = highest_revision(), read_revision_of_days(first, second)
        early.commit()
        # What a key of the highest revision would have missed.
        assert highest_revision() == highest
        assert read_revision_of_days(first, second) != revision
    finally:
        early.close()
        late.close()


@pytest.mark.usefixtures("committed_db")
def test_a_page_built_while_figures_change_is_not_older_than_its_key(client, rf):
    store_day(DAY, [])

    def change():
        with elsewhere() as cursor:
            cursor.execute("UPDATE daily_summaries SET curtailed_mwh = curtailed_mwh + 1")
            cursor.execute("UPDATE ingestion_progress SET curtailed_mwh = 0")
            cursor.execute("UPDATE ingestion_progress SET curtailed_mwh = 1")

    def show(*, during):
        """The report of the day; `during` happens between the look-up and the build."""

        @cache_report(caching.Kind.DAILY)
        def view(request, text):
            during()
            with snapshot():
                return caching.HttpResponse(str(DailySummary.objects.get(pk=DAY).curtailed_mwh))

        return view(rf.get(DAILY), text=str(DAY)).content

    # The newer figures are kept under the older key, which nobody asks for again.
    assert show(during=change) == b"1"
    assert show(during=lambda: None) == b"1"
    change()
    assert show(during=lambda: None) == b"2"
    assert show(during=pytest.fail) == b"2"


def highest_revision():
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(revision) FROM ingestion_progress")
        return cursor.fetchone()[0]


class elsewhere:
    """A cursor of another connection, whose changes are committed in the end."""

    def __enter__(self):
        self.connection = connections.create_connection("default")
        self.connection.set_autocommit(False)
        return self.connection.cursor()

    def __exit__(self, *_error):
        self.connection.commit()
        self.connection.close()


# --- Conditional requests and compression -----------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_a_reader_who_has_the_page_is_not_sent_it_again(client):
    page = client.get(DAILY)
    tag = page.headers["ETag"]
    assert tag.startswith('"')
    assert page.headers["Cache-Control"] == "private, no-cache"
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(DAILY, headers={"If-None-Match": f'"other", W/{tag}'})
    assert len(queries) == 1
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["ETag"], answer.headers["Vary"]) == (tag, "Accept-Encoding")
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.usefixtures("stored")
def test_a_tag_that_is_not_the_pages_gets_the_page(client):
    client.get(DAILY)
    for known in ("*", '"other"', "nonsense", ""):
        assert client.get(DAILY, headers={"If-None-Match": known}).status_code == 200


@pytest.mark.usefixtures("stored")
def test_a_compressed_page_is_the_same_page_with_a_tag_of_its_own(client):
    plain = client.get(DAILY)
    packed = client.get(DAILY, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for tag in (packed.headers["ETag"], plain.headers["ETag"]):
        headers = {"If-None-Match": tag, "Accept-Encoding": "gzip"}
        assert client.get(DAILY, headers=headers).status_code == 304


@pytest.mark.usefixtures("stored")
def test_who_does_not_take_gzip_is_sent_the_page_plain(client):
    for accepted in ("", "identity", "gzip;q=0", "gzip; q=0.000", "br"):
        answer = client.get(DAILY, headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
        assert b"<h1>" in answer.content


@pytest.mark.usefixtures("stored")
def test_head_tells_what_get_would(client):
    page, head = client.get(DAILY), client.head(DAILY)
    assert head.content == b""
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers[name] == page.headers[name]


# --- The cache itself -------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_a_cache_that_is_down_costs_a_line_and_no_page(client, settings, caplog):
    settings.CACHES = settings.CACHES | {
        "reports": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "never_made",
        }
    }
    store_day(DAY, [])
    for _ in range(3):
        assert client.get(DAILY).status_code == 200
    with transaction.atomic():
        report_cache._paused_until = 0.0
        assert client.get(DAILY).status_code == 200
    ours = [record for record in caplog.records if record.name == "summaries.report_cache"]
    lines = [record.getMessage() for record in ours]
    assert len(lines) == 2
    assert 'relation "never_made" does not exist' in lines[0]
    assert report_cache.usage().key_count is None


@pytest.mark.usefixtures("stored")
def test_a_very_large_page_is_not_kept(client, monkeypatch):
    monkeypatch.setattr(report_cache, "LARGEST_BODY_BYTES", 100)
    for _ in range(2):
        assert client.get(DAILY).status_code == 200
    assert report_cache.usage().key_count == 0


def sign_in(client, **user):
    client.force_login(User.objects.create(username="staff", **user))


PAGE = "/admin/report-cache/"


@pytest.mark.usefixtures("stored")
def test_staff_see_how_the_cache_is_used(client):
    for _ in range(3):
        tag = client.get(DAILY).headers["ETag"]
    client.get(DAILY, headers={"If-None-Match": tag})
    usage = report_cache.usage()
    assert (usage.hits, usage.misses, usage.not_modified, usage.key_count) == (2, 1, 1, 1)
    assert 500 < (usage.size_bytes or 0) < 10_000
    sign_in(client, is_staff=True, is_superuser=True)
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()
    page = client.get(PAGE).content.decode()
    assert '<tr><th scope="row">Hits</th><td>2</td></tr>' in page
    assert "in each web process" in page


@pytest.mark.usefixtures("stored")
def test_staff_clear_the_cache_of_every_process(client):
    tag = client.get(DAILY).headers["ETag"]
    sign_in(client, is_staff=True, is_superuser=True)
    assert client.post(PAGE, follow=True).redirect_chain == [(PAGE, 302)]
    assert report_cache.usage().key_count == 0
    assert client.get(DAILY, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.usefixtures("stored")
def test_only_who_may_clear_the_cache_open_its_page():
    client = Client(enforce_csrf_checks=True)
    assert client.post(PAGE).status_code == 403
    assert client.get(PAGE).headers["Location"].startswith("/admin/login/")
    sign_in(client, is_staff=True)
    assert client.get(PAGE).status_code == 403
    assert Client().post(PAGE).status_code == 302
    patient = Client()
    patient.force_login(User.objects.get())
    assert patient.post(PAGE).status_code == 403
