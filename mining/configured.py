"""The mempool client that the settings describe."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mining.mempool import MempoolClient


def client_from_settings(**options: Any) -> MempoolClient:
    """This will build the client of MEMPOOL_BASE_URL. Raises ImproperlyConfigured.

    Further options are those of MempoolClient.
    """
    try:
        return MempoolClient(settings.MEMPOOL_BASE_URL, **options)
    except ValueError as error:
        raise ImproperlyConfigured(f"{error} Set MEMPOOL_BASE_URL.") from error
