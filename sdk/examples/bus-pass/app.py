"""优待乘车: old people's bus passes, as a service written for 浙里办 years ago.

The page signs in by ticket and calls by mgop; sessions are this program's own, as they were then.
"""

import asyncio
import os
import secrets
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import msgspec
from passes import Pass, Passes
from sso import SignInAgain, SignOn, User

from banshi import Citizen, MiniApp, events

FOLDER = Path(__file__).parent
SHANGHAI = timezone(timedelta(hours=8))
LIFE = timedelta(minutes=30)  # of a session
MOST = 10_000  # sessions

app = MiniApp.from_manifest(FOLDER / "miniapp.yaml")
passes = Passes(os.environ.get("BUS_PASS_FILE", FOLDER / "passes.sqlite"))
sign_on_host = next(
    (
        os.environ[name]
        for name in ("SSO_HOST", "MINIAPP_SIGN_ON", "MINIAPP_PLATFORM")
        if os.environ.get(name)
    ),
    "http://127.0.0.1:8000",
)
sign_on_app = os.environ.get("SSO_APP_ID", "bus-pass")


def sign_on() -> SignOn:
    """Return the sign-on service; tests put their own here."""
    return SignOn(sign_on_host, sign_on_app)


class Session(NamedTuple):
    """Who signed in, for whom the platform called, and until when."""

    user: User
    sub: str
    until: datetime


sessions: OrderedDict[str, Session] = OrderedDict()


class Ticket(msgspec.Struct):
    ticket: str


class Signed(msgspec.Struct):
    key: str  # of this program's session
    name: str  # masked


class Asked(msgspec.Struct):
    key: str


@app.api("login", scope="profile:read")
async def login(citizen: Citizen, ask: Ticket) -> Signed:
    """Sign in by a ticket."""
    async with sign_on() as service:
        user = await service.user_of(ask.ticket)
    key = secrets.token_hex(16)
    sessions[key] = Session(user, citizen.sub, datetime.now(UTC) + LIFE)
    if len(sessions) > MOST:
        sessions.popitem(last=False)
    return Signed(key, f"*{user.name[1:]}")


@app.api("card", scope="profile:read")
async def own_pass(citizen: Citizen, ask: Asked) -> Pass:
    """Tell of the pass of whoever signed in."""
    session = _session(citizen, ask.key)
    return await _pass(session)


@app.api("review", scope="profile:read")
async def review(citizen: Citizen, ask: Asked) -> Pass:
    """Take this year's review."""
    session = _session(citizen, ask.key)
    await _pass(session)  # there is one, where he may have one
    await asyncio.to_thread(passes.review, session.user.id, today=_today())
    return await _pass(session)


@app.on(events.ConsentWithdrawn)
async def forget(event: events.ConsentWithdrawn) -> None:
    """Delete all that is kept of the citizen."""
    for key in [key for key, each in sessions.items() if each.sub == event.sub]:
        del sessions[key]
    await asyncio.to_thread(passes.forget, event.sub)


def _session(citizen: Citizen, key: str) -> Session:
    """Return the session of a key; another citizen's is none, however its key got to him."""
    found = sessions.get(key)
    if found is None or found.sub != citizen.sub or found.until < datetime.now(UTC):
        raise SignInAgain
    return found


async def _pass(session: Session) -> Pass:
    user = session.user
    return await asyncio.to_thread(passes.of, user.id, session.sub, user.born_on, today=_today())


def _today() -> date:
    return datetime.now(SHANGHAI).date()
