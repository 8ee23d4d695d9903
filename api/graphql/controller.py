"""GraphQL over HTTP: queries by GET and POST, mutations by POST only, one operation per request.

Own handlers instead of Strawberry's view: no dependency injection per request, the statuses of the
GraphQL-over-HTTP specification, and no WebSocket (nothing is subscribed to yet; see docs/adr).
"""

from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler

from api.context import Context
from api.graphql import execute, limits, wire
from api.graphql.engine import Engine
from api.graphql.wire import Wire
from api.http import accept, asking, quota
from api.http.body import read_json
from api.http.errors import (
    AnyRequest,
    MethodNotAllowed,
    NotAcceptable,
    request_id_of,
)

PARTIAL = 294  # "Partial Success" of GraphQL over HTTP: the answer holds data and errors
OPERATION = {"query", "documentId", "extensions"}  # parameters of which one names the operation


def graphql_routes(*, is_open: bool, page: bytes) -> list[HTTPRouteHandler]:
    """Return the handlers of `/graphql`; `is_open` is for development: `page` is shown to browsers."""

    async def answer(request: AnyRequest, asked: Wire) -> Response[bytes]:
        media_type = accept.choose(request.headers.get("accept"))
        if media_type is None:
            raise NotAcceptable(offered=f"{accept.GRAPHQL}, {accept.JSON}")
        return await _answer(request.app.state["engine"], request, asked, media_type=media_type)

    @get("/graphql")
    async def by_get(request: AnyRequest) -> Response[bytes]:
        if (
            is_open
            and not OPERATION & request.query_params.keys()
            and accept.wants_page(request.headers.get("accept"))
        ):
            return Response(page, media_type=MediaType.HTML, headers={"content-security-policy": PAGE_POLICY})
        return await answer(request, wire.from_address(dict(request.query_params.items())))

    @post("/graphql", status_code=200, request_max_body_size=limits.BODY_BYTES)
    async def by_post(request: AnyRequest) -> Response[bytes]:
        return await answer(request, await read_json(request, wire.read))

    return [by_get, by_post]


PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "font-src data:; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


async def _answer(engine: Engine, request: AnyRequest, asked: Wire, *, media_type: str) -> Response[bytes]:
    context = await _context(request)
    state = request.scope["state"]
    try:
        operation = engine.choosing.operation(asked, context.token)
    except execute.Refused as refusal:
        done = execute.refused(refusal.errors, request_id=request_id_of(request))
    else:
        if operation.is_mutation and request.method == "GET":
            raise MethodNotAllowed(allowed="POST")
        state["operation"] = operation.label
        ask = execute.Ask(query=operation.text, variables=asked.variables or {})
        done = await execute.run(engine.paths, operation, ask, context)
    state["codes"] = done.codes
    return Response(
        done.wire, status_code=_status(done, media_type), media_type=f"{media_type}; charset=utf-8"
    )


def _status(done: execute.Answer, media_type: str) -> int:
    """Return 200 for old clients; for the newer media type what the specification says."""
    if media_type == accept.JSON or not done.codes:
        return 200
    return PARTIAL if done.began else 400


async def _context(request: AnyRequest) -> Context:
    asker = await asking.whoever(request)
    if "counted" not in request.scope["state"]:  # the short way (api.http.hot) counts what it passes on
        await quota.count(asker.actor, request.scope["state"]["address"])
    return asking.context_of(request, asker)
