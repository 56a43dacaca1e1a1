"""What a request says of itself, over a real web server: no word of it ends in an error."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests

from config.forms import NO_FORM, plain_content_type
from config.serving import listen
from tests.addresses import database_url
from tests.config.conftest import ROOT
from tests.config.processes import wait_until

FORM = "application/x-www-form-urlencoded"
BROWSERS_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


@contextmanager
def web_server():
    """The address of a gunicorn as it is deployed, on the database of the tests."""
    with listen("127.0.0.1", 0) as listener:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        process = subprocess.Popen(
            [*gunicorn, "--workers", "1", "--bind", f"fd://{listener.fileno()}", "config.wsgi"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url(), "REPORTS_PUBLIC": "true"},
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            wait_until(lambda: requests.get(f"{address}/healthz", timeout=20).ok)
            yield address
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.usefixtures("committed_db")
def test_headers_that_make_no_sense_are_no_errors_and_poison_no_page():
    with web_server() as address:
        for path in ("/healthz", "/nope", "/accounts/login/", "/farms/"):
            expected = requests.get(address + path, timeout=30).status_code
            odd = {"Content-Type": "a/b; x*=bad'x'%ff", "Cookie": 'sessionid="\\000abcdefghijkl"'}
            got = requests.get(address + path, headers=odd, timeout=30)
            assert (got.status_code, "Content-Security-Policy" in got.headers) == (expected, True)
        for kind in (f"{FORM}; charset=utf-16", "multipart/form-data; boundary=B; charset=rot13"):
            said = {"Content-Type": kind}
            page = requests.post(f"{address}/accounts/login/", b"a=1", headers=said, timeout=30)
            assert page.status_code == 403

        page = requests.get(f"{address}/farms/?miner=S9", timeout=30).text
        forged = {"SCRIPT_NAME": "/farms"}
        for _ in range(3):
            requests.get(f"{address}/farms/?miner=M20S", headers=forged, timeout=30)
        after = requests.get(f"{address}/farms/?miner=M20S", timeout=30)
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert title in after.text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (FORM, FORM),
        (f"{FORM}; charset=UTF-8", FORM),
        (f"{FORM};charset=utf8", FORM),
        (f"{FORM}; charset=latin-1", NO_FORM),
        (
            f"multipart/form-data; boundary={BROWSERS_BOUNDARY}",
            f'multipart/form-data; boundary="{BROWSERS_BOUNDARY}"',
        ),
        ("multipart/form-data", NO_FORM),
        ("multipart/form-data; boundary=B; charset=rot13", NO_FORM),
        ("application/json", NO_FORM),
        ("a/b; x*=bad'x'%ff", NO_FORM),
    ],
)
def test_only_forms_in_utf8_are_forms(given, told):
    assert plain_content_type(given) == told
