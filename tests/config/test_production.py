"""`check --deploy` is clean in production, and what must not be there is refused in a sentence."""

import pytest

NOWHERE = "postgres://windfall@127.0.0.1:1/windfall"
KEY = "a-key-0f-f1fty-ch4racters-that-n0body-uses-anywhere!"
PRODUCTION = {
    "HTTPS": "true",
    "DEBUG": "false",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "windfall.example.com",
    "DATABASE_URL": NOWHERE,
}
CHECK = ("check", "--deploy", "--fail-level", "WARNING")
WEAK = "SECRET_KEY is too weak for HTTPS=true: it must be 50 or more random characters."
REFUSED = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    ({"SECRET_KEY": "short"}, WEAK),
    ({"SECRET_KEY": "a" * 60}, WEAK),
    ({"DEBUG": "true"}, "DEBUG and HTTPS are both true. Set DEBUG to false"),
    ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
    ({"ALLOWED_HOSTS": "windfall.example.com,*"}, "ALLOWED_HOSTS must not have * under HTTPS"),
    ({"HTTPS": "ture"}, "HTTPS must be true or false, not 'ture'."),
]


def test_the_check_is_clean_in_production(manage):
    result = manage(*CHECK, **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "System check identified no issues (0 silenced).\n"


def test_without_https_it_names_all_that_https_switches_on(manage):
    result = manage(*CHECK, **PRODUCTION | {"HTTPS": "false"})
    assert result.returncode == 1
    for warning in ("W004", "W008", "W012", "W016"):
        assert f"(security.{warning})" in result.stderr
    assert "identified 4 issues" in result.stderr


@pytest.mark.parametrize(("variables", "sentence"), REFUSED)
def test_what_is_unsafe_does_not_start(manage, variables, sentence):
    result = manage("check", **PRODUCTION | variables)
    assert result.returncode == 1
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert KEY not in result.stderr


def test_without_https_a_developer_may_do_so(manage):
    unsafe = {"HTTPS": "false", "DEBUG": "true", "ALLOWED_HOSTS": "*", "SECRET_KEY": "short"}
    assert manage("check", **PRODUCTION | unsafe).returncode == 0
