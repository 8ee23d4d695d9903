"""Telling claims: what a client learns of a person, each time written down."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID as Id

from banshi.errors import DomainError
from identity import audit, mandates, masking, numbers, people, regions, tokens
from identity.capacity import age
from identity.oidc.claims import (
    CORP,
    FULL_NAME,
    NAME,
    NUMBER,
    OPENID,
    PHONE,
    RESIDENT_OF,
    SAME_PERSON,
    VERIFY,
    is_off,
    level,
    predicate_of,
    scope_of,
)
from identity.people import Own
from storage.clock import local_date
from storage.db import fetch
from storage.seal import same


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Of whom, to whom, and what was agreed."""

    person_id: Id
    client_id: str
    session_id: Id
    region: str
    level: int  # the sign-in's, or the person's where that has fallen since
    keys: tuple[str, ...]
    same_person: str | None
    own: Own | None = None  # the person's facts, if they were read already
    acting_for: Id | None = None  # whom the session acts for by a mandate; None: the person himself
    delegation_id: Id | None = None  # that mandate


def agreed(keys: Iterable[str], scopes: Iterable[str], row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of a grant that this token's scopes cover and that may be told now.

    `row` says what the citizen still consents to (`consented`), and which scopes operators switched off
    (`halted`).
    """
    held, still, off = set(scopes), set(row["consented"]), row["halted"]
    told = (key for key in keys if key in still and scope_of(key) in held and key != OPENID)
    return tuple(key for key in told if not is_off(key, off))


async def tell(telling: Telling, *, now: datetime) -> dict[str, Any]:
    """Return the claims, and note which were told to whom.  One or two statements, none without claims.

    Where the session acts by a mandate the note stands under both.

    Raises: PartyErased.
    """
    keys = [key for key in telling.keys if level(key) <= telling.level]
    if not keys:
        return {}
    own = telling.own or await people.own(telling.person_id)
    answers: dict[str, Mapping[str, Any]] = {
        key: _claims(key, own, telling, today=local_date(now)) for key in keys if key != CORP
    }
    if CORP in keys:
        answers[CORP] = {"corp": await _corp(telling, now=now)}
    told = ",".join(key for key in keys if answers[key])
    if not told:
        return {}
    teller = tokens.caller(
        telling.client_id, telling.person_id, session_id=telling.session_id, level=telling.level,
        acting_for=telling.acting_for, delegation_id=telling.delegation_id,
    )  # fmt: skip
    await audit.record(teller, "claims.release", f"client/{telling.client_id}", told, now=now)
    return {name: value for answer in answers.values() for name, value in answer.items()}


def _claims(key: str, own: Own, telling: Telling, *, today: date) -> Mapping[str, Any]:
    """Return what a key tells; of somebody known by a pseudonym no fact, and no answer to a question."""
    if own.number is None and scope_of(key) != VERIFY:
        return {}
    if key == NAME:
        return {"name": masking.name(own.name)}
    if key == FULL_NAME:
        return {"name": own.name}
    if key == PHONE:
        verified = own.phone is not None
        return {"phone_number": f"+86{own.phone}", "phone_number_verified": True} if verified else {}
    if key == NUMBER:
        return {"id_number": own.number}
    name, value = predicate_of(key)
    return {name: _answer(name, value, own, telling, today=today)}


_FIRM = (
    "SELECT f.name, f.code FROM session s"  # noqa: S608
    f" JOIN LATERAL ({mandates.IN_FORCE} AND m.id = s.mandate_id AND m.delegate_id = s.party_id"
    " AND m.expires_at > $3 LIMIT 1) m ON true JOIN firm f ON f.id = m.party_id AND f.closed_at IS NULL"
    " WHERE s.id = $1 AND s.party_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3"
)


async def _corp(telling: Telling, *, now: datetime) -> Mapping[str, str] | None:
    """Return the firm that the session acts for, while its mandate is in force; None for oneself."""
    rows = await fetch(_FIRM, telling.session_id, telling.person_id, now)
    return {"name": rows[0]["name"], "credit_code": rows[0]["code"]} if rows else None


def _answer(name: str, value: str, own: Own, telling: Telling, *, today: date) -> bool | None:
    """Return what a predicate answers; None when it is not known: of a pseudonym not even where he lives."""
    if own.number is None:
        return None
    if name == RESIDENT_OF:
        return value in regions.chain(telling.region)
    if name == SAME_PERSON:
        wanted = (telling.same_person or "").encode()
        return same(compared(telling.client_id, own.number).encode(), wanted)
    birthday = _birthday(own.number, today=today)
    if birthday is None:
        return None
    return age(birthday, today=today) >= int(name.removeprefix("over_"))


def compared(client_id: str, number: str) -> str:
    """Return what a client shows to ask whether somebody is one it knows: a hash of its own of the number."""
    return hashlib.sha256(f"{client_id}|{number}".encode()).hexdigest()


def _birthday(number: str, *, today: date) -> date | None:
    try:
        return numbers.describe(number, today=today).birthday
    except DomainError:
        return None
