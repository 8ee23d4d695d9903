"""Sending a well-formed request as somebody, and what came of it; nothing that it did remains."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from api.http.browser import FIELD, SESSION, VISITOR, form_word
from api.pages.asked import PATH as SIGN_IN
from storage.db import DB, transaction
from storage.ids import new_id
from tests.api.authz_actors import TOKENS
from tests.api.authz_asking import Undo, filled
from tests.api.authz_forms import Request
from tests.api.authz_leaks import ID
from tests.api.authz_world import World

FILES = "files.localhost:8000"
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
IN_PATH = re.compile(r"{(\w+):\w+}")
EXPIRED = "页面已过期"  # a form that never came to what is tested


def token_of(world: World, asker: str) -> str:
    session = world.actors[asker].session_id
    return TOKENS[session] if session else ""


def browser_of(asker: str) -> str:
    """The word of the browser that somebody uses."""
    return f"browser-of-{asker.replace(' ', '-')}"


def headers_of(world: World, asker: str, how: str) -> dict[str, str]:
    token = token_of(world, asker)
    if how == "call":
        return {"authorization": f"Bearer {token}"} if token else {}
    cookies = {VISITOR: browser_of(asker), **({SESSION: token} if token else {})}
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


async def sent(
    client: httpx.AsyncClient, world: World, asked: Request, asker: str, given: Mapping[str, Any]
) -> httpx.Response:
    """Return the answer."""
    method, path = asked.route
    left = {name: value for name, value in given.items() if f"{{{name}:" not in path}
    url = IN_PATH.sub(lambda found: str(given[found[1]]), path)
    headers = headers_of(world, asker, asked.how)
    if path.startswith("/files/"):
        headers["host"] = FILES
    client.cookies.clear()
    try:
        async with transaction(), in_turn():
            body = _body(asked, left, token_of(world, asker) or browser_of(asker))
            answer = await client.request(method, url, headers=headers, **body)
            raise Undo
    except Undo:
        return answer


class InTurn:
    """A connection that does one thing after the other: fields of a document ask at once, and here of one."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, *args: Any, **rest: Any) -> Any:
        async with self._turn:
            return await self._connection.fetch(*args, **rest)

    async def execute(self, *args: Any, **rest: Any) -> Any:
        async with self._turn:
            return await self._connection.execute(*args, **rest)


@asynccontextmanager
async def in_turn() -> AsyncIterator[None]:
    """Let all that is asked in the transaction be asked in turn."""
    current = DB.current_transaction.get()
    assert current is not None
    own = current.connection
    current.connection = InTurn(own)
    try:
        yield
    finally:
        current.connection = own


def _body(asked: Request, fields: Mapping[str, Any], owner: str) -> dict[str, Any]:
    if asked.how == "form":
        filled_in = {name: _text(value) for name, value in fields.items()}
        return {"data": filled_in | {FIELD: form_word(owner)}}
    if asked.how == "page":
        return {"params": fields}
    return {"json": fields} if asked.route[0] == "POST" else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def given_of(world: World, asked: Request) -> dict[str, Any]:
    return {name: filled(value, world.things) for name, value in asked.given.items()}


def came_of(answer: httpx.Response, world: World) -> str:
    """One letter of the table, and the status."""
    status, to = answer.status_code, urlsplit(answer.headers.get("location", ""))
    assert EXPIRED not in answer.text
    if status == 401 or (status == 303 and to.path == SIGN_IN):
        return f"v {status} {to.geturl()}"
    letter = {404: "-", 403: "s"}.get(status, "!")
    if status < 400:
        letter = "+" if any(each in answer.text + to.query for each in world.personal) else "~"
    return f"{letter} {status} {to.geturl()}"


async def same_as_absent(
    client: httpx.AsyncClient, world: World, asked: Request, asker: str, answer: httpx.Response
) -> bool:
    """Say whether somebody else's thing is refused in the words for what never was."""
    given = given_of(world, asked)
    never = {name: ID.sub(lambda _: str(new_id()), given[name]) for name in asked.absent}
    if never == {name: given[name] for name in asked.absent}:  # a token: one that was made by nobody
        never = {name: str(new_id()) for name in asked.absent}
    other = await sent(client, world, asked, asker, given | never)
    return other.status_code == answer.status_code and plain(other) == plain(answer)


def plain(answer: httpx.Response) -> str:
    """An answer without ids: those of requests are never the same."""
    return REQUEST_ID.sub("", ID.sub("", answer.text))


def untyped(answer: httpx.Response, typed: Mapping[str, Any]) -> str:
    """An answer without what the asker typed himself: a form with a mistake comes back as he filled it in."""
    text = answer.text
    for value in filter(None, typed.values()):
        text = text.replace(str(value), "")
    return text
