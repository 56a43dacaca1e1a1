"""`make run`: everything that Windfall needs, until Ctrl-C."""

import argparse
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.db import connection

from config import serving
from config.commands import OperatorCommand
from config.supervisor import GaveUp, StopRequested, raising_stop_requested, supervise
from config.waiting import wait_for_servers
from curtailment.models import IngestionProgress
from curtailment.sample import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.settlement import iter_dates

ADMIN = "admin"


class Command(OperatorCommand):
    help = (
        "Starts PostgreSQL (without DATABASE_URL an embedded one), migrates, loads sample data "
        "into an empty database, creates an administrator if there is none, and runs the web "
        "server and the background work until Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to serve (%(default)s)")
        parser.add_argument("--port", default=8000, type=port_number, help="(%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listener = serving.listen(options["host"], options["port"])
        except serving.CannotListen as error:
            raise CommandError(str(error)) from error
        postgres = serving.PostgresKeeper(self.say)
        with listener, raising_stop_requested():
            try:
                self.prepare(serving.address_of(listener))
                serving.open_reports_on_loopback(listener)
                children = [serving.web_server(listener), *serving.background_work()]
                supervise(children, every_tick=postgres.look_after, say=self.say)
            except StopRequested:
                pass
            except GaveUp as error:
                raise CommandError(str(error)) from error
            finally:
                connection.close()
                postgres.stop()
        self.say("Windfall has stopped.")

    def prepare(self, address: str) -> None:
        """Everything that has to be there before anybody asks for it."""
        wait_for_servers(self.say)
        call_command("migrate", interactive=False, verbosity=0)
        if lacks_sample():
            self.say("The database has no data of its own: loading sample data.")
            call_command("load_sample")
        self.ensure_administrator(address)
        connection.close()
        self.say(f"Windfall is at {address} (Ctrl-C stops it).")

    def ensure_administrator(self, address: str) -> None:
        """Creates a superuser if there is none; the password is printed and kept nowhere."""
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            return
        if users.filter(username=ADMIN).exists():
            self.say("There is no administrator: create one with `manage.py createsuperuser`.")
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(ADMIN, password=password)
        self.say(f"Sign in at {address}admin/ as {ADMIN}, password {password} (shown only now).")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def lacks_sample() -> bool:
    """Whether nobody has begun with real days, and the sample was not loaded to its end."""
    if IngestionProgress.objects.exclude(source=IngestionProgress.Source.SAMPLE).exists():
        return False
    loaded = IngestionProgress.objects.filter(data_state=IngestionProgress.DataState.FINAL)
    return loaded.count() < len(list(iter_dates(SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE)))


def port_number(text: str) -> int:
    """A port; 0 lets the system choose. Raises argparse.ArgumentTypeError."""
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535.")
    return int(text)
