"""The endpoints that clients call by themselves: no browser is there."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.http.oidc.wire import call_of, count, shown, told
from identity.oidc import introspection, issuer, par, revocation, token, userinfo
from storage import clock


@post("/oauth/par")
async def push(request: AnyRequest) -> Response[bytes]:
    """Keep an authorization request for the browser that will come."""
    call = await call_of(request, "par")
    return told(await par.answer(call, now=await clock.now()), 201)


@post("/oauth/token", status_code=200)
async def give_tokens(request: AnyRequest) -> Response[bytes]:
    """Give tokens for a code or a refresh token."""
    call = await call_of(request, "token")
    return told(await token.answer(call, now=await clock.now()), pragma="no-cache")


@post("/oauth/revoke", status_code=200)
async def revoke(request: AnyRequest) -> Response[bytes]:
    """Revoke a token."""
    call = await call_of(request, "revoke")
    await revocation.answer(call, now=await clock.now())
    return Response(b"", status_code=200)


@post("/oauth/introspect", status_code=200)
async def introspect(request: AnyRequest) -> Response[bytes]:
    """Say what is known of a token."""
    call = await call_of(request, "introspect")
    return told(await introspection.answer(call, now=await clock.now()))


@get("/oauth/userinfo")
async def tell(request: AnyRequest) -> Response[bytes]:
    """Tell what the citizen agreed to."""
    return await _tell(request)


@post("/oauth/userinfo", status_code=200)
async def tell_posted(request: AnyRequest) -> Response[bytes]:
    """Tell the same; the token is in the header here, too."""
    return await _tell(request)


async def _tell(request: AnyRequest) -> Response[bytes]:
    await count(request, "userinfo")
    token_ = shown(request, issuer.endpoint("userinfo"))
    return told(await userinfo.answer(token_, now=await clock.now()))


ROUTES: list[ControllerRouterHandler] = [push, give_tokens, revoke, introspect, tell, tell_posted]
