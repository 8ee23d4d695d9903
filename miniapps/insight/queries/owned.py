"""The lock of this slice: figures are for those who make the mini-app, and for operators."""

from piccolo.columns.combination import And
from piccolo.custom_types import Combinable

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.tables import MiniApp

TEAM: Visibility = ((Same(MiniApp.team_id, "acting_for"), Holds(Role.DEVELOPER)),)
OWNED: Visibility = (*TEAM, (Holds(Role.OPERATOR),))


def visible_to(actor: Actor) -> Combinable:
    """Developers see their team's mini-apps, operators all: citizens none, also of those that are listed."""
    return where(OWNED, actor)


async def check_owned(actor: Actor, app_id: str, *, lock: Visibility = OWNED) -> None:
    """Refuse whoever may not see how the mini-app does.

    Raises: AppNotFound, also when there is none.
    """
    if not await MiniApp.exists().where(And(where(lock, actor), MiniApp.app_id == app_id)):
        raise AppNotFound(app=app_id)
