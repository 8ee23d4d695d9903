"""Routes whose handler wants nothing but the request, called without the router's detours.

Most of ours are so: they take a `Request`, return a `Response`, and neither guard nor hook stands before
them.  Litestar finds each of them by a walk through its routes, collects arguments that are none, and
wraps answer and errors several times: a fifth of a short answer's work.  Here one look in a table does.
Whatever the table does not have, paths with parameters or methods that are not served, goes the
ordinary way.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import HTTPScope, Receive, Send

from api.http.errors import AnyRequest


@dataclass(frozen=True)
class Direct:
    """One handler, and what Litestar would put around it."""

    path: str
    handler: HTTPRouteHandler
    fn: Callable[[AnyRequest], Awaitable[Response[bytes]]]
    errors: Mapping[Any, Any]

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["path_template"], scope["path_params"] = self.path, {}
        scope["route_handler"] = self.handler
        request: AnyRequest = Request(scope, receive, send)
        try:
            response = await self.fn(request)
        except Exception as error:
            found = next((self.errors[kind] for kind in type(error).__mro__ if kind in self.errors), None)
            if found is None:
                raise
            response = found(request, error)
        handler = self.handler
        answer = response.to_asgi_response(
            None, request, media_type=handler.media_type, status_code=handler.status_code
        )
        await answer(scope, receive, send)


Table = Mapping[tuple[str, str], Direct]


def table(app: Litestar) -> Table:
    """Return the routes of `app` that can be called directly, by method and path."""
    return {
        (str(method), route.path): Direct(
            route.path, handler, handler.fn, handler.resolve_exception_handlers()
        )
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path_parameters
        for method, (handler, _) in route.route_handler_map.items()
        if _is_plain(handler)
    }


def _is_plain(handler: HTTPRouteHandler) -> bool:
    wants = handler.parsed_fn_signature.parameters
    gives = handler.parsed_fn_signature.return_type
    hooks = (
        handler.resolve_before_request(), handler.resolve_after_response(),
        *(layer.after_request for layer in handler.ownership_layers),
        handler.resolve_guards(), handler.resolve_middleware(), handler.resolve_dependencies(),
        handler.cache, handler.background, handler.resolve_return_dto(),
    )  # fmt: skip
    is_async = not handler.has_sync_callable
    return is_async and set(wants) == {"request"} and gives.is_subclass_of(Response) and not any(hooks)
