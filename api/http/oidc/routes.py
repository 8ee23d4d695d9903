"""All routes of the provider: those of clients answer errors as JSON, those of browsers as pages."""

from litestar import Response, Router
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from api.http import errors
from api.http.errors import AnyRequest
from api.http.oidc import authorize, discovery, endpoints, logout, wire
from api.pages import refusals
from identity.oidc.errors import OAuthError, RequestRefused


def on_refused(request: AnyRequest, error: OAuthError) -> Response[bytes]:
    """Show the citizen a refusal that must not be taken to whoever claims to be the client."""
    refusal = RequestRefused(error=error.error, description=error.description)
    return refusals.refusal_page(request, refusal)


def on_http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what the router itself refuses: below /oauth in OAuth's shape, elsewhere in ours."""
    answers = wire.on_http if request.url.path.startswith("/oauth/") else errors.on_http
    return answers(request, error)


ROUTES: list[ControllerRouterHandler] = [
    Router(path="/", route_handlers=[*discovery.ROUTES, *endpoints.ROUTES], exception_handlers=wire.HANDLERS),
    Router(
        path="/",
        route_handlers=[*authorize.ROUTES, *logout.ROUTES],
        exception_handlers={**refusals.HANDLERS, OAuthError: on_refused},
    ),
]
