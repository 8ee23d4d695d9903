"""What happens to an authorization request: sign in, agree, or a code at once.

asked ──▶ signed in, strongly and freshly enough? ──▶ agreed to before? ──▶ code
                    │ no                                  │ no
                 /sign-in ──▶ /oauth/continue          /consent
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID as Id

from identity import consents
from identity.actor import Actor
from identity.consents import Held, Known
from identity.oidc import codes, requests, signing_in
from identity.oidc.asking import Asked
from identity.oidc.errors import SentBack
from identity.oidc.requests import Waiting

SIGN_IN, CONSENT, CONTINUE = "/sign-in", "/consent", "/oauth/continue"


async def begin(
    asked: Asked, actor: Actor | None, *, visitor: str, login_hint: str | None, now: datetime
) -> str:
    """Return where the browser goes with a request that has just come: a path of ours, or to the client."""
    missing = signing_in.needed(asked, actor, since=now, now=now) or signing_in.stronger(asked, actor)
    if missing is not None or actor is None:
        if "none" in asked.prompt:
            return requests.sent_back(_login_required(), asked)
        return await _to_sign_in(asked, missing or {}, login_hint, visitor=visitor, now=now)
    return await _agreed(asked, actor, None, visitor=visitor, now=now)


async def park(asked: Asked, *, visitor: str, now: datetime) -> str:
    """Let the request wait, and return where the browser comes for it with all its cookies."""
    return f"{CONTINUE}?{urlencode({'request': await requests.store(asked, visitor=visitor, now=now)})}"


async def proceed(waiting: Waiting, actor: Actor | None, *, visitor: str, now: datetime) -> str:
    """Return where the browser goes with a request that waited for the citizen to sign in."""
    asked = waiting.asked
    missing = signing_in.needed(asked, actor, since=waiting.created_at, now=now)
    if missing is not None or actor is None:
        if "none" in asked.prompt:
            return await requests.end(waiting.id, _login_required(), asked, now=now)
        return _sign_in(waiting.id, asked, missing or {})
    if signing_in.is_other(asked, actor):
        refusal = SentBack("login_required", "somebody else is signed in than id_token_hint or sub names")
        return await requests.end(waiting.id, refusal, asked, now=now)
    return await _agreed(asked, actor, waiting, visitor=visitor, now=now)


def _login_required() -> SentBack:
    return SentBack("login_required", "the person must sign in, more freshly or more strongly")


async def _to_sign_in(
    asked: Asked, told: dict[str, Any], login_hint: str | None, *, visitor: str, now: datetime
) -> str:
    request_id = await requests.store(asked, visitor=visitor, now=now)
    return _sign_in(request_id, asked, told | ({"login_hint": login_hint} if login_hint else {}))


def _sign_in(request_id: Id, asked: Asked, told: dict[str, Any]) -> str:
    back = f"{CONTINUE}?{urlencode({'request': request_id})}"
    return f"{SIGN_IN}?{urlencode({'next': back, **told})}"


async def _agreed(asked: Asked, actor: Actor, waits: Waiting | None, *, visitor: str, now: datetime) -> str:
    """Return where the browser goes once it is clear who it is."""
    request_id = waits.id if waits else None
    known = waits.consent if waits else None
    if known is None or known.party_id != actor.person_id:
        known = Known(actor.person_id, await consents.held_by(actor.person_id, asked.client_id))
    consent = known.held
    if consent is None or "consent" in asked.prompt or not _covers(consent, asked, actor, now=now):
        if "none" in asked.prompt:
            refusal = SentBack("consent_required", "the person has not agreed to this yet")
            return await requests.end(request_id, refusal, asked, now=now)
        waiting = request_id or await requests.store(asked, visitor=visitor, now=now)
        return f"{CONSENT}?{urlencode({'request': waiting})}"
    try:
        code = await codes.issue(actor, asked, consent, waiting=waits.key if waits else None, now=now)
    except SentBack as refusal:
        return await requests.end(request_id, refusal, asked, now=now)
    return requests.with_code(code, asked)


def _covers(consent: Held, asked: Asked, actor: Actor, *, now: datetime) -> bool:
    """Say whether everything asked was shown to him before, and the consent has not run out."""
    runs = consent.until is None or consent.until > now
    return runs and set(consent.asked).issuperset(requests.shown(asked, actor))
