"""QR sign-in: a phone that is signed in lets a desktop or kiosk in (扫码登录).

The desktop shows a QR code and a two-digit number and keeps a secret.  The phone reads the code, says
which device asks, and lets the person choose the number he sees there among three: so who was sent a
picture of a code, with no screen before him, cannot let anybody in by habit.

    waiting   -> seen, expired          seen      -> approved, refused, expired
    approved  -> finished, expired      refused, finished, expired: the end
"""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from banshi.errors import NotSignedIn
from identity import audit, entering, people, refusals
from identity.actor import Actor
from identity.entering import Caller
from identity.errors import QrMismatch, QrNotFound
from identity.methods import site
from identity.people import Person
from identity.sessions import DEVICE_CHARACTERS, Opened, Session
from identity.verifier import Evidence
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.limits import subscriber, take
from storage.seal import blind, same, token_hash

LIFE = timedelta(minutes=2)
POLL_S = 2  # seconds between a desktop's questions
NUMBERS = range(10, 100)
CHOICES = 3
BEGUN_AT_ONCE, BEGUN_PER_S = 30, 0.5  # per address: a hall's kiosks share one
SEEN_AT_ONCE, SEEN_PER_S = 10, 1 / 20  # per person


class QrState(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    SEEN = "seen"
    APPROVED = "approved"
    REFUSED = "refused"
    FINISHED = "finished"


MOVES: dict[QrState, frozenset[QrState]] = {
    QrState.WAITING: frozenset({QrState.SEEN}),
    QrState.SEEN: frozenset({QrState.APPROVED, QrState.REFUSED}),
    QrState.APPROVED: frozenset({QrState.FINISHED}),
    QrState.REFUSED: frozenset(),
    QrState.FINISHED: frozenset(),
}


class QrSignIn(Table, db=DB, tablename="qr_sign_in"):
    """One request of a device to be let in; it is nobody's until a phone has seen it."""

    id = UUID(primary_key=True, default=new_id)
    secret_hash = Bytea()  # of what the desktop keeps
    number = SmallInt()  # that the desktop shows
    device = Varchar(DEVICE_CHARACTERS)
    place_blind = Bytea()  # of the desktop's network, to say whether the phone is in the same
    state = Varchar(12, choices=QrState, default=QrState.WAITING)
    seen_by = UUID(null=True, default=None)  # the person whose phone read it first
    session_id = UUID(null=True, default=None)  # the phone's session that approved
    expires_at = Timestamptz()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What a desktop is given."""

    id: Id
    secret: str  # the desktop keeps it, and shows it to nobody
    content: str  # the text of the QR code: a page of ours, for phones that read it with any camera
    number: int  # two digits to show beside the code
    expires_at: datetime
    poll_s: int = POLL_S


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the phone shows before its owner decides."""

    id: Id
    device: str  # what the desktop calls itself: a claim, not a proof
    is_near: bool  # phone and desktop come from the same network
    numbers: tuple[int, ...]  # one of them stands on the desktop
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What the desktop learns when it asks."""

    state: QrState
    entered: Opened | None = None  # token and session, once, when the phone has approved


async def begin(*, caller: Caller, now: datetime) -> Begun:
    """Begin to let a device in.

    Raises: RateLimited.
    """
    place = subscriber(caller.address)
    await take(f"qr:begin:{place}", capacity=BEGUN_AT_ONCE, per_s=BEGUN_PER_S)
    secret, number = secrets.token_hex(32), secrets.choice(NUMBERS)
    row = QrSignIn(
        secret_hash=token_hash(secret), number=number, device=caller.device[:DEVICE_CHARACTERS] or "未知设备",
        place_blind=_place(caller.address), expires_at=now + LIFE,
    )  # fmt: skip
    await row.save()
    content = f"{site.origin()}/qr/{row.id}"
    return Begun(id=row.id, secret=secret, content=content, number=number, expires_at=row.expires_at)


async def look(actor: Actor, id: Id, *, address: str, now: datetime) -> Asked:
    """Return which device asks; from now on only this person can answer it.

    Raises: NotSignedIn, QrNotFound, RateLimited.
    """
    _check_phone(actor)
    await take(f"qr:look:{actor.person_id.hex}", capacity=SEEN_AT_ONCE, per_s=SEEN_PER_S)
    rows = await fetch(
        "UPDATE qr_sign_in SET state = 'seen', seen_by = $2 WHERE id = $1 AND expires_at > $3"
        " AND (state = 'waiting' OR state = 'seen' AND seen_by = $2)"
        " RETURNING number, device, place_blind, expires_at",
        id, actor.person_id, now,
    )  # fmt: skip
    if not rows:
        raise QrNotFound
    row = rows[0]
    return Asked(
        id=id, device=row["device"], is_near=same(row["place_blind"], _place(address)),
        numbers=_choices(id, row["number"]), expires_at=row["expires_at"],
    )  # fmt: skip


async def approve(actor: Actor, id: Id, number: int, *, now: datetime) -> None:
    """Let the device in that shows `number`; another number ends the request.

    Raises: NotSignedIn, QrNotFound, QrMismatch.
    """
    state = await _answer(
        actor, id, "CASE WHEN number = $4 THEN 'approved' ELSE 'refused' END", number, now=now
    )
    if state != QrState.APPROVED:
        raise QrMismatch


async def refuse(actor: Actor, id: Id, *, now: datetime) -> None:
    """Keep the device out.

    Raises: NotSignedIn, QrNotFound.
    """
    await _answer(actor, id, "'refused'", now=now)


async def finish(id: Id, secret: str, *, caller: Caller, now: datetime) -> Progress:
    """Return how far the request has come; once approved, with a session's token, once.

    The session is no surer and no fresher than the phone's, which must live at this moment.
    Raises: QrNotFound for a wrong secret too; RateLimited.
    """
    async with refusals.noted(f"qr/{id}", "qr", now=now):
        return await _finish(id, secret, caller, now=now)


async def _finish(id: Id, secret: str, caller: Caller, *, now: datetime) -> Progress:
    async with transaction():
        row = await QrSignIn.objects().where(QrSignIn.id == id, QrSignIn.expires_at > now).lock_rows().first()
        if row is None or not same(row.secret_hash, token_hash(secret)):
            await take(f"qr:wrong:{subscriber(caller.address)}", capacity=BEGUN_AT_ONCE, per_s=BEGUN_PER_S)
            raise QrNotFound
        await take(f"qr:poll:{id.hex}", capacity=5, per_s=2 / POLL_S)  # who only saw the code uses up none
        state = QrState(row.state)
        if state is not QrState.APPROVED:
            return Progress(state=state)
        await execute("UPDATE qr_sign_in SET state = 'finished' WHERE id = $1", id)
        person = await people.by_id(row.seen_by)  # before his session, as a fall of his level does
        phone = await _living(row.session_id, now=now)
        if phone is not None:
            entered = await _let_in(row, phone, person, caller, now=now)
            return Progress(state=QrState.FINISHED, entered=entered)
    raise QrNotFound


async def sweep(*, now: datetime) -> None:
    """Delete requests that are over."""
    await execute("DELETE FROM qr_sign_in WHERE expires_at <= $1", now)


async def _answer(actor: Actor, id: Id, state: str, *values: Any, now: datetime) -> QrState:
    """Set the state of a request this person has seen, in one statement: of two answers one counts."""
    _check_phone(actor)
    async with transaction():
        rows = await fetch(
            f"UPDATE qr_sign_in SET state = {state}, session_id = $3 WHERE id = $1 AND state = 'seen'"  # noqa: S608
            f" AND seen_by = $2 AND expires_at > ${4 + len(values)} RETURNING state",
            id, actor.person_id, actor.session_id, *values, now,
        )  # fmt: skip
        if not rows:
            raise QrNotFound
        reached = QrState(rows[0]["state"])
        act = "session.qr_approve" if reached is QrState.APPROVED else "session.qr_refuse"
        await audit.record(actor, act, f"qr/{id}", now=now, party_id=actor.person_id)
    return reached


async def _living(session_id: Id, *, now: datetime) -> Session | None:
    """Return the phone's session if it lives, locked against its end."""
    alive = Session.objects().where(Session.id == session_id, Session.ended_at.is_null())
    return await alive.where(Session.expires_at > now, Session.idle_until > now).lock_rows().first()


async def _let_in(row: QrSignIn, phone: Session, person: Person, caller: Caller, *, now: datetime) -> Opened:
    evidence = Evidence(
        level=phone.level, method="qr", at=phone.authenticated_at, evidence_id=f"qr-{row.id.hex}"
    )
    desktop = Caller(address=caller.address, device=caller.device, device_word=caller.device_word)
    return await entering.enter(evidence, person, desktop, now=now)


def _check_phone(actor: Actor) -> None:
    """Only a person's own session lets anybody in, never a mini-app."""
    if actor.session_id is None or actor.app_id is not None:
        raise NotSignedIn


def _place(address: str) -> bytes:
    return blind(subscriber(address), purpose="qr.place")


def _choices(id: Id, number: int) -> tuple[int, ...]:
    """Return the number among others, the same at every look: else two looks would give it away."""
    draw = random.Random(id.bytes + bytes([number]))  # noqa: S311 (which wrong numbers is no secret)
    others = draw.sample([other for other in NUMBERS if other != number], CHOICES - 1)
    shown = [number, *others]
    draw.shuffle(shown)
    return tuple(shown)
