"""Correcting and withdrawing with a browser, without a line of script."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User

from curtailment.models import CurtailmentRecord
from summaries.correcting.rows import COLUMNS
from summaries.models import DailySummary
from summaries.tasks import finish_day
from tests.browser.conftest import LAST, save

CODENAMES = (
    "correct_record",
    "withdraw_correction",
    "view_curtailmentrecord",
    "view_correction",
    "view_correctionbatch",
    "view_ingestionprogress",
)


@pytest.fixture
def signed_in(sample_days, open_context):
    """A page of somebody who may correct, with scripts switched off."""
    ada = User.objects.create_user("ada", password="correct-horse-battery", is_staff=True)
    ada.user_permissions.set(Permission.objects.filter(codename__in=CODENAMES))
    context = open_context(java_script_enabled=False)
    # Django's admin has no icon, which Chromium would complain of.
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_record_is_corrected_and_the_correction_withdrawn(signed_in):
    page = signed_in
    record = CurtailmentRecord.objects.filter(settlement_date=LAST, so_mwh__gt=0).first()
    before = DailySummary.objects.get(pk=LAST)
    page.goto(f"/admin/curtailment/curtailmentrecord/{record.pk}/change/")
    page.get_by_role("link", name="Correct", exact=True).click()
    page.get_by_label("All six figures are zero").check()
    page.get_by_label("Reason").fill("Metering fault, says the farm")
    save(page, "correct")
    page.get_by_role("button", name="Preview").click()
    save(page, "correct-preview")
    page.get_by_role("button", name="Save the correction").click()
    save(page, "correct-saved")
    page.get_by_role("link", name="the day's report").click()
    assert "recalculated" in page.inner_text("main")
    finish_day(LAST.isoformat())
    corrected = DailySummary.objects.get(pk=LAST)
    assert corrected.curtailed_mwh == before.curtailed_mwh - record.curtailed_mwh
    page.reload()
    assert "recalculated" not in page.inner_text("main")
    page.goto(f"/admin/curtailment/curtailmentrecord/{record.pk}/change/")
    page.get_by_role("link", name="Withdraw the correction").click()
    page.get_by_label("Reason").fill("The meter was right")
    save(page, "withdraw")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Withdraw the correction").click()
    finish_day(LAST.isoformat())
    assert DailySummary.objects.get(pk=LAST).curtailed_mwh == before.curtailed_mwh
    record.refresh_from_db()
    assert record.correction_id is None


def test_a_file_is_uploaded_and_its_batch_withdrawn(signed_in):
    page = signed_in
    records = list(CurtailmentRecord.objects.filter(settlement_date=LAST, so_mwh__gt=0)[:2])
    rows = [f"{LAST},{r.settlement_period},{r.bmu_id},1.5,75,1.5,75,0,0" for r in records]
    page.goto("/admin/curtailment/correction/")
    page.get_by_role("link", name="Upload corrections").click()
    upload(page, [*rows, f"{LAST},99,T_NONE-1,many,=A1,0,0,0,0"])
    save(page, "upload-refused")
    cells = page.locator("#content-main tbody tr").first.locator("td")
    assert cells.all_inner_texts()[:2] == ["4", "settlement_period"]
    upload(page, rows)
    save(page, "upload-preview")
    page.get_by_role("button", name="Save the corrections").click()
    save(page, "upload-saved")
    for record in records:
        record.refresh_from_db()
        assert record.curtailed_mwh == Decimal("1.5")
    page.get_by_role("link", name="Withdraw the batch").click()
    page.get_by_label("Reason").fill("Wrong file")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Withdraw the batch").click()
    assert "0 of its 2 corrections are in force" in page.inner_text("#content-main")


def upload(page, rows):
    """Hands a CSV in, with its headings."""
    content = "\n".join([",".join(COLUMNS[:-1]), *rows]).encode()
    file = {"name": "audit.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("CSV or XLSX").set_input_files(file)
    page.get_by_label("Reason").fill("Audit of April")
    page.get_by_role("button", name="Preview").click()


def test_on_a_phone_tables_scroll_and_pages_do_not(signed_in):
    page = signed_in
    page.set_viewport_size({"width": 360, "height": 740})
    record = CurtailmentRecord.objects.filter(settlement_date=LAST, so_mwh__gt=0).first()
    address = f"/admin/corrections/records/{LAST}/{record.settlement_period}/{record.bmu_id}/"
    page.goto(address)
    assert_fits(page, "correct-phone")
    page.get_by_label("All six figures are zero").check()
    page.get_by_label("Reason").fill("Metering fault, says the farm")
    page.get_by_role("button", name="Preview").click()
    assert_fits(page, "correct-preview-phone")
    page.get_by_role("button", name="Save the correction").click()
    assert_fits(page, "correct-saved-phone")
    page.goto(address)
    assert_fits(page, "correct-again-phone")
    page.goto("/admin/corrections/upload/")
    upload(page, [f"{LAST},{record.settlement_period},{record.bmu_id},1.5,75,1.5,75,0,x"])
    assert_fits(page, "upload-refused-phone")
    upload(page, [f"{LAST},{record.settlement_period},{record.bmu_id},1.5,75,1.5,75,0,0"])
    assert_fits(page, "upload-preview-phone")
    page.get_by_role("button", name="Save the corrections").click()
    page.get_by_role("link", name="Withdraw the batch").click()
    page.get_by_label("Reason").fill("Wrong file")
    page.get_by_role("button", name="Preview").click()
    assert_fits(page, "withdraw-preview-phone")


def assert_fits(page, name):
    """That a page is no wider than the screen, once its styles are there."""
    page.wait_for_load_state("load")
    save(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
