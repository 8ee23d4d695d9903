"""The page that signs a citizen in: he chooses a way, fills in a plain form, and goes on where he came from.

Nothing on it tells whether anybody is known by what was typed; what was typed stays, but for the secret.
"""

from typing import NamedTuple

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.browser import FormExpired, asker_of, visitor_of
from api.http.errors import AnyRequest
from api.pages import forms, qr, ways, words
from api.pages.asked import PATH, Asked
from api.pages.drawing import ID, STAND_IN, drawn
from api.pages.entering import caller_of, entered
from api.pages.forms import Form
from api.pages.manner import sent_on
from api.pages.targets import CONTINUE, request_in, targets_of
from api.pages.ways import Typed, ways_for
from api.pages.words import Problem
from banshi.errors import DomainError
from identity import verdicts, verifier
from identity.methods import passkey
from identity.sandbox import SandboxVerifier
from storage import clock


class Shown(NamedTuple):
    """What the form shows besides what was asked for."""

    way: str
    kept: Typed = Typed()
    step: str = ""  # "code" when one was sent
    why: str = ""  # one who is signed in is asked again
    refusal: DomainError | None = None


@get(PATH)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show the form, or go on at once when whoever is signed in need not sign in again."""
    asked = Asked.of(request.query_params)
    asker = await asker_of(request)
    if asker is not None and asked.is_met_by(asker):
        return sent_on(request, asked.next)
    way = request.query_params.get("method", "")
    if way == "qr":
        return await qr.begin(request, asked)
    return await _form(request, asked, Shown(way, Typed(**asked.suggested()), why=asked.why(asker)))


@post(PATH, status_code=200)
async def enter(request: AnyRequest) -> Response[bytes]:
    """Sign in with what the form says."""
    try:
        form = await forms.received(request)
    except FormExpired as refusal:  # begin anew, with nothing of what came from who knows where
        asked = Asked.of((await forms.read(request)).fields)
        return await _form(request, asked, Shown("", refusal=refusal))
    asked, way = Asked.of(form.fields), form.get("method")
    kept = Typed(*map(form.get, Typed._fields))
    needs_code = way == "sms" and "code" not in form.fields
    try:
        if not needs_code:
            return await _sign_in(request, asked, way, form)
        await ways.send_code(form, address=caller_of(request, asked).address, now=await clock.now())
    except DomainError as refusal:
        step = "code" if "code" in form.fields else ""
        return await _form(request, asked, Shown(way, kept, step, refusal=refusal))
    return await _form(request, asked, Shown(way, kept, "code"))


async def _sign_in(request: AnyRequest, asked: Asked, way: str, form: Form) -> Response[bytes]:
    now, caller = await clock.now(), caller_of(request, asked)
    opened = await verdicts.entering(ways.opened_by(way, form, caller=caller, now=now), now=now)
    return await entered(request, asked, caller, opened, now=now)


async def _form(request: AnyRequest, asked: Asked, shown: Shown) -> Response[bytes]:
    now, offered = await clock.now(), ways_for(asked.level)
    way = shown.way if shown.way in offered and shown.way != "qr" else next(iter(offered))
    refusal = shown.refusal
    if refusal is not None:
        request.scope["state"]["codes"] = [refusal.code]
    is_passkey = way == "passkey"
    targets = await targets_of(asked.next, visitor=visitor_of(request), now=now)
    address = caller_of(request, asked).address
    own = "" if is_passkey else _own(asked, shown)
    if own:
        asked = asked._replace(next=asked.next.replace(own, STAND_IN))
    return drawn(
        request, "sign_in", asker=None, now=now, status=refusal.status if refusal else 200,
        address=asked.address(way), scripts=is_passkey, targets=targets, own=own,
        asked=asked, ways=tuple(offered.values()), way=way, title=offered[way].title,
        kept=shown.kept, step=shown.step, why=shown.why,
        problem=words.problem_of(refusal, now=now) if refusal else Problem("", ""),
        shown_beside=tuple(field.name for field in offered[way].fields),
        passkey=await passkey.begin_sign_in(address=address, now=now) if is_passkey else None,
        sandbox=isinstance(verifier.current(), SandboxVerifier),
    )  # fmt: skip


def _own(asked: Asked, shown: Shown) -> str:
    """Return the id that alone tells the form from that of anybody else's sign-in; "" when more does."""
    request_id = request_in(asked.next)
    is_all = asked.next == f"{CONTINUE}?request={request_id}" and not asked.login_hint
    return request_id if is_all and ID.fullmatch(request_id) and shown == Shown(shown.way) else ""


ROUTES: list[ControllerRouterHandler] = [show, enter]
