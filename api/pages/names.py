"""What applications are called, for lists that name them by id."""

from collections.abc import Iterable

from identity import clients
from identity.wires import consent
from miniapps.catalog import queries as catalog


async def app_names(app_ids: Iterable[str]) -> dict[str, str]:
    """Return a name for each mini-app or client; one that is no longer known is called by its id.

    A consent to an old wire has a name of its own (identity.wires.consent), and is called as its client.
    """
    found = {app_id: app_id for app_id in app_ids}
    found |= await catalog.names(sorted(found))
    for app_id, name in found.items():
        client = await clients.get(app_id) if name == app_id else None
        found[app_id] = client.name if client else name
    return found | await consent.names(app_id for app_id, name in found.items() if name == app_id)
