"""Who may open which page of the admin."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from curtailment.models import CurtailmentRecord
from tests.summaries.factories import Rec, store_day
from tests.summaries.test_day_actions import sign_in

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
EVERY_TABLE = [
    "curtailment/backfill/",
    "curtailment/bmunit/",
    "curtailment/correction/",
    "curtailment/correctionbatch/",
    "curtailment/curtailmentrecord/",
    "curtailment/ingestionprogress/",
    "curtailment/suspectday/",
    "curtailment/windgeneration/",
    "mining/bitcoincalculation/",
    "mining/bitcoinprice/",
    "mining/difficultyepoch/",
    "mining/minermodel/",
    "summaries/bitcoindailysummary/",
    "summaries/bitcoinfarmdailysummary/",
    "summaries/dailysummary/",
    "summaries/farmdailysummary/",
    "summaries/monthlysummary/",
    "summaries/yearlysummary/",
]
# Address, and what Managers, Data staff and Operators are answered.
OTHER_PAGES = [
    ("", 200, 200, 200),
    ("report-cache/", 403, 403, 200),
    ("refetch/", 403, 403, 200),
    ("connections/", 403, 403, 200),
    ("tasks/unknown/", 404, 404, 404),
    ("django_q/schedule/", 403, 403, 200),
    ("django_q/success/", 403, 403, 200),
    ("mining/minermodel/add/", 403, 403, 200),
    ("curtailment/bmunit/T_5FA-1/change/", 403, 200, 200),
    ("curtailment/curtailmentrecord/add/", 403, 403, 403),
    ("curtailment/correction/add/", 403, 403, 403),
    ("auth/user/", 403, 403, 403),
    ("auth/group/", 403, 403, 403),
]
PAGES = [*OTHER_PAGES, *((address, 403, 200, 200) for address in EVERY_TABLE)]
GROUPS = ("Managers", "Data staff", "Operators")


@pytest.fixture(autouse=True)
def stored():
    store_day(DAY, [Rec("T_A-1", 1, ("10", "500"))])


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_opens_its_pages_only(client, group):
    sign_in(client, group)
    answers = {
        address: client.get(f"/admin/{address}", follow=True).status_code for address, *_ in PAGES
    }
    assert answers == {address: of[GROUPS.index(group)] for address, *of in PAGES}


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_who_is_no_staff_opens_none(client, is_signed_in):
    if is_signed_in:
        sign_in(client, "Operators", is_staff=False)
    for address, *_ in PAGES:
        answer = client.get(f"/admin/{address}")
        assert answer.status_code == 302, address
        assert answer.url.startswith("/admin/login/"), address


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_edits_or_deletes_a_record(client, group):
    record = CurtailmentRecord.objects.get()
    sign_in(client, group)
    for part in ("change", "delete"):
        address = f"/admin/curtailment/curtailmentrecord/{record.pk}/{part}/"
        assert client.post(address, {"curtailed_mwh": "1", "post": "yes"}).status_code == 403
    assert CurtailmentRecord.objects.get().curtailed_mwh == 10


@pytest.mark.parametrize(("group", "status"), [("Managers", 403), ("Data staff", 403)])
def test_only_operators_clear_the_report_cache(client, group, status):
    assert sign_in(client, group).post("/admin/report-cache/").status_code == status
    User.objects.all().delete()
    assert sign_in(client, "Operators").post("/admin/report-cache/").status_code == 302


@pytest.mark.parametrize(("group", "is_linked"), [("Data staff", False), ("Operators", True)])
def test_the_front_page_links_to_what_one_may_open(client, group, is_linked):
    html = sign_in(client, group).get("/admin/").content.decode()
    assert ('href="/admin/report-cache/"' in html) is is_linked
    assert ('href="/admin/refetch/"' in html) is is_linked


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_reads_reports(client, settings, group):
    settings.REPORTS_PUBLIC = False
    assert client.get(f"/reports/daily/{DAY}/").status_code == 302
    sign_in(client, group, is_staff=False)
    assert client.get(f"/reports/daily/{DAY}/").status_code == 200
