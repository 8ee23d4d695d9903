"""What hangs on several cases at once, for loaders: one statement each, that starts from who may see them."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeVar
from uuid import UUID

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Visibility, for_asks
from miniapps.cases.queries._cases import rule_for
from miniapps.cases.tables import (
    CaseClock,
    CaseCorrection,
    CaseDecision,
    CaseEventRow,
    CaseMaterial,
    CaseStop,
)
from storage.db import fetch

Row = TypeVar("Row", CaseClock, CaseCorrection, CaseDecision, CaseEventRow, CaseMaterial, CaseStop)
ByCase = Mapping[UUID, list[Row]]
"""A case without any has an empty list; one that is not for the actor's eyes is absent."""


async def clocks_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseClock]:
    """Return the clocks of each case, in the order in which they started."""
    return await _of(CaseClock, actor, ids)


async def stops_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseStop]:
    """Return when and why the clocks of each case stood still."""
    return await _of(CaseStop, actor, ids)


async def timelines_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseEventRow]:
    """Return every step of each case, oldest first."""
    return await _of(CaseEventRow, actor, ids)


async def corrections_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseCorrection]:
    """Return the correction notices of each case, first one first."""
    return await _of(CaseCorrection, actor, ids)


async def decisions_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseDecision]:
    """Return the decision of each case, or nothing."""
    return await _of(CaseDecision, actor, ids)


async def all_materials_of(actor: Actor, ids: Iterable[UUID]) -> ByCase[CaseMaterial]:
    """Return how the materials of each case stand now; what a correction replaced is left out."""
    return await _of(CaseMaterial, actor, ids, only="AND child.replaced_at IS NULL")


async def _of(
    table: type[Row], actor: Actor, ids: Iterable[UUID], *, only: str = ""
) -> dict[UUID, list[Row]]:
    """Return the rows of a table by case, in the order of their ids."""
    narrowed = actor.codes is not None
    sql = _sql(table, rule_for(actor), actor.roles, only, narrowed)
    codes = [sorted(actor.codes)] if actor.codes is not None else []
    found: dict[UUID, list[Row]] = {}
    for row in await fetch(sql, actor.acting_for, actor.app_id, list(ids), *codes):
        rows = found.setdefault(row.pop("seen_id"), [])
        if row["id"] is not None:
            rows.append(table(**row, _exists_in_db=True))
    return found


@cache
def _sql(table: type[Row], rule: Visibility, roles: frozenset[Role], only: str, narrowed: bool) -> str:
    names = [column._meta.db_column_name for column in table._meta.columns]
    return f"""
SELECT seen.id AS seen_id, {", ".join(f"child.{name}" for name in names)}
FROM (SELECT $1::uuid AS acting_for, $2::text AS app_id{", $4::text[] AS codes" if narrowed else ""}) AS asks,
  case_file AS seen
LEFT JOIN {table._meta.tablename} AS child
  ON child.party_id = seen.party_id AND child.case_id = seen.id {only}
WHERE seen.id = ANY((SELECT $3::uuid[])::uuid[])
  AND {for_asks(rule, roles, row="seen", narrowed=narrowed)} ORDER BY child.id
"""  # noqa: S608
