"""Who makes a mini-app, to be told what happens to it."""

from uuid import UUID

from identity import teams
from miniapps.catalog.tables import MiniApp
from storage.db import fetch

MAKERS = f"SELECT DISTINCT person_id FROM ({teams.makers('$1')}) m WHERE role <> 'tester' ORDER BY 1"  # noqa: S608


async def makers_of(app: MiniApp) -> list[UUID]:
    """Return the persons who own or develop a mini-app, without those who only test it."""
    return [row["person_id"] for row in await fetch(MAKERS, app.team_id)]
