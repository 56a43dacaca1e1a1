"""Who may read reports, and that nobody writes there."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

ADDRESSES = ["/", "/reports/daily/2024-03-05/", "/reports/monthly/nonsense/", "/reports/yearly/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_reports_that_are_not_public_ask_to_sign_in_before_anything_else(client, settings, address):
    settings.REPORTS_PUBLIC = False
    answer = client.get(address, {"definition": "no"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=/")
    refused = client.get(address, {"format": "json"})
    assert refused.status_code == 403
    assert refused.json() == {"error": "Sign in to read reports."}
    assert client.post(address).status_code == 302


@pytest.mark.django_db
def test_a_signed_in_reader_reads_and_leaves_no_trace_on_the_page(client, settings):
    public = client.get("/reports/daily/2024-03-05/").content
    settings.REPORTS_PUBLIC = False
    client.force_login(User.objects.create(username="Zaphod"))
    private = client.get("/reports/daily/2024-03-05/")
    assert private.status_code == 200
    assert private.content == public
    assert private.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_but_reading(address):
    strict = Client(enforce_csrf_checks=True)
    for method in (strict.post, strict.put, strict.patch, strict.delete, strict.options):
        assert method(address).status_code == 405
    assert strict.head("/").status_code == 200
    assert strict.head("/reports/daily/2024-03-05/").content == b""
