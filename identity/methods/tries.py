"""Tries: how often one may try to sign in, counted for everybody alike, known or not."""

from datetime import datetime

from piccolo.columns import Bytea, Integer, Timestamptz
from piccolo.table import Table

from identity import audit
from identity.actor import ANONYMOUS
from identity.errors import SignInLocked
from identity.settings import SignInSettings
from storage.db import DB, execute, fetch, transaction
from storage.limits import subscriber, take


class SignInFailure(Table, db=DB, tablename="sign_in_failure"):
    """How often a number failed to sign in lately, whether or not anybody is known by it."""

    number_blind = Bytea(primary_key=True)
    failures = Integer()
    last_at = Timestamptz()


_settings = SignInSettings()


def configure(settings: SignInSettings) -> None:
    """Tell this process how often one may try."""
    global _settings
    _settings = settings


async def take_turn(blinded: bytes, address: str) -> None:
    """Count this try against the address and the number.

    Raises: RateLimited.
    """
    await take_address(address)
    limits = _settings
    await take(f"sign_in:number:{blinded.hex()}", capacity=limits.number_capacity, per_s=limits.number_per_s)


async def take_address(address: str) -> None:
    """Count this try against the address.

    Raises: RateLimited.
    """
    await take(
        f"sign_in:address:{subscriber(address)}",
        capacity=_settings.address_capacity,
        per_s=_settings.address_per_s,
    )


async def check_lock(blinded: bytes, *, now: datetime) -> bool:
    """Return whether failures are remembered of this number.

    Raises: SignInLocked.
    """
    rows = await fetch(
        "SELECT failures >= $2 AND last_at > $3 AS locked FROM sign_in_failure WHERE number_blind = $1",
        blinded, _settings.failures, now - _settings.lock,
    )  # fmt: skip
    if rows and rows[0]["locked"]:
        raise SignInLocked(minutes=int(_settings.lock.total_seconds() // 60))
    return bool(rows)


async def note_failure(blinded: bytes, method: str, *, now: datetime) -> None:
    """Count one failed try; the count starts anew when the last one is long ago."""
    async with transaction():
        await execute(
            "INSERT INTO sign_in_failure AS known (number_blind, failures, last_at) VALUES ($1, 1, $2)"
            " ON CONFLICT (number_blind) DO UPDATE SET last_at = $2,"
            " failures = CASE WHEN known.last_at > $3 THEN known.failures + 1 ELSE 1 END",
            blinded, now, now - _settings.lock,
        )  # fmt: skip
        await note_refusal(f"number/{blinded.hex()[:16]}", method, now=now)


async def note_refusal(object: str, method: str, *, now: datetime) -> None:
    """Record that somebody was refused who came by `method`; `object` names no person."""
    await audit.record(ANONYMOUS, "session.refuse", object, f"method {method}", now=now)


async def forget(blinded: bytes) -> None:
    """Forget failures of a number whose bearer has signed in; call it in his sign-in's transaction."""
    await execute("DELETE FROM sign_in_failure WHERE number_blind = $1", blinded)


async def sweep(*, now: datetime) -> None:
    """Delete counts that no lock needs any longer."""
    await execute("DELETE FROM sign_in_failure WHERE last_at <= $1", now - _settings.lock)
