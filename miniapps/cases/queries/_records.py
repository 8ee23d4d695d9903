"""Reading what a case has gathered: materials, timeline, corrections, decision."""

from collections.abc import Collection
from uuid import UUID

from miniapps.cases.tables import Case, CaseCorrection, CaseDecision, CaseEventRow, CaseMaterial
from storage.db import fetch


async def timeline(case: Case) -> list[CaseEventRow]:
    """Return every step of a case the actor may see, oldest first."""
    return (
        await CaseEventRow.objects()
        .where(CaseEventRow.party_id == case.party_id, CaseEventRow.case_id == case.id)
        .order_by(CaseEventRow.id)
    )


async def materials_of(case: Case) -> list[CaseMaterial]:
    """Return how the materials of a case stand now; what a correction replaced is left out."""
    return (
        await CaseMaterial.objects()
        .where(
            CaseMaterial.party_id == case.party_id,
            CaseMaterial.case_id == case.id,
            CaseMaterial.replaced_at.is_null(),
        )
        .order_by(CaseMaterial.id)
    )


async def outstanding(case: Case) -> list[CaseMaterial]:
    """Return the papers that are still to follow."""
    return [row for row in await materials_of(case) if row.handed_at is None]


async def corrections(case: Case) -> list[CaseCorrection]:
    """Return the correction notices of a case, first one first."""
    return (
        await CaseCorrection.objects()
        .where(CaseCorrection.party_id == case.party_id, CaseCorrection.case_id == case.id)
        .order_by(CaseCorrection.number)
    )


async def decision(case: Case) -> CaseDecision | None:
    """Return the decision, if there is one."""
    return (
        await CaseDecision.objects()
        .where(CaseDecision.party_id == case.party_id, CaseDecision.case_id == case.id)
        .first()
    )


async def used_before(party_id: UUID, version_ids: Collection[UUID]) -> set[UUID]:
    """Return which of a party's wallet versions were used in some case already."""
    rows = await fetch(
        "SELECT DISTINCT holding_id FROM material_use WHERE party_id = $1 AND holding_id = ANY($2)",
        party_id, list(version_ids),
    )  # fmt: skip
    return {row["holding_id"] for row in rows}
