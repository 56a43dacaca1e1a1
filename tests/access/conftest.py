"""Something stored for each page and action."""

import pytest
from django_q.models import OrmQ

from summaries.background import enqueue_days
from tests.access.stored import store_everything
from tests.curtailment.days import DAY


@pytest.fixture
def stored(db, settings, django_capture_on_commit_callbacks):
    """Rows in every table of the admin, unless it is made by what a test does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    store_everything()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_days("finish_day", [DAY])
    assert OrmQ.objects.exists()
