"""Routes called without the router: they answer as they would by way of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from api.app import create_app
from api.graphql.limits import BODY_BYTES
from api.http.direct import table
from tests.api.conftest import some_settings
from tests.api.oidc.relying import add
from tests.api.pages.browsing import card, send

FORM = {"content-type": "application/x-www-form-urlencoded"}
ASKED = [
    ("GET", "/sign-in", {}, b""),
    ("GET", "/sign-in?method=sms&ui_style=elder", {}, b""),
    ("HEAD", "/sign-in", {}, b""),
    ("GET", "/sign-in/", {}, b""),
    ("PUT", "/sign-in", {}, b""),
    ("OPTIONS", "/sign-in", {}, b""),
    ("POST", "/sign-in", FORM, b"method=face&id_number=1&name=2&face=ok"),  # without the form's word
    ("POST", "/sign-in", {"content-type": "text/plain"}, b"a"),
    ("POST", "/sign-in", FORM, b"a=" + b"x" * BODY_BYTES),
    ("GET", "/account", {}, b""),  # sends to the sign-in
    ("GET", "/consent?request=1", {}, b""),
    ("GET", "/oauth/authorize?client_id=nobody", {}, b""),  # a page
    ("GET", "/oauth/token", {}, b""),
    ("POST", "/oauth/token", FORM, b"grant_type=x"),
    ("POST", "/oauth/token", {"content-type": "application/json"}, b"{}"),
    ("GET", "/oauth/userinfo", {"authorization": "Bearer a"}, b""),
    ("POST", "/session", {"content-type": "application/json"}, b'{"method":'),
    ("POST", "/session", {"content-type": "application/json"}, b'{"method": "face"}'),
    ("POST", "/graphql", {"content-type": "application/json"}, b'{"query": "{ viewer { id } }"}'),
    ("GET", "/nothing", {}, b""),
]
CHANGING = ("x-request-id", "date")


@contextmanager
def by_the_router(client: httpx.AsyncClient) -> Iterator[None]:
    """Let every request go the ordinary way."""
    edge = client._transport.app.asgi_handler
    kept, edge.direct = edge.direct, {}
    try:
        yield
    finally:
        edge.direct = kept


@pytest.mark.parametrize(("method", "path", "headers", "body"), ASKED, ids=[f"{a} {b}" for a, b, *_ in ASKED])
async def test_an_answer_is_the_router_s_to_the_byte(client, method, path, headers, body):
    client.cookies.set("banshi_visitor", "a" * 32)
    at_once = await client.request(method, path, headers=headers, content=body)
    with by_the_router(client):
        around = await client.request(method, path, headers=headers, content=body)

    def told(answer: httpx.Response) -> list[tuple[str, str]]:
        return [(name, value) for name, value in answer.headers.multi_items() if name not in CHANGING]

    ids = [answer.headers["x-request-id"].encode() for answer in (at_once, around)]
    assert at_once.status_code == around.status_code
    assert told(at_once) == told(around)
    assert at_once.content.replace(ids[0], b"") == around.content.replace(ids[1], b"")


async def test_a_whole_sign_in_goes_by_the_router_as_well(client):
    rp = await add(client)
    with by_the_router(client):
        away = await client.get("/oauth/authorize", params=rp.request())
        page = await client.get(away.headers["location"])
        entered = await send(client, page, **card("wang_fang"), face="ok")

    assert entered.headers["location"].startswith("/consent?")


def test_it_has_the_plain_routes_and_no_others():
    app = create_app(some_settings())
    there = table(app)

    assert {("POST", "/oauth/token"), ("GET", "/sign-in"), ("POST", "/graphql")} <= there.keys()
    assert not [path for _, path in there if "{" in path]
    assert app.asgi_handler.direct.keys() == there.keys()


@pytest.mark.parametrize("changes", [{"switched_off": ("direct",)}, {"cors_origins": ("https://a.example",)}])
def test_it_can_be_switched_off_and_is_where_other_origins_may_ask(changes):
    assert create_app(some_settings(**changes)).asgi_handler.direct == {}
