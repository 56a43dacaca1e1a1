"""What a request may say of the form that it sends, before Django reads it.

Django ends in an error where it cannot read a `Content-Type`, outside of all middleware, and where
the charset of a form is not UTF-8, in its page of errors once more.
"""

import re
from collections.abc import Callable
from typing import Any

Application = Callable[[dict[str, Any], Any], Any]

FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data"
# Of any other type there are no fields, so that forms are refused for want of their token.
NO_FORM = "application/octet-stream"
BOUNDARY = re.compile(r"""boundary="?([0-9A-Za-z'()+_,./:=?-]{1,70})""", re.IGNORECASE)
CHARSET = re.compile(r"""charset\s*=\s*"?([^";]*)""", re.IGNORECASE)


def with_plain_content_type(application: Application) -> Application:
    """The application, told of no content types but those of forms in UTF-8."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if given := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = plain_content_type(given)
        return application(environ, start_response)

    return answer


def plain_content_type(given: str) -> str:
    """A form's content type without what needs no saying; NO_FORM for any other."""
    kind, _, parameters = given.partition(";")
    kind = kind.strip().lower()
    charset = CHARSET.search(parameters)
    if charset and charset[1].strip().lower() not in ("utf-8", "utf8"):
        return NO_FORM
    if kind == FORM:
        return FORM
    boundary = BOUNDARY.search(parameters)
    return f'{UPLOAD}; boundary="{boundary[1]}"' if kind == UPLOAD and boundary else NO_FORM
