"""Log lines: what they say, and that text from outside cannot pretend to be one."""

import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date

import pytest
from django.core.exceptions import DisallowedHost, ImproperlyConfigured

from config.environment import Environment
from config.logs.configuration import log_settings
from config.logs.context import about_its_day, bind, bound_fields
from config.logs.formatting import JsonFormatter, PlainFormatter, SuspicionInOneLine

EVIL = "a\n2026-01-01 CRITICAL forged: line\x1b[31m\u2028b"


def written(formatter, *arguments, **options):
    """What a logger with this formatter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("summaries.test")
    logger.addHandler(handler)
    logger.warning(*arguments, **options)
    return stream.getvalue()


def test_a_json_line_is_one_object_with_its_fields():
    with bind(settlement_date="2024-03-05"):
        line = written(JsonFormatter(), "%s done", 3, extra={"fields": {"duration_ms": 1.5}})
    assert line.count("\n") == 1
    said = json.loads(line)
    assert said.pop("time").endswith("+00:00")
    assert said.pop("process") > 0
    assert said == {
        "level": "WARNING",
        "logger": "summaries.test",
        "message": "3 done",
        "settlement_date": "2024-03-05",
        "duration_ms": 1.5,
    }


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_text_from_outside_cannot_begin_a_line(formatter):
    line = written(formatter, "GET %s", EVIL, extra={"fields": {"path": EVIL + "?"}})
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert r"a\n2026" in line


HOST = "evil\x1b[31m\u202e" + "x" * 5_000


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()])
def test_what_is_suspicious_is_a_short_warning_without_a_traceback(formatter):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(SuspicionInOneLine())
    logger = logging.Logger("django.security.DisallowedHost")
    logger.addHandler(handler)
    try:
        raise DisallowedHost(f"Invalid HTTP_HOST header: {HOST!r}. 100 %s")
    except DisallowedHost as error:
        logger.error(str(error), exc_info=error)
    line = stream.getvalue()
    assert line.count("\n") == 1 and len(line) < 700
    assert "WARNING" in line and "Invalid HTTP_HOST header" in line and "Traceback" not in line
    assert "\x1b" not in line and "\u202e" not in line


def test_a_plain_line_adds_the_fields_that_it_does_not_say():
    with bind(settlement_date="2024-03-05"):
        line = written(PlainFormatter(), "slow", extra={"fields": {"what": "slow", "ms": 3}})
    assert line.endswith("WARNING summaries.test: slow settlement_date=2024-03-05 ms=3\n")


def test_a_traceback_is_a_field_of_json_and_indented_for_people():
    try:
        raise ValueError(EVIL)
    except ValueError:
        as_json = written(JsonFormatter(), "failed", exc_info=True)
        as_text = written(PlainFormatter(), "failed", exc_info=True)
    assert json.loads(as_json)["exception"].startswith("Traceback")
    first, *rest = as_text.splitlines()
    assert first.endswith("failed")
    assert rest
    assert all(line.startswith("    ") for line in rest)


def test_what_is_bound_ends_with_its_block_and_goes_along_to_other_threads():
    @about_its_day
    def work(settlement_date, executor):
        alone = executor.submit(bound_fields)
        taken_along = executor.submit(copy_context().run, bound_fields)
        return alone.result(), taken_along.result(), bound_fields()

    with ThreadPoolExecutor(1) as executor:
        alone, taken_along, here = work(date(2024, 3, 5), executor)
    assert alone == {}
    assert taken_along == here == {"settlement_date": "2024-03-05"}
    assert bound_fields() == {}


@pytest.mark.parametrize(
    ("variable", "debug", "formatter"),
    [("", False, "Json"), ("", True, "Plain"), ("plain", False, "Plain"), ("json", True, "Json")],
)
def test_json_in_production_and_text_for_developers(monkeypatch, variable, debug, formatter):
    monkeypatch.setenv("LOG_FORMAT", variable)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    chosen = log_settings(Environment(), debug=debug)["formatters"]["chosen"]
    assert chosen["()"].endswith(f".{formatter}Formatter")


def test_an_unknown_format_is_told(monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(
        ImproperlyConfigured, match="^LOG_FORMAT must be plain or json, not 'xml'.$"
    ):
        log_settings(Environment(), debug=False)
