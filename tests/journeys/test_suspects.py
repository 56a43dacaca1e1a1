"""An answer that lost most of a day: kept aside, decided, and what fetches do from then on."""

from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from curtailment.models import IngestionProgress, SuspectDay
from curtailment.operations.suspects import accept, reject
from curtailment.settlement import iter_periods
from tests.stubs.elexon import make_day_lines

pytestmark = pytest.mark.usefixtures("public_reports")

DAY = date(2024, 6, 1)
WHOLE = {p.number: make_day_lines(DAY, p.number) for p in iter_periods(DAY)}
LOST = {number: lines for number, lines in WHOLE.items() if number <= 12}
MORE_LOST = {number: lines for number, lines in WHOLE.items() if number <= 6}


def backfill(**options):
    output = StringIO()
    call_command("backfill", f"--from={DAY}", f"--to={DAY}", stdout=output, **options)
    return output.getvalue()


def progress():
    return IngestionProgress.objects.get(pk=DAY)


def labels(client):
    page = client.get(f"/reports/daily/{DAY}/")
    return [notice.label for notice in page.context["report"].notices]


@pytest.fixture
def ada(committed_db):
    return User.objects.create(username="ada")


@pytest.fixture
def suspect(elexon, client):
    elexon.add_day(DAY, WHOLE)
    backfill()
    elexon.add_day(DAY, LOST)
    with pytest.raises(CommandError, match="kept aside until staff accept or reject it"):
        backfill(force=True)
    assert labels(client) == ["Suspect answer"]
    return SuspectDay.objects.get()


def test_an_undecided_day_is_not_fetched_again_unless_forced(elexon, suspect):
    elexon.forget()
    assert "1 skipped" in backfill()
    assert elexon.requests == []


def test_an_accepted_answer_is_fetched_by_the_next_backfill(elexon, suspect, ada, client):
    whole = client.get(f"/reports/daily/{DAY}/?format=json").json()["curtailed_mwh"]
    accept(suspect, by=ada, reason="Elexon confirmed it.", now=timezone.now())
    assert labels(client) == []
    assert "1 written" in backfill()
    assert progress().periods_fetched == 48
    assert client.get(f"/reports/daily/{DAY}/?format=json").json()["curtailed_mwh"] != whole
    elexon.forget()
    assert "1 skipped" in backfill()
    assert elexon.requests == []


def test_what_elexon_answers_instead_is_decided_anew_and_not_asked_for_again(
    elexon, suspect, ada, client
):
    accept(suspect, by=ada, reason="Elexon confirmed it.", now=timezone.now())
    elexon.add_day(DAY, MORE_LOST)
    with pytest.raises(CommandError, match="kept aside"):
        backfill()
    assert SuspectDay.objects.filter(state="open").count() == 1
    assert labels(client) == ["Suspect answer"]
    elexon.forget()
    assert "1 skipped" in backfill()
    assert elexon.requests == []


def test_a_rejected_answer_is_no_trouble_any_more(elexon, suspect, ada, client):
    reject(suspect, by=ada, reason="An outage.", now=timezone.now())
    assert labels(client) == []
    assert "1 rejected" in backfill(force=True)
    assert labels(client) == []
    assert (progress().attempt_state, progress().data_state) == ("ok", "final")


def test_a_fetch_of_an_accepted_answer_that_was_killed_is_done_anew(elexon, suspect, ada):
    accept(suspect, by=ada, reason="Elexon confirmed it.", now=timezone.now())
    IngestionProgress.objects.update(attempt_state="running", attempt_ended_at=None)
    assert "1 written" in backfill()
