"""The same reads for several cases at once, for loaders: one statement each."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw

from miniapps.cases.tables import (
    Case,
    CaseClock,
    CaseCorrection,
    CaseDecision,
    CaseEventRow,
    CaseMaterial,
    CaseStop,
)

Row = TypeVar("Row", CaseClock, CaseCorrection, CaseDecision, CaseEventRow, CaseMaterial, CaseStop)


async def clocks_of(cases: Sequence[Case]) -> dict[UUID, list[CaseClock]]:
    """Return the clocks of each case, in the order in which they started."""
    return await _of(CaseClock, CaseClock.party_id, CaseClock.case_id, cases)


async def stops_of(cases: Sequence[Case]) -> dict[UUID, list[CaseStop]]:
    """Return when and why the clocks of each case stood still."""
    return await _of(CaseStop, CaseStop.party_id, CaseStop.case_id, cases)


async def timelines_of(cases: Sequence[Case]) -> dict[UUID, list[CaseEventRow]]:
    """Return every step of each case, oldest first."""
    return await _of(CaseEventRow, CaseEventRow.party_id, CaseEventRow.case_id, cases)


async def corrections_of(cases: Sequence[Case]) -> dict[UUID, list[CaseCorrection]]:
    """Return the correction notices of each case, first one first."""
    return await _of(CaseCorrection, CaseCorrection.party_id, CaseCorrection.case_id, cases)


async def decisions_of(cases: Sequence[Case]) -> dict[UUID, list[CaseDecision]]:
    """Return the decision of each case, or nothing."""
    return await _of(CaseDecision, CaseDecision.party_id, CaseDecision.case_id, cases)


async def all_materials_of(cases: Sequence[Case]) -> dict[UUID, list[CaseMaterial]]:
    """Return how the materials of each case stand now; what a correction replaced is left out."""
    found = await _of(CaseMaterial, CaseMaterial.party_id, CaseMaterial.case_id, cases)
    return {case_id: [row for row in rows if row.replaced_at is None] for case_id, rows in found.items()}


async def _of(
    table: type[Row], party_id: Column, case_id: Column, cases: Sequence[Case]
) -> dict[UUID, list[Row]]:
    """Return the rows of a table by case; a case without any has an empty list."""
    found: dict[UUID, list[Row]] = {case.id: [] for case in cases}
    rows = await table.objects().where(
        _among(party_id, {case.party_id for case in cases}), _among(case_id, found)
    ).order_by(table.id)  # fmt: skip
    for row in rows:
        found[row.case_id].append(row)
    return found


def _among(column: Column, ids: Iterable[UUID]) -> WhereRaw:
    return WhereRaw("{} = ANY({})", column, list(ids))
