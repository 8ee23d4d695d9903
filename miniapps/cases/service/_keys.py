"""Idempotency keys of commands: each belongs to whoever sends it, and is used once (docs/adr/063, 178)."""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.errors import InvalidInput, KeyReused
from identity.actor import Actor
from miniapps.cases import queries
from miniapps.cases.tables import Case, CaseCommand

KEY_LENGTH = 80  # characters


async def claim(
    actor: Actor, case: Case, key: str, verb: str, arguments: object, *, now: datetime
) -> UUID | None:
    """Take an idempotency key for a command; return the case of its first use, or None when this is it.

    A mini-app's keys are its own: they never meet those of another, nor of the platform's pages.
    Of two commands at once the second waits for the first and then finds it.  A failed command gives the
    key back, for it falls with its transaction.
    Raises: KeyReused when the key was used for another command; InvalidInput when it is no key.
    """
    check(key)
    digest = digest_of(verb, arguments)
    app_id = actor.app_id or ""
    command = CaseCommand(
        party_id=case.party_id, app_id=app_id, key=key, digest=digest, case_id=case.id, at=now
    )  # fmt: skip
    if await CaseCommand.insert(command).on_conflict(action="DO NOTHING"):
        return None
    known = await queries.command(case.party_id, app_id, key)
    if known.digest != digest:
        raise KeyReused()
    return known.case_id


def check(key: str) -> None:
    """Check an idempotency key.

    Raises: InvalidInput when it is no key.
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise InvalidInput(field="idempotencyKey", problem=f"give 1 to {KEY_LENGTH} characters")


def digest_of(verb: str, arguments: object) -> str:
    """Return what tells one command from another."""
    return hashlib.sha256(msgspec.json.encode([verb, arguments], order="sorted")).hexdigest()
