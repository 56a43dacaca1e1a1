"""Starting and steering backfills from the admin."""

import pytest
from django_q.models import OrmQ

from curtailment.models import Backfill
from tests.summaries.test_day_actions import sign_in

pytestmark = pytest.mark.django_db
START = "/admin/start-backfill/"
LIST = "/admin/curtailment/backfill/"
RANGE = {"first": "2024-05-07", "last": "2024-05-10"}


def act(client, action, *records):
    ticked = [record.pk for record in records]
    return client.post(LIST, {"action": action, "_selected_action": ticked}, follow=True)


def test_an_operator_starts_pauses_resumes_and_cancels(client, django_capture_on_commit_callbacks):
    sign_in(client, "Operators")
    assert START in client.get(LIST).text
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(START, RANGE, follow=True)
    record = Backfill.objects.get()
    assert f"Backfill {record.pk} was handed to the cluster." in page.text
    assert OrmQ.objects.get().task["func"] == "summaries.tasks.work_on_backfills"
    for action, state in (("pause", "paused"), ("resume", "running"), ("cancel", "canceled")):
        act(client, f"{action}_backfills", record)
        record.refresh_from_db()
        assert record.state == state
    page = act(client, "pause_backfills", record)
    assert f"Backfill {record.pk} cannot be paused: it is canceled." in page.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first": "2024-05-11"}, "To (2024-05-10) is before From (2024-05-11)."),
        ({"first": "2001-03-26"}, "From (2001-03-26) is before 2001-03-27"),
        ({"last": "2999-01-01"}, "To (2999-01-01) is after today in London"),
        ({"last": "soon"}, "To is not a date. Write it as YYYY-MM-DD."),
        ({"first": ""}, "Give the date From."),
    ],
)
def test_a_wrong_range_is_told_in_a_sentence(client, changes, sentence):
    sign_in(client, "Operators")
    assert sentence in client.post(START, RANGE | changes).text
    assert not Backfill.objects.exists()


def test_data_staff_see_backfills_and_may_not_run_them(client):
    sign_in(client, "Data staff")
    page = client.get(LIST)
    assert page.status_code == 200
    assert START not in page.text
    assert client.get(START).status_code == 403
    assert client.post(START, RANGE).status_code == 403
