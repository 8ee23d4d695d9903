"""Refusals of the HTTP layer, in the same shape as GraphQL's: `{"errors": [{message, extensions}]}`."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from api.graphql.errors import Bug
from banshi.errors import DomainError, NotSignedIn, RateLimited
from identity.errors import StepUpNeeded

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]


class BadRequest(DomainError):
    """The request is malformed: `problem` says where and how to mend it."""

    code = "BAD_REQUEST"
    status = 400
    text = "{problem}"


class PathUnknown(DomainError):
    """Nothing is served at this path."""

    code = "PATH_UNKNOWN"
    status = 404
    text = "There is nothing here."


class MethodNotAllowed(DomainError):
    """This path or operation does not take this method; the header Allow names those it takes."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    text = "Use {allowed}."


class NotAcceptable(DomainError):
    """The header Accept excludes everything this path can answer with."""

    code = "NOT_ACCEPTABLE"
    status = 406
    text = "This answers with {offered}."


class BodyTooLarge(DomainError):
    """The body is longer than this path takes."""

    code = "BODY_TOO_LARGE"
    status = 413
    text = "The body is too long."


class UnsupportedMediaType(DomainError):
    """The header Content-Type names something this path cannot read."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    text = "Send {taken}."


def error_body(refusal: DomainError, request_id: str) -> dict[str, Any]:
    """Return the one error shape for a refusal that no GraphQL field made."""
    extensions = {**refusal.extensions, "requestId": request_id}
    return {"errors": [{"message": str(refusal), "extensions": extensions}]}


def respond(request: AnyRequest, refusal: DomainError, media_type: str = MediaType.JSON) -> Response[bytes]:
    """Return the answer to a refused request."""
    request.scope["state"]["codes"] = [refusal.code]
    body = error_body(refusal, request_id_of(request))
    return Response(
        msgspec.json.encode(body),
        status_code=refusal.status,
        media_type=media_type,
        headers=headers_of(refusal),
    )


def request_id_of(request: AnyRequest) -> str:
    """Return the id that the edge gave this request."""
    return str(request.scope["state"].get("request_id", ""))


def headers_of(refusal: DomainError) -> Mapping[str, str]:
    """Return the headers that go with a refusal."""
    if isinstance(refusal, RateLimited):
        return {"retry-after": refusal.data["retry_after_s"]}
    if isinstance(refusal, NotSignedIn):
        return {"www-authenticate": 'Bearer realm="banshi"'}
    if isinstance(refusal, StepUpNeeded):
        return {"www-authenticate": _step_up(refusal)}
    if isinstance(refusal, MethodNotAllowed):
        return {"allow": refusal.data["allowed"]}
    return {}


def _step_up(refusal: StepUpNeeded) -> str:
    """Return the challenge that says how to sign in again (RFC 9470, 3)."""
    parts = ['error="insufficient_user_authentication"', f'acr_values="{refusal.data["acr_values"]}"']
    if refusal.data["max_age"]:
        parts.append(f"max_age={refusal.data['max_age']}")
    return 'Bearer realm="banshi", ' + ", ".join(parts)


def on_refusal(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """Answer a refusal that a handler let through."""
    return respond(request, error)


def on_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what Litestar itself refuses, in our words."""
    if error.status_code >= 500:
        return on_bug(request, error)
    return respond(request, translated(error))


def on_bug(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Log what went wrong and tell the client nothing but the request id."""
    log.error("http.bug", exc_info=error)
    return respond(request, Bug())


def translated(error: HTTPException) -> DomainError:
    """Return what Litestar itself refuses, as a refusal of ours."""
    if error.status_code == MethodNotAllowed.status:
        allowed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "")
        return MethodNotAllowed(allowed=allowed)
    kinds: dict[int, DomainError] = {401: NotSignedIn(), 404: PathUnknown(), 413: BodyTooLarge()}
    return kinds.get(error.status_code) or BadRequest(problem="The request is malformed.")


HANDLERS: ExceptionHandlersMap = {DomainError: on_refusal, HTTPException: on_http, Exception: on_bug}
"""For Litestar: every error leaves through one of these."""
