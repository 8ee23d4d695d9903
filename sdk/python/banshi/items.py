"""The service items (事项) a mini-app serves: it prepares and begins applications for those alone.

The platform and the simulator are alike because both use this.
"""

from banshi.errors import DomainError
from banshi.manifest import Manifest


class ItemNotServed(DomainError):
    """The version of the mini-app that asks does not name this item in the `items` of its manifest."""

    code = "APP_ITEM_NOT_SERVED"
    status = 403
    text = "The manifest of {app_id} {version} does not name the item {item} in `items`."


def check_served(made: Manifest, code: str) -> None:
    """Refuse a mini-app an item that its manifest does not name; an enquiry app names none.

    Raises: ItemNotServed.
    """
    if code not in made.items:
        raise ItemNotServed(app_id=made.id, version=made.version, item=code[:12])
