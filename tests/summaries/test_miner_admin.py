"""A miner model is changed together with the recalculation that follows from it, or not at all."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from curtailment.models import IngestionProgress
from mining.models import BitcoinCalculation, MinerModel
from mining.operations import load_embedded_epochs
from summaries.tasks import finish_stale_days
from tests.summaries.factories import Rec, store_day
from tests.summaries.test_day_actions import sign_in, store

pytestmark = pytest.mark.django_db

DAY, EMPTY = date(2024, 3, 5), date(2024, 3, 6)
ADDRESS = "/admin/mining/minermodel/"
AS_IT_IS = {"name": "Antminer S9", "hashrate_th_s": "13.5", "power_w": "1323", "active": "on"}
NEW = {"key": "NEW", "name": "New", "hashrate_th_s": "100", "power_w": "2000", "active": "on"}


@pytest.fixture(autouse=True)
def days():
    store_day(DAY, [Rec("T_A-1", 1, ("10", "500"))])
    store(EMPTY, data_state="none", source="", periods_fetched=0)


@pytest.fixture
def operator(client):
    return sign_in(client, "Operators")


def change(client, **changes):
    data = AS_IT_IS | changes
    data = {name: value for name, value in data.items() if value is not None}
    return client.post(f"{ADDRESS}S9/change/", data, follow=True)


def stale_days():
    return list(
        IngestionProgress.objects.filter(stale_since__isnull=False).values_list("pk", flat=True)
    )


def hash_rate():
    return MinerModel.objects.get(pk="S9").hashrate_th_s


@pytest.mark.parametrize(
    "changes", [{"hashrate_th_s": "14"}, {"power_w": "1300"}, {"active": None}]
)
def test_what_bitcoin_follows_from_is_saved_with_the_recalculation(operator, changes):
    answer = change(operator, recalculate="on", **changes)
    assert stale_days() == [DAY]
    assert IngestionProgress.objects.get(pk=DAY).stale_reason == "Miner model S9 was changed."
    assert "/admin/curtailment/ingestionprogress/?waits=stale" in answer.content.decode()


def test_the_offer_says_how_many_days_and_is_not_passed_over(operator):
    answer = change(operator, hashrate_th_s="14")
    assert "recalculate 1 stored day" in answer.content.decode().lower()
    assert "Tick this too" in answer.content.decode()
    assert (hash_rate(), stale_days()) == (13.5, [])


def test_a_name_changes_nothing_else(operator):
    change(operator, name="S9 again")
    assert MinerModel.objects.get(pk="S9").name == "S9 again"
    assert stale_days() == []


def test_a_new_model_is_calculated_for_all_stored_days(operator):
    assert operator.post(f"{ADDRESS}add/", NEW).status_code == 200
    assert not MinerModel.objects.filter(pk="NEW").exists()
    assert operator.post(f"{ADDRESS}add/", NEW | {"recalculate": "on"}).status_code == 302
    assert stale_days() == [DAY]
    load_embedded_epochs(now=timezone.now())
    finish_stale_days()
    assert BitcoinCalculation.objects.filter(miner_model="NEW").count() == 1
    assert stale_days() == []


def test_an_inactive_model_is_added_and_changed_without_a_recalculation(operator):
    inactive = {name: value for name, value in NEW.items() if name != "active"}
    assert operator.post(f"{ADDRESS}add/", inactive).status_code == 302
    inactive["hashrate_th_s"] = "200"
    assert operator.post(f"{ADDRESS}NEW/change/", inactive).status_code == 302
    assert stale_days() == []


def test_who_may_change_models_but_not_recalculate_changes_no_bitcoin(client):
    user = User.objects.create(username="one", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_minermodel"))
    client.force_login(user)
    answer = change(client, hashrate_th_s="14", recalculate="on")
    assert "You may not recalculate days" in answer.content.decode()
    assert (hash_rate(), stale_days()) == (13.5, [])


def test_data_staff_look_at_models_only(client):
    staff = sign_in(client, "Data staff")
    assert staff.get(f"{ADDRESS}S9/change/").status_code == 200
    assert change(staff, hashrate_th_s="14", recalculate="on").status_code == 403
    assert staff.post(f"{ADDRESS}add/", NEW).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hashrate_th_s": "0"}, "Hash rate (TH/s) must be more than 0."),
        ({"hashrate_th_s": "-13.5"}, "Hash rate (TH/s) must be more than 0."),
        ({"power_w": "0"}, "Power (W) must be more than 0."),
        ({"power_w": "-1"}, "Power (W) must be more than 0."),
        ({"hashrate_th_s": "many"}, "Enter a number."),
        ({"power_w": ""}, "This field is required."),
    ],
)
def test_a_wrong_figure_is_refused_by_name(operator, wrong, sentence):
    answer = change(operator, recalculate="on", **wrong)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {name: [sentence] for name in wrong}
    assert "miner_models_positive" not in answer.content.decode()
    assert (hash_rate(), stale_days()) == (13.5, [])
