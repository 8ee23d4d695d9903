"""What stands for the plans in tests of the short way, and the server's side of one request."""

import asyncio
import json
from typing import Any

import httpx

from api.context import Context
from api.graphql import documents
from api.http.edge import Edge
from api.http.hot import Hot

GRAPHQL = "application/graphql-response+json"
HOME = documents.named("home")
UNREAD = documents.named("unread")
ASKED = {"documentId": HOME, "variables": {"region": "330106", "target": "PERSON"}}
BODY = b'{"data":{"made":"' + b"x" * 2000 + b'"}}'


class Answerer:
    """Stands for the plans: answers always the same, and remembers what it was asked."""

    def __init__(self) -> None:
        self.parts: Any = [BODY]
        self.asked: list[tuple[str, dict[str, Any], Context, str | None]] = []

    async def __call__(
        self, document_id: str, variables: dict[str, Any], context: Context, name: str | None
    ) -> Any:
        self.asked.append((document_id, variables, context, name))
        if isinstance(self.parts, Exception):
            raise self.parts
        return self.parts


def edge_of(client: httpx.AsyncClient) -> Edge:
    edge = client._transport.app.asgi_handler
    assert isinstance(edge, Edge)
    return edge


def answering(client: httpx.AsyncClient) -> Answerer:
    """Put an answerer in the place of the plans."""
    made, way = Answerer(), edge_of(client).hot
    assert isinstance(way, Hot)
    way.answer = made
    return made


def headers_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """All but those that differ from answer to answer."""
    assert len(answer.headers["x-request-id"]) == 32
    changing = ("x-request-id", "content-length")
    return sorted(pair for pair in answer.headers.multi_items() if pair[0] not in changing)


class Wire:
    """The server's side of one request: what it receives and sends."""

    def __init__(self, *, leaves_after: float | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.leaves_after = leaves_after
        self.asked = False

    async def receive(self) -> dict[str, Any]:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": json.dumps(ASKED).encode(), "more_body": False}
        await asyncio.sleep(60 if self.leaves_after is None else self.leaves_after)
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


async def ask_raw(edge: Edge, authorization: str = "", wire: Wire | None = None) -> Wire:
    wire = wire or Wire()
    headers = [(b"content-type", b"application/json")]
    if authorization:
        headers.append((b"authorization", authorization.encode()))
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await edge(scope, wire.receive, wire.send)
    return wire
