"""Runs a management command and turns what an operator can mend into one sentence."""

import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import NotSupportedError, OperationalError, ProgrammingError


def run(argv: list[str]) -> None:
    """This will run the command of `argv`; with --traceback, errors keep their tracebacks."""
    try:
        # Django would go on without settings, and fail later with something else.
        django.setup()
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        if "--traceback" in argv:
            raise
        sys.exit(str(error))
    except (OperationalError, NotSupportedError, ProgrammingError) as error:
        # Only now: it needs settings.
        from config.database import problems

        # A statement that the server does not understand is a bug, and wants its traceback.
        bug = isinstance(error, ProgrammingError) and not problems.is_connection_refusal(error)
        if bug or "--traceback" in argv:
            raise
        sys.exit(problems.sentence_of(error))
