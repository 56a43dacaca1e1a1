"""What cannot be understood in the environment is told when a process starts."""

import json
import socket
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment
from tests.config.conftest import ROOT, environment

UNREADABLE = [
    ({"SLOW_QUERY_MS": "-1"}, "SLOW_QUERY_MS must be 0 or more, not -1."),
    ({"SLOW_QUERY_MS": "1s"}, "SLOW_QUERY_MS must be a whole number, not '1s'."),
    (
        {"ELEXON_BASE_URL": "ftp://data.elexon.co.uk"},
        (
            "ELEXON_BASE_URL must be an address like https://data.elexon.co.uk/bmrs/api/v1, "
            "not 'ftp://data.elexon.co.uk'."
        ),
    ),
    (
        {"Q_CLUSTER_NAME": "longwork"},
        "Q_CLUSTER_NAME must be windfall or long-work or prompt-work, not 'longwork'.",
    ),
    ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be plain or json, not 'xml'."),
    ({"DB_POOL_MAX": "0"}, "DB_POOL_MAX must be 1 or more, not 0."),
    (
        {"DB_POOL_MIN": "5", "DB_POOL_MAX": "4"},
        "DB_POOL_MIN (5) must not be above DB_POOL_MAX (4).",
    ),
    ({"DB_IDLE_TIMEOUT": "0"}, "DB_IDLE_TIMEOUT must be 1 or more, not 0."),
    ({"DB_CONNECTION_TIMEOUT": "-3"}, "DB_CONNECTION_TIMEOUT must be 1 or more, not -3."),
    ({"ELEXON_REQUESTS_PER_MINUTE": "0"}, "ELEXON_REQUESTS_PER_MINUTE must be 1 or more, not 0."),
    (
        {"METRICS_TOKEN": "secret"},
        "METRICS_TOKEN must be 16 or more printable ASCII characters, or empty to be switched off.",
    ),
    (
        {"NOTIFY_EMAILS": "a@example.com,nobody", "EMAIL_URL": "smtp://127.0.0.1"},
        "NOTIFY_EMAILS must be e-mail addresses with commas between, not 'nobody'.",
    ),
    (
        {"NOTIFY_EMAILS": "a@example.com"},
        (
            "NOTIFY_EMAILS is set, but EMAIL_URL is not. Set it to the server that sends e-mail, "
            "like smtp+tls://user:password@host:587."
        ),
    ),
    (
        {"EMAIL_FROM": "nobody"},
        "EMAIL_FROM must be an e-mail address like windfall@localhost, not 'nobody'.",
    ),
    *(
        (
            {"ALLOWED_HOSTS": f"windfall.example.com, {name}"},
            (
                "ALLOWED_HOSTS must be names like windfall.example.com with commas between, "
                f"without https:// and port, not {name!r}."
            ),
        )
        for name in ("https://windfall.example.com", "localhost:8000")
    ),
    *(
        (
            {"EMAIL_URL": url},
            (
                "EMAIL_URL is not of the form smtp+tls://user:password@host:587 (or smtp://, "
                "smtp+ssl://, consolemail://). Percent-encode special characters of the password, "
                "such as @ as %40."
            ),
        )
        for url in ("http://user:secret@host", "smtp://", "smtp://user:sec/ret@host:99999")
    ),
]


@pytest.mark.parametrize(("variables", "sentence"), UNREADABLE)
def test_what_is_wrong_is_one_sentence_that_names_the_variable(manage, variables, sentence):
    result = manage("check", **variables)
    assert (result.returncode, result.stderr) == (1, f"{sentence}\n")


SHOW = """
from django.conf import settings as s
print(s.EMAIL_BACKEND, s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.NOTIFY_EMAILS)
print(s.DEFAULT_FROM_EMAIL, s.ALLOWED_HOSTS)
"""


def test_an_e_mail_server_and_the_names_of_the_site_are_one_variable_each(manage):
    result = manage(
        "shell",
        "-v",
        "0",
        "-c",
        SHOW,
        NOTIFY_EMAILS="a@example.com, b@example.com",
        EMAIL_URL="smtp+tls://user:p%40ss@mail.example.com:587",
        EMAIL_FROM="Windfall <w@example.com>",
        ALLOWED_HOSTS="a.example.com, [::1]",
    )
    assert result.stdout == (
        "django.core.mail.backends.smtp.EmailBackend mail.example.com 587 True "
        "['a@example.com', 'b@example.com']\n"
        "Windfall <w@example.com> ['a.example.com', '[::1]']\n"
    )


@pytest.mark.parametrize("command", [("qcluster",), ("serve", "--port", "0")])
def test_every_process_says_it_so(manage, command):
    result = manage(*command, DEBUG="maybe")
    assert (result.returncode, result.stderr) == (
        1,
        "DEBUG must be true or false, not 'maybe'.\n",
    )


def test_the_web_server_says_it_once(home):
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
        cwd=ROOT,
        env=environment(home, HTTPS="ture"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (1, "HTTPS must be true or false, not 'ture'.\n")


def test_what_gunicorn_itself_says_is_json_too(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
            + ["--bind", bind, "config.wsgi"],
            cwd=ROOT,
            env=environment(home, LOG_FORMAT="json"),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            said = json.loads(process.stderr.readline())
            process.terminate()
            process.communicate(timeout=20)
    assert said["logger"] == "gunicorn.error"
    assert "Connection in use" in said["message"]


def test_a_slip_in_the_name_of_a_variable_is_told(tmp_path):
    file = tmp_path / ".env"
    env = Environment()
    env.str("DATABASE_URL", default="")
    env.refuse_slips_in(file)
    file.write_text("# DATABSE_URL=old\nDATABASE_URL=postgres://x\nPOSTGRES_PASSWORD=secret\n")
    env.refuse_slips_in(file)
    file.write_text("export DATABSE_URL=postgres://me:secret@host/x\n")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.refuse_slips_in(file)
    sentence = ".env sets DATABSE_URL, which nothing reads. Is DATABASE_URL meant?"
    assert str(refused.value) == sentence
