"""Refusals on pages: the same that the API answers as JSON, told to a person in the pages' own layout."""

from typing import Final

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from api.graphql.errors import Bug
from api.http.errors import AnyRequest, log, request_id_of, translated
from api.pages import words
from api.pages.drawing import drawn
from api.pages.local import HOME
from banshi.errors import DomainError, RateLimited
from storage import clock


def refusal_page(request: AnyRequest, refusal: DomainError) -> Response[bytes]:
    """Return the page that tells of `refusal`: its heading, what to do, and the number to quote.

    It asks neither the database nor Valkey, which may be what is out of order.
    """
    request.scope["state"]["codes"] = [refusal.code]
    now = clock.system_now()  # only for "come back at"
    page = drawn(
        request, "refusal", asker=None, now=now, status=refusal.status,
        address=None if request.method == "GET" else HOME, visitor="nobody",  # no form is on this page
        said=words.said(refusal, now=now), request_id=request_id_of(request),
        way_on=words.WAYS_ON.get(refusal.code, words.HOME_ON),
    )  # fmt: skip
    if isinstance(refusal, RateLimited):
        page.headers["retry-after"] = refusal.data["retry_after_s"]
    return page


def on_refusal(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """Tell of a refusal that a page let through."""
    return refusal_page(request, error)


def on_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Tell of what Litestar itself refuses."""
    return on_bug(request, error) if error.status_code >= 500 else refusal_page(request, translated(error))


def on_bug(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Log what went wrong and tell the citizen nothing but the request id."""
    log.error("http.bug", exc_info=error)
    return refusal_page(request, Bug())


HANDLERS: Final[ExceptionHandlersMap] = {
    DomainError: on_refusal,
    HTTPException: on_http,
    Exception: on_bug,
}
"""For Litestar: every error of a page leaves through one of these."""
