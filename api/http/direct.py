"""Routes whose handler wants nothing but the request, called without the router's detours.

Most of ours are so: they take a `Request`, return a `Response`, and neither guard nor hook stands before
them.  Litestar finds each of them by a walk through its routes, collects arguments that are none, and
wraps answer and errors several times: a fifth of a short answer's work.  Here one look in a table does.
Of paths with parameters those are here whose parameters are all text, after a first part that no other
route has: /gw/{app}/{api}.  Whatever the table does not have goes the ordinary way.
"""

from collections import Counter
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
    names: tuple[str, ...] = ()  # of the parameters, which are all of the path but its first part

    def takes(self, path: str) -> bool:
        """Say whether a path that begins as this one has the parameters that it wants."""
        parts = path.split("/")
        return len(parts) == len(self.names) + 2 and all(parts[2:])

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        parts = scope["path"].split("/")[2:] if self.names else ()
        scope["path_template"], scope["path_params"] = self.path, dict(zip(self.names, parts, strict=True))
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


def found(table: Table, method: str, path: str) -> Direct | None:
    """Return the handler of a request, if it can be called directly."""
    direct = table.get((method, path))
    if direct is not None or not table:
        return direct
    direct = table.get((method, path[: path.find("/", 1) + 1]))
    return direct if direct is not None and direct.names and direct.takes(path) else None


def table(app: Litestar) -> Table:
    """Return the routes of `app` that can be called directly, by method and path, or a first part."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    firsts = Counter(_first(route.path) for route in routes)
    return {
        (str(method), _first(route.path) if names else route.path): Direct(
            route.path, handler, handler.fn, handler.resolve_exception_handlers(), names
        )
        for route in routes
        if (names := _names(route)) is not None and not (names and firsts[_first(route.path)] > 1)
        for method, (handler, _) in route.route_handler_map.items()
        if _is_plain(handler)
    }


def _first(path: str) -> str:
    """Return the first part of a path, with the slash after it if there is more."""
    return path[: path.find("/", 1) + 1] or path


def _names(route: HTTPRoute) -> tuple[str, ...] | None:
    """Return the parameters of a path by name; None: they are not all text, or not all but its first part."""
    if not route.path_parameters:
        return ()
    first, *others = route.path_components
    texts = [each for each in others if not isinstance(each, str) and each.type is str]
    return (
        tuple(each.name for each in texts) if isinstance(first, str) and len(texts) == len(others) else None
    )


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
