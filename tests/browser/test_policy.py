"""Every kind of page works under the Content-Security-Policy.

Chromium tells each violation as an error, and `open_context` fails a test in which it told any.
Pages of reports are opened by the tests beside this one.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_q.models import Failure, Success, Task

from curtailment.models import CurtailmentRecord
from summaries.schedules import sync_schedules
from tests.browser.conftest import LAST, save
from tests.summaries.factories import NOON

PAGES_OF_NO_TABLE = [
    "/admin/",
    "/admin/password_change/",
    "/admin/corrections/new/",
    "/admin/corrections/upload/",
    "/admin/report-cache/",
    "/admin/connections/",
    "/admin/refetch/",
    "/admin/start-backfill/",
    "/admin/scheduled-fetching/",
    f"/admin/curtailment/ingestionprogress/{LAST}/history/",
]


@pytest.fixture
def staff_page(sample_days, open_context, live_server):
    """A page of a superuser."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    context = open_context(viewport={"width": 1280, "height": 900})
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    # Django's admin has no icon, which Chromium would complain of.
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    return context.new_page()


def addresses_of_tables():
    """The list of every table, the form of a new row, the page of one, and the one that asks
    before it is deleted, as far as they are there.
    """
    for model, options in admin.site._registry.items():
        named = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{named}_changelist")
        if options.has_add_permission(SUPERUSER):
            yield reverse(f"{named}_add")
        if (row := options.get_queryset(SUPERUSER).first()) is not None:
            yield reverse(f"{named}_change", args=[row.pk])
            if options.has_delete_permission(SUPERUSER, row):
                yield reverse(f"{named}_delete", args=[row.pk])


class SUPERUSER:
    """As much of a request as permissions look at."""

    GET: dict[str, str] = {}

    class user:
        is_active = is_staff = is_superuser = True
        has_perm = staticmethod(lambda name, row=None: True)


def test_every_page_of_the_admin_works_under_the_policy(staff_page):
    sync_schedules(now=NOON)
    task = {"func": "math.sqrt", "started": NOON, "stopped": NOON, "result": "<b>x</b>"}
    Task.objects.create(id="1" * 32, name="one", success=True, **task)
    Task.objects.create(id="2" * 32, name="two", success=False, **task)
    assert Success.objects.exists() and Failure.objects.exists()
    addresses = [*PAGES_OF_NO_TABLE, *addresses_of_tables()]
    assert len(addresses) > 50
    for address in addresses:
        response = staff_page.goto(address)
        assert response.status == 200, address
        assert "script-src 'self'" in response.headers["content-security-policy"], address


def test_dates_are_chosen_and_rows_ticked_with_scripts(staff_page):
    sync_schedules(now=NOON)
    staff_page.goto("/admin/django_q/schedule/")
    staff_page.locator("#result_list tbody th a").first.click()
    staff_page.locator("a[id^=calendarlink]").first.click()
    assert staff_page.locator(".calendarbox").first.is_visible()
    save(staff_page, "policy-calendar")
    staff_page.get_by_role("link", name="Today").first.click()
    staff_page.goto("/admin/curtailment/ingestionprogress/")
    staff_page.locator("#action-toggle").check()
    assert staff_page.locator(".action-counter").first.inner_text().startswith("3 of 3")
    staff_page.locator("select[name=action]").select_option(value="verify_days")
    staff_page.get_by_role("button", name="Go").click()
    assert "See how far it is" in staff_page.inner_text("main")
    staff_page.get_by_role("button", name="Toggle theme").first.click()


def test_a_correction_goes_its_way_with_scripts(staff_page):
    record = CurtailmentRecord.objects.filter(settlement_date=LAST).first()
    staff_page.goto(f"/admin/curtailment/curtailmentrecord/{record.pk}/change/")
    staff_page.get_by_role("link", name="Correct", exact=True).click()
    staff_page.get_by_label("All six figures are zero").check()
    staff_page.get_by_label("Reason").fill("Metering fault")
    staff_page.get_by_role("button", name="Preview").click()
    staff_page.get_by_role("button", name="Save the correction").click()
    assert "the record" in staff_page.inner_text("main")


def test_what_is_injected_does_not_run(chromium, live_server, sample_days):
    """Were a text ever taken for markup, the policy would still stop it."""
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/")
    stopped = page.evaluate(
        """async () => {
            const stopped = [];
            document.addEventListener("securitypolicyviolation", event => {
                stopped.push(event.effectiveDirective);
            });
            document.body.insertAdjacentHTML("beforeend", `
                <img src="data:," onerror="document.title = 'taken over'">
                <p style="color: red">x</p>
                <a id="link" href="javascript:document.title = 'taken over'">x</a>
                <form action="https://elsewhere.example/"><button id="send">x</button></form>`);
            document.getElementById("link").click();
            document.getElementById("send").click();
            await new Promise(resolve => setTimeout(resolve, 200));
            return stopped;
        }"""
    )
    assert page.title() != "taken over"
    assert page.url == f"{live_server.url}/"
    assert set(stopped) >= {"img-src", "script-src-attr", "style-src-attr", "form-action"}
    context.close()
