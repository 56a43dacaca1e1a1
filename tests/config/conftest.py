"""Pages without collected static files, and readable by everyone unless a test says otherwise."""

import pytest

PLAIN_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(autouse=True)
def public_reports(settings):
    settings.STORAGES = PLAIN_STORAGES
    settings.WHITENOISE_AUTOREFRESH = True
    settings.REPORTS_PUBLIC = True
