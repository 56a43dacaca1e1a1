"""REDIS_URL: what is understood, what is refused, and what is said of one that does not answer."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.broker import BrokerUnreachable, broker_settings, check_broker
from config.environment import Environment


@pytest.fixture
def broker_of(monkeypatch):
    def read(address):
        monkeypatch.setenv("REDIS_URL", address)
        return broker_settings(Environment())

    return read


def test_tasks_are_kept_in_the_database_unless_told_otherwise(broker_of, settings):
    assert broker_of("") == {"orm": "default"}
    settings.Q_CLUSTER = {"orm": "default"}
    check_broker()


def test_a_redis_gets_time_limits(broker_of):
    assert broker_of("redis://:pa%2Fss@localhost:6380/3?protocol=3") == {
        "redis": "redis://:pa%2Fss@localhost:6380/3"
        "?protocol=3&socket_connect_timeout=5&socket_timeout=10"
    }


@pytest.mark.parametrize(
    "address",
    [
        "localhost:6379",
        "http://localhost",
        "redis://",
        "redis://localhost:port",
        "redis://localhost:0",
        "redis://me:sec/ret@localhost",
        "redis://localhost/name",
    ],
)
def test_what_is_no_address_is_refused_by_name_and_never_shown(broker_of, address):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL") as caught:
        broker_of(address)
    assert "sec" not in str(caught.value)


def test_a_redis_that_does_not_answer_is_named_without_its_password(broker_of, settings):
    settings.Q_CLUSTER = broker_of("redis://:secret@127.0.0.1:1/0")
    with pytest.raises(BrokerUnreachable, match=r"127\.0\.0\.1:1.*REDIS_URL") as caught:
        check_broker()
    assert "secret" not in str(caught.value)
