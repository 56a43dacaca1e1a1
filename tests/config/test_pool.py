"""The connection pool: who has one, how it is used, and that nothing leaks from it."""

import json
import subprocess
import sys

import pytest

from tests.config.conftest import ROOT, environment

SHOW = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"


def test_commands_and_what_they_fork_have_no_pool(manage):
    assert "'pool'" not in manage("shell", "-v", "0", "-c", SHOW).stdout


@pytest.fixture
def run_requests(home, manage):
    def run(count, **variables):
        assert manage("shell", "-v", "0", "-c", "").returncode == 0
        process = subprocess.run(
            [sys.executable, "-m", "tests.config.many_requests", str(count)],
            cwd=ROOT,
            env=environment(home, **variables) | {"ALLOWED_HOSTS": "testserver"},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    return run


def test_nothing_leaks_in_ten_thousand_requests_with_errors_in_between(run_requests):
    told = run_requests(10_000, DB_POOL_MIN="2", DB_POOL_MAX="8")
    assert told["answers"] == {"200": 7_400, "500": 2_500, "503": 100}
    assert told["size"] <= 8
    # All were given back; what was lost was replaced.
    assert (told["idle"], told["waiting_requests"]) == (told["size"], 0)
    assert told["at_server"] == told["size"]
    assert told["request_errors"] == 0
    assert told["connections_lost"] == 100, told
