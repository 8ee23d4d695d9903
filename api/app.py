"""The server: `create_app` is the only place where the parts meet.

Edge (id, headers, log, figures) > Litestar (routes, errors) > /graphql > Strawberry > services
                                 > Hot (trusted documents) > plans
                                 > Origins (hosts of mini-apps) > their files
Lane (below ASGI)                > Hot, PlainCalls (of mini-apps' back ends)
"""

import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from api import metrics
from api.awake import Cores, while_asked
from api.graphql.controller import graphql_routes
from api.graphql.engine import Engine
from api.http import files, gateway, health, methods, qr, relay, sandbox, sessions, shots, start
from api.http.address import networks
from api.http.apps import beacon, entering, mgop, mgop_schema, notices, rights, upload
from api.http.apps.origins import Origins
from api.http.direct import table
from api.http.edge import Edge, security_headers
from api.http.errors import HANDLERS
from api.http.hot import Hot
from api.http.oidc import routes as oidc
from api.http.plain_calls import PlainCalls
from api.http.report import bundled, told
from api.http.trying import graphiql_file, trying_page
from api.http.wires import routes as wires
from api.http.wish import Header, Wishes
from api.huge import collapse
from api.pages import routes as pages
from api.settings import Settings
from api.web import routes as web
from api.wiring import attentive, wired
from miniapps.gateway.service import Exchange
from storage.leases import leasing

BODY_BYTES = 100_000  # a route that takes more says so itself

ROUTES: list[ControllerRouterHandler] = [
    *health.ROUTES,
    *sessions.ROUTES,
    *methods.ROUTES,
    *qr.ROUTES,
    *pages.ROUTES,
    *web.ROUTES,
    *oidc.ROUTES,
    *wires.ROUTES,
    *gateway.ROUTES,
    shots.hand_out_shot,
    shots.take_shot,
    *relay.ROUTES,
    upload.take_package,
    notices.send,
    rights.answer,
    beacon.beacon,
    entering.enter,
    mgop.call,
    mgop_schema.hand_out,
    *files.ROUTES,
]
SANDBOX: list[ControllerRouterHandler] = [*sandbox.ROUTES, *sessions.SANDBOX]  # nothing of it in production


def create_app(settings: Settings) -> Litestar:
    """Return the server, ready to be run; it connects when its lifespan begins."""
    return furnished(routed(settings), settings)


def routed(settings: Settings) -> Litestar:
    """Return all routes, which is most of the work: what they ask is in the state of the app they serve."""
    return Litestar(
        route_handlers=[*ROUTES, *_open(settings), *_graphql(settings)],
        lifespan=[_lifespan(settings)],
        exception_handlers={**HANDLERS, HTTPException: oidc.on_http},
        openapi_config=None,
        logging_config=None,
        cors_config=_cors(settings),
        request_max_body_size=BODY_BYTES,
    )


def furnished(app: Litestar, settings: Settings) -> Litestar:
    """Give routes what they ask, and put the edge around them."""
    files.configure(settings.files_url)
    engine = Engine.of(settings)
    app.state = State({"engine": engine, "exchange": Exchange(), "public_url": settings.public_url})
    https = settings.public_url.startswith("https:")
    cors = app.cors_config
    edge = Edge(
        app.asgi_handler,
        trusted=networks(settings.trusted_proxies),
        https=https,
        hot=_hot(engine, settings, cors, https=https) if settings.uses("hot") else None,
        direct=table(app) if cors is None and settings.uses("direct") else {},
    )
    origins = edge.origins = _origins(edge, settings)
    if settings.uses("direct"):
        edge.ways += (_calls(app, origins, edge.headers),)
    app.asgi_handler = edge
    return app


def _origins(edge: Edge, settings: Settings) -> Origins:
    return Origins(
        edge.inside,
        host=settings.apps_host,
        platform=settings.public_url,
        is_open=not settings.production,
    )


def _hot(engine: Engine, settings: Settings, cors: CORSConfig | None, *, https: bool) -> Hot:
    wishes = Wishes(cors=cors, compresses=settings.uses("compression"))
    return Hot(engine.answer, wishes=wishes, headers=security_headers(https=https))


def _calls(app: Litestar, origins: Origins, headers: Sequence[Header]) -> PlainCalls:
    return PlainCalls(app.state["exchange"], shares=origins.shares, cors=app.cors_config, headers=headers)


def _open(settings: Settings) -> list[ControllerRouterHandler]:
    is_open = not settings.production
    return [*start.routes(is_open=is_open), *(SANDBOX if is_open else [])]


def _graphql(settings: Settings) -> list[ControllerRouterHandler]:
    is_open = not settings.production
    routes = graphql_routes(is_open=is_open, page=trying_page() if is_open else b"")
    return [*routes, *([graphiql_file] if is_open else [])]


def _cors(settings: Settings) -> CORSConfig | None:
    """Let pages of our own origins call us; tokens travel in a header, so no credentials are allowed."""
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        expose_headers=["x-request-id", "retry-after"],
        allow_credentials=False,
        max_age=3600,
    )


def _lifespan(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        engine, exchange = app.state["engine"], app.state["exchange"]
        async with wired(settings), attentive(settings), engine.running(), leasing(), exchange.running():
            if settings.uses("gc"):
                _settle()
            if settings.uses("huge"):
                metrics.heap_huge.set(collapse())
            awake = while_asked(told, Cores()) if settings.uses("awake") else nullcontext()
            with bundled():
                async with awake:
                    yield

    return lifespan


def _settle() -> None:
    """Spare the collector what lives as long as the process; measured: a third off queries with loaders."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
