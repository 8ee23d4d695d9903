"""Signing: who a statement comes from can be proved later.  One pair of keys per purpose.

ID tokens and session tokens are signed with ES256, whatever else is set: clients out there verify them.  The
rest is signed with the family that `configure` names; when it changes, the next signature makes a key of the
new one.

A key changes without anybody noticing: the next one is published, begins to sign when everybody had time
to fetch it, and the old one is published on for as long as something it signed may be looked at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from piccolo.columns import JSONB, UUID, Bytea, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from identity import signers
from identity.signers import Family, Signer
from storage.checks import one_of
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.news import Listener
from storage.remembered import Remembered
from storage.seal import Tampered, unwrap, wrap
from storage.sm2 import NoSm2

ALGORITHM = signers.ES256  # of ID tokens and session tokens
HEADER = frozenset({"alg", "kid", "typ"})  # what signers write, and nothing else
KID = re.compile(r"[0-9a-f]{32}")
STALE_S = 60.0  # keys are read again after so long, whatever was heard


class Purpose(StrEnum):
    """What a key may sign.  A signature for one purpose is worth nothing for another."""

    ID_TOKEN = "id_token"  # noqa: S105 (a purpose, not a secret)
    CERTIFICATE = "certificate"
    PREDICATE = "predicate"
    AUDIT_HEAD = "audit_head"
    SESSION_TOKEN = "session_token"  # noqa: S105 (a purpose, too)


JWTS = frozenset({Purpose.ID_TOKEN, Purpose.SESSION_TOKEN})  # which strangers verify


class SigningKey(Table, db=DB, tablename="signing_key"):
    """One key pair; the private half is wrapped under the master key."""

    id = UUID(primary_key=True, default=new_id)  # in hexadecimal it is the `kid`
    purpose = Varchar(20, choices=Purpose)
    wrapped = Bytea()
    public = JSONB()  # the public JWK
    created_at = Timestamptz()
    signs_from = Timestamptz(null=True, default=None)  # null: since it was made; published before that
    retired_at = Timestamptz(null=True, default=None)  # from then on it only verifies; may be yet to come

    signing_key_purpose_is_known = Check(one_of("purpose", Purpose))


_family: Family = "es256"


def configure(family: Family) -> None:
    """Tell this process with which family of algorithms to sign."""
    global _family
    _family = family


def family_of(purpose: Purpose) -> Family:
    """Return the family that new keys of the purpose are of."""
    return "es256" if purpose in JWTS else _family


class BadSignature(Exception):
    """The token was not signed by us for this purpose."""


async def sign(
    purpose: Purpose, payload: Mapping[str, Any], *, now: datetime, type_: str | None = None
) -> str:
    """Return `payload` as a compact JWS; the key is made when the purpose is first used.

    `type_` is for the header, where the purpose has several kinds.
    """
    key = await _signer(purpose, now=now)
    if key is None:
        await _make(purpose, signs_from=now, now=now)
        key = await _signer(purpose, now=now)
    elif key.family != family_of(purpose):
        key = await _change_family(purpose, now=now)
    assert key is not None
    return key.sign(type_ or _type(purpose), msgspec.json.encode(payload))


async def verify(purpose: Purpose, token: str) -> dict[str, Any]:
    """Return the payload of what `sign` made for the same purpose.

    Raises: BadSignature.  Times inside the payload are the caller's to judge.
    """
    try:
        parsed = jws.extract_compact(token.encode())
        header = parsed.headers()
        key = await _public(purpose, str(header.get("kid")))
        if key is None or header.keys() != HEADER or header["typ"] != _type(purpose):
            raise BadSignature
        return msgspec.json.decode(key.opened(token), type=dict[str, Any])
    except (JoseError, Tampered, NoSm2, ValueError, msgspec.MsgspecError):
        raise BadSignature from None


async def rotate(purpose: Purpose, *, lead: timedelta = timedelta(0), now: datetime) -> str:
    """Sign with a fresh key after `lead`, during which it is published already; return its id.

    What earlier keys signed still verifies.
    """
    async with transaction():
        await execute(
            "UPDATE signing_key SET retired_at = $2 WHERE purpose = $1 AND retired_at IS NULL",
            purpose, now + lead,
        )  # fmt: skip
        kid = await _make(purpose, signs_from=now + lead, now=now)
    _held.forget()
    return kid


async def public_keys(purpose: Purpose, *, retired_after: datetime | None = None) -> list[dict[str, Any]]:
    """Return the public keys of the purpose as JWKs, newest first; without those retired before that."""
    rows = await fetch(
        "SELECT public FROM signing_key WHERE purpose = $1"
        " AND ($2::timestamptz IS NULL OR retired_at IS NULL OR retired_at > $2) ORDER BY id DESC",
        purpose, retired_after,
    )  # fmt: skip
    return [msgspec.json.decode(row["public"]) for row in rows]


async def list_(purpose: Purpose) -> list[SigningKey]:
    """Return the keys of the purpose, newest first."""
    return (
        await SigningKey.objects()
        .where(SigningKey.purpose == purpose)
        .order_by(SigningKey.id, ascending=False)
    )


async def ensure(purpose: Purpose, *, now: datetime) -> None:
    """Make the first key of the purpose, if there is none."""
    if await _signer(purpose, now=now) is None:
        await _make(purpose, signs_from=now, now=now)


@dataclass(frozen=True)
class _Signer:
    """A private key, and when it signs."""

    key: Signer
    begins: datetime
    ends: datetime | None

    def signs(self, now: datetime) -> bool:
        return self.begins <= now and (self.ends is None or now < self.ends)


_held = Remembered[Purpose, list[_Signer]]("signing_keys", most=len(Purpose), stale_s=STALE_S)


def listener() -> Listener:
    """Return what must hear PostgreSQL for keys to be remembered."""
    return _held.listener()


async def _signer(purpose: Purpose, *, now: datetime) -> Signer | None:
    """Return the key that signs now: remembered while this process hears of changes.

    Were the clock put back before all of them, the oldest signs.
    """
    signers = _held.get(purpose)
    if not signers:
        before = _held.changes
        signers = await _signers(purpose, now=now)
        _held.keep(purpose, signers, before)
    oldest = signers[-1].key if signers else None
    return next((signer.key for signer in signers if signer.signs(now)), oldest)


async def _signers(purpose: Purpose, *, now: datetime) -> list[_Signer]:
    """Read the keys that sign now or will, the newest first."""
    rows = await fetch(
        "SELECT id, wrapped, coalesce(signs_from, created_at) AS begins, retired_at FROM signing_key"
        " WHERE purpose = $1 AND (retired_at IS NULL OR retired_at > $2) ORDER BY id DESC",
        purpose, now,
    )  # fmt: skip
    return [_Signer(_opened(purpose, row), row["begins"], row["retired_at"]) for row in rows]


def _opened(purpose: Purpose, row: dict[str, Any]) -> Signer:
    kid = row["id"].hex
    return signers.read(kid, unwrap(row["wrapped"], aad=_aad(purpose, kid)))


async def _change_family(purpose: Purpose, *, now: datetime) -> Signer | None:
    """Make a key of the family that is set; of two processes at once only one does."""
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"signing_key {purpose}")
        newest = await _signers(purpose, now=now)
        if not newest or newest[0].key.family != family_of(purpose):
            await rotate(purpose, now=now)
    _held.forget()
    return await _signer(purpose, now=now)


async def _public(purpose: Purpose, kid: str) -> Signer | None:
    """Return a key to verify with.

    It is taken from the wrapped half, which the master key vouches for: who can write into the table could
    put a public half of his own there.
    """
    if not KID.fullmatch(kid):
        return None
    rows = await fetch(
        "SELECT wrapped FROM signing_key WHERE purpose = $1 AND replace(id::text, '-', '') = $2", purpose, kid
    )
    return signers.read(kid, unwrap(rows[0]["wrapped"], aad=_aad(purpose, kid))) if rows else None


async def _make(purpose: Purpose, *, signs_from: datetime, now: datetime) -> str:
    """Store a fresh pair; of two makers at once the first wins (unique index on the newest key)."""
    key_id = new_id()
    key = signers.fresh(family_of(purpose), key_id.hex)
    await execute(
        "INSERT INTO signing_key (id, purpose, wrapped, public, created_at, signs_from)"
        " VALUES ($1, $2, $3, $4::jsonb, $5, $6)"
        " ON CONFLICT (purpose) WHERE retired_at IS NULL DO NOTHING",
        key_id, purpose, wrap(key.secret(), aad=_aad(purpose, key_id.hex)),
        msgspec.json.encode(key.jwk()).decode(), now, signs_from,
    )  # fmt: skip
    return key_id.hex


def _type(purpose: Purpose) -> str:
    return "JWT" if purpose in JWTS else f"{purpose.replace('_', '-')}+jws"


def _aad(purpose: Purpose, kid: str) -> bytes:
    return f"signing_key\0{purpose}\0{kid}".encode()
