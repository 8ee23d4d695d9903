"""Clients: who may ask citizens to sign in through us, what each may ask, and how it proves itself."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from piccolo.columns import JSONB, UUID, Array, Bytea, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from identity import audit
from identity.actor import WORKER
from identity.errors import ClientNotFound
from storage.checks import one_of
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.news import Listener
from storage.remembered import Remembered
from storage.seal import same

OVERLAP = timedelta(days=7)  # so long an old secret goes on beside its successor
REMEMBERED = 10_000  # clients per process
STALE_S = 60.0  # what is remembered is read again after so long, whatever was heard
SECRET_BYTES = 32


class AuthMethod(StrEnum):
    """How a client proves that it is itself (OpenID Connect Core 9)."""

    BASIC = "client_secret_basic"
    KEY = "private_key_jwt"
    NONE = "none"  # a public client: nothing it could keep secret


class Profile(StrEnum):
    """Which rules a client is held to."""

    OIDC = "oidc"
    FAPI2 = "fapi2"  # FAPI 2.0 Security Profile


class OidcClient(Table, db=DB, tablename="oidc_client"):
    """One relying party (应用) outside our own catalogue."""

    client_id = Varchar(64, primary_key=True)
    name = Varchar(80)  # what the citizen reads
    operator = Varchar(120)  # the unit that answers for it
    auth_method = Varchar(24, choices=AuthMethod)
    profile = Varchar(8, choices=Profile)
    redirect_uris = Array(base_column=Text())
    post_logout_uris = Array(base_column=Text())
    backchannel_logout_uri = Text(null=True, default=None)
    webhook_uri = Text(null=True, default=None)  # where it is told of consents withdrawn
    webhook_sealed = Bytea(null=True, default=None)  # the secret that these calls are signed with
    jwks = JSONB(null=True, default=None)  # its public keys, by value: nothing is ever fetched
    scopes = JSONB()  # scope: why the client wants it, in Chinese
    number_basis = Text(
        null=True, default=None
    )  # on which law it may have whole identity numbers; null: none
    resources = Array(base_column=Text())  # for which resource servers it may ask tokens, besides ours
    serves = Array(base_column=Text())  # which resource servers it is, and so may introspect tokens for
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)

    oidc_client_auth_method_is_known = Check(one_of("auth_method", AuthMethod))
    oidc_client_profile_is_known = Check(one_of("profile", Profile))
    oidc_client_keys_go_with_their_method = Check("(auth_method = 'private_key_jwt') = (jwks IS NOT NULL)")
    oidc_client_webhook_has_a_secret = Check("(webhook_uri IS NULL) = (webhook_sealed IS NULL)")


class OidcClientSecret(Table, db=DB, tablename="oidc_client_secret"):
    """One secret of a client; several overlap while it changes from one to the next."""

    id = UUID(primary_key=True, default=new_id)
    client_id = Varchar(64)
    secret_hash = Bytea()
    created_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client as the rest of identity knows it."""

    client_id: str
    name: str
    operator: str
    auth_method: AuthMethod
    profile: Profile
    redirect_uris: tuple[str, ...]
    post_logout_uris: tuple[str, ...]
    backchannel_logout_uri: str | None
    webhook_uri: str | None
    jwks: tuple[Mapping[str, Any], ...]
    scopes: Mapping[str, str]
    number_basis: str | None
    resources: tuple[str, ...]
    serves: tuple[str, ...]
    disabled_at: datetime | None
    secrets: tuple[tuple[bytes, datetime | None], ...]  # hash and end of each

    @property
    def is_public(self) -> bool:
        """Say whether it has nothing to prove itself with."""
        return self.auth_method is AuthMethod.NONE

    @property
    def is_fapi2(self) -> bool:
        """Say whether FAPI 2.0 is enforced."""
        return self.profile is Profile.FAPI2

    def knows(self, secret: str, *, now: datetime) -> bool:
        """Say whether `secret` is one of the client's that has not ended."""
        hashed = secret_hash(secret)
        living = [held for held, ends_at in self.secrets if ends_at is None or ends_at > now]
        return any([same(held, hashed) for held in living])  # all of them: time must not tell which


_READ = (
    "SELECT c.*, coalesce((SELECT jsonb_agg(jsonb_build_array(encode(s.secret_hash, 'hex'), s.ends_at))"
    " FROM oidc_client_secret s WHERE s.client_id = c.client_id), '[]') AS secrets FROM oidc_client c"
)

_held = Remembered[str, Client]("oidc_clients", most=REMEMBERED, stale_s=STALE_S)


async def get(client_id: str) -> Client | None:
    """Return the client, also a disabled one; None when there is none.  One statement, or none."""
    held = _held.get(client_id)
    if held is not None:
        return held
    before = _held.changes
    rows = await fetch(f"{_READ} WHERE c.client_id = $1", client_id)
    if not rows:
        return None
    client = _client(rows[0])
    _held.keep(client_id, client, before)
    return client


async def lock(client_id: str) -> Client | None:
    """Return the client as it stands, held until the transaction ends; None when there is none."""
    rows = await fetch(f"{_READ} WHERE c.client_id = $1 FOR NO KEY UPDATE OF c", client_id)
    return _client(rows[0]) if rows else None


async def enabled(client_id: str) -> Client | None:
    """Return the client if it may be served."""
    client = await get(client_id)
    return client if client is not None and client.disabled_at is None else None


async def list_() -> list[Client]:
    """Return every client by name."""
    return [_client(row) for row in await fetch(f"{_READ} ORDER BY c.name, c.client_id")]


def listener() -> Listener:
    """Return what must hear PostgreSQL for clients to be remembered."""
    return _held.listener()


async def add(row: OidcClient, *, now: datetime) -> str | None:
    """Store a new client; return its secret if it is to have one, which is shown once and kept nowhere.

    Whether the row makes sense is for `identity.oidc.registration`.
    """
    async with transaction():
        await row.save()
        await audit.record(WORKER, "client.add", f"client/{row.client_id}", now=now)
        if row.auth_method != AuthMethod.BASIC:
            return None
        return await _new_secret(row.client_id, now=now)


async def rotate_secret(client_id: str, *, now: datetime) -> str:
    """Give the client one more secret; those it has go on for OVERLAP.

    Raises: ClientNotFound, also when it proves itself by other means.
    """
    client = await get(client_id)
    if client is None or client.auth_method is not AuthMethod.BASIC:
        raise ClientNotFound
    async with transaction():
        await execute(
            "UPDATE oidc_client_secret SET ends_at = $2 WHERE client_id = $1 AND ends_at IS NULL",
            client_id, now + OVERLAP,
        )  # fmt: skip
        secret = await _new_secret(client_id, now=now)
        await audit.record(WORKER, "client.rotate_secret", f"client/{client_id}", now=now)
    return secret


async def secrets_made(client_id: str) -> list[tuple[datetime, datetime | None]]:
    """Return when each secret of a client was made and when it ends, newest first; never a secret itself."""
    rows = await fetch(
        "SELECT created_at, ends_at FROM oidc_client_secret WHERE client_id = $1 ORDER BY id DESC", client_id
    )
    return [(row["created_at"], row["ends_at"]) for row in rows]


async def disable(client_id: str, *, now: datetime) -> None:
    """Serve the client no longer: its tokens die with it, and no new ones are given.

    Raises: ClientNotFound.
    """
    async with transaction():
        tag = await execute(
            "UPDATE oidc_client SET disabled_at = coalesce(disabled_at, $2) WHERE client_id = $1",
            client_id, now,
        )  # fmt: skip
        if tag.endswith(" 0"):
            raise ClientNotFound
        await audit.record(WORKER, "client.disable", f"client/{client_id}", now=now)


async def _new_secret(client_id: str, *, now: datetime) -> str:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    await OidcClientSecret(client_id=client_id, secret_hash=secret_hash(secret), created_at=now).save()
    return secret


def secret_hash(secret: str) -> bytes:
    """Return the form in which a client's secret, 256 random bits, is stored."""
    return hashlib.sha256(b"client secret\0" + secret.encode()).digest()


def webhook_aad(client_id: str) -> bytes:
    """Return what binds the sealed secret of a webhook to its client."""
    return f"oidc_client.webhook\0{client_id}".encode()


def _client(row: dict[str, Any]) -> Client:
    keys = msgspec.json.decode(row["jwks"], type=dict[str, Any]) if row["jwks"] else {}
    held = msgspec.json.decode(row["secrets"], type=list[tuple[str, datetime | None]])
    return Client(
        client_id=row["client_id"],
        name=row["name"],
        operator=row["operator"],
        auth_method=AuthMethod(row["auth_method"]),
        profile=Profile(row["profile"]),
        redirect_uris=tuple(row["redirect_uris"]),
        post_logout_uris=tuple(row["post_logout_uris"]),
        backchannel_logout_uri=row["backchannel_logout_uri"],
        webhook_uri=row["webhook_uri"],
        jwks=tuple(keys.get("keys", ())),
        scopes=msgspec.json.decode(row["scopes"], type=dict[str, str]),
        number_basis=row["number_basis"],
        resources=tuple(row["resources"]),
        serves=tuple(row["serves"]),
        disabled_at=row["disabled_at"],
        secrets=tuple((bytes.fromhex(hashed), ends_at) for hashed, ends_at in held),
    )
