"""Which version a citizen gets: pure, the same answer for the same citizen, and cheap.

A candidate is given to testers, to a share of all citizens and to regions, each beside the others: whoever
has it by one of them keeps it when another is added.  So a release that only rises takes it from nobody.
Whichever it is, host and place must suit the version; one that they do not suit is passed over.
"""

from collections.abc import Collection, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from miniapps.release.rules.needs import OURS, Host, Needs

BUCKETS = 10_000  # hundredths of a percent
NOTHING: Mapping[UUID, Needs] = MappingProxyType({})


class Offer(NamedTuple):
    """What citizens of one mini-app can get at one moment."""

    stable: UUID | None  # the version for everybody; None: nothing is released yet
    candidate: UUID | None = None  # the version under trial
    percent: int = 0  # 0–100, of all citizens
    prefixes: tuple[str, ...] = ()  # of GB/T 2260 codes: the regions that have the candidate
    stopped: Collection[UUID] = ()  # versions that were rolled back, halted or killed
    needs: Mapping[UUID, Needs] = NOTHING  # what versions ask for; one that is left out asks for nothing


class Citizen(NamedTuple):
    """What the choice needs to know of who opens."""

    party_id: UUID  # whose matter it is
    region: str  # where he lives, a GB/T 2260 code of 6 or 9 digits
    is_tester: bool = False
    place: str = ""  # where he wants to be served; "": where he lives
    host: Host = OURS


def choose(offer: Offer, citizen: Citizen, pinned: UUID | None = None) -> UUID | None:
    """Return the version for `citizen`, who in this session had `pinned` before; None: there is none for him.

    A session keeps what it opened first, unless just that was stopped or suits host and place no more.
    """
    return pinned if pinned is not None and _is_open(offer, pinned, citizen) else pick(offer, citizen)


def pick(offer: Offer, citizen: Citizen) -> UUID | None:
    """Return the version that a new session of `citizen` gets."""
    candidate, stable = offer.candidate, offer.stable
    if candidate is not None and _is_open(offer, candidate, citizen) and _has(offer, candidate, citizen):
        return candidate
    return stable if stable is not None and _is_open(offer, stable, citizen) else None


def suits(offer: Offer, version: UUID, citizen: Citizen) -> bool:
    """Say whether the version works with the citizen's host and serves his place."""
    needs = offer.needs.get(version)
    if needs is None:
        return True
    return citizen.host >= needs.host and (citizen.place or citizen.region).startswith(needs.prefixes)


def _is_open(offer: Offer, version: UUID, citizen: Citizen) -> bool:
    return version not in offer.stopped and suits(offer, version, citizen)


def missed(offer: Offer, citizen: Citizen) -> UUID | None:
    """Return the version that host or place alone keep from `citizen`; None: there is none for him anyway.

    What everybody has comes before what is on trial.
    """
    anywhere = offer._replace(needs=NOTHING)
    return pick(anywhere._replace(candidate=None), citizen) or pick(anywhere, citizen)


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
