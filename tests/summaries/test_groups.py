"""Who may do what: the groups that a migration makes."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User

pytestmark = pytest.mark.django_db

create_groups = import_module("summaries.migrations.0002_groups").create_groups
CORRECTING = {
    "curtailment.change_bmunit",
    "curtailment.correct_record",
    "curtailment.withdraw_correction",
    "curtailment.decide_suspectday",
}
OPERATING = {
    "curtailment.refresh_day",
    "curtailment.recalculate_day",
    "curtailment.verify_day",
    "curtailment.run_backfill",
    "curtailment.change_referencerevision",
    "mining.add_minermodel",
    "mining.change_minermodel",
    "django_q.view_schedule",
    "django_q.change_schedule",
    "django_q.view_success",
    "django_q.view_failure",
    "django_q.view_ormq",
}


def viewing():
    found = Permission.objects.filter(
        content_type__app_label__in=("curtailment", "mining", "summaries"),
        codename__startswith="view_",
    )
    return {f"{row.content_type.app_label}.{row.codename}" for row in found}


@pytest.mark.parametrize(
    ("name", "changes", "may_browse"),
    [
        ("Managers", set(), False),
        ("Data staff", CORRECTING, True),
        ("Operators", CORRECTING | OPERATING, True),
    ],
)
def test_a_group_may_do_exactly_its_work(name, changes, may_browse):
    user = User.objects.create(username="one")
    user.groups.add(Group.objects.get(name=name))
    assert user.get_all_permissions() == changes | (viewing() if may_browse else set())


def test_every_table_of_ours_can_be_viewed():
    assert len(viewing()) == 22


def test_groups_that_exist_stay_as_administrators_made_them():
    Group.objects.get(name="Operators").permissions.clear()
    Group.objects.get(name="Managers").delete()
    staff = set(Group.objects.get(name="Data staff").permissions.all())
    create_groups(apps, None)
    create_groups(apps, None)
    assert not Group.objects.get(name="Operators").permissions.exists()
    assert set(Group.objects.get(name="Data staff").permissions.all()) == staff
    assert Group.objects.count() == 3
