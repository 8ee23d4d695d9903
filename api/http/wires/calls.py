"""Calls that clients' servers make directly.  They always answer 200: what went wrong stands in the body."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.enums import MediaType

from api.http.errors import AnyRequest
from api.http.wires import parameters
from api.http.wires.signed import counted, signer_of
from identity.wires import legal, personal, unified
from identity.wires.errors import GatewayRefused
from storage import clock


@get("/sso/servlet/simpleauth")
async def simpleauth_get(request: AnyRequest) -> Response[bytes]:
    """Validate a ticket or tell of a token's citizen."""
    return await _simpleauth(request)


@post("/sso/servlet/simpleauth", status_code=200)
async def simpleauth_post(request: AnyRequest) -> Response[bytes]:
    """Do as GET does; parameters may stand in the query, a form or a JSON object."""
    return await _simpleauth(request)


async def _simpleauth(request: AnyRequest) -> Response[bytes]:
    address = await counted(request)
    form = await parameters.read(request)
    answer = await personal.simpleauth(form, address=address, now=await clock.now())
    return answered(answer)


@post("/uc/sso/access_token", status_code=200)
async def access_token(request: AnyRequest) -> Response[bytes]:
    """Exchange a ticketId for an accessToken."""
    address, now = await counted(request), await clock.now()
    form = await parameters.read(request)
    try:
        signer = await signer_of(request, address=address, now=now)
    except GatewayRefused as refusal:
        return turned_away(refusal)
    answer = await unified.access_token(
        form.get("ticketId", ""), form.get("appId", ""), gateway=signer, address=address, now=now
    )
    return answered(answer)


@post("/uc/sso/getUserInfo", status_code=200)
async def user_info(request: AnyRequest) -> Response[bytes]:
    """Tell of an accessToken's user."""
    address, now = await counted(request), await clock.now()
    form = await parameters.read(request)
    try:
        signer = await signer_of(request, address=address, now=now)
    except GatewayRefused as refusal:
        return turned_away(refusal)
    answer = await unified.user_info(form.get("token", ""), gateway=signer, address=address, now=now)
    return answered(answer)


@post("/rest/user/query", status_code=200)
async def user_query(request: AnyRequest) -> Response[bytes]:
    """Tell of an ssotoken's firm, `info` as a string."""
    address, now = await counted(request), await clock.now()
    form = await parameters.read(request)
    try:
        signer = await signer_of(request, address=address, now=now)
    except GatewayRefused as refusal:
        return turned_away(refusal)
    answer = await legal.query(form.get("token", ""), gateway=signer, address=address, now=now)
    return answered(answer)


@get("/tgssocheck/getLoginInfo")
async def login_info_get(request: AnyRequest) -> Response[bytes]:
    """Tell of an ssotoken's firm, `info` as an object: the older form of the call."""
    return await _login_info(request)


@post("/tgssocheck/getLoginInfo", status_code=200)
async def login_info_post(request: AnyRequest) -> Response[bytes]:
    """Do as GET does."""
    return await _login_info(request)


async def _login_info(request: AnyRequest) -> Response[bytes]:
    address = await counted(request)
    form = await parameters.read(request)
    answer = await legal.login_info(
        form.get("ssotoken", ""), gateway=None, address=address, now=await clock.now()
    )
    return answered(answer)


def turned_away(refusal: GatewayRefused) -> Response[bytes]:
    """Answer in the gateway's own words."""
    return answered({"message": str(refusal)}, status=401)


def answered(answer: Any, status: int = 200) -> Response[bytes]:
    """Return an answer as JSON."""
    return Response(msgspec.json.encode(answer), status_code=status, media_type=MediaType.JSON)


ROUTES = [
    simpleauth_get, simpleauth_post, access_token, user_info, user_query, login_info_get, login_info_post,
]  # fmt: skip
