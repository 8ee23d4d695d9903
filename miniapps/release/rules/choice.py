"""Which version a citizen gets: pure, the same answer for the same citizen, and cheap.

A candidate is given to testers, to a share of all citizens and to regions, each beside the others: whoever
has it by one of them keeps it when another is added.  So a release that only rises takes it from nobody.
"""

from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

BUCKETS = 10_000  # hundredths of a percent


class Offer(NamedTuple):
    """What citizens of one mini-app can get at one moment."""

    stable: UUID | None  # the version for everybody; None: nothing is released yet
    candidate: UUID | None = None  # the version under trial
    percent: int = 0  # 0–100, of all citizens
    prefixes: tuple[str, ...] = ()  # of GB/T 2260 codes: the regions that have the candidate
    stopped: Collection[UUID] = ()  # versions that were rolled back, halted or killed


class Citizen(NamedTuple):
    """What the choice needs to know of who opens."""

    party_id: UUID  # whose matter it is
    region: str  # GB/T 2260 code, 6 or 9 digits
    is_tester: bool = False


def choose(offer: Offer, citizen: Citizen, pinned: UUID | None = None) -> UUID | None:
    """Return the version for `citizen`, who in this session had `pinned` before; None: there is none for him.

    A session keeps what it opened first, unless just that was stopped.
    """
    if pinned is not None and pinned not in offer.stopped:
        return pinned
    return pick(offer, citizen)


def pick(offer: Offer, citizen: Citizen) -> UUID | None:
    """Return the version that a new session of `citizen` gets."""
    candidate = offer.candidate
    if candidate is not None and candidate not in offer.stopped and _has(offer, candidate, citizen):
        return candidate
    stable = offer.stable
    return None if stable is None or stable in offer.stopped else stable


def _has(offer: Offer, candidate: UUID, citizen: Citizen) -> bool:
    if citizen.is_tester or citizen.region.startswith(offer.prefixes):
        return True
    return bucket(candidate, citizen.party_id) < offer.percent * (BUCKETS // 100)


def bucket(candidate: UUID, party_id: UUID) -> int:
    """Return the place of a party among all parties for this candidate, from 0 to 9,999, always the same.

    Another candidate shuffles anew, so that not the same citizens try every version first.
    """
    digest = blake2b(candidate.bytes + party_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest, "big") % BUCKETS


@lru_cache(2_000)
def prefixes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return how the codes of places in these regions begin.

    330000 is the province (33…), 330100 a city (3301…), 330106 a district and all its towns (330106…).
    """
    return tuple(sorted({_prefix(code) for code in codes}))


def _prefix(code: str) -> str:
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
