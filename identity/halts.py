"""Halting a mini-app: every token it holds dies at once, however many there are."""

from datetime import datetime

from piccolo.columns import Timestamptz, Varchar
from piccolo.table import Table

from storage.db import DB, execute


class AppHalt(Table, db=DB, tablename="app_halt"):
    """One mini-app that was switched off: tokens that end at or before `until` are dead.

    One row instead of an update of each token: the switch must work under load, too.
    """

    app_id = Varchar(64, primary_key=True)
    until = Timestamptz()


async def halt(app_id: str, *, until: datetime) -> None:
    """Kill every token of the mini-app that would end at or before `until`; later ones live."""
    await execute(
        "INSERT INTO app_halt (app_id, until) VALUES ($1, $2)"
        " ON CONFLICT (app_id) DO UPDATE SET until = greatest(app_halt.until, excluded.until)",
        app_id, until,
    )  # fmt: skip
