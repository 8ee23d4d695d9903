"""Opening: a new session, the device it is on, its audit row and the news of a device, by one statement."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID as Id

from identity import audit, contexts, devices, sessions
from identity.actor import Actor
from identity.errors import PartyErased
from identity.events import DeviceFirstSeen
from identity.people import Person
from identity.sessions import Opened, Session
from identity.verifier import Evidence
from storage import outbox
from storage.db import fetch
from storage.unnest import Rows, brought


class _Made(NamedTuple):
    """The columns of a new session, but for those of its device."""

    id: Id
    party_id: Id
    token_hash: bytes
    post_id: Id | None
    mandate_id: Id | None
    team_id: Id | None
    acting_as: str
    method: str
    level: int
    evidence_id: str
    authenticated_at: datetime
    last_seen_at: datetime
    idle_until: datetime
    expires_at: datetime


PARTS = {
    "device": Rows(devices.Noted),
    "fresh": Rows(_Made),
    "line": Rows(audit.Line),
    "fact": Rows(outbox.Fact),
}
_NEWS = "(SELECT seen.party_id, fact.* FROM seen, fact WHERE seen.is_news) AS fact"
OPEN = f"""
WITH {brought(PARTS)},
living AS (
  SELECT person.level, person.region FROM person, fresh
  WHERE person.id = fresh.party_id AND erased_at IS NULL),
seen AS ({devices.insert_noted("(SELECT device.* FROM device, living) AS device")}),
made AS (
  INSERT INTO session ({PARTS["fresh"].names}, device, device_id)
  SELECT {", ".join(f"fresh.{name}" for name in PARTS["fresh"].columns)}, seen.name, seen.id
  FROM fresh, seen RETURNING party_id),
audited AS ({audit.insert_lines("(SELECT made.party_id, line.* FROM made, line) AS line")}),
told AS ({outbox.insert_facts(_NEWS)} RETURNING id)
SELECT seen.id, seen.name, living.level, living.region, (SELECT pg_notify('outbox', '') FROM told) AS told,
  NOT EXISTS (SELECT FROM staff_post WHERE party_id = seen.party_id AND ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM mandate WHERE delegate_id = seen.party_id AND state = 'active') AS is_alone
FROM made, seen, living
"""  # noqa: S608


async def open(
    evidence: Evidence, person: Person, *, acting_as: str, device: str, device_word: str = "", now: datetime
) -> Opened:
    """Begin a session on the device that keeps `device_word`; one without is known by what it calls itself.

    One statement for a citizen; who acts otherwise needs more, so call it in a transaction.
    Raises: PartyErased; what `contexts.choose` raises when the person may not act as `acting_as`;
        SecondFactorNeeded for a post where staff show a second factor first.
    """
    chosen = await contexts.choose(person.id, acting_as, level=evidence.level, now=now)
    fresh = Session(party_id=person.id)
    sessions.strengthen(fresh, evidence, now=now)
    token = sessions.begin(fresh, chosen, now=now)
    seen = devices.noted(person.id, device_word, device, now=now)
    noted = ("session.open", f"session/{fresh.id}", f"method {evidence.method}")
    if chosen.is_oneself:
        actor = _oneself(fresh, person)
        living = await _store(fresh, seen, [audit.line(actor, *noted, now=now)], now=now)
        actor = replace(actor, level=min(fresh.level, living["level"]), region=living["region"])
        return Opened(token, fresh, actor, living["is_alone"])
    await _store(fresh, seen, [], now=now)
    actor = await sessions.actor_in(fresh, now=now)
    await audit.record(actor, *noted, now=now, party_id=person.id)
    return Opened(token, fresh, actor)


async def _store(
    fresh: Session, seen: devices.Noted, lines: Sequence[audit.Line], *, now: datetime
) -> dict[str, Any]:
    """Store all of it, and let the session say what its device is called; return what else was read.

    Raises: PartyErased.
    """
    news = DeviceFirstSeen(party_id=fresh.party_id, session_id=fresh.id, at=now)
    rows: tuple[Sequence[Any], ...] = ([seen], [fresh], lines, [outbox.fact(news, now=now)])
    arrays = (part.arguments(each) for part, each in zip(PARTS.values(), rows, strict=True))
    stored = await fetch(OPEN, *(array for each in arrays for array in each))
    if not stored:
        raise PartyErased
    [row] = stored
    fresh.device, fresh.device_id = row["name"], Id(str(row["id"]))
    fresh._exists_in_db = True
    return row


def _oneself(fresh: Session, person: Person) -> Actor:
    """Return the actor of a session in which a person acts for himself, as `sessions.actor_in` reads him."""
    return Actor(
        person_id=person.id,
        level=min(fresh.level, person.level),
        authenticated_at=fresh.authenticated_at,
        session_id=fresh.id,
        **contexts.of_oneself(
            person.id, person.region, is_pseudonym=person.is_pseudonym, is_minor=person.is_minor
        ),
    )
