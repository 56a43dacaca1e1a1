"""What readers get while the database is away or unable: a sentence, and when to ask again."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse

from config.database import problems

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 10
SENTENCE = "The database does not answer at the moment. Try again soon.\n"
UNABLE = "The database cannot do this at the moment. Nothing was changed. Try again soon.\n"


class DatabaseOutage:
    """A middleware: 503 instead of an error page and a traceback for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An answer, if the database is away; anything else is an error like any other."""
        if not isinstance(exception, Error):
            return None
        is_away = problems.is_outage(exception)
        if not is_away and not problems.is_unable(exception):
            return None
        logger.warning("%s not answered. %s", request.path, problems.sentence_of(exception))
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(
            SENTENCE if is_away else UNABLE,
            status=503,
            content_type="text/plain; charset=utf-8",
            headers=headers,
        )
