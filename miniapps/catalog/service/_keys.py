"""The keys that a team signs its packages with: added, retired when another follows, revoked when lost."""

from datetime import datetime
from uuid import UUID

from banshi import package
from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import audit, halts
from identity.actor import Actor
from identity.written import words
from miniapps.catalog import queries
from miniapps.catalog.errors import KeyRevoked
from miniapps.catalog.events import TeamKeyRevoked
from miniapps.catalog.tables import MiniAppVersion, TeamKey
from storage.db import execute, transaction
from storage.outbox import emit

LONGEST_NAME, LONGEST_REASON, MOST_KEYS = 40, 200, 20
BYTES = 32


async def add_key(actor: Actor, public_key: str, name: str, *, now: datetime) -> TeamKey:
    """Let packages of the team be signed by this key (64 hexadecimal digits); again it is the one they have.

    Raises: ScopeMissing, InvalidInput; KeyRevoked.
    """
    _check_hand(actor)
    public, clean = _public(public_key), words("name", name, LONGEST_NAME, least=1)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.acting_for.int >> 65)
        held = await queries.keys(actor)
        for key in held:
            if key.key_id == package.key_id(public):
                if key.revoked_at is not None:
                    raise KeyRevoked(key_id=key.key_id)
                return key
        if sum(key.retired_at is None for key in held) >= MOST_KEYS:
            raise InvalidInput(field="publicKey", problem=f"一个团队最多同时使用 {MOST_KEYS} 个密钥")
        key = TeamKey(
            team_id=actor.acting_for, key_id=package.key_id(public), public_key=public.hex(), name=clean,
            added_by=actor.person_id, added_at=now,
        )  # fmt: skip
        await key.save()
        await audit.record(actor, "key.add", f"team_key/{key.id}", now=now)
    return key


async def retire_key(actor: Actor, id: UUID, *, now: datetime) -> TeamKey:
    """Let a key sign nothing new; what it signed goes on.  A retired one stays as it is.

    Raises: ScopeMissing, KeyNotFound.
    """
    _check_hand(actor)
    async with transaction():
        key = await queries.lock_key(actor, id)
        if key.retired_at is None:
            key.retired_at = now
            await key.save([TeamKey.retired_at])
            await audit.record(actor, "key.retire", f"team_key/{key.id}", now=now)
    return key


async def revoke_key(actor: Actor, id: UUID, reason: str, *, now: datetime) -> TeamKey:
    """Let nothing that a key ever signed be served any more, within two seconds and for good.

    Nobody opens such a version again, and what its pages were given dies.

    Raises: ScopeMissing, KeyNotFound, InvalidInput.
    """
    _check_hand(actor)
    why = words("reason", reason, LONGEST_REASON, least=1)
    async with transaction():
        key = await queries.lock_key(actor, id)
        if key.revoked_at is not None:
            return key
        key.revoked_at, key.retired_at, key.reason = now, key.retired_at or now, why
        await key.save([TeamKey.revoked_at, TeamKey.retired_at, TeamKey.reason])
        signed = (MiniAppVersion.team_id == key.team_id) & (MiniAppVersion.key_id == key.key_id)
        for version in await MiniAppVersion.select(MiniAppVersion.id).where(signed):
            await halts.halt_version(version["id"], until=halts.FOREVER)
        await audit.record(actor, "key.revoke", f"team_key/{key.id}", now=now)
        await emit(TeamKeyRevoked(party_id=None, team_id=key.team_id, key_id=key.key_id, at=now), now=now)
    return key


def _public(text: str) -> bytes:
    try:
        public = bytes.fromhex(text.strip())
    except ValueError:
        public = b""
    if len(public) != BYTES:
        raise InvalidInput(field="publicKey", problem="公钥应为 64 位十六进制数，由 miniapp keys 命令显示")
    return public


def _check_hand(actor: Actor) -> None:
    if not actor.may(Scope.APPS_WRITE):
        raise ScopeMissing(scope=Scope.APPS_WRITE)
