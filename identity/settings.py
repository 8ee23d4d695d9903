"""What identity may be told; every value has a safe default."""

from datetime import timedelta
from pathlib import Path

import msgspec


class SessionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long a sign-in lasts."""

    idle: timedelta = timedelta(minutes=30)  # without any request
    absolute: timedelta = timedelta(hours=12)  # whatever happens
    touch: timedelta = timedelta(minutes=1)  # a session's last use is written at most so often
    staff_second_factor: bool = False  # acting in a post needs identity proof and passkey


class SignInSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How often one may try to sign in."""

    number_capacity: int = 10  # tries at once for one ID number
    number_per_s: float = 1 / 30  # and how fast they come back
    address_capacity: int = 60  # tries at once from one address: a hall's kiosks share one
    address_per_s: float = 1.0
    failures: int = 5  # failed tries of one number before it is locked
    lock: timedelta = timedelta(minutes=15)  # for so long; also the time after which failures are forgotten


class AuditSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the proof of the audit goes."""

    folder: Path | None = None  # signed heads go here, too, beside the object store
