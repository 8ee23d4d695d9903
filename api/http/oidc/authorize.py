"""The authorization endpoint: where a client sends the browser, and where our pages send it back to."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http import browser
from api.http.errors import AnyRequest
from api.http.oidc.wire import Pairs, count, of_form, of_query
from identity.actor import Actor
from identity.clients import enabled
from identity.oidc import authorize, deciding, par, requests
from identity.oidc.asking import Asked
from identity.oidc.authorize import Parameters
from identity.oidc.call import parameters
from identity.oidc.errors import OAuthError, SentBack
from storage import clock


@get("/oauth/authorize")
async def ask(request: AnyRequest) -> Response[bytes]:
    """Understand a request and say where the browser goes with it."""
    await count(request, "authorize")
    return await _asked(request, of_query(request))


@post("/oauth/authorize")
async def ask_posted(request: AnyRequest) -> Response[bytes]:
    """Do the same for a form.

    A form of another site brings no cookies along (SameSite=Lax), so without any the request waits until
    the browser comes for it, which brings them.
    """
    await count(request, "authorize")
    return await _asked(request, await of_form(request), parks=browser.token_of(request) is None)


@get("/oauth/continue")
async def go_on(request: AnyRequest) -> Response[bytes]:
    """Go on with a request after the citizen signed in."""
    now = await clock.now()
    visitor = browser.visitor_of(request)
    waiting = await requests.find(request.query_params.get("request", ""), visitor=visitor, now=now)
    actor = await _actor(request)
    return _to(await deciding.proceed(waiting, actor, visitor=visitor, now=now))


async def _asked(request: AnyRequest, pairs: Pairs, *, parks: bool = False) -> Response[bytes]:
    found, resources = parameters(pairs)
    now = await clock.now()
    try:
        asked = await _understood(found, resources)
    except SentBack as refusal:
        answer = {**refusal.body, "state": found.get("state")}
        return _to(requests.back(found["redirect_uri"], answer))
    response = _to("")
    visitor = browser.visitor_of(request, response)
    if parks:
        response.headers["location"] = await deciding.park(asked, visitor=visitor, now=now)
        return response
    response.headers["location"] = await deciding.begin(
        asked, await _actor(request), visitor=visitor, login_hint=found.get("login_hint"), now=now
    )
    return response


async def _understood(found: Parameters, resources: list[str]) -> Asked:
    """Return what is asked, here or in what was pushed before.

    Raises: SentBack; OAuthError when it can be taken nowhere.
    """
    name = found.get("request_uri", "")
    if not name.startswith(par.PREFIX):
        client = await authorize.client_of(found)
        return await authorize.understand(found, resources, client, pushed=False)
    asked = await par.take(name, found.get("client_id", ""), now=await clock.now())
    client_ = await enabled(asked.client_id)
    if client_ is None or asked.redirect_uri not in client_.redirect_uris:
        raise OAuthError("invalid_request_uri", "client or redirect_uri is no longer registered")
    return asked


async def _actor(request: AnyRequest) -> Actor | None:
    asker = await browser.asker_of(request)
    return None if asker is None else asker.actor


def _to(location: str) -> Response[bytes]:
    """Send the browser on with GET, whatever it came with (RFC 9700 4.12)."""
    return Response(b"", status_code=303, headers={"location": location})


ROUTES: list[ControllerRouterHandler] = [ask, ask_posted, go_on]
