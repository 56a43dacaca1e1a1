"""A correction from the form to every page and back, with a browser, a cluster, and Elexon."""

import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Success
from django_q.tasks import async_task

from config.cache import IN_PROCESS
from curtailment.models import CurtailmentRecord, IngestionProgress
from curtailment.operations import mark_stale
from curtailment.settlement import iter_periods
from mining.models import DifficultyEpoch
from summaries.models import BitcoinDailySummary
from summaries.schedules import sync_schedules
from tests.journeys.conftest import MANAGE, elexon, environment  # noqa: F401
from tests.journeys.naive import fraction, report
from tests.stubs.elexon import make_day_lines, make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

DAY, PERIOD, UNIT = date(2024, 3, 5), 16, "T_SGRWO-1"
REPORTS = ("/reports/daily/2024-03-05/", "/reports/monthly/2024-03/", "/reports/yearly/2024/")
PASSWORD = "correct-horse-battery"


def stacks(*, first_volume=None):
    """A day's bids; with another volume of the unit's first acceptance in the period."""
    day = {p.number: make_day_lines(DAY, p.number) for p in iter_periods(DAY)}
    if first_volume is not None:
        day[PERIOD][0] = make_line(DAY, PERIOD, UNIT, first_volume, "-9.95")
    return day


@pytest.fixture
def ingested(elexon, settings):  # noqa: F811
    """The day is stored, reports are public and cached, and the groups are there."""
    settings.REPORTS_PUBLIC = True
    settings.CACHES = settings.CACHES | {"reports": IN_PROCESS}
    caches["reports"].clear()
    import_module("summaries.migrations.0002_groups").create_groups(apps, None)
    elexon.add_day(DAY, stacks())
    call_command("backfill", f"--from={DAY}", f"--to={DAY}")
    return elexon


@pytest.fixture
def cluster(ingested, environment, settings):  # noqa: F811
    """The background work that corrections need, which has done its first task.

    Tasks are signed, so both sides need the same key.
    """
    with ExitStack() as stack:
        for name in ("windfall", "prompt-work"):
            variables = {"SECRET_KEY": settings.SECRET_KEY, "Q_CLUSTER_NAME": name}
            process = subprocess.Popen(
                [sys.executable, MANAGE, "qcluster"],
                env=environment | variables,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait, timeout=30)
            stack.callback(process.terminate)
            async_task("math.sqrt", 4, cluster=name, group=name)
            within(30, lambda group=name: Success.objects.filter(group=group).exists())
        yield


def within(seconds, condition):
    """Waits until a condition holds, and says how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture
def staff(cluster, open_context):
    """A page of somebody in the group Data staff."""
    ada = User.objects.create_user("ada", password=PASSWORD, is_staff=True)
    ada.groups.add(Group.objects.get(name="Data staff"))
    context = open_context()
    # Django's admin has no icon, which Chromium would complain of.
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def record():
    return CurtailmentRecord.objects.get(settlement_date=DAY, settlement_period=PERIOD, bmu_id=UNIT)


def read_reports(page):
    """Of each report its JSON, and the ETag of its page."""
    found = []
    for address in REPORTS:
        html = page.request.get(address)
        found.append((page.request.get(f"{address}?format=json").json(), html.headers["etag"]))
    return found


def assert_reports_say(page, published, change):
    """Energy of day, month and year is what the payloads say, plus the change; payment too."""
    epochs = list(DifficultyEpoch.objects.values_list("starts_at", "difficulty"))
    naive = report({DAY: published}, epochs)
    mwh, gbp = change
    for data, _ in read_reports(page):
        assert fraction(data["curtailed_mwh"]) == naive["curtailed_mwh"] + mwh
        assert fraction(data["payment_gbp"]) == naive["payment_gbp"] + gbp
    assert_summaries_equal_naive_sums()
    return naive


def wait_for_the_day(page):
    """How long the day's page says that it is being recalculated."""
    page.goto(REPORTS[0])
    return within(5, lambda: "recalculated" not in page.reload().text())


def test_a_correction_is_shown_everywhere_and_can_be_undone(staff, ingested):
    page = staff
    assert_reports_say(page, stacks(), (0, 0))
    before, bitcoin_before = (
        read_reports(page),
        BitcoinDailySummary.objects.get(settlement_date=DAY, miner_model_id="S19J_PRO"),
    )
    published = record()
    old_mwh, old_gbp = published.curtailed_mwh, published.payment_gbp

    # Correct: 10 MWh at -50 GBP/MWh.
    page.goto(f"/admin/curtailment/curtailmentrecord/{published.pk}/change/")
    page.get_by_role("link", name="Correct", exact=True).click()
    fill(page, {"curtailed_mwh": "10", "price_gbp_per_mwh": "-50"})
    fill(page, {"so_mwh": "10", "so_price_gbp_per_mwh": "-50"})
    page.get_by_label("Reason").fill("Metering fault <b>at</b> the farm")
    page.get_by_role("button", name="Preview").click()
    preview = page.inner_text("#content-main")
    page.get_by_role("button", name="Save the correction").click()
    took = wait_for_the_day(page)
    assert took < 5

    # Record, day, month, year, bitcoin, JSON and cached pages follow.
    corrected = record()
    assert (corrected.curtailed_mwh, corrected.payment_gbp) == (10, 500)
    assert (corrected.published_curtailed_mwh, corrected.published_payment_gbp) == (
        old_mwh,
        old_gbp,
    )
    change = (10 - Fraction(old_mwh), 500 - Fraction(old_gbp))
    assert_reports_say(page, stacks(), change)
    for (data, etag), (_, old_etag) in zip(read_reports(page), before, strict=True):
        assert data["has_corrections"] is True
        assert etag != old_etag
        total = f"{Decimal(data['curtailed_mwh']):,.2f}"
        assert total in preview, "the preview said what came of it"
    after = BitcoinDailySummary.objects.get(settlement_date=DAY, miner_model_id="S19J_PRO")
    assert after.bitcoin_mined < bitcoin_before.bitcoin_mined

    # Elexon revises the record: the correction stays, and is to be reviewed.
    revised = stacks(first_volume="-30")
    ingested.add_day(DAY, revised)
    call_command("backfill", f"--from={DAY}", f"--to={DAY}", "--force")
    again = record()
    assert again.curtailed_mwh == 10
    new_mwh, new_gbp = again.published_curtailed_mwh, again.published_payment_gbp
    assert new_mwh != old_mwh
    assert_reports_say(page, revised, (10 - Fraction(new_mwh), 500 - Fraction(new_gbp)))
    page.goto("/admin/")
    assert "Corrections to look at again" in page.inner_text("#content-main")

    # Withdraw: everything is as published.
    page.goto(f"/admin/curtailment/curtailmentrecord/{again.pk}/change/")
    assert "Metering fault <b>at</b> the farm" in page.inner_text("#content-main")
    page.get_by_role("link", name="Withdraw the correction").click()
    page.get_by_label("Reason").fill("The meter was right")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Withdraw the correction").click()
    wait_for_the_day(page)
    last = record()
    assert (last.curtailed_mwh, last.payment_gbp) == (new_mwh, new_gbp)
    assert last.published_curtailed_mwh is None
    assert_reports_say(page, revised, (0, 0))
    assert all(data["has_corrections"] is False for data, _ in read_reports(page))


def fill(page, figures):
    for name, text in figures.items():
        page.locator(f"input[name='{name}']").fill(text)


def test_a_day_whose_first_trigger_was_lost_is_found(cluster):
    """Nothing was handed to the cluster: the schedule finds the stale day within a minute."""
    sync_schedules(now=timezone.now())
    CurtailmentRecord.objects.filter(pk=record().pk).update(curtailed_mwh=10, so_mwh=10)
    mark_stale([DAY], reason="Records were corrected.", now=timezone.now())
    within(60, lambda: not IngestionProgress.objects.filter(stale_since__isnull=False).exists())
    assert_summaries_equal_naive_sums()
