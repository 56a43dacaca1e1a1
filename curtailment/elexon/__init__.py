"""Elexon's Insights API. Nothing outside this package sees HTTP.

`configured.py` builds the client from Django's settings.
"""

from curtailment.elexon.client import ElexonClient
from curtailment.elexon.retry import RetryPolicy
from curtailment.elexon.transport import Timeouts

__all__ = ["ElexonClient", "RetryPolicy", "Timeouts"]
