"""Answers with a stored page: compressed if the reader takes that, or only "not modified"."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from summaries.report_cache import StoredPage

GZIP = "gzip"
# A strong tag stands for one sequence of bytes, so the compressed page has a tag of its own.
GZIP_ENDING = "-gzip"
QUALITY_OF_NOTHING = re.compile(r"q\s*=\s*0(\.0*)?\s*$")


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether a reader says that it takes gzip. Without a word it is sent plain."""
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, parameters = offer.partition(";")
        if coding.strip() in (GZIP, "x-gzip"):
            return not QUALITY_OF_NOTHING.search(parameters)
    return False


def entity_tag(request: HttpRequest, digest: str) -> str:
    """The strong tag of the page, in the coding that this reader gets."""
    return f'"{digest}{GZIP_ENDING}"' if accepts_gzip(request) else f'"{digest}"'


def is_known(request: HttpRequest, digest: str) -> bool:
    """Whether the reader has the page already, in either coding.

    `*` is not taken for a yes: whether there is such a page at all only its view knows.
    """
    known = parse_etags(request.headers.get("If-None-Match", ""))
    weak = {tag.removeprefix("W/") for tag in known}
    return not weak.isdisjoint({f'"{digest}"', f'"{digest}{GZIP_ENDING}"'})


def not_modified(request: HttpRequest, digest: str) -> HttpResponse:
    return _tagged(HttpResponseNotModified(), request, digest)


def answer(request: HttpRequest, page: StoredPage, digest: str) -> HttpResponse:
    """The whole page."""
    if accepts_gzip(request):
        response = HttpResponse(page.compressed, headers=page.headers)
        response.headers["Content-Encoding"] = GZIP
    else:
        response = HttpResponse(page.body, headers=page.headers)
    return _tagged(response, request, digest)


def _tagged(response: HttpResponse, request: HttpRequest, digest: str) -> HttpResponse:
    response.headers["ETag"] = entity_tag(request, digest)
    response.headers["Vary"] = "Accept-Encoding"
    return response
