"""Staff browse every table, and edit only what is theirs."""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import User

from curtailment.models import BMUnit, Correction
from mining.models import MinerModel
from tests.summaries.factories import NOON, Rec, store_day, store_longer_summaries

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 5)
OURS = sorted(
    (model for model in admin.site._registry if model.__module__.split(".")[0] != "django"),
    key=lambda model: model._meta.label,
)
OURS = [model for model in OURS if model._meta.app_label in ("curtailment", "mining", "summaries")]


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create(username="staff", is_staff=True, is_superuser=True))
    return client


def address(model, *parts):
    name = model._meta.label_lower.replace(".", "/")
    return "/".join(["/admin", name, *map(str, parts), ""])


@pytest.fixture
def stored():
    store_day(DAY, [Rec("T_A-1", 1, ("10", "500")), Rec("T_B-1", 2, ("10", "500"))])
    store_longer_summaries(DAY)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_staff_browse_every_table(staff, stored, model):
    assert staff.get(address(model), follow=True).status_code == 200
    row = model.objects.first()
    if row is not None:
        assert staff.get(address(model, row.pk, "change")).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_staff_add_and_delete_nothing_but_miner_models(staff, stored, model):
    row = model.objects.first()
    assert staff.get(address(model, "add")).status_code == (200 if model is MinerModel else 403)
    if row is not None:
        assert staff.post(address(model, row.pk, "delete"), {"post": "yes"}).status_code == 403


def test_staff_edit_only_a_unit_s_farm_and_kind(staff, stored):
    unit = BMUnit.objects.get(pk="T_A-1")
    answer = staff.post(
        address(BMUnit, "T_5FA-1", "change"),
        {"farm_name": "Seagreen", "staff_is_wind": "true", "name": "Mine", "fuel_type": "COAL"}
        | {"capacity_mw": "7"},
    )
    assert answer.status_code == 302
    unit.refresh_from_db()
    assert (unit.farm_name, unit.staff_is_wind) == ("Seagreen", True)
    assert (unit.name, unit.fuel_type, unit.capacity_mw) == ("T_A-1", "", None)


def test_a_correction_is_not_edited(staff, stored):
    correction = Correction.objects.create(
        bmu_id="T_A-1",
        settlement_date=DAY,
        settlement_period=1,
        curtailed_mwh=1,
        payment_gbp=1,
        so_mwh=0,
        so_payment_gbp=0,
        other_mwh=0,
        other_payment_gbp=0,
        reason="Meter",
        author=User.objects.get(),
        created_at=NOON,
    )
    for part in ("change", "delete"):
        answer = staff.post(
            address(Correction, correction.pk, part), {"reason": "x", "post": "yes"}
        )
        assert answer.status_code == 403
    assert Correction.objects.get().reason == "Meter"


def test_a_miner_model_keeps_its_key(staff):
    answer = staff.post(
        address(MinerModel, "S9", "change"),
        {
            "key": "X",
            "name": "S9 again",
            "hashrate_th_s": "13.5",
            "power_w": "1323",
            "active": "on",
        },
    )
    assert answer.status_code == 302
    assert MinerModel.objects.get(pk="S9").name == "S9 again"
