"""What the web server logs of odd requests, and that it sends no body where none belongs."""

import json
import socket

import pytest
import requests

from tests.config.processes import started, wait_until

GUNICORN = ("-m", "gunicorn", "--config", "config/gunicorn.py", "--workers", "1", "config.wsgi")
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
PAGES = ("/accounts/login/", "/healthz", "/readyz", "/nothing", "/static/nothing.css")


@pytest.fixture(scope="module")
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def server(port):
    """A web server without a database, whose lines are JSON."""
    with started(
        NO_DATABASE, *GUNICORN, "--bind", f"127.0.0.1:{port}", LOG_FORMAT="json", DEBUG="false"
    ) as process:
        wait_until(lambda: answers(port))
        yield process


def answers(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok
    except requests.ConnectionError:
        return False


def send(port, head):
    """The bytes that come back for a request without a body, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1") + b"Connection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("page", PAGES)
def test_head_is_answered_as_get_without_its_body(server, port, page):
    def ask(method):
        answer = send(port, f"{method} {page} HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        head, _, body = answer.partition(b"\r\n\r\n")
        names = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        return head.split(b"\r\n")[0], names[b"Content-Length"], body

    status, length, body = ask("GET")
    assert len(body) == int(length) > 0
    if page == "/readyz":
        # How long the database has been away is in it.
        assert ask("HEAD")[::2] == (status, b"")
    else:
        assert ask("HEAD") == (status, length, b"")
    assert not server.says("body bytes")


def test_a_foreign_host_is_a_warning_of_one_short_line(server, port):
    answer = send(port, "GET /accounts/login/ HTTP/1.1\r\nHost: evil.example\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    wait_until(lambda: server.says("Invalid HTTP_HOST"))
    (line,) = [line for line in server.lines if "Invalid HTTP_HOST" in line]
    said = json.loads(line)
    assert (said["level"], said["logger"]) == ("WARNING", "django.security.DisallowedHost")
    assert "evil.example" in said["message"] and "exception" not in said
