"""What the citizen reads in the inbox about materials."""

from datetime import datetime

from identity.actor import WORKER
from miniapps.materials import queries
from miniapps.materials.events import CertificateIssued, MaterialAvailable, MaterialRefused
from miniapps.materials.rules import REASONS, Reason
from miniapps.notices import service as notices


async def available(event: MaterialAvailable, *, now: datetime) -> None:
    """Say that a material can be used."""
    assert event.party_id is not None
    upload = await queries.upload(WORKER, event.upload_id)
    await notices.tell(
        event.party_id, kind="material", title="材料已入库", key=f"material-{event.upload_id}", now=now,
        body=f"您上传的“{upload.title}”已通过检查，办事时可直接使用，无需重复提交。",
    )  # fmt: skip


async def refused(event: MaterialRefused, *, now: datetime) -> None:
    """Say why a file was not taken, and what to do."""
    assert event.party_id is not None
    upload = await queries.upload(WORKER, event.upload_id)
    await notices.tell(
        event.party_id, kind="material", title="材料未通过检查", key=f"material-{event.upload_id}", now=now,
        body=f"您上传的“{upload.title}”未通过检查：{REASONS[Reason(upload.reason)]}",
    )  # fmt: skip


async def issued(event: CertificateIssued, *, now: datetime) -> None:
    """Say that a certificate is in the wallet."""
    assert event.party_id is not None
    certificate = await queries.certificate(WORKER, event.certificate_id)
    await notices.tell(
        event.party_id, kind="certificate", title="新证照已入库",
        key=f"certificate-{certificate.id}", now=now,
        body=f"{certificate.issuer_name}已向您颁发“{certificate.title}”，办事时可直接使用。",
    )  # fmt: skip
