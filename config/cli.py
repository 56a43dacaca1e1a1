"""Runs a management command and turns what an operator can mend into one sentence."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.core.management.base import CommandParser, handle_default_options
from django.db import InternalError, NotSupportedError, OperationalError, ProgrammingError

from config.database import POOL_SWITCH
from config.interruption import SENTENCE, STATUS


def run(argv: list[str]) -> None:
    """This will run the command of `argv`; with --traceback, errors keep their tracebacks."""
    try:
        set_up_django(argv)
        execute_from_command_line(argv)
    except KeyboardInterrupt:
        if "--traceback" in argv:
            raise
        print(SENTENCE, file=sys.stderr)  # noqa: T201
        sys.exit(STATUS)
    except ImproperlyConfigured as error:
        if "--traceback" in argv:
            raise
        sys.exit(str(error))
    except (OperationalError, NotSupportedError, ProgrammingError, InternalError) as error:
        # Only now: it needs settings.
        from config.database import problems

        # A statement that the server does not understand is a bug, and wants its traceback.
        ours = isinstance(error, ProgrammingError | InternalError)
        bug = ours and not problems.is_for_the_operator(error)
        if bug or "--traceback" in argv:
            raise
        sys.exit(problems.sentence_of(error))


def set_up_django(argv: list[str]) -> None:
    """Loads the settings (of --settings, if given) so that what is wrong with them is told.

    Django itself would go on without settings, and fail later with something else.
    """
    parser = CommandParser(add_help=False, allow_abbrev=False, called_from_command_line=True)
    for option in ("--settings", "--pythonpath"):
        parser.add_argument(option)
    options, _ = parser.parse_known_args(argv[2:])
    if argv[1:2] == ["runserver"]:
        os.environ.setdefault(POOL_SWITCH, "1")
    handle_default_options(options)
    django.setup()
