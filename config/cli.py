"""Runs a management command and turns what an operator can mend into one sentence."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def run(argv: list[str]) -> None:
    """This will run the command of `argv`; with --traceback, errors keep their tracebacks."""
    try:
        execute_from_command_line(argv)
    except (ImproperlyConfigured, OperationalError) as error:
        if "--traceback" in argv:
            raise
        sys.exit(f"{argv[0]}: {error}")
