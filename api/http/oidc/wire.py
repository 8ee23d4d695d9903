"""Reading calls of clients, and answering in OAuth's shape: {error, error_description}, never GraphQL's."""

from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import structlog
from litestar import Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from api.http.errors import AnyRequest, BodyTooLarge, request_id_of
from banshi.errors import DomainError, RateLimited
from identity.oidc import dpop
from identity.oidc.call import Call, parameters
from identity.oidc.errors import ClientRefused, OAuthError, TokenRefused
from identity.oidc.resource import Shown
from storage import leases
from storage.limits import subscriber

log = structlog.get_logger()

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 60
BURST, PER_S = 3_000, 300.0  # calls from one address: a hall, or a mobile network, is one

Pairs = list[tuple[str, str]]


def of_query(request: AnyRequest) -> Pairs:
    """Return the parameters of the address."""
    return _pairs(request.scope["query_string"])


async def of_form(request: AnyRequest) -> Pairs:
    """Return the fields of the form that is the body; the address may hold none.

    Raises: OAuthError.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise OAuthError("invalid_request", f"the body must be {FORM}")
    return _pairs(await request.body())


def _pairs(text: bytes) -> Pairs:
    try:
        return parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        raise OAuthError("invalid_request", "the parameters are not form-urlencoded UTF-8") from None


async def call_of(request: AnyRequest, endpoint: str) -> Call:
    """Return what a client calls `endpoint` with.

    Raises: OAuthError, RateLimited.
    """
    await count(request, endpoint)
    found, resources = parameters(await of_form(request))
    if request.scope["query_string"]:
        raise OAuthError("invalid_request", "parameters belong in the body, not in the address")
    return Call(
        endpoint=endpoint,
        method=str(request.method),
        address=str(request.scope["state"]["address"]),
        parameters=found,
        resources=resources,
        authorization=request.headers.get("authorization", ""),
        proofs=tuple(request.headers.getall("dpop", [])),
    )


def shown(request: AnyRequest, url: str) -> Shown:
    """Return the access token that a request to `url` shows; in the header only.

    Raises: TokenRefused when there is none.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() not in ("bearer", "dpop") or not token.strip():
        raise TokenRefused("", "there is no access token in the header Authorization")
    return Shown(
        scheme=kind.lower(), token=token.strip(), method=str(request.method), url=url,
        proofs=tuple(request.headers.getall("dpop", [])),
    )  # fmt: skip


async def count(request: AnyRequest, endpoint: str) -> None:
    """Count a call against where it comes from; raises RateLimited."""
    where = subscriber(str(request.scope["state"]["address"]))
    await leases.take(f"oidc:{endpoint}:{where}", capacity=BURST, per_s=PER_S)


def told(value: Any, status: int = 200, **headers: str) -> Response[bytes]:
    """Return `value` as JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON, headers=named)


def on_oauth(request: AnyRequest, error: OAuthError) -> Response[bytes]:
    """Answer a refusal, with the challenge that belongs to it."""
    request.scope["state"]["codes"] = [error.error or "invalid_token"]
    body = error.body if error.error else {**error.body, "error": "invalid_token"}
    challenge = _challenge(error)
    return told(body, error.status, **({"www_authenticate": challenge} if challenge else {}))


def _challenge(error: OAuthError) -> str | None:
    if isinstance(error, ClientRefused):
        return 'Basic realm="banshi"' if error.by_header else None
    if not isinstance(error, TokenRefused):
        return None
    if not error.error:  # nothing was shown: say only what could be (RFC 6750 3.1)
        return f'Bearer realm="banshi", DPoP algs="{dpop.ALGORITHM}"'
    parts = [f'error="{error.error}"', f'error_description="{error.description}"']
    if error.scope:
        parts.append(f'scope="{error.scope}"')
    if error.scheme == "DPoP":
        parts.append(f'algs="{dpop.ALGORITHM}"')
    return f"{error.scheme} {', '.join(parts)}"


def on_domain(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """Answer a refusal of ours in OAuth's shape."""
    request.scope["state"]["codes"] = [error.code]
    if isinstance(error, RateLimited):
        body = {"error": "temporarily_unavailable", "error_description": "too many calls; come back later"}
        return told(body, error.status, retry_after=error.data["retry_after_s"])
    return told({"error": "invalid_request", "error_description": error.code.lower()}, error.status)


def on_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what Litestar itself refuses."""
    if error.status_code >= 500:
        return on_bug(request, error)
    why = "the body is too long" if error.status_code == BodyTooLarge.status else "this is not served"
    answer = told({"error": "invalid_request", "error_description": why}, error.status_code)
    for name, value in (error.headers or {}).items():
        if name.lower() == "allow":
            answer.headers["allow"] = value
    return answer


def on_bug(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Log what went wrong and tell the client nothing but the request id."""
    log.error("http.bug", exc_info=error)
    body = {"error": "server_error", "error_description": f"request {request_id_of(request)}"}
    return told(body, 500)


HANDLERS: Final[ExceptionHandlersMap] = {
    OAuthError: on_oauth,
    DomainError: on_domain,
    HTTPException: on_http,
    Exception: on_bug,
}
"""For Litestar: every error of an endpoint for clients leaves through one of these."""
