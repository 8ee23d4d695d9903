"""What the owner of the world has by his rights: an objection, and a copy of his data."""

from datetime import datetime, timedelta

from identity import objections
from identity.actor import Actor
from miniapps.privacy.tables import DataExport
from storage.db import fetch


async def objected(owner: Actor, now: datetime) -> dict[str, str]:
    """A look of the competent clerk that the owner may object to, and one that he objected to."""
    looks = await fetch(
        "SELECT id FROM audit_row WHERE party_id = $1 AND 'clerk' = ANY(roles) ORDER BY id DESC LIMIT 2",
        owner.acting_for,
    )
    one, other = (row["id"] for row in looks)
    made = await objections.object_to(owner, other, "为什么查看我的材料？", now=now)
    return {"access": str(one), "objection": str(made.id)}


async def exported(owner: Actor, now: datetime) -> dict[str, str]:
    """A copy of everything that can be fetched."""
    made = DataExport(
        party_id=owner.person_id, state="ready", asked_at=now, ready_at=now, key=b"k", size=1, digest="d",
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    await made.save()
    return {"export": str(made.id)}
