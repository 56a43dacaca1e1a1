"""What responses say to browsers beyond Django's own headers, and how much may be sent."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]

# Windfall needs none of what a browser can give a page.
UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    # No other site may embed a page, a download or a picture of ours.
    "Cross-Origin-Resource-Policy": "same-origin",
    # Also where an error was answered before Django's own middleware could add them.
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
}
SESSION_KEY = re.compile(r"[a-z0-9]{8,64}")
TOO_LARGE = "This is more than Windfall takes at once. Send less.\n"


def add_headers(get_response: Respond) -> Respond:
    """Middleware that adds HEADERS to every response, static files included."""

    def adding(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return adding


def send_no_body_for_head(get_response: Respond) -> Respond:
    """Middleware that answers HEAD with the headers of GET alone, its Content-Length too.

    Django leaves the body to the server, which drops it and logs a warning each time.
    """

    def sending(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "HEAD":
            return response
        if response.streaming:
            # What it reads from is closed with it all the same.
            response.streaming_content = ()  # type: ignore[attr-defined]
        elif response.content:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    return sending


def forget_odd_sessions(get_response: Respond) -> Respond:
    """Middleware that takes no key of a session for one that Django never gave out.

    PostgreSQL takes no NUL in a text, which a cookie can write as an octal escape.
    """

    def forgetting(request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not SESSION_KEY.fullmatch(key):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return forgetting


def refuse_large_bodies(get_response: Respond) -> Respond:
    """Middleware that refuses what is larger than the largest upload, before it is read.

    Django would keep an upload of any size in a file, of strangers too, before a view can refuse
    it. It reads no more than the Content-Length says, so that nothing gets past this.
    """

    def refusing(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:20]) > settings.LARGEST_REQUEST_BYTES:
            return HttpResponse(TOO_LARGE, status=413, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return refusing
