"""Signing: who a statement comes from can be proved later.  One pair of keys per purpose, ES256."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from piccolo.columns import JSONB, UUID, Bytea, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from storage.checks import one_of
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.seal import Tampered, unwrap, wrap

ALGORITHM = "ES256"


class Purpose(StrEnum):
    """What a key may sign.  A signature for one purpose is worth nothing for another."""

    ID_TOKEN = "id_token"  # noqa: S105 (a purpose, not a secret)
    CERTIFICATE = "certificate"
    PREDICATE = "predicate"
    AUDIT_HEAD = "audit_head"


class SigningKey(Table, db=DB, tablename="signing_key"):
    """One key pair; the private half is wrapped under the master key."""

    id = UUID(primary_key=True, default=new_id)  # in hexadecimal it is the `kid`
    purpose = Varchar(20, choices=Purpose)
    wrapped = Bytea()
    public = JSONB()  # the public JWK
    created_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)  # from then on it only verifies

    signing_key_purpose_is_known = Check(one_of("purpose", Purpose))


class BadSignature(Exception):
    """The token was not signed by us for this purpose."""


async def sign(purpose: Purpose, payload: Mapping[str, Any], *, now: datetime) -> str:
    """Return `payload` as a compact JWS; the key is made when the purpose is first used."""
    key = await _current(purpose)
    if key is None:
        await _make(purpose, now=now)
        key = await _current(purpose)
    assert key is not None
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": _type(purpose)}
    return jws.serialize_compact(header, msgspec.json.encode(payload), key, algorithms=[ALGORITHM])


async def verify(purpose: Purpose, token: str) -> dict[str, Any]:
    """Return the payload of what `sign` made for the same purpose.

    Raises: BadSignature.  Times inside the payload are the caller's to judge.
    """
    try:
        parsed = jws.extract_compact(token.encode())
        header = parsed.headers()
        key = await _public(purpose, str(header.get("kid")))
        if key is None or header.get("typ") != _type(purpose):
            raise BadSignature
        found = jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
        return msgspec.json.decode(found.payload, type=dict[str, Any])
    except (JoseError, Tampered, ValueError, msgspec.MsgspecError):
        raise BadSignature from None


async def rotate(purpose: Purpose, *, now: datetime) -> None:
    """Sign with a fresh key from now on; what earlier keys signed still verifies."""
    async with transaction():
        await execute(
            "UPDATE signing_key SET retired_at = $2 WHERE purpose = $1 AND retired_at IS NULL", purpose, now
        )
        await _make(purpose, now=now)


async def public_keys(purpose: Purpose) -> list[dict[str, Any]]:
    """Return the public keys of the purpose as JWKs, newest first."""
    rows = await fetch("SELECT public FROM signing_key WHERE purpose = $1 ORDER BY id DESC", purpose)
    return [msgspec.json.decode(row["public"]) for row in rows]


async def _current(purpose: Purpose) -> ECKey | None:
    rows = await fetch(
        "SELECT id, wrapped FROM signing_key WHERE purpose = $1 AND retired_at IS NULL", purpose
    )
    if not rows:
        return None
    kid = rows[0]["id"].hex
    return ECKey.import_key(unwrap(rows[0]["wrapped"], aad=_aad(purpose, kid)), {"kid": kid})


async def _public(purpose: Purpose, kid: str) -> ECKey | None:
    """Return a key to verify with.

    It is taken from the wrapped half, which the master key vouches for: who can write into the table could
    put a public half of his own there.
    """
    rows = await fetch(
        "SELECT wrapped FROM signing_key WHERE purpose = $1 AND replace(id::text, '-', '') = $2", purpose, kid
    )
    return ECKey.import_key(unwrap(rows[0]["wrapped"], aad=_aad(purpose, kid))) if rows else None


async def _make(purpose: Purpose, *, now: datetime) -> None:
    """Store a fresh pair; of two makers at once the first wins (unique index on the current key)."""
    key_id = new_id()
    key = ECKey.generate_key("P-256", {"kid": key_id.hex, "use": "sig", "alg": ALGORITHM})
    await execute(
        "INSERT INTO signing_key (id, purpose, wrapped, public, created_at)"
        " VALUES ($1, $2, $3, $4::jsonb, $5)"
        " ON CONFLICT (purpose) WHERE retired_at IS NULL DO NOTHING",
        key_id, purpose, wrap(key.as_der(private=True), aad=_aad(purpose, key_id.hex)),
        msgspec.json.encode(key.as_dict(private=False)).decode(), now,
    )  # fmt: skip


def _type(purpose: Purpose) -> str:
    return "JWT" if purpose is Purpose.ID_TOKEN else f"{purpose.replace('_', '-')}+jws"


def _aad(purpose: Purpose, kid: str) -> bytes:
    return f"signing_key\0{purpose}\0{kid}".encode()
