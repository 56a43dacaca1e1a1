"""What web processes count for Prometheus."""

import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from config.metrics import text_of_processes
from tests.config.conftest import ROOT


def value_of(text, name, **labels):
    """The value of a sample; zero if there is none yet."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0


@pytest.mark.django_db
def test_requests_are_counted_by_view_method_and_status(client, public_reports):
    def counted():
        text = text_of_processes().decode()
        labels = {"view": "summaries:farms", "method": "GET", "status": "200"}
        return (
            value_of(text, "windfall_requests_total", **labels),
            value_of(text, "windfall_request_seconds_count", view="summaries:farms"),
            value_of(text, "windfall_queries_total", view="summaries:farms"),
        )

    before = counted()
    client.get("/farms/")
    requests, timed, queries = (now - then for now, then in zip(counted(), before, strict=True))
    assert (requests, timed) == (1, 1)
    assert queries > 3


def test_text_from_outside_makes_no_label(client, settings):
    client.generic("EVIL", "/nowhere/at/all")
    text = text_of_processes().decode()
    labels = {"view": "none", "method": "other", "status": "404"}
    assert value_of(text, "windfall_requests_total", **labels) >= 1
    assert "EVIL" not in text
    assert "/nowhere" not in text


COUNT = "import config.metrics as m; m.report_cache_total.labels('hits').inc()"
TELL = f"{COUNT}; print(m.text_of_processes().decode())"


def test_processes_that_share_a_folder_tell_the_sum_of_all(tmp_path):
    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def run(code):
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run(COUNT)
    assert value_of(run(TELL), "windfall_report_cache_total", outcome="hits") == 2
