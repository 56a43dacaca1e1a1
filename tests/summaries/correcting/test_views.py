"""Correcting, adding and withdrawing on pages: preview first, then save."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django_q.models import OrmQ

from curtailment.correction_queries import read_one
from curtailment.models import Correction, CurtailmentRecord, IngestionProgress
from curtailment.operations import correct
from summaries.models import BitcoinYearlySummary, DailySummary, MonthlySummary
from summaries.tasks import finish_day
from tests.curtailment.days import DAY, FETCHED, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.curtailment.proposals import KEY, proposal
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.correcting.conftest import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]

ADDRESS = f"/admin/corrections/records/{DAY}/1/T_SGRWO-1/"
ADDED = f"/admin/corrections/records/{DAY}/5/T_SGRWO-1/"
LATER = FETCHED + timedelta(hours=1)
FIGURES = {
    "curtailed_mwh": "7",
    "payment_gbp": "420",
    "so_mwh": "7",
    "so_payment_gbp": "420",
    "other_mwh": "0",
    "other_payment_gbp": "0",
    "reason": "Metering fault",
}


def hidden_fields(answer):
    """What a preview carries to the save."""
    fields = re.findall(
        r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', answer.content.decode()
    )
    return {name: html.unescape(value) for name, value in fields}


def filled_in(client, address=ADDRESS, **changes):
    seen = client.get(address).context["form"]["seen"].value()
    return FIGURES | {"seen": seen} | changes


def preview(client, address=ADDRESS, **changes):
    return client.post(address, filled_in(client, address, **changes) | {"step": "preview"})


def save(client, previewed, address=ADDRESS):
    return client.post(address, hidden_fields(previewed) | {"step": "save"}, follow=True)


def nothing_is_written():
    return not Correction.objects.exists() and not IngestionProgress.objects.exclude(
        stale_since=None
    )


def test_the_form_has_every_digit_of_what_counts_now_beside_what_is_published(staff):
    answer = staff.get(ADDRESS)
    form = answer.context["form"]
    assert form["curtailed_mwh"].value() == "10.333333333333333"
    assert form["other_payment_gbp"].value() == "250"
    assert "£" not in answer.content.decode()
    assert "<td>10.33</td>" in answer.content.decode()


def test_a_preview_writes_nothing(staff):
    answer = preview(staff)
    assert "Nothing is saved yet" in answer.content.decode()
    assert nothing_is_written()
    assert read_one(KEY).record.curtailed_mwh != 7
    assert DailySummary.objects.get().curtailed_mwh == Decimal("114.333333333333333")
    assert not OrmQ.objects.exists()


def test_what_a_preview_shows_is_what_saving_comes_to(staff):
    answer = preview(staff)
    shown = answer.context["preview"]
    assert save(staff, answer).status_code == 200
    finish_day(DAY.isoformat())
    assert [figure.after for figure in shown.figures] == list(read_one(KEY).effective)
    day, month, year = (
        {total.label: total.changes[number].after for total in shown.totals} for number in range(3)
    )
    assert day["Flagged (MWh)"] == DailySummary.objects.get().curtailed_mwh == 111
    assert month["All bids (GBP)"] == MonthlySummary.objects.get().all_payment_gbp
    bitcoin = BitcoinYearlySummary.objects.get(miner_model="S9")
    assert year["S9, flagged (BTC)"] == bitcoin.bitcoin_mined
    assert_summaries_equal_naive_sums()


def test_saving_tells_the_cluster_and_says_where_to_look(staff, django_capture_on_commit_callbacks):
    previewed = preview(staff)
    with django_capture_on_commit_callbacks(execute=True):
        answer = save(staff, previewed)
    assert answer.redirect_chain[-1][0].endswith(
        f"/admin/curtailment/curtailmentrecord/{read_one(KEY).record.pk}/change/"
    )
    page = answer.content.decode()
    assert f"/reports/daily/{DAY}/" in page
    assert f"/admin/curtailment/ingestionprogress/{DAY}/change/" in page
    (queued,) = OrmQ.objects.all()
    assert queued.task["args"] == (DAY.isoformat(),)


def test_until_then_the_report_says_that_it_is_being_recalculated_and_is_not_a_cached_one(
    staff, settings
):
    settings.CACHES = settings.CACHES | {
        "reports": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    report = f"/reports/daily/{DAY}/"
    before = staff.get(report)
    assert "recalculated" not in before.content.decode()
    save(staff, preview(staff))
    stale = staff.get(report, headers={"If-None-Match": before.headers["ETag"]})
    assert stale.status_code == 200
    assert "recalculated" in stale.content.decode()
    finish_day(DAY.isoformat())
    after = staff.get(report, headers={"If-None-Match": stale.headers["ETag"]})
    assert "111.00" in after.content.decode()
    assert "recalculated" not in after.content.decode()


def test_a_price_fills_the_payment_with_price_times_minus_mwh(staff):
    answer = preview(
        staff,
        payment_gbp="",
        price_gbp_per_mwh="-50.5",
        so_payment_gbp="1",
        so_price_gbp_per_mwh="10",
    )
    assert hidden_fields(answer)["payment_gbp"] == "353.5"
    assert hidden_fields(answer)["so_payment_gbp"] == "-70"


def test_zero_zeroes_all_whatever_was_entered(staff):
    answer = preview(staff, zero_all="on", curtailed_mwh="many", so_price_gbp_per_mwh="x")
    assert {hidden_fields(answer)[name] for name in list(FIGURES)[:6]} == {"0"}
    save(staff, answer)
    assert read_one(KEY).effective == (0,) * 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"curtailed_mwh": "-1"}, "curtailed_mwh"),
        ({"curtailed_mwh": "ten"}, "curtailed_mwh"),
        ({"curtailed_mwh": "NaN"}, "curtailed_mwh"),
        ({"curtailed_mwh": "1e999999"}, "curtailed_mwh"),
        ({"curtailed_mwh": ""}, "curtailed_mwh"),
        ({"so_mwh": "8"}, "so_mwh"),
        ({"other_payment_gbp": "1"}, "other_payment_gbp"),
        ({"price_gbp_per_mwh": "1e999999"}, "price_gbp_per_mwh"),
        ({"price_gbp_per_mwh": "cheap"}, "price_gbp_per_mwh"),
        ({"reason": " \n"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "a\0b"}, "reason"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "save"])
def test_bad_input_names_its_field_and_writes_nothing(staff, changes, field, step):
    answer = staff.post(ADDRESS, filled_in(staff, **changes) | {"step": step})
    assert field in answer.context["form"].errors
    assert "Nothing was changed." in answer.content.decode()
    assert nothing_is_written()


def test_what_is_entered_is_escaped(staff):
    reason = "<script>alert(1)</script>"
    answer = preview(staff, reason=reason)
    assert reason not in answer.content.decode()
    page = save(staff, answer).content.decode()
    assert reason not in page
    assert html.escape(reason) in page
    assert Correction.objects.get().reason == reason


def test_one_can_go_back_from_the_preview_without_losing_anything(staff):
    answer = staff.post(ADDRESS, hidden_fields(preview(staff)) | {"step": "edit"})
    assert answer.context["form"]["curtailed_mwh"].value() == "7"
    assert answer.context["form"]["reason"].value() == "Metering fault"


def test_who_saves_what_was_corrected_meanwhile_is_told(staff, ada):
    mine = preview(staff)
    other = correct(proposal(), author=person("bob"), now=FETCHED)
    answer = save(staff, mine)
    assert "changed meanwhile" in answer.content.decode()
    assert read_one(KEY).correction == other


def test_saving_twice_saves_once(staff):
    previewed = preview(staff)
    save(staff, previewed)
    assert "changed meanwhile" in save(staff, previewed).content.decode()
    assert Correction.objects.count() == 1


def test_a_record_that_elexon_lacks_is_chosen_and_added(staff):
    choice = {"bmu_id": "T_SGRWO-1", "settlement_date": DAY.isoformat(), "settlement_period": "5"}
    answer = staff.post("/admin/corrections/new/", choice)
    assert answer.headers["Location"] == ADDED
    save(staff, preview(staff, ADDED), ADDED)
    assert CurtailmentRecord.objects.get(settlement_period=5).curtailed_mwh == 7
    finish_day(DAY.isoformat())
    assert_summaries_equal_naive_sums()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bmu_id": "T_NONE-1"}, "bmu_id"),
        ({"settlement_date": "2999-01-01"}, "settlement_date"),
        ({"settlement_date": "1999-01-01"}, "settlement_date"),
        ({"settlement_date": "2024-03-04"}, "settlement_date"),
        ({"settlement_date": "yesterday"}, "settlement_date"),
        ({"settlement_period": "49"}, "settlement_period"),
        ({"settlement_period": "99999999999"}, "settlement_period"),
        ({"settlement_period": ""}, "settlement_period"),
    ],
)
def test_a_record_that_cannot_be_names_the_field(staff, changes, field):
    choice = {"bmu_id": "T_SGRWO-1", "settlement_date": DAY.isoformat(), "settlement_period": "5"}
    answer = staff.post("/admin/corrections/new/", choice | changes)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {field}


@pytest.mark.parametrize(
    "rest",
    [
        "2999-01-01/1/T_SGRWO-1",
        "1999-01-01/1/T_SGRWO-1",
        "yesterday/1/T_SGRWO-1",
        f"{DAY}/49/T_SGRWO-1",
        f"{DAY}/99999999999999999999/T_SGRWO-1",
        f"{DAY}/1/T%00",
    ],
)
def test_the_address_of_a_record_that_cannot_be_is_not_found(staff, rest):
    assert staff.get(f"/admin/corrections/records/{rest}/").status_code == 404


@pytest.mark.parametrize("rest", [f"{DAY}/1/T_NONE-1", "2024-03-04/1/T_SGRWO-1"])
def test_a_record_that_cannot_be_is_refused_when_previewed(staff, rest):
    answer = preview(staff, f"/admin/corrections/records/{rest}/")
    assert answer.context["form"].non_field_errors()
    assert nothing_is_written()


class TestWithdrawing:
    @pytest.fixture
    def correction(self, ada):
        correction = correct(proposal(), author=ada, now=FETCHED)
        finish_day(DAY.isoformat())
        return correction

    def address(self, correction):
        return f"/admin/corrections/{correction.pk}/withdraw/"

    def test_it_is_previewed_and_then_done(self, staff, correction):
        address = self.address(correction)
        answer = staff.post(address, {"reason": "Wrong unit", "step": "preview"})
        assert read_one(KEY).correction == correction
        shown = answer.context["preview"]
        save(staff, answer, address)
        finish_day(DAY.isoformat())
        assert [figure.after for figure in shown.figures] == list(read_one(KEY).effective)
        correction.refresh_from_db()
        assert correction.withdrawal_reason == "Wrong unit"
        assert DailySummary.objects.get().curtailed_mwh == Decimal("114.333333333333333")
        assert_summaries_equal_naive_sums()

    def test_it_needs_a_reason(self, staff, correction):
        answer = staff.post(self.address(correction), {"reason": "", "step": "save"})
        assert answer.context["form"].errors.keys() == {"reason"}
        assert read_one(KEY).correction == correction

    def preview(self, staff, correction):
        return staff.post(self.address(correction), {"reason": "Wrong", "step": "preview"})

    def test_it_is_done_once(self, staff, correction):
        previewed = self.preview(staff, correction)
        for _ in range(2):
            answer = save(staff, previewed, self.address(correction))
        assert "withdrawn or superseded already" in answer.content.decode()

    def test_what_elexon_published_since_the_preview_is_looked_at_first(self, staff, correction):
        previewed = self.preview(staff, correction)
        store(fetched_day({1: [stack_line(volume="-26.5", so_flag=True)]}, started_at=LATER))
        answer = save(staff, previewed, self.address(correction))
        assert "changed meanwhile" in answer.content.decode()
        assert read_one(KEY).correction == correction
        again = self.preview(staff, correction)
        assert again.context["preview"].figures[0].after == Decimal("26.5")
        save(staff, again, self.address(correction))
        assert read_one(KEY).effective[0] == Decimal("26.5")

    def test_it_is_not_done_without_a_preview(self, staff, correction):
        answer = staff.post(self.address(correction), {"reason": "Wrong", "step": "save"})
        assert "changed meanwhile" in answer.content.decode()
        assert read_one(KEY).correction == correction

    def test_of_an_added_record_leaves_none_and_no_dead_link(self, staff, ada):
        key = replace(KEY, settlement_period=5)
        added = correct(proposal(key), author=ada, now=FETCHED)
        answer = save(staff, self.preview(staff, added), self.address(added))
        assert answer.status_code == 200
        assert read_one(key).record is None
        finish_day(DAY.isoformat())
        assert_summaries_equal_naive_sums()

    def test_the_record_s_page_has_its_history_and_what_can_be_done(self, staff, correction):
        store(fetched_day({1: [stack_line(volume="-12")]}, started_at=FETCHED))
        page = staff.get(
            f"/admin/curtailment/curtailmentrecord/{read_one(KEY).record.pk}/change/"
        ).content.decode()
        assert ADDRESS in page
        assert self.address(correction) in page
        assert "Metering fault" in page
        page = staff.get(f"/admin/curtailment/correction/{correction.pk}/change/").content.decode()
        assert self.address(correction) in page

    def test_the_record_s_page_shows_what_is_published_while_another_figure_counts(
        self, staff, correction
    ):
        address = f"/admin/curtailment/curtailmentrecord/{read_one(KEY).record.pk}/change/"
        page = staff.get(address).content.decode()
        counts, published, evidence = (
            page.index(f">{heading}<")
            for heading in (
                "Energy and payment",
                "Published, and overridden by the correction",
                "Evidence: the stack lines",
            )
        )
        assert counts < published < evidence
        assert "10.333333333333333" in page[published:evidence]
        assert "collapse" not in page[counts:evidence]
        save(staff, self.preview(staff, correction), self.address(correction))
        assert "overridden" not in staff.get(address).content.decode()

    def test_there_is_no_such_correction(self, staff):
        assert staff.get("/admin/corrections/999/withdraw/").status_code == 404


class TestPermissions:
    @pytest.fixture
    def addresses(self, ada):
        correction = correct(proposal(), author=ada, now=FETCHED)
        return {
            "/admin/corrections/new/": "correct_record",
            ADDRESS: "correct_record",
            f"/admin/corrections/{correction.pk}/withdraw/": "withdraw_correction",
        }

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_each_page_is_refused_without_its_permission(self, client, addresses, method):
        needed = {"correct_record", "withdraw_correction"}
        for number, (address, permission) in enumerate(addresses.items()):
            client.force_login(person(f"bob{number}", *(needed - {permission})))
            assert getattr(client, method)(address).status_code == 403
            client.force_login(person(f"eve{number}", permission))
            assert getattr(client, method)(address).status_code == 200

    def test_who_is_not_staff_is_asked_to_sign_in(self, client, addresses):
        client.force_login(person("reader", "correct_record", is_staff=False))
        for address in addresses:
            assert "/admin/login/" in client.get(address).headers["Location"]

    def test_without_the_permission_nothing_is_written(self, client, stored):
        client.force_login(person("bob"))
        answer = client.post(ADDRESS, FIGURES | {"seen": read_one(KEY).state, "step": "save"})
        assert answer.status_code == 403
        assert nothing_is_written()
