"""A stored and finished day, and people who may and may not correct it."""

import pytest
from django.contrib.auth.models import Permission, User

from mining.operations import load_embedded_epochs
from summaries.pipeline import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line

LINES = {
    1: [
        stack_line(volume="-10", so_flag=True),
        stack_line(volume="-0.333333333333333", original_price="12.5", cadl_flag=True),
        stack_line(volume="-5"),
        stack_line(id="T_MOWEO-1", volume="-100", so_flag=True),
    ],
    2: [stack_line(volume="-4", so_flag=True)],
}


@pytest.fixture
def stored(db):
    load_embedded_epochs(now=FETCHED)
    add_wind_units()
    store(fetched_day(LINES))
    finish_day(DAY, now=FETCHED)


def person(name, *permissions, is_staff=True):
    user = User.objects.create_user(name, is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def ada(db):
    """Data staff."""
    return person(
        "ada",
        "correct_record",
        "withdraw_correction",
        "view_curtailmentrecord",
        "view_correction",
        "view_correctionbatch",
        "view_ingestionprogress",
    )


@pytest.fixture
def staff(client, ada):
    client.force_login(ada)
    return client
