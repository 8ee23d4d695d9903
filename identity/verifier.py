"""Verification: the contract behind which every way of proving who one is stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from identity.numbers import Sex


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the authority that verified knows of the person.  Personal data: seal it or drop it."""

    number: str  # in the normal form of `identity.numbers`
    name: str
    phone: str | None
    birthday: date | None
    sex: Sex | None
    region: str  # GB/T 2260 code of where the person lives


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That a person was verified: how strongly, how, when, and where the evidence lies."""

    level: int  # real-name level 1–3: 1 phone only, 2 name and number agree, 3 the living person was seen
    method: str  # e.g. "face", "sms"
    at: datetime
    evidence_id: str  # the authority's own reference; says nothing about the person by itself
    facts: Facts


class IdentityVerifier(Protocol):
    """One or more ways of proving who one is (实名认证).

    An implementation
    - answers within 5 s; slower neighbours are cut off and answered as `Unavailable`;
    - raises `NotVerified` for an unknown person, a name that does not match, a failed face or code and
      an unknown method alike, after the same work, so that nobody learns who is registered;
    - raises `banshi.errors.Unavailable` when the authority cannot be asked: that is nobody's failed try;
    - raises `banshi.errors.InvalidInput` when a field that the method needs is missing;
    - keeps nothing of the form but the evidence id: no face image, no code, no number;
    - never logs the form.
    """

    async def verify(self, method: str, form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
        """Return the proof that the person of `form` is who it says.

        `form` has `id_number` (already in normal form) and `name`, and what the method adds.
        `address` is the caller's, for the authority's own limits.
        """
        ...


_verifier: IdentityVerifier | None = None


def configure(verifier: IdentityVerifier) -> None:
    """Tell this process whom to ask."""
    global _verifier
    _verifier = verifier


def current() -> IdentityVerifier:
    """Return the verifier this process was told."""
    assert _verifier is not None, "identity.verifier.configure was not called"
    return _verifier
