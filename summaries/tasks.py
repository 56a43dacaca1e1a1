"""What the cluster does by itself. Each task makes one call, and may be run twice."""

import logging

from django.utils import timezone

from summaries import pipeline

logger = logging.getLogger(__name__)


def finish_stale_days() -> str:
    """This will finish the days whose bitcoin or summaries have yet to follow their records."""
    results = pipeline.finish_stale_days(clock=timezone.now)
    for result in results:
        logger.log(logging.INFO if result.is_ok else logging.WARNING, "%s", result)
    return f"{len(results)} stale days, {sum(result.is_ok for result in results)} finished."
