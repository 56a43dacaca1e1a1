"""Corrections in bulk: every change is shown first, then all are made or none."""

import csv
import html
import io
import re
import string
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from openpyxl import Workbook, load_workbook

from curtailment.corrected import RecordKey
from curtailment.correction_queries import read_one
from curtailment.models import (
    Correction,
    CorrectionBatch,
    CurtailmentRecord,
    IngestionProgress,
)
from curtailment.operations import correct, correct_batch
from summaries.correcting.rows import COLUMNS
from summaries.models import MonthlySummary, YearlySummary
from summaries.tasks import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import KEY, proposal
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.correcting.conftest import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]

ADDRESS = "/admin/corrections/upload/"
GOOD = {
    "settlement_date": DAY.isoformat(),
    "settlement_period": "1",
    "bmu_id": "T_SGRWO-1",
    "curtailed_mwh": "7",
    "payment_gbp": "420.5",
    "so_mwh": "7",
    "so_payment_gbp": "420.5",
    "other_mwh": "0",
    "other_payment_gbp": "0",
    "reason": "",
}
SECOND = GOOD | {"bmu_id": "T_MOWEO-1", "reason": "Its own reason"}
ADDED = GOOD | {"settlement_period": "5"}


def csv_of(*rows, columns=COLUMNS):
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("audit.csv", file.getvalue().encode())


def xlsx_of(*rows):
    book = Workbook()
    book.active.append(COLUMNS)
    for row in rows:
        book.active.append([row[column] for column in COLUMNS])
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("audit.xlsx", file.getvalue())


def upload(client, file, reason="Audit of March", **more):
    return client.post(ADDRESS, {"file": file, "reason": reason, "step": "preview"} | more)


def save(client, previewed):
    sealed = previewed.context["hidden"]["sealed"]
    return client.post(ADDRESS, {"sealed": sealed, "step": "save"}, follow=True)


def problems(answer):
    return {(problem.row, problem.column) for problem in answer.context["problems"]}


def noise(random):
    """A reason that no compression makes shorter."""
    return "".join(random.choices(string.ascii_letters + string.digits, k=500))


def nothing_is_written():
    return not CorrectionBatch.objects.exists() and not IngestionProgress.objects.exclude(
        stale_since=None
    )


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_every_change_is_shown_and_nothing_written(staff, make):
    answer = upload(staff, make(GOOD, SECOND, ADDED))
    preview = answer.context["preview"]
    assert [str(record.key) for record in preview.records] == [
        "2024-03-05 SP1 T_MOWEO-1",
        "2024-03-05 SP1 T_SGRWO-1",
        "2024-03-05 SP5 T_SGRWO-1",
    ]
    assert preview.records[1].figures[0].before == Decimal("10.333333333333333")
    day, month, year = preview.sums
    assert (day.changes[0].before, day.changes[0].after) == (Decimal("114.333333333333333"), 25)
    assert [sums.timeframe.text for sums in preview.sums] == ["2024-03-05", "2024-03", "2024"]
    assert (month.changes, year.changes) == (day.changes, day.changes)
    assert nothing_is_written()
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_saving_does_what_was_shown_and_tells_the_cluster(
    staff, make, ada, django_capture_on_commit_callbacks
):
    previewed = upload(staff, make(GOOD, SECOND, ADDED))
    with django_capture_on_commit_callbacks(execute=True):
        answer = save(staff, previewed)
    assert "3 corrections is saved" in answer.content.decode()
    batch = CorrectionBatch.objects.get()
    assert (batch.author, batch.reason) == (ada, "Audit of March")
    assert batch.file_name.startswith("audit.")
    reasons = Correction.objects.filter(batch=batch).order_by("bmu_id", "settlement_period")
    assert list(reasons.values_list("reason", flat=True)) == [
        "Its own reason",
        "Audit of March",
        "Audit of March",
    ]
    shown = previewed.context["preview"].records
    assert all(
        [figure.after for figure in record.figures] == list(read_one(record.key).effective)
        for record in shown
    )
    assert [queued.task["args"] for queued in OrmQ.objects.all()] == [(DAY.isoformat(),)]
    finish_day(DAY.isoformat())
    assert_summaries_equal_naive_sums()


class TestSuperseding:
    def test_corrections_in_force_are_counted_named_and_marked(self, staff):
        his = correct(proposal(), author=person("bob"), now=FETCHED)
        answer = upload(staff, csv_of(GOOD, SECOND, ADDED))
        page = html.unescape(answer.content.decode())
        assert "1 of these records has a correction in force, by bob." in page
        records = answer.context["preview"].records
        assert [record.superseded for record in records] == [None, his, None]
        assert [record.is_added for record in records] == [False, False, True]
        assert f'supersedes <a href="/admin/curtailment/correction/{his.pk}/change/">' in page
        assert "published 10.33" in page
        assert page.count("is added") == 1

    def test_without_any_there_is_no_warning(self, staff):
        page = upload(staff, csv_of(GOOD, SECOND)).content.decode()
        assert "supersedes" not in page
        assert "published 10.33" not in page

    def test_withdrawing_the_batch_says_which_are_not_put_back_in_force(self, staff):
        his = correct(proposal(), author=person("bob"), now=FETCHED)
        save(staff, upload(staff, csv_of(GOOD, SECOND)))
        address = f"/admin/corrections/batches/{CorrectionBatch.objects.get().pk}/withdraw/"
        answer = staff.post(address, {"reason": "Wrong file", "step": "preview"})
        assert answer.context["not_restored"] == [his]
        page = answer.content.decode()
        assert "superseded 1 correction." in page
        assert f"/admin/corrections/records/{DAY}/1/T_SGRWO-1/" in page
        assert "Saving supersedes" not in page

    def test_a_batch_that_superseded_none_says_nothing_of_it(self, staff):
        save(staff, upload(staff, csv_of(GOOD, SECOND)))
        address = f"/admin/corrections/batches/{CorrectionBatch.objects.get().pk}/withdraw/"
        page = staff.post(address, {"reason": "Wrong file", "step": "preview"}).content.decode()
        assert "superseded" not in page

    def test_as_many_queries_are_made_for_one_as_for_three(self, staff):
        counts = []
        for rows in ([GOOD], [GOOD, SECOND, ADDED]):
            save(staff, upload(staff, csv_of(*rows)))
            changed = [row | {"payment_gbp": "421"} for row in rows]
            with CaptureQueriesContext(connection) as queries:
                previewed = upload(staff, csv_of(*changed))
            counts.append(len(queries))
            save(staff, previewed)
        assert counts[0] == counts[1]


def test_sums_of_months_and_years_have_the_days_that_the_file_leaves_alone(staff):
    for day, mwh in ((DAY.replace(day=6), "40"), (DAY.replace(month=2), "5")):
        lines = [stack_line(volume=f"-{mwh}"), stack_line(volume="-1", so_flag=True)]
        store(fetched_day({1: lines}, settlement_date=day, started_at=FETCHED))
        finish_day(day.isoformat())
    previewed = upload(staff, csv_of(GOOD))
    save(staff, previewed)
    finish_day(DAY.isoformat())
    _, month, year = ([change.after for change in sums.changes] for sums in sums_shown(previewed))
    for after, summary in (
        (month, MonthlySummary.objects.latest("month")),
        (year, YearlySummary.objects.get()),
    ):
        assert after[:4] == [
            summary.curtailed_mwh,
            summary.payment_gbp,
            summary.so_mwh,
            summary.so_payment_gbp,
        ]
        assert after[4] == summary.all_mwh - summary.curtailed_mwh
        assert after[5] == summary.all_payment_gbp - summary.payment_gbp


def sums_shown(previewed):
    return previewed.context["preview"].sums


def test_numbers_and_dates_of_a_workbook_are_taken_as_such(staff):
    row = GOOD | {"settlement_date": DAY, "settlement_period": 1, "curtailed_mwh": 7.25}
    save(staff, upload(staff, xlsx_of(row)))
    assert read_one(KEY).record.curtailed_mwh == Decimal("7.25")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"settlement_date": "5 March"}, "settlement_date"),
        ({"settlement_date": "1999-01-01"}, "settlement_date"),
        ({"settlement_date": "2999-01-01"}, "settlement_date"),
        ({"settlement_date": "2024-03-04"}, "settlement_date"),
        ({"settlement_period": "1.5"}, "settlement_period"),
        ({"settlement_period": "49"}, "settlement_period"),
        ({"bmu_id": ""}, "bmu_id"),
        ({"bmu_id": "T_NONE-1"}, "bmu_id"),
        ({"curtailed_mwh": "seven"}, "curtailed_mwh"),
        ({"curtailed_mwh": "1,000"}, "curtailed_mwh"),
        ({"curtailed_mwh": "NaN"}, "curtailed_mwh"),
        ({"curtailed_mwh": "1_0"}, "curtailed_mwh"),
        ({"curtailed_mwh": "-7"}, "curtailed_mwh"),
        ({"curtailed_mwh": ""}, "curtailed_mwh"),
        ({"so_mwh": "8"}, "so_mwh"),
        ({"payment_gbp": "=A1*B1"}, "payment_gbp"),
        ({"reason": "=cmd()"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column_and_nothing_written(staff, changes, column):
    answer = upload(staff, csv_of(SECOND, GOOD | changes))
    assert problems(answer) == {(3, column)}
    assert "Nothing was changed." in answer.content.decode()
    assert nothing_is_written()


def test_a_formula_in_a_workbook_is_refused(staff):
    answer = upload(staff, xlsx_of(GOOD | {"payment_gbp": "=D2*50"}))
    assert problems(answer) == {(2, "payment_gbp")}
    assert "Formulas are not taken" in answer.content.decode()


def test_everything_that_is_wrong_is_told_at_once(staff):
    bad = GOOD | {"settlement_date": "x", "curtailed_mwh": "y", "payment_gbp": "=1"}
    unknown = GOOD | {"bmu_id": "T_NONE-1", "other_mwh": "-1"}
    answer = upload(staff, csv_of(bad, SECOND, GOOD | {"settlement_period": "0"}, unknown))
    assert problems(answer) == {
        (5, "bmu_id"),
        (5, "other_mwh"),
        (2, "settlement_date"),
        (2, "curtailed_mwh"),
        (2, "payment_gbp"),
        (4, "settlement_period"),
    }


def test_a_long_list_of_problems_is_cut(staff):
    answer = upload(staff, csv_of(*[GOOD | {"curtailed_mwh": "x"}] * 60))
    assert len(answer.context["problems"]) == 50
    assert "And 69 more" in answer.content.decode()


def test_a_record_that_is_in_the_file_twice(staff):
    answer = upload(staff, csv_of(GOOD, SECOND, GOOD | {"curtailed_mwh": "8"}))
    assert problems(answer) == {(4, "")}
    assert "is in row 2 already" in answer.content.decode()


def test_a_record_that_would_not_change(staff):
    save(staff, upload(staff, csv_of(GOOD)))
    assert problems(upload(staff, csv_of(SECOND, GOOD))) == {(3, "")}


def test_a_record_that_is_not_the_sum_of_its_evidence(staff):
    CurtailmentRecord.objects.filter(pk=read_one(KEY).record.pk).update(other_mwh=99)
    answer = upload(staff, csv_of(GOOD, SECOND))
    assert "Fetch the day anew first." in answer.content.decode()
    assert nothing_is_written()


def test_columns_are_separated_by_commas(staff):
    content = csv_of(GOOD).read().replace(b",", b";")
    answer = upload(staff, SimpleUploadedFile("a.csv", content))
    assert "Separate columns by commas." in answer.content.decode()


@pytest.mark.parametrize(
    ("columns", "said"),
    [(COLUMNS[1:], "lacks the column settlement_date"), ((*COLUMNS, "note"), "no column 'note'")],
)
def test_headings_that_are_missing_or_unknown(staff, columns, said):
    answer = upload(staff, csv_of(GOOD, columns=columns))
    assert said in html.unescape(answer.content.decode())


def test_the_reason_of_each_row_may_be_left_out_but_not_that_of_the_batch(staff):
    assert upload(staff, csv_of(GOOD, columns=COLUMNS[:-1])).context["preview"]
    answer = upload(staff, csv_of(GOOD), reason=" ")
    assert answer.context["form"].errors.keys() == {"reason"}


def test_a_file_is_needed_and_not_too_large_a_one(staff):
    answer = staff.post(ADDRESS, {"reason": "Audit", "step": "preview"})
    assert answer.context["form"].errors.keys() == {"file"}
    answer = upload(staff, SimpleUploadedFile("a.csv", b"a" * 5_000_001))
    assert "larger than 5 MB" in answer.content.decode()
    assert "no row below" in upload(staff, SimpleUploadedFile("a.csv", b"")).content.decode()


def test_what_changed_since_the_preview_is_refused(staff):
    previewed = upload(staff, csv_of(GOOD, SECOND))
    mine = correct(proposal(), author=person("bob"), now=FETCHED)
    answer = save(staff, previewed)
    assert "changed meanwhile" in answer.content.decode()
    assert read_one(KEY).correction == mine
    assert not CorrectionBatch.objects.exists()


def test_it_is_saved_once(staff):
    previewed = upload(staff, csv_of(GOOD, SECOND))
    save(staff, previewed)
    assert "changed meanwhile" in save(staff, previewed).content.decode()
    assert CorrectionBatch.objects.count() == 1


class TestSeal:
    def test_a_preview_that_was_tampered_with_is_refused(self, staff):
        sealed = upload(staff, csv_of(GOOD)).context["hidden"]["sealed"]
        for text in (sealed[:-1], "x" + sealed, ""):
            answer = staff.post(ADDRESS, {"sealed": text, "step": "save"})
            assert "was changed on its way" in answer.content.decode()
        assert nothing_is_written()

    def test_somebody_else_s_is_refused(self, staff):
        previewed = upload(staff, csv_of(GOOD))
        staff.force_login(person("bob", "correct_record"))
        assert "somebody else" in save(staff, previewed).content.decode()
        assert nothing_is_written()

    def test_an_old_one_is_refused(self, staff, monkeypatch):
        signer = signing.TimestampSigner
        with monkeypatch.context() as patch:
            patch.setattr(signer, "timestamp", lambda self: signing.b62_encode(1_700_000_000))
            previewed = upload(staff, csv_of(GOOD))
        assert "more than an hour old" in save(staff, previewed).content.decode()

    def test_more_than_a_page_can_carry_is_refused(self, staff):
        random = Random(1)
        units = [f"T_{number}" for number in range(104)]
        add_wind_units(*units)
        rows = [
            GOOD | {"settlement_period": str(n), "bmu_id": unit, "reason": noise(random)}
            for n in range(1, 49)
            for unit in units
        ]
        answer = upload(staff, csv_of(*rows))
        assert "too long to be previewed. Split the file." in answer.content.decode()


class TestWithdrawing:
    @pytest.fixture
    def batch(self, ada):
        batch = correct_batch(
            [proposal(), proposal(RecordKey(DAY, 5, "T_MOWEO-1"))],
            author=ada,
            reason="Audit",
            file_name="a.csv",
            now=FETCHED,
        )
        finish_day(DAY.isoformat())
        return batch

    def preview(self, staff, batch):
        fields = {"reason": "Wrong file", "step": "preview"}
        return staff.post(f"/admin/corrections/batches/{batch.pk}/withdraw/", fields)

    def save(self, staff, batch, previewed):
        fields = previewed.context["hidden"] | {"step": "save"}
        return staff.post(f"/admin/corrections/batches/{batch.pk}/withdraw/", fields, follow=True)

    def test_it_is_previewed_and_withdrawn_as_a_whole(
        self, staff, batch, django_capture_on_commit_callbacks
    ):
        address = f"/admin/corrections/batches/{batch.pk}/withdraw/"
        page = staff.get(f"/admin/curtailment/correctionbatch/{batch.pk}/change/").content.decode()
        assert address in page
        assert "2 of its 2 corrections are in force" in page
        assert "2 of its corrections are in force" in staff.get(address).content.decode()
        answer = previewed = self.preview(staff, batch)
        assert len(answer.context["preview"].records) == 2
        assert Correction.objects.filter(withdrawn_at__isnull=True).count() == 2
        with django_capture_on_commit_callbacks(execute=True):
            answer = self.save(staff, batch, previewed)
        assert "2 corrections of batch" in answer.content.decode()
        assert OrmQ.objects.count() == 1
        finish_day(DAY.isoformat())
        assert read_one(KEY).correction is None
        assert_summaries_equal_naive_sums()
        assert "None of its corrections" in staff.get(address).content.decode()
        for step in ("preview", "save"):
            answer = staff.post(address, {"reason": "Again", "step": step})
            assert "withdrawn or superseded already" in answer.content.decode()

    def test_what_changed_since_the_preview_is_looked_at_first(self, staff, batch):
        previewed = self.preview(staff, batch)
        lines = [stack_line(volume="-26.5", so_flag=True)]
        store(fetched_day({1: lines}, started_at=FETCHED + timedelta(hours=1)))
        answer = self.save(staff, batch, previewed)
        assert "changed meanwhile" in answer.content.decode()
        assert read_one(KEY).correction.batch == batch
        self.save(staff, batch, self.preview(staff, batch))
        assert read_one(KEY).effective[0] == Decimal("26.5")

    def test_it_needs_a_reason(self, staff, batch):
        address = f"/admin/corrections/batches/{batch.pk}/withdraw/"
        answer = staff.post(address, {"reason": "", "step": "save"})
        assert answer.context["form"].errors.keys() == {"reason"}
        assert read_one(KEY).correction is not None

    def test_it_takes_its_permission(self, client, batch):
        address = f"/admin/corrections/batches/{batch.pk}/withdraw/"
        client.force_login(person("bob", "correct_record"))
        assert client.get(address).status_code == client.post(address).status_code == 403


@pytest.mark.parametrize("rest", ["", "template.csv", "template.xlsx"])
def test_uploading_takes_its_permission(client, rest):
    client.force_login(person("bob", "withdraw_correction"))
    assert client.get(ADDRESS + rest).status_code == 403
    if not rest:
        assert upload(client, csv_of(GOOD)).status_code == 403
        assert nothing_is_written()


def test_the_templates_have_the_headings(staff):
    answer = staff.get(f"{ADDRESS}template.csv")
    assert answer.content.decode().strip() == ",".join(COLUMNS)
    book = load_workbook(io.BytesIO(staff.get(f"{ADDRESS}template.xlsx").content))
    assert [cell.value for cell in next(book.active.rows)] == list(COLUMNS)
    page = staff.get(ADDRESS).content.decode()
    assert set(COLUMNS) <= set(re.findall(r"<code>(\w+)</code>", page))


def test_what_a_file_says_is_escaped(staff):
    script = "<script>alert(1)</script>"
    answer = upload(staff, csv_of(GOOD | {"bmu_id": script, "curtailed_mwh": script}))
    assert script not in answer.content.decode()
