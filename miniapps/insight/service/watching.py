"""Noticing what goes wrong with a version while it goes wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from miniapps.insight import queries
from miniapps.insight.events import AppTroubled
from miniapps.insight.rules.limits import NEW_AGAIN, TOLD_AGAIN, WINDOW, Trouble
from storage.db import fetch, transaction
from storage.ids import new_id
from storage.outbox import emit_all, fact
from storage.unnest import Rows


class Noticed(NamedTuple):
    """The values of a row of `app_problem`."""

    id: UUID
    app_id: str
    version: str
    key: str
    found: int
    out_of: int
    threshold: int


ROWS = Rows(Noticed)
NOW, NEW, AGAIN = (f"${ROWS.width + place}" for place in (1, 2, 3))
NOTICE = (
    "INSERT INTO app_problem AS had (id, app_id, version, key, found, out_of, threshold,"  # noqa: S608
    " first_seen_at, last_seen_at, told_at)"
    f" SELECT id, app_id, version, key, found, out_of, threshold, {NOW}, {NOW}, {NOW}"
    f" FROM {ROWS.source('made')} ORDER BY app_id, version, key"
    " ON CONFLICT (app_id, version, key) DO UPDATE SET found = excluded.found, out_of = excluded.out_of,"
    " threshold = excluded.threshold, last_seen_at = excluded.last_seen_at,"
    f" first_seen_at = CASE WHEN had.last_seen_at < {NEW} THEN {NOW} ELSE had.first_seen_at END,"
    f" told_at = CASE WHEN had.told_at <= {AGAIN} THEN {NOW} ELSE had.told_at END"
    f" RETURNING app_id, version, key, told_at = {NOW} AS telling"
)
"""Beside the rows: now, and when a problem must have been seen, or told of, last to be new, or told again."""


async def notice(app_id: str, key: str, *, found: int, now: datetime) -> None:
    """Note something that another slice noticed of a mini-app, of whichever version; it halts nothing."""
    row = Noticed(new_id(), app_id, "", key, found, found, 0)
    await fetch(NOTICE, *ROWS.arguments([row]), now, now - NEW_AGAIN, now - TOLD_AGAIN)


async def watch(versions: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Look at what happened to these versions lately; note and tell what passes a limit."""
    found = [
        Noticed(new_id(), app_id, version, *trouble)
        for (app_id, version), found in (await queries.troubles(versions, since=now - WINDOW)).items()
        for trouble in found
    ]
    if found:
        await _notice(found, now=now)


async def notice_of(app_id: str, version: str, trouble: Trouble, *, now: datetime) -> None:
    """Note and tell what somebody else noticed of a version."""
    await _notice([Noticed(new_id(), app_id, version, *trouble)], now=now)


async def _notice(found: Sequence[Noticed], *, now: datetime) -> None:
    async with transaction():
        rows = await fetch(NOTICE, *ROWS.arguments(found), now, now - NEW_AGAIN, now - TOLD_AGAIN)
        told = [
            AppTroubled(
                party_id=None, app_id=row["app_id"], app_version=row["version"], key=row["key"], at=now
            )
            for row in rows
            if row["telling"]
        ]
        await emit_all([(fact(event, now=now, app_id=event.app_id), None) for event in told])
