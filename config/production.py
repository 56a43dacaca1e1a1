"""What must not be under HTTPS=true, where others reach the site: refused before it starts."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

# As Django's own check has it.
SHORTEST_KEY, FEWEST_CHARACTERS = 50, 5


def refuse_what_is_unsafe(*, debug: bool, secret_key: str, allowed_hosts: Sequence[str]) -> None:
    """Raises ImproperlyConfigured, which names the variable and never shows a secret."""
    if debug:
        raise ImproperlyConfigured(
            "DEBUG and HTTPS are both true. Set DEBUG to false: its error pages show settings "
            "and source to whoever reaches the site."
        )
    if len(secret_key) < SHORTEST_KEY or len(set(secret_key)) < FEWEST_CHARACTERS:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too weak for HTTPS=true: it must be {SHORTEST_KEY} or more random "
            "characters. Make one: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    if not allowed_hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is empty, so that every request would be refused. "
            "Set it to the site's names, like windfall.example.com."
        )
    if "*" in allowed_hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must not have * under HTTPS=true: links in pages and e-mails would "
            "follow whatever name a request claims. Set it to the site's names, like "
            "windfall.example.com."
        )
