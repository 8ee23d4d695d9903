"""What happens to materials: ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class MaterialUploaded(Event):
    """A file lies in quarantine and waits to be checked."""

    type: ClassVar[str] = "material.uploaded"
    upload_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UploadExpired(Event):
    """The form of an upload can no longer be used: whatever it left in quarantine must go."""

    type: ClassVar[str] = "material.upload_expired"
    upload_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MaterialAvailable(Event):
    """An upload was found good, sealed, and is a material now."""

    type: ClassVar[str] = "material.available"
    upload_id: UUID
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MaterialRefused(Event):
    """An upload was found to be not what it claimed, or harmful."""

    type: ClassVar[str] = "material.refused"
    upload_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MaterialErased(Event):
    """Nobody may read these bytes any more: their key is gone, the sealed object must follow."""

    type: ClassVar[str] = "material.erased"
    object_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Event):
    """A department has issued a certificate into a wallet."""

    type: ClassVar[str] = "certificate.issued"
    certificate_id: UUID
    case_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Event):
    """A department has taken a certificate back (注销)."""

    type: ClassVar[str] = "certificate.revoked"
    certificate_id: UUID
    at: datetime
