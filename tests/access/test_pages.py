"""Every address opens for exactly those whom the table names."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.cache import IN_PROCESS
from curtailment.models import Correction, CorrectionBatch, SuspectDay
from summaries.background import enqueue_days
from tests.access.stored import PEOPLE, client_of
from tests.access.table import ACTIONS, LEADING_ON, PAGES, TABLES
from tests.curtailment.days import DAY

pytestmark = pytest.mark.django_db


def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every address."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            name = str(pattern.name or getattr(pattern.callback, "__name__", ""))
            yield ":".join((*spaces, name if pattern.name or not spaces else ""))
        else:
            space = (str(pattern.namespace),) if pattern.namespace else ()
            yield from names(pattern, (*spaces, *space))


def names_of_tables():
    for label in TABLES:
        stem = "admin:" + label.replace(".", "_")
        for page in ("changelist", "add", "change", "delete", "history"):
            yield f"{stem}_{page}"


def test_every_address_stands_in_the_table():
    known = {*PAGES, *ACTIONS, *LEADING_ON, *names_of_tables(), "admin:auth_user_password_change"}
    known = {"metrics_page" if name == "metrics" else name for name in known}
    assert set(names(get_resolver())) == known


def test_every_table_of_the_admin_stands_in_the_table():
    assert {model._meta.label_lower for model in admin.site._registry} == set(TABLES)


def addresses(django_capture_on_commit_callbacks):
    """What has to be known to open a page, by its name."""
    with django_capture_on_commit_callbacks(execute=True):
        work = enqueue_days("finish_day", [DAY])
    needed = {
        "summaries:daily": [DAY.isoformat()],
        "summaries:monthly": ["2024-03"],
        "summaries:yearly": ["2024"],
        "summaries:farm": ["T_SGRWO-1"],
        "correct-record": [DAY.isoformat(), 1, "T_SGRWO-1"],
        "withdraw-correction": [Correction.objects.filter(batch=None).get().pk],
        "withdraw-corrections": [CorrectionBatch.objects.get().pk],
        "suspect-day": [SuspectDay.objects.get().pk],
        "work": [work],
    }
    for name in PAGES:
        if name in ("healthz", "readyz", "metrics"):
            yield name, f"/{name}"
        elif name == "summaries:lead-party":
            yield name, reverse(name) + "?name=A%20Company"
        else:
            yield name, reverse(name, args=needed.get(name, []))


def opens(client, address) -> bool:
    """Whether somebody gets the page, instead of a refusal or the way to sign in."""
    response = client.get(address)
    if response.status_code == 302:
        return "/login/" not in response.url
    assert response.status_code in (200, 403), (address, response.status_code)
    return response.status_code == 200


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_open_for_exactly_these(stored, who, django_capture_on_commit_callbacks):
    client = client_of(who)
    found = {
        name: opens(client, address)
        for name, address in addresses(django_capture_on_commit_callbacks)
    }
    assert found == {name: who in permitted for name, permitted in PAGES.items()}


@pytest.mark.parametrize("who", PEOPLE)
def test_tables_open_for_exactly_these(stored, who):
    """List, page of a row and its history to look; the forms to add, to change, to delete."""
    client = client_of(who)
    found = {label: pages_of_table(client, label) for label in TABLES}
    assert found == {
        label: tuple(who in group for group in permitted) for label, permitted in TABLES.items()
    }


def pages_of_table(client, label):
    model = apps.get_model(label)
    stem = "admin:" + label.replace(".", "_")
    row = model.objects.filter(**kinds(label)).first()
    assert row is not None, f"nothing of {label} is stored"
    change = reverse(f"{stem}_change", args=[row.pk])
    looking = {
        opens(client, reverse(f"{stem}_changelist")),
        opens(client, change),
        opens(client, reverse(f"{stem}_history", args=[row.pk])),
    }
    assert len(looking) == 1, f"list, page and history of {label} open for different people"
    may_change = looking == {True} and 'name="_save"' in client.get(change).content.decode()
    may_delete = opens(client, reverse(f"{stem}_delete", args=[row.pk]))
    return (looking.pop(), opens(client, reverse(f"{stem}_add")), may_change, may_delete)


def kinds(label):
    return {"success": label == "django_q.success"} if label.startswith("django_q.su") else {}


# --- Signed out, whatever is cached -----------------------------------------------------------

REPORTS = [name for name in PAGES if name.startswith("summaries:")]


def test_a_cached_page_is_shown_to_nobody_who_is_signed_out(
    stored, settings, django_capture_on_commit_callbacks
):
    settings.CACHES = settings.CACHES | {"reports": IN_PROCESS}
    reader, stranger = client_of("reader"), client_of("stranger")
    for name, address in addresses(django_capture_on_commit_callbacks):
        if name not in REPORTS:
            continue
        for form in ("html", "json", "csv", "xlsx"):
            join = "&" if "?" in address else "?"
            full = f"{address}{join}format={form}"
            first = reader.get(full)
            assert first.status_code in (200, 302), full
            known = {"If-None-Match": first.headers.get("ETag", '"x"')}
            if first.status_code == 200:
                assert reader.get(full, headers=known).status_code == 304, full
            for headers in ({}, known, {"If-None-Match": "*"}):
                refused = stranger.get(full, headers=headers)
                assert refused.status_code == (403 if form == "json" else 302), full
                assert "ETag" not in refused.headers
                assert "A Company" not in refused.content.decode()
    reader.post("/accounts/logout/")
    assert reader.get("/").status_code == 302
