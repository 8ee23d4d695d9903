"""Entries of the old wires: a browser comes from a mini-app and goes back to it with a ticket.

Who is not signed in signs in first (/sign-in), and who has not consented is asked once, on the entry's own
address.  The mini-app's address is one it registered, character by character.
"""

from urllib.parse import parse_qs, quote

from litestar import Response, Router, get, post

from api.http.asking import Asker
from api.http.browser import asker_of, drop
from api.http.errors import AnyRequest
from api.http.wires import visits
from api.http.wires.parameters import first, in_query, raw_query
from api.http.wires.visits import ENTRIES, FIRMS, QUERY_MARKS, Visit
from api.pages import forms
from api.pages.contexts import CONTEXT
from api.pages.drawing import drawn
from api.pages.local import MOST_CHARACTERS, go, with_query
from api.pages.manner import sent_on
from api.pages.refusals import HANDLERS
from api.pages.targets import target
from identity import sessions, verdicts
from identity.wires import consent, passes
from identity.wires.errors import WireCallbackRefused, WireConsentNeeded, WireForCitizens, WireForFirms
from storage import clock


@get(list(ENTRIES))
async def enter(request: AnyRequest) -> Response[bytes]:
    """Send the browser back with a ticket, once it is known who it is and that he consents."""
    visit, asker = await _come(request)
    if asker is None:
        return _sign_in_first(request, visit)
    try:
        ticket = await passes.issue(asker.actor, visit.client, now=asker.now)
    except WireConsentNeeded:
        return _question(request, visit, asker)
    except (WireForCitizens, WireForFirms) as refusal:
        return _other_context(request, visit, refusal, asker)
    return Response(b"", status_code=303, headers={"location": visit.address(ticket)})


@post(list(ENTRIES), status_code=200)
async def answer(request: AnyRequest) -> Response[bytes]:
    """Take the answer to the question whether the mini-app may know who comes."""
    visit, asker = await _come(request)
    form = await forms.received(request)
    if asker is None:
        return _sign_in_first(request, visit)
    passes.check_context(asker.actor, visit.client)
    if form.get("decision") != "yes":
        return drawn(
            request, "wire_refused", asker=asker, now=asker.now, address="/account", client=visit.client
        )
    await consent.give(asker.actor, visit.client, now=asker.now)
    return go(_own_address(request, visit))


async def _come(request: AnyRequest) -> tuple[Visit, Asker | None]:
    path, query = str(request.scope["path"]), raw_query(request)
    return await visits.visit_of(path, query, now=await clock.now()), await asker_of(request)


def _sign_in_first(request: AnyRequest, visit: Visit) -> Response[bytes]:
    return sent_on(request, with_query("/sign-in", next=_own_address(request, visit)))


def _question(request: AnyRequest, visit: Visit, asker: Asker) -> Response[bytes]:
    here = _own_address(request, visit)
    return drawn(
        request, "wire_consent", asker=asker, now=asker.now, address=here, targets=target(visit.back),
        client=visit.client, told=consent.TOLD[visit.client.wire], entry=here,
    )  # fmt: skip


def _other_context(
    request: AnyRequest, visit: Visit, refusal: WireForCitizens | WireForFirms, asker: Asker
) -> Response[bytes]:
    """Tell as whom one must come, and lead to where that is chosen."""
    request.scope["state"]["codes"] = [refusal.code]
    return drawn(
        request, "wire_context", asker=asker, now=asker.now, status=refusal.status, text=str(refusal),
        choose=with_query(CONTEXT, next=_own_address(request, visit)),
    )  # fmt: skip


def _own_address(request: AnyRequest, visit: Visit) -> str:
    """Return the address of this entry with its query, so that nothing in it needs an escape.

    Raises: WireCallbackRefused when it is too long to be carried through signing in.
    """
    path = str(request.scope["path"])
    if path == FIRMS:  # `spappurl` may have come bare, and then nothing could be added after it
        address = with_query(path, spappurl=visit.back)
    else:
        address = f"{path}?{quote(raw_query(request), safe=QUERY_MARKS)}"
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
    now, back = await clock.now(), _wanted(request)
    client = await visits.registered(back, now=now) if back else None
    there = client.callback(back) if client else None
    if there:
        left = Response(b"", status_code=303, headers={"location": there})
    else:
        left = drawn(request, "signed_out", asker=None, now=now, address="/", visitor="nobody")
    drop(request, left)
    return left


def _wanted(request: AnyRequest) -> str:
    """Return where to go after signing out: `goto`, or the `redirect` inside it; "" when nothing is said."""
    given = in_query(request)
    wanted = first(given, "goto") or first(given, "redirect")
    _, found, inner = wanted.partition("/oauth/logout.do?")
    return parse_qs(inner).get("redirect", [""])[0] if found else wanted


ROUTES = [Router(path="/", route_handlers=[enter, answer, sign_out], exception_handlers=HANDLERS)]
