"""What is stored of passkeys: public keys, and challenges that wait for an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID as Id

from piccolo.columns import UUID, BigInt, Boolean, Bytea, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from storage.db import DB, execute, fetch
from storage.ids import new_id

LIFE = timedelta(minutes=5)
MOST = 10  # passkeys of one person
NAME_CHARACTERS = 40


class Passkey(Table, db=DB, tablename="passkey"):
    """One public key by which a person signs in."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    credential_id = Bytea(unique=True)  # the authenticator's own name for it
    public_key = Bytea()  # COSE (RFC 9052)
    sign_count = BigInt()  # of signatures; 0 for authenticators that do not count
    level = SmallInt()  # real-name level of the session that registered it
    name = Varchar(NAME_CHARACTERS)
    is_synced = Boolean()  # copied between its owner's devices by their maker
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True, default=None)

    passkey_level_is_known = Check("level BETWEEN 1 AND 3")


class PasskeyChallenge(Table, db=DB, tablename="passkey_challenge"):
    """Random bytes that an authenticator is to sign, once."""

    id = UUID(primary_key=True, default=new_id)
    purpose = Varchar(12)  # "register" or "sign_in"
    challenge = Bytea()
    session_id = UUID(null=True, default=None)  # that registers
    number_blind = Bytea(null=True, default=None)  # of the number typed before signing in, if any
    expires_at = Timestamptz()

    passkey_challenge_purpose_is_known = Check("purpose IN ('register', 'sign_in')")


async def keep_challenge(
    challenge: bytes,
    purpose: str,
    *,
    bound_to: Id | None = None,
    number_blind: bytes | None = None,
    now: datetime,
) -> PasskeyChallenge:
    """Keep a challenge for five minutes."""
    row = PasskeyChallenge(
        purpose=purpose, challenge=challenge, session_id=bound_to, number_blind=number_blind,
        expires_at=now + LIFE,
    )  # fmt: skip
    await row.save()
    return row


@dataclass(frozen=True)
class Challenge:
    """A challenge taken back to be compared with what was signed."""

    challenge: bytes
    number_blind: bytes | None


async def consume(id: Id, purpose: str, *, bound_to: Id | None = None, now: datetime) -> Challenge | None:
    """Take a challenge back, once: of two who ask at the same time one gets None."""
    rows = await fetch(
        "DELETE FROM passkey_challenge WHERE id = $1 AND purpose = $2 AND expires_at > $3"
        " AND session_id IS NOT DISTINCT FROM $4 RETURNING challenge, number_blind",
        id, purpose, now, bound_to,
    )  # fmt: skip
    return Challenge(rows[0]["challenge"], rows[0]["number_blind"]) if rows else None


@dataclass(frozen=True)
class Held:
    """A passkey of somebody who can still sign in, with what finds him by number."""

    id: Id
    party_id: Id
    public_key: bytes
    sign_count: int
    level: int
    number_blind: bytes


NOBODYS = Held(
    id=Id(int=0), party_id=Id(int=0), sign_count=0, level=1, number_blind=b"",
    public_key=bytes.fromhex(
        "a5010203262001"  # COSE: EC2, ES256, P-256; the point is the generator of the curve
        "2158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    ),
)  # fmt: skip
"""Stands for passkeys that are nobody's, so that trying one takes as long.  Anybody can sign with it: what it
verifies is refused all the same."""


async def find(credential_id: bytes) -> Held | None:
    """Return the passkey that an authenticator names."""
    rows = await fetch(
        "SELECT k.id, k.party_id, k.public_key, k.sign_count, k.level, p.number_blind"
        " FROM passkey k JOIN person p ON p.id = k.party_id"
        " WHERE k.credential_id = $1 AND p.erased_at IS NULL",
        credential_id,
    )
    if not rows:
        return None
    row = rows[0]
    return Held(**{**row, "id": Id(str(row["id"])), "party_id": Id(str(row["party_id"]))})


async def use(held: Held, count: int, *, now: datetime) -> bool:
    """Store the authenticator's counter; False when it did not grow: then it is of a copy of the key.

    Source: WebAuthn Level 3, 7.2, step 22.
    """
    tag = await execute(
        "UPDATE passkey SET sign_count = $2, last_used_at = $3 WHERE id = $1"
        " AND (sign_count < $2 OR sign_count = 0 AND $2 = 0)",
        held.id, count, now,
    )  # fmt: skip
    return not tag.endswith(" 0")


async def name_of(person_id: Id, id: Id) -> str | None:
    """Return how a person calls a passkey of his; None when it is gone."""
    rows = await fetch("SELECT name FROM passkey WHERE party_id = $1 AND id = $2", person_id, id)
    return str(rows[0]["name"]) if rows else None


async def sweep(*, now: datetime) -> None:
    """Delete challenges that nobody answered."""
    await execute("DELETE FROM passkey_challenge WHERE expires_at <= $1", now)
