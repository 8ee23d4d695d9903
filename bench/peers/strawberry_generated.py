"""The stock server's own schema, resolvers, loaders and pool, run by our generated executor.

`python -m bench.peers.strawberry_generated`.  It is mounted as ours is, ahead of the routes and with the
collector settled; what it asks of PostgreSQL, and how, is bench.peers.strawberry_stock's own.
"""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import strawberry
import uvicorn
from graphql import OperationDefinitionNode, parse
from litestar import Litestar, Request, asgi
from litestar.types import Receive, Scope, Send

from api.graphql.plan.generated import Generated
from bench.peers.strawberry_stock import Query, context, lifespan

SCHEMA = strawberry.Schema(Query)
KNOWN: dict[str, Generated] = {}
encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct):
    """The request's body."""

    query: str
    variables: dict[str, Any] = {}


decode = msgspec.json.Decoder(Asked).decode


def generated(text: str) -> Generated:
    """Return the executor of a document's only operation, compiled at its first sight."""
    if text not in KNOWN:
        document = parse(text)
        [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        KNOWN[text] = Generated.compile(SCHEMA, document, operation)
    return KNOWN[text]


@asgi("/graphql")
async def respond(scope: Scope, receive: Receive, send: Send) -> None:
    """Run the operation."""
    body, more = b"", True
    while more:
        message: Any = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    asked = decode(body)
    found = await context(Request(scope, receive))
    data, errors = await generated(asked.query).run(asked.variables, found)
    answer = {"data": data}
    if errors:
        answer["errors"] = [error.formatted for error in errors]
    content = encode(answer)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


@asynccontextmanager
async def settled(_: Litestar) -> AsyncIterator[None]:
    """Spare the collector what lives as long as the process, as our server does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield


def app() -> Litestar:
    """Return the server."""
    return Litestar([respond], lifespan=[lifespan, settled], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    uvicorn.run(app(), host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False)
