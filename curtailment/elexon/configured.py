"""The client that the settings describe."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from curtailment.elexon.client import ElexonClient


def client_from_settings(**options: Any) -> ElexonClient:
    """This will build the client of ELEXON_BASE_URL and ELEXON_REQUESTS_PER_MINUTE.

    Further options are those of ElexonClient. Raises ImproperlyConfigured.
    """
    try:
        return ElexonClient(
            base_url=settings.ELEXON_BASE_URL,
            requests_per_minute=settings.ELEXON_REQUESTS_PER_MINUTE,
            **options,
        )
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{error} Set ELEXON_BASE_URL and ELEXON_REQUESTS_PER_MINUTE."
        ) from error
