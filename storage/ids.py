"""Ids: UUID version 7 (RFC 9562), so that rows made together lie together in an index."""

import os
import random
import time
from datetime import datetime
from uuid import UUID


def new_id() -> UUID:
    """Return a fresh UUIDv7.

    Our own because PostgreSQL's `uuidv7()` default leaves Piccolo's Python side without an id
    before Python 3.14.  Shape: 48 bits of Unix milliseconds, 4 of version, 12 of the millisecond's
    fraction (RFC 9562 §6.2 method 3, so that ids made one after the other sort that way), 62 random.
    """
    return UUID(int=_value(int.from_bytes(os.urandom(8)) >> 2))


def new_hex() -> str:
    """Return a fresh UUIDv7 as 32 hexadecimal digits: cheap, and easy to guess, as the name of a request."""
    return f"{_value(random.getrandbits(62)):032x}"


def first_id(at: datetime) -> UUID:
    """Return what is before every id made at `at` or later, and after those made earlier."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _value(noise: int) -> int:
    milliseconds, rest_ns = divmod(time.time_ns(), 1_000_000)
    fraction = (rest_ns << 12) // 1_000_000
    return (milliseconds << 16 | 0x7000 | fraction) << 64 | 0x2 << 62 | noise
