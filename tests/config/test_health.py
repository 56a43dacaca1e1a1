"""What load balancers ask."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_the_process_is_up_without_a_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_database_and_migrations(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.content == b"database: ok\nmigrations: ok\n"


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="summaries").order_by("-pk")[:1].get().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"database: ok\nmigrations: 1 not applied\n"


@pytest.mark.django_db
def test_only_reading(client):
    assert client.post("/readyz").status_code == 405
