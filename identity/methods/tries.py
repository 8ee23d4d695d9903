"""Tries: how often one may try to sign in, counted for everybody alike, known or not."""

from datetime import datetime

from piccolo.columns import Bytea, Integer, Timestamptz
from piccolo.table import Table

from banshi.errors import DomainError
from identity import refusals
from identity.errors import NotVerified, SignInLocked
from identity.settings import SignInSettings
from storage.db import DB, execute, transaction
from storage.limits import Wanted, subscriber, take_each


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
    """Count this try against the address, and then the number.

    Raises: RateLimited.
    """
    limits = _settings
    number = Wanted(f"sign_in:number:{blinded.hex()}", limits.number_capacity, limits.number_per_s)
    await take_each(_of_address(address), number)


async def take_address(address: str) -> None:
    """Count this try against the address.

    Raises: RateLimited.
    """
    await take_each(_of_address(address))


def _of_address(address: str) -> Wanted:
    name = f"sign_in:address:{subscriber(address)}"
    return Wanted(name, _settings.address_capacity, _settings.address_per_s)


LOCK = (
    "SELECT failures >= {most} AND last_at > {since} AS locked FROM sign_in_failure"
    " WHERE number_blind = {number}"
)
"""Reads whether a number is locked; no row: nothing is remembered of it.  `lock_arguments` has the values."""


def lock_arguments(*, now: datetime) -> tuple[int, datetime]:
    """Return `most` and `since` of LOCK."""
    return _settings.failures, now - _settings.lock


def check_lock(locked: bool | None) -> bool:
    """Return whether failures are remembered of a number, from what LOCK read; None: no row.

    Raises: SignInLocked.
    """
    if locked:
        raise SignInLocked(minutes=int(_settings.lock.total_seconds() // 60))
    return locked is not None


async def note(blinded: bytes, method: str, refused: DomainError, *, now: datetime) -> None:
    """Record that who came by `method` with this number was refused; what was not verified counts as a try.

    The count starts anew when the last try is long ago.
    """
    async with transaction():
        if isinstance(refused, NotVerified):
            await execute(
                "INSERT INTO sign_in_failure AS known (number_blind, failures, last_at) VALUES ($1, 1, $2)"
                " ON CONFLICT (number_blind) DO UPDATE SET last_at = $2,"
                " failures = CASE WHEN known.last_at > $3 THEN known.failures + 1 ELSE 1 END",
                blinded, now, now - _settings.lock,
            )  # fmt: skip
        await refusals.note(f"number/{blinded.hex()[:16]}", method, refused, now=now)


async def forget(blinded: bytes) -> None:
    """Forget failures of a number whose bearer has signed in; call it in his sign-in's transaction."""
    await execute("DELETE FROM sign_in_failure WHERE number_blind = $1", blinded)


async def sweep(*, now: datetime) -> None:
    """Delete counts that no lock needs any longer."""
    await execute("DELETE FROM sign_in_failure WHERE last_at <= $1", now - _settings.lock)
