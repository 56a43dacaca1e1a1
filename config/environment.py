"""Reads environment variables strictly: what cannot be understood is an error that names it."""

import re
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

YES = ("true", "on", "yes", "y", "1")
MAIL_WITHOUT_HOST = ("consolemail", "filemail", "memorymail", "dummymail")
NAME_IN_FILE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", re.MULTILINE)
# How alike a name that nobody reads and one of ours must be to be taken for a slip.
ALIKE = 0.8
NO = ("false", "off", "no", "n", "0", "")


def names_a_redis(address: str) -> bool:
    """Whether it has a host and, if any, a port and a number of a database."""
    try:
        parts = urlsplit(address)
        number = parts.path.strip("/")
        return bool(parts.hostname) and parts.port != 0 and (number.isdigit() or not number)
    except ValueError:
        return False


class Environment(environ.Env):
    """django-environ, but a number must be a number and a switch must be a switch."""

    def __init__(self) -> None:
        super().__init__()
        self.names_read: set[str] = set()

    def get_value(self, var: Any, *args: Any, **kwargs: Any) -> Any:
        self.names_read.add(var)
        return super().get_value(var, *args, **kwargs)

    def refuse_slips_in(self, path: Path) -> None:
        """Names in a .env file that are not read, but are almost those of a variable that is.

        Others may stand there for other programs. Raises ImproperlyConfigured.
        """
        names = NAME_IN_FILE.findall(path.read_text()) if path.is_file() else []
        for name in names:
            alike = get_close_matches(name.upper(), self.names_read, n=1, cutoff=ALIKE)
            if alike and name not in self.names_read:
                raise ImproperlyConfigured(
                    f"{path.name} sets {name}, which nothing reads. Is {alike[0]} meant?"
                )

    def http_address(self, var: str, *, default: str) -> str:
        """The address of a server of HTTP, without a slash at its end.

        Raises ImproperlyConfigured.
        """
        text: str = self.str(var, default="") or default
        try:
            parts = urlsplit(text)
            readable = parts.scheme in ("http", "https") and bool(parts.hostname)
            readable = readable and parts.port != 0
        except ValueError:
            readable = False
        if not readable:
            raise ImproperlyConfigured(f"{var} must be an address like {default}, not {text!r}.")
        return text.rstrip("/")

    def one_of(self, var: str, names: tuple[str, ...]) -> str:
        """One of these names; the first if none is given. Raises ImproperlyConfigured."""
        name: str = self.str(var, default="") or names[0]
        if name not in names:
            raise ImproperlyConfigured(f"{var} must be {' or '.join(names)}, not {name!r}.")
        return name

    def natural(self, var: str, default: Any = environ.Env.NOTSET) -> int:
        """A whole number, zero included. Raises ImproperlyConfigured."""
        number = self.int(var, default=default)
        if number < 0:
            raise ImproperlyConfigured(f"{var} must be 0 or more, not {number}.")
        return number

    def positive(self, var: str, default: Any = environ.Env.NOTSET) -> int:
        """A whole number above zero. Raises ImproperlyConfigured."""
        number = self.int(var, default=default)
        if number < 1:
            raise ImproperlyConfigured(f"{var} must be 1 or more, not {number}.")
        return number

    def secret(self, var: str, *, shortest: int) -> str:
        """A text that must not be guessed, or none; never shown. Raises ImproperlyConfigured."""
        text = self.str(var, default="")
        if text and (len(text) < shortest or not text.isascii() or not text.isprintable()):
            raise ImproperlyConfigured(
                f"{var} must be {shortest} or more printable ASCII characters, "
                "or empty to be switched off."
            )
        return text

    def addresses(self, var: str) -> list[str]:
        """E-mail addresses with commas between, or none. Raises ImproperlyConfigured."""
        addresses: list[str] = [text.strip() for text in self.list(var, default=[]) if text.strip()]
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ImproperlyConfigured(
                    f"{var} must be e-mail addresses with commas between, not {address!r}."
                ) from None
        return addresses

    def sender(self, var: str, default: str) -> str:
        """An e-mail address, also with a name before it. Raises ImproperlyConfigured."""
        text: str = self.str(var, default="") or default
        try:
            validate_email(parseaddr(text)[1])
        except ValidationError:
            raise ImproperlyConfigured(
                f"{var} must be an e-mail address like {default}, not {text!r}."
            ) from None
        return text

    def host_names(self, var: str, default: list[str]) -> list[str]:
        """Names of hosts with commas between; never ports. Raises ImproperlyConfigured."""
        names = [name.strip() for name in self.list(var, default=default) if name.strip()]
        for name in names:
            is_ipv6 = name.startswith("[") and name.endswith("]")
            if set("/@ ") & set(name) or (":" in name and not is_ipv6):
                raise ImproperlyConfigured(
                    f"{var} must be names like windfall.example.com with commas between, without "
                    f"https:// and port, not {name!r}."
                )
        return names

    def mail_settings(self, var: str) -> dict[str, Any]:
        """Django's settings of an e-mail server; it may hold a password, which is never shown.

        Raises ImproperlyConfigured.
        """
        text = self.str(var)
        try:
            parsed: dict[str, Any] = self.email_url_config(text)
            readable = bool(parsed["EMAIL_HOST"]) or text.partition("://")[0] in MAIL_WITHOUT_HOST
        except (ValueError, ImproperlyConfigured):
            readable = False
        if not readable:
            raise ImproperlyConfigured(
                f"{var} is not of the form smtp+tls://user:password@host:587 (or smtp://, "
                "smtp+ssl://, consolemail://). Percent-encode special characters of the password, "
                "such as @ as %40."
            )
        return {name: value for name, value in parsed.items() if value is not None}

    def int(self, var: str, default: Any = environ.Env.NOTSET) -> int:
        """A whole number. Raises ImproperlyConfigured."""
        text = self.str(var, default=default)
        try:
            return int(text)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} must be a whole number, not {text!r}.") from error

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> bool:
        """A switch. Raises ImproperlyConfigured: a misspelled HTTPS=ture must not mean false."""
        text = str(self.str(var, default=default)).strip().lower()
        if text not in YES + NO:
            raise ImproperlyConfigured(f"{var} must be true or false, not {text!r}.")
        return text in YES

    def postgres_url(self, var: str) -> dict[str, Any]:
        """Django's settings of a postgres:// address, which may hold a password: never shown.

        Raises ImproperlyConfigured.
        """
        return self.postgres_address(var, self.str(var))

    def postgres_addresses(self, var: str) -> list[dict[str, Any]]:
        """The same of several addresses with commas between, or none."""
        texts = (text.strip() for text in self.str(var, default="").split(","))
        return [self.postgres_address(var, text) for text in texts if text]

    def postgres_address(self, var: str, text: str) -> dict[str, Any]:
        """Django's settings of an address that stands in a variable."""
        if text.partition("://")[0] not in ("postgres", "postgresql"):
            raise ImproperlyConfigured(
                f"{var} must begin with postgres:// or postgresql://: "
                "PostgreSQL is the only database that Windfall runs on."
            )
        try:
            parsed: dict[str, Any] = self.db_url_config(text)
        except ValueError:
            # `from None`: the message of the cause can hold a piece of the password.
            raise unreadable_url(var) from None
        if not parsed["NAME"]:
            raise unreadable_url(var)
        return parsed


def unreadable_url(var: str) -> ImproperlyConfigured:
    """The error of an address that cannot be taken apart."""
    return ImproperlyConfigured(
        f"{var} is not of the form postgres://user:password@host:port/database. "
        "Percent-encode special characters of the password, such as / as %2F."
    )
