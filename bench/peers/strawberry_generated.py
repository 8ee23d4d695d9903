"""The stock server's own schema and resolvers, run by our generated executor: what that alone brings.

`python -m bench.peers.strawberry_generated`; everything else is bench.peers.strawberry_stock.
"""

import os
from typing import Any

import msgspec
import strawberry
import uvicorn
from graphql import OperationDefinitionNode, parse
from litestar import Litestar, Request, Response, post

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


@post("/graphql", status_code=200)
async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Run the operation."""
    asked = decode(await request.body())
    data, errors = await generated(asked.query).run(asked.variables, await context(request))
    body = {"data": data} if not errors else {"data": data, "errors": [error.formatted for error in errors]}
    return Response(encode(body), media_type="application/json")


def app() -> Litestar:
    """Return the server."""
    return Litestar([answer], lifespan=[lifespan], openapi_config=None)


if __name__ == "__main__":
    uvicorn.run(app(), host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False)
