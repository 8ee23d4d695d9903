"""For which items a mini-app acts: those that the version which the citizen opened names."""

from banshi import items
from identity.actor import Actor
from miniapps.release import queries as releases


async def check_item(actor: Actor, code: str) -> None:
    """Refuse a mini-app an item that it does not serve; citizens and clients outside are not bound.

    Raises: ItemNotServed; AppNotFound when the mini-app is switched off.
    """
    calling = await releases.calling(actor)
    if calling is not None:
        items.check_served(calling[1], code)
