"""Entering a mini-app: its origin gets a session of its own, which no script can read.

POST /h5/enter   token=<the mini-app's token>, as a form or {"token": …}; by the host app or the page itself
    204, and the cookie that pages of the old gateway are known by (`api.http.apps.mgop`)

What lies in the cookie is another token than the page's, of the same right; it is made anew while it is used,
for as long as the citizen's own session lives and his consent stands.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec
from litestar import Response, post

from api.http import quota
from api.http.apps.beacon import LARGEST
from api.http.asking import Asker, bearer
from api.http.body import JSON, understood
from api.http.browser import cookie_in, cookie_name, is_https
from api.http.errors import AnyRequest, PathUnknown, UnsupportedMediaType
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import audit, tokens
from miniapps.catalog.service import origins

COOKIE = "banshi_app"
FORM = "application/x-www-form-urlencoded"
RENEWED_S = tokens.LIFE.total_seconds() / 2  # with less left it is made anew


class Told(msgspec.Struct, frozen=True):
    """Who enters."""

    token: str


decode = msgspec.json.Decoder(Told).decode


class Entered(NamedTuple):
    """Who is in a mini-app, and the cookie to be set, where he is known by another one now; else ""."""

    asker: Asker
    cookie: str


@post("/h5/enter", status_code=204, request_max_body_size=LARGEST)
async def enter(request: AnyRequest) -> Response[None]:
    """Let a citizen into a mini-app that was opened for him."""
    app_id = app_of(request)
    platform, own = str(request.app.state.public_url), origins.origin(app_id)
    if request.headers.get("origin") not in (platform, own):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    address = request.scope["state"]["address"]
    asker = await bearer(f"Bearer {await _token(request)}", address)
    if asker.actor.app_id != app_id:
        raise NotSignedIn
    await quota.count(asker.actor, address)
    fresh = await tokens.renew(asker.actor, now=asker.now)
    if fresh is None:
        raise NotSignedIn
    await audit.record_soon(asker.actor, "app.enter", f"app/{app_id}", now=asker.now)
    told = {
        "set-cookie": cookie(request, cookie_name(COOKIE, https=is_https(request)), _kept(fresh, asker.now)),
        "access-control-allow-origin": request.headers["origin"],
        "access-control-allow-credentials": "true", "vary": "Origin",
    }  # fmt: skip
    return Response(None, status_code=204, headers=told)


def app_of(request: AnyRequest) -> str:
    """Return whose origin a request came to.  Raises: PathUnknown at the platform's own."""
    app_id = request.scope["state"].get("mini_app")
    if app_id is None:
        raise PathUnknown
    return str(app_id)


async def entered(request: AnyRequest) -> Entered:
    """Return who is in the mini-app at whose origin a request came.

    Raises: NotSignedIn, RateLimited.
    """
    token, _, end = (cookie_in(request, COOKIE) or "").partition(".")
    if not token:
        raise NotSignedIn
    address = request.scope["state"]["address"]
    asker = await bearer(f"Bearer {token}", address)
    if asker.actor.app_id != app_of(request):
        raise NotSignedIn
    await quota.count(asker.actor, address)
    left = int(end) - asker.now.timestamp() if end.isdecimal() and len(end) < 12 else 0
    fresh = None if left > RENEWED_S else await tokens.renew(asker.actor, now=asker.now)
    if fresh is None:
        return Entered(asker, "")
    name = cookie_name(COOKIE, https=is_https(request))
    return Entered(asker, cookie(request, name, _kept(fresh, asker.now)))


def cookie(request: AnyRequest, name: str, value: str, *, is_read: bool = False) -> str:
    """Return a header Set-Cookie for the origin of a mini-app; with `is_read` scripts may read it.

    Pages are framed by another site's, so it must be SameSite=None, and is kept apart for each such site
    (Partitioned).  On a developer's machine browsers take Secure without TLS.
    """
    hidden = "" if is_read else "; HttpOnly"
    return f"{name}={value}; Path=/{hidden}; Secure; SameSite=None; Partitioned"


def _kept(token: str, now: datetime) -> str:
    return f"{token}.{int((now + tokens.LIFE).timestamp())}"


async def _token(request: AnyRequest) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        return str((await request.form()).get("token", ""))
    if kind != JSON:
        raise UnsupportedMediaType(taken=f"{FORM} or {JSON}")
    return understood(await request.body(), decode).token
