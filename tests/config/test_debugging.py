"""The debug toolbar is there for developers, and for nobody else."""

import os
import subprocess
import sys

import pytest

from tests.config.conftest import ROOT

# A page that needs no database, as a browser on this machine asks for it.
SHOW = """
import sys
{before}
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("check")
answer = Client().get("/accounts/login/")
assert answer.status_code == 200
print("toolbar" if b"djDebug" in answer.content else "no toolbar")
"""
WITHOUT_THE_PACKAGE = "sys.modules['debug_toolbar'] = None"


@pytest.mark.parametrize(
    ("debug", "before", "said"),
    [
        ("true", "", "toolbar"),
        ("true", WITHOUT_THE_PACKAGE, "no toolbar"),
        ("false", "", "no toolbar"),
    ],
    ids=["debugging", "debugging without the package", "not debugging"],
)
def test_the_toolbar(debug, before, said):
    environment = os.environ | {
        "DEBUG": debug,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "testserver",
    }
    command = [sys.executable, "-c", SHOW.format(before=before)]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stdout.splitlines()[-1:] == [said], result.stderr
