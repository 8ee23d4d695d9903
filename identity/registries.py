"""Registers of others that say who may act for whom: the contracts behind which they stand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from identity.verifier import Facts


class FirmKind(StrEnum):
    """What kind of legal person or organisation a firm is."""

    COMPANY = "company"  # 企业
    SOLE_TRADER = "sole_trader"  # 个体工商户
    INSTITUTION = "institution"  # 事业单位
    SOCIETY = "society"  # 社会组织
    COOPERATIVE = "cooperative"  # 农民专业合作社


class Ground(StrEnum):
    """Why somebody is a guardian: guardianship is a relation of its own, not parenthood (民法典 27–31)."""

    PARENT = "parent"
    APPOINTED = "appointed"  # by will, agreement, village or residents' committee, or civil affairs
    COURT = "court"


@dataclass(frozen=True, kw_only=True)
class FirmFacts:
    """What the register of firms says; all of it is public."""

    code: str  # unified social credit code, in normal form
    name: str
    kind: FirmKind
    region: str  # GB/T 2260 code of its seat


@dataclass(frozen=True, kw_only=True)
class FirmProof:
    """That a person is the legal representative (法定代表人) of a firm, and where the evidence lies."""

    firm: FirmFacts
    at: datetime
    evidence_id: str


@dataclass(frozen=True, kw_only=True)
class GuardianProof:
    """That a person is the guardian of another, and where the evidence lies."""

    ward: Facts  # personal data: seal it or drop it
    ground: Ground
    self_supporting: bool  # 16 or older and living on his own labour (民法典 18)
    at: datetime
    evidence_id: str


class FirmRegistry(Protocol):
    """The register of firms and their legal representatives (市场主体登记).

    An implementation
    - answers within 5 s, or raises `banshi.errors.Unavailable`;
    - raises `NotRepresentative` for a firm it does not know, one that was struck off and one that somebody
      else represents alike, so that nobody learns who represents what;
    - keeps and logs nothing of who asked but its own evidence id.
    """

    async def representative(self, code: str, *, number: str, name: str, now: datetime) -> FirmProof:
        """Return the proof that the person of `number` and `name` represents the firm `code`."""
        ...


class FamilyRegistry(Protocol):
    """The records of guardianship (监护关系) and of minors who support themselves.

    An implementation follows the same rules; what is not so is refused with `NotGuardian`.
    """

    async def guardian(
        self, *, number: str, name: str, ward_number: str, ward_name: str, now: datetime
    ) -> GuardianProof:
        """Return the proof that the person of `number` and `name` is the ward's guardian."""
        ...

    async def self_supporting(self, *, number: str, now: datetime) -> str | None:
        """Return the evidence id that the person lives on his own labour; None: there is none."""
        ...


@dataclass(frozen=True)
class Registries:
    """All of them."""

    firms: FirmRegistry
    families: FamilyRegistry


_registries: Registries | None = None


def configure(registries: Registries) -> None:
    """Tell this process whom to ask."""
    global _registries
    _registries = registries


def current() -> Registries:
    """Return the registries this process was told."""
    assert _registries is not None, "identity.registries.configure was not called"
    return _registries
