"""The two statements that read what handing in needs: the draft and what hangs on it; then what is held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from identity import departments, keys
from identity.actor import ONLY_CITIZEN, Actor
from identity.visibility import Visibility, for_asks
from miniapps.calendar import queries as calendar_queries
from miniapps.cases.queries._cases import rule_for
from miniapps.cases.rules import CaseState
from miniapps.cases.tables import Case
from miniapps.items import queries as item_queries
from miniapps.materials import queries as material_queries
from storage.db import fetch

COLUMNS = tuple(column._meta.db_column_name for column in Case._meta.columns)


class DraftRead(NamedTuple):
    """A draft, and what was in force when it was read."""

    case: Case
    wrapped: Mapping[str, bytes | None]  # the party's keys, for `keys.take`
    version_id: UUID | None  # of the item; None: withdrawn
    bar: str | None  # why promises are not taken, if they are not
    newest: UUID | None  # the last loading of the calendar


@cache
def _draft_sql(rule: Visibility) -> str:
    return f"""
SELECT {", ".join(f"draft.{name}" for name in COLUMNS)},
  {item_queries.CURRENT.format(code="draft.code")} AS version_id,
  (SELECT reason FROM commitment_bar WHERE party_id = draft.party_id AND repaired_at IS NULL LIMIT 1) AS bar,
  ({calendar_queries.NEWEST}) AS newest, {keys.columns("draft.party_id")}
FROM (SELECT $2::uuid AS acting_for, $3::text AS app_id) AS asks, case_file AS draft
WHERE draft.id = $1 AND draft.state = '{CaseState.DRAFT}' AND {for_asks(rule, ONLY_CITIZEN, row="draft")}
"""  # noqa: S608


async def draft(actor: Actor, case_id: UUID) -> DraftRead | None:
    """Return a draft that a citizen may see; None when there is none."""
    assert actor.roles == ONLY_CITIZEN, "the statement is for citizens"
    rows = await fetch(_draft_sql(rule_for(actor)), case_id, actor.acting_for, actor.app_id)
    if not rows:
        return None
    [row] = rows
    case = Case(**{name: row[name] for name in COLUMNS}, _exists_in_db=True)
    return DraftRead(case, row, row["version_id"], row["bar"], row["newest"])


class HeldRead(NamedTuple):
    """What a party holds of some kinds, and what a case gets at its organ."""

    rows: Sequence[Mapping[str, Any]]  # of `material_queries.held`, best first
    department_id: UUID | None  # the competent organ, if there is one
    serial: int  # of the case's number


HELD = f"""
WITH asks AS NOT MATERIALIZED (
  SELECT $1::uuid AS acting_for, $2::uuid AS party_id, (SELECT $3::text[]) AS kinds, $4::date AS on_,
    $5::text AS agency, (SELECT $6::text[]) AS places)
SELECT organ.*, held.* FROM (
  SELECT {departments.COMPETENT.format(agency="asks.agency", places="asks.places")} AS department_id,
    nextval('case_serial') AS serial FROM asks) AS organ
LEFT JOIN ({material_queries.held(ONLY_CITIZEN)}) AS held ON true ORDER BY {material_queries.BEST_FIRST}
"""  # noqa: S608


async def held(
    actor: Actor, party_id: UUID, kinds: Collection[str], *, on: date, agency: str, places: Sequence[str]
) -> HeldRead:
    """Return what a citizen may see of what `party_id` holds, which office of `agency` is competent in
    `places` (`regions.chain`), and the next serial: a number once drawn is used or lost.
    """
    assert actor.roles == ONLY_CITIZEN, "the statement is for citizens"
    rows = await fetch(HELD, actor.acting_for, party_id, list(kinds), on, agency, list(places))
    return HeldRead(
        [row for row in rows if row["id"] is not None], rows[0]["department_id"], rows[0]["serial"]
    )
