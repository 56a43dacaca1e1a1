"""The admin's page of the switch: who may use it, and what it says."""

import pytest
from django.contrib.auth.models import Group, User

from summaries.models import ScheduledFetching
from summaries.switch import is_on
from tests.curtailment.days import add_wind_units

pytestmark = pytest.mark.django_db
PAGE = "/admin/scheduled-fetching/"


def sign_in(client, group):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def test_an_operator_switches_fetching_on_and_off(client):
    user = sign_in(client, "Operators")
    assert "Scheduled fetching is <strong>off</strong>" in client.get(PAGE).text
    page = client.post(PAGE, {"switch": "on"}, follow=True)
    assert "Scheduled fetching is <strong>on</strong>" in page.text
    assert "switched by somebody" in page.text
    assert "the register has no wind unit" in page.text
    add_wind_units()
    assert "the register has no wind unit" not in client.get(PAGE).text
    client.post(PAGE, {"switch": "off"})
    assert not is_on()
    assert ScheduledFetching.objects.get().changed_by == user


def test_data_staff_see_the_switch_and_may_not_use_it(client):
    sign_in(client, "Data staff")
    assert "You may not switch it" in client.get(PAGE).text
    assert client.post(PAGE, {"switch": "on"}).status_code == 403
    assert not is_on()


def test_readers_do_not_see_it(client):
    assert client.get(PAGE).status_code == 302
