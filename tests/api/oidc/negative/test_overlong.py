"""What is too long is refused at the length that is written down, and never carried on."""

import pytest

from api.http.heads import MOST_BYTES
from api.http.lane import Lane
from tests.api.lane.served import Served
from tests.api.oidc.negative.answers import ids, refused, sent_back, shown
from tests.api.oidc.relying import basic

FORM = {"content-type": "application/x-www-form-urlencoded"}
CALLS = ("token", "par", "introspect", "revoke")
PAGES = ("authorize", "logout")
MEGA = 10_000_000
# a header, what stands before its length, what comes besides, and the answer of an endpoint
HEADERS = [
    ("a secret", "token", "authorization", "Basic ", 401, "invalid_client", "not Basic credentials"),
    ("a secret, elsewhere", "introspect", "authorization", "Basic ", 401, "invalid_client", "not Basic"),
    ("a proof", "token", "dpop", "", 400, "invalid_dpop_proof", "not a compact JWS"),
    ("a proof in three parts", "token", "dpop", "a.b.", 400, "invalid_dpop_proof", "not a compact JWS"),
    ("an access token", "userinfo", "authorization", "Bearer a", 401, "invalid_token", "unknown"),
    ("a bound access token", "userinfo", "authorization", "DPoP a", 401, "invalid_token", "unknown"),
]


@pytest.mark.parametrize("length", [10_001, 99_000])
@pytest.mark.parametrize("endpoint", CALLS)
async def test_a_parameter_has_an_end(world, endpoint, length):
    async with world.unwritten():
        answer = await world["basic"].call(endpoint, {"token": "x", "state": "x" * length})

    refused(answer, 400, "invalid_request", "a parameter is too long")


@pytest.mark.parametrize("length", [10_001, 99_000])
@pytest.mark.parametrize("path", PAGES)
async def test_a_parameter_of_a_page_has_an_end(world, path, length):
    """Also when the form comes without cookies, as from another site: it is not sent round in an address."""
    said = {"client_id": world["basic"].client_id, "state": "x" * length}

    async with world.unwritten():
        asked = await world.browser.get(f"/oauth/{path}", said) if length == 10_001 else None
        posted = [await each.post(f"/oauth/{path}", data=said) for each in (world.http, world.browser)]

    for answer in (asked, *posted):
        if answer is not None:
            shown(answer, "a parameter is too long")


@pytest.mark.parametrize("length", [100_001, MEGA])
@pytest.mark.parametrize("endpoint", CALLS)
async def test_a_body_has_an_end(world, endpoint, length):
    async with world.unwritten():
        answer = await world.http.post(f"/oauth/{endpoint}", content=b"x" * length, headers=FORM)

    refused(answer, 413, "invalid_request", "the body is too long")


@pytest.mark.parametrize("length", [100_001, MEGA])
@pytest.mark.parametrize("path", PAGES)
async def test_a_body_for_a_page_has_an_end(world, path, length):
    async with world.unwritten():
        answer = await world.http.post(f"/oauth/{path}", content=b"x" * length, headers=FORM)

    shown(answer, "内容太长", status=413)


@pytest.mark.parametrize("length", [8_001, MEGA])
@pytest.mark.parametrize(
    ("_case", "endpoint", "name", "before", "status", "error", "says"), HEADERS, ids=ids(HEADERS)
)
async def test_a_header_has_an_end(world, _case, endpoint, name, before, status, error, says, length):
    me = world["basic"]
    body = {"grant_type": "refresh_token", "refresh_token": "r" + "0" * 64, "token": "x"}
    sent = {"authorization": basic(me.client_id, me.secret)} | {name: before + "a" * length}

    async with world.unwritten():
        answer = await world.http.post(f"/oauth/{endpoint}", data=body, headers=sent)

    refused(answer, status, error, says)


@pytest.mark.parametrize("length", [8_001, MEGA])
async def test_an_assertion_has_an_end(world, length):
    body = {
        "client_id": world["key"].client_id, "client_assertion": "a.b." + "c" * length,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip

    async with world.unwritten():
        answer = await world.http.post("/oauth/token", data=body)

    if length == MEGA:
        refused(answer, 413, "invalid_request", "the body is too long")
    else:
        refused(answer, 401, "invalid_client", "client_assertion: it is not a compact JWS")


@pytest.mark.parametrize("name", ["banshi_session", "banshi_visitor"])
async def test_a_cookie_without_end_is_nobodys(world, name):
    async with world.unwritten():
        answer = await world.http.get(
            "/oauth/authorize", params=world["basic"].request(prompt="none"),
            headers={"cookie": f"{name}={'s' * MEGA}"},
        )  # fmt: skip

    sent_back(answer, "login_required")


@pytest.mark.parametrize("line", ["path", "header"])
async def test_a_head_without_end_is_cut_off_on_the_line(world, line):
    """As production serves it: the server gives up long before ten megabytes are in memory."""
    head = b"GET /oauth/authorize?state=" if line == "path" else b"GET /oauth/userinfo HTTP/1.1\r\ndpop: "
    pieces = [head, *[b"x" * 250_000] * (MEGA // 250_000)]

    async with world.unwritten(), Served(world.http._transport.app, Lane) as served:
        answer = await served.all_of(*pieces[: 2 + MOST_BYTES // 250_000 + 1])

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b"The head of this request is too long.")
