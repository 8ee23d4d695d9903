"""Devices: which ones a person has signed in on, known by a word each keeps, and what he calls them.

The word is random and kept by the browser or app; only a hash of person and word is stored, so the same
device of two persons cannot be recognised here.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from banshi.errors import InvalidInput
from identity import audit, sessions
from identity.actor import Actor
from identity.sessions import DEVICE_CHARACTERS, Session
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.seal import mac

FORGOTTEN = timedelta(days=400)  # without a sign-in


class KnownDevice(Table, db=DB, tablename="known_device"):
    """A device on which a person has signed in."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    word_mac = Bytea()
    name = Varchar(DEVICE_CHARACTERS)  # what it calls itself, or what its owner calls it
    first_seen_at = Timestamptz()
    last_seen_at = Timestamptz()

    known_device_once_per_party = Unique([party_id, word_mac])


class Noted(NamedTuple):
    """A device on which somebody signs in, as its owner's list will have it when it is new."""

    id: Id
    party_id: Id
    word_mac: bytes
    name: str
    seen_at: datetime


def noted(person_id: Id, word: str, name: str, *, now: datetime) -> Noted:
    """Return the device that keeps `word`; one without is known by its name."""
    shown = name[:DEVICE_CHARACTERS] or "未知设备"
    key = mac(person_id.bytes + (f"word {word}" if word else f"name {shown}").encode(), purpose="device")
    return Noted(new_id(), person_id, key, shown, now)


def insert_noted(source: str) -> str:
    """Return the INSERT of the devices in `source`, an item of FROM with the columns of Noted.

    It returns `id` and `name` as they stand in the owner's list, `party_id`, and `is_news`: never seen with
    this person, who had others before.  `xmax` is zero in a row just made, which the sub-select cannot see.
    """
    return (
        "INSERT INTO known_device AS known (id, party_id, word_mac, name, first_seen_at, last_seen_at)"  # noqa: S608
        f" SELECT id, party_id, word_mac, name, seen_at, seen_at FROM {source}"
        " ON CONFLICT (party_id, word_mac) DO UPDATE SET last_seen_at = excluded.last_seen_at"
        " RETURNING id, party_id, name, xmax = 0"
        " AND EXISTS (SELECT FROM known_device other WHERE other.party_id = known.party_id) AS is_news"
    )


async def of_session(person_id: Id, session_id: Id) -> str | None:
    """Return how the device of a session is called; None when the session has ended."""
    rows = await fetch(
        "SELECT device FROM session WHERE party_id = $1 AND id = $2 AND ended_at IS NULL",
        person_id, session_id,
    )  # fmt: skip
    return str(rows[0]["device"]) if rows else None


async def rename(actor: Actor, session_id: Id, name: str, *, now: datetime) -> Session:
    """Call the device of one of the actor's sessions `name`, now and whenever he signs in on it again.

    Raises: InvalidInput, SessionNotFound.
    """
    clean = name.strip()
    if not clean or len(clean) > DEVICE_CHARACTERS or not clean.isprintable():
        raise InvalidInput(field="name", problem=f"请填写 1 至 {DEVICE_CHARACTERS} 个字的名称")
    async with transaction():
        session = await sessions.own(actor, session_id, now=now)
        session.device = clean
        await session.save([Session.device])
        if session.device_id is not None:
            await execute(
                "UPDATE known_device SET name = $3 WHERE party_id = $1 AND id = $2",
                actor.person_id, session.device_id, clean,
            )  # fmt: skip
        await audit.record(actor, "session.name", f"session/{session_id}", now=now, party_id=actor.person_id)
    return session


async def sweep(*, now: datetime) -> None:
    """Forget devices on which nobody has signed in for long."""
    await execute("DELETE FROM known_device WHERE last_seen_at < $1", now - FORGOTTEN)
