"""Whatever a text from outside says, it is shown and never obeyed."""

import csv
import io
import logging
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from config.logs.formatting import JsonFormatter, PlainFormatter
from curtailment.models import BMUnit, Correction, CorrectionBatch, IngestionProgress
from curtailment.models.records import FIGURES
from curtailment.operations.ledger import fail_attempt, start_attempt
from summaries.downloads.shapes import neutral
from summaries.notifications import notify
from tests.summaries.correcting.test_uploads import GOOD, csv_of
from tests.summaries.factories import NOON, Rec, make_unit, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
HOSTILE = [
    "'; DROP TABLE bm_units; --",
    "{{ 7*7 }}{% debug %}${7*7}%(x)s",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a\r\nSet-Cookie: evil=1\r\n\r\n<b>",
    '=HYPERLINK("https://evil.example")',
    "+1+cmd|' /C calc'!A1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "javascript:alert(1)",
    "https://evil.example/",
    "\u202egnp.exe\u2066\u0007\x1b[31m",
    "x" * 500,
]
UNIT = "T_<b>'{{7*7}}\"&-1"
PAGES = [
    "/",
    f"/reports/daily/{DAY}/",
    "/reports/monthly/2024-03/",
    "/reports/yearly/2024/",
    "/farms/",
    "/lead-parties/",
    "/compare/miners/",
    "/status/",
    f"/farms/{quote(UNIT)}/",
    # Parameters that are longer or have control characters are refused: see below.
    *(f"/lead-parties/detail/?name={quote(text)}" for text in HOSTILE[:3] + HOSTILE[4:8]),
    *(f"/farms/T_H{number}-1/" for number in range(len(HOSTILE))),
]


@pytest.fixture
def stored(public_reports):
    """Each text as the name of a unit, of a farm, of a company, a reason and an error."""
    author = User.objects.create_user(HOSTILE[2][:150])
    recs = []
    for number, text in enumerate(HOSTILE):
        bmu = f"T_H{number}-1"
        make_unit(bmu, name=text, farm_name=text, lead_party_name=text)
        recs.append(Rec(bmu, number + 1, ("10", "500"), party=text))
        figures = dict.fromkeys(FIGURES, 1)
        key = {"settlement_date": DAY, "settlement_period": number + 1, "bmu_id": bmu}
        batch = CorrectionBatch.objects.create(
            author=author, reason=text, file_name=text, created_at=NOON
        )
        Correction.objects.create(
            **key, **figures, author=author, reason=text, created_at=NOON, batch=batch
        )
    make_unit(UNIT, name=UNIT)
    store_day(DAY, [*recs, Rec(UNIT, 40, ("10", "500"))])
    store_longer_summaries(DAY)
    for number, text in enumerate(HOSTILE):
        day = date(2024, 1, number + 1)
        start_attempt(day, now=NOON)
        fail_attempt(day, error=text, now=NOON)


class Markup(HTMLParser):
    """What of a page a browser would obey, if it is none of ours."""

    def __init__(self):
        super().__init__()
        self.obeyed = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("iframe", "object", "embed", "base", "b") or (
            tag == "img" and "admin" not in str(given)
        ):
            self.obeyed.append((tag, attributes))
        is_ours = (given.get("src") or "").startswith(("/static/", "/admin/jsi18n/"))
        # Data of Django's admin are no program.
        if tag == "script" and not is_ours and given.get("type") != "application/json":
            self.obeyed.append((tag, attributes))
        for name, value in attributes:
            target = (value or "").strip().lower()
            is_link = name in ("href", "src", "action", "formaction")
            if name.startswith("on") or (
                is_link and target.startswith(("javascript:", "https://evil"))
            ):
                self.obeyed.append((tag, name, value))


def check_page(response):
    assert response.status_code < 500
    check_headers(response)
    markup = Markup()
    markup.feed(response.content.decode())
    assert markup.obeyed == []


def check_headers(response):
    for name, value in response.headers.items():
        assert not re.search(r"[\r\n\0]", name + value)
    assert "evil" not in response.cookies
    if disposition := response.headers.get("Content-Disposition"):
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9_.-]+"', disposition)


def test_pages_show_it(client, stored):
    for page in PAGES:
        response = client.get(page)
        assert response.status_code == 200, page
        check_page(response)
    html = client.get("/farms/").content.decode()
    assert "{{ 7*7 }}" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_downloads_hold_it(client, stored):
    for page in PAGES:
        join = "&" if "?" in page else "?"
        as_json, as_csv, as_xlsx = (
            client.get(f"{page}{join}format={form}") for form in ("json", "csv", "xlsx")
        )
        for response in (as_json, as_csv, as_xlsx):
            assert response.status_code == 200, page
            check_headers(response)
        assert as_json.headers["Content-Type"] == "application/json"
        as_json.json()
        for row in csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"), newline="")):
            assert [cell for cell in row if not is_number(cell) and cell != neutral(cell)] == []
        for sheet in load_workbook(io.BytesIO(as_xlsx.content)).worksheets:
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]


def is_number(text):
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def test_json_says_it_to_the_letter(client, stored):
    farms = client.get(f"/reports/daily/{DAY}/?format=json").json()["farms"]
    assert {farm["name"] for farm in farms} >= set(HOSTILE)
    assert {farm["lead_party"] for farm in farms} >= set(HOSTILE)


def test_the_admin_shows_it(admin_client, stored):
    check_page(admin_client.get("/admin/"))
    for model in admin.site._registry:
        named = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        check_page(admin_client.get(reverse(f"{named}_changelist"), follow=True))
        for row in model._default_manager.all()[: len(HOSTILE) + 1]:
            check_page(admin_client.get(reverse(f"{named}_change", args=[row.pk])))
    for number in range(len(HOSTILE)):
        pk = Correction.objects.get(bmu_id=f"T_H{number}-1").pk
        check_page(admin_client.get(f"/admin/corrections/{pk}/withdraw/"))
    check_page(admin_client.get(f"/admin/corrections/records/{DAY}/1/T_H0-1/"))


PARAMETERS = ("miner", "farm", "lead_party", "definition", "format", "table", "period", "name")
BYTES = ["%00", "%ED%A0%80", "%FF%FE", "%0d%0aSet-Cookie:%20evil=1", "%F0%9F%92%A9"]


@pytest.mark.parametrize("text", [*map(quote, HOSTILE), *BYTES])
def test_parameters_and_addresses_are_texts(client, stored, text):
    for address in ("/", f"/reports/daily/{DAY}/", "/compare/farms/", "/lead-parties/detail/"):
        for name in PARAMETERS:
            response = client.get(f"{address}?{name}={text}")
            assert response.status_code in (200, 400, 404), (address, name)
            if response.headers["Content-Type"].startswith("text/html"):
                check_page(response)
    for address in (f"/farms/{text}/", f"/reports/daily/{text}/", f"/{text}", f"/admin/{text}/"):
        check_page(client.get(address))
    response = client.get(f"/reports/?timeframe=monthly&date=2024-03&lead_party={text}")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/reports/monthly/2024-03/")
    check_headers(response)
    assert BMUnit.objects.exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_an_uploaded_file_is_data(admin_client, text):
    make_unit("T_A-1")
    cells = dict.fromkeys(GOOD, text) | {"bmu_id": "T_A-1"}
    for row in (cells, GOOD | {"bmu_id": text, "reason": text}):
        file = SimpleUploadedFile(f"{text}.csv", csv_of(row).read())
        data = {"file": file, "reason": text}
        check_page(admin_client.post("/admin/corrections/upload/", data))
    check_page(admin_client.post("/admin/corrections/new/", {"bmu_id": text}))
    assert not Correction.objects.exists()


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_an_address_is_one_line_of_the_log(client, public_reports, caplog, formatter):
    caplog.set_level(logging.INFO, logger="config.requests")
    client.get("/farms/a%0a2026%20CRITICAL%20forged%1b%5b2J%e2%80%ae%c2%85%e2%80%a8/")
    (record,) = (each for each in caplog.records if each.name == "config.requests")
    line = formatter.format(record)
    assert "forged" in line
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_an_email_has_a_line_for_each_trouble_and_a_subject_of_ours(settings):
    settings.NOTIFY_EMAILS = ["operator@example.com"]
    for number, text in enumerate(HOSTILE):
        IngestionProgress.objects.create(
            settlement_date=date(2024, 1, number + 1),
            periods_expected=48,
            attempt_state="failed",
            attempts=3,
            error=text,
        )
    notify(now=datetime(2024, 3, 6, 13, tzinfo=UTC))
    (message,) = mail.outbox
    assert re.fullmatch(r"Windfall: \d+ things need attention", message.subject)
    assert len(message.body.splitlines()) == len(HOSTILE)
    assert all(line.isprintable() for line in message.body.splitlines())
    assert "evil" not in str(message.message()["Set-Cookie"])
