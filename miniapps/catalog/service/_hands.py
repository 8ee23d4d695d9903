"""Whose hand binds a team, or holds what is secret of it."""

from identity import teams
from identity.actor import Actor
from miniapps.catalog.errors import TeamOwnerNeeded


async def check_owner(actor: Actor) -> None:
    """Refuse whoever acts in a team without owning it; an organ's own developers act for the organ.

    Raises: TeamOwnerNeeded.
    """
    if not await teams.is_owner(actor):
        raise TeamOwnerNeeded
