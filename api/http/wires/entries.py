"""Entries of the old wires: a browser comes from a mini-app and goes back to it with a ticket.

Who is not signed in signs in first (/sign-in), and who has not consented is asked once, on the entry's own
address.  The mini-app's address is one it registered, character by character.
"""

from urllib.parse import parse_qs, quote, urlsplit

from litestar import Response, Router, get, post

from api.http.asking import Asker
from api.http.browser import asker_of, drop
from api.http.errors import AnyRequest
from api.http.wires.parameters import first, in_query, raw_query
from api.http.wires.visits import ACTIONS, FIRMS, PORTAL, QUERY_MARKS, Visit, visit_of
from api.pages import forms
from api.pages.drawing import drawn
from api.pages.local import MOST_CHARACTERS, go, with_query
from api.pages.refusals import HANDLERS
from identity import sessions, verdicts
from identity.wires import clients, consent, passes
from identity.wires.errors import WireCallbackRefused, WireConsentNeeded
from identity.wires.tables import Wire
from storage import clock


@get(list(ACTIONS))
async def personal_entry(request: AnyRequest) -> Response[bytes]:
    """Sign a natural person in to an old mini-app: App, PC and Alipay differ in nothing but the address."""
    return await _enter(request, await _visit(request))


@post(list(ACTIONS), status_code=200)
async def personal_consent(request: AnyRequest) -> Response[bytes]:
    """Take the answer to the question whether the mini-app may know who comes."""
    return await _answer(request, await _visit(request))


@get(PORTAL)
async def portal_entry(request: AnyRequest) -> Response[bytes]:
    """Sign in to a mini-app of the unified wire on a PC."""
    return await _enter(request, await _visit(request))


@post(PORTAL, status_code=200)
async def portal_consent(request: AnyRequest) -> Response[bytes]:
    """Take the answer, as on the personal wire."""
    return await _answer(request, await _visit(request))


@get(FIRMS)
async def legal_entry(request: AnyRequest) -> Response[bytes]:
    """Sign in somebody who acts for a firm."""
    return await _enter(request, await _visit(request))


@post(FIRMS, status_code=200)
async def legal_consent(request: AnyRequest) -> Response[bytes]:
    """Take the answer, as on the personal wire."""
    return await _answer(request, await _visit(request))


async def _visit(request: AnyRequest) -> Visit:
    return await visit_of(str(request.scope["path"]), raw_query(request), now=await clock.now())


async def _enter(request: AnyRequest, visit: Visit) -> Response[bytes]:
    asker = await asker_of(request)
    if asker is None:
        return go(with_query("/sign-in", next=_own_address(request)))
    await passes.check_context(asker.actor, visit.client)
    try:
        ticket = await passes.issue(asker.actor, visit.client, now=asker.now)
    except WireConsentNeeded:
        return _question(request, visit, asker)
    return Response(b"", status_code=303, headers={"location": visit.address(ticket)})


async def _answer(request: AnyRequest, visit: Visit) -> Response[bytes]:
    form = await forms.received(request)
    asker = await asker_of(request)
    if asker is None:
        return go(with_query("/sign-in", next=_own_address(request)))
    await passes.check_context(asker.actor, visit.client)
    if form.get("decision") != "yes":
        return drawn(
            request, "wire_refused", asker=asker, now=asker.now, address="/account", said=visit.client
        )
    await consent.give(asker.actor, visit.client, now=asker.now)
    return go(_own_address(request))


def _question(request: AnyRequest, visit: Visit, asker: Asker) -> Response[bytes]:
    parts = urlsplit(visit.back)
    return drawn(
        request, "wire_consent", asker=asker, now=asker.now, targets=[f"{parts.scheme}://{parts.netloc}"],
        client=visit.client, told=consent.TOLD[visit.client.wire], entry=_own_address(request),
    )  # fmt: skip


def _own_address(request: AnyRequest) -> str:
    """Return the address of this entry with its query, so that nothing in it needs an escape."""
    address = f"{request.scope['path']}?{quote(raw_query(request), safe=QUERY_MARKS)}"
    if len(address) > MOST_CHARACTERS:
        raise WireCallbackRefused
    return address


@get(["/uc/unifiedLogout", "/opensso/UI/Logout", "/oauth/logout.do"])
async def sign_out(request: AnyRequest) -> Response[bytes]:
    """End the session at once, as old mini-apps expect of this address; go back only where one registered."""
    asker = await asker_of(request)
    if asker is not None and asker.actor.session_id is not None:
        await sessions.revoke(asker.actor, asker.actor.session_id, now=asker.now)
        verdicts.forget(asker.actor)
    now = await clock.now()
    back = _wanted(request)
    client = await clients.by_callback(back, Wire.LEGAL, now=now) if back and "\0" not in back else None
    there = client.callback(back) if client else None
    if there:
        answer = Response(b"", status_code=303, headers={"location": there})
    else:
        answer = drawn(request, "signed_out", asker=None, now=now, address="/", visitor="nobody")
    drop(request, answer)
    return answer


def _wanted(request: AnyRequest) -> str:
    """Return where to go after signing out: `goto`, or the `redirect` inside it; "" when nothing is said."""
    given = in_query(request)
    wanted = first(given, "goto") or first(given, "redirect")
    _, found, inner = wanted.partition("/oauth/logout.do?")
    return parse_qs(inner).get("redirect", [""])[0] if found else wanted


ROUTES = [
    Router(
        path="/",
        route_handlers=[
            personal_entry, personal_consent, portal_entry, portal_consent, legal_entry, legal_consent,
            sign_out,
        ],
        exception_handlers=HANDLERS,
    )
]  # fmt: skip
