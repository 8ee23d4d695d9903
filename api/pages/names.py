"""What mini-apps are called, for lists that name them by id."""

from collections.abc import Iterable

from miniapps.catalog import queries as catalog


async def app_names(app_ids: Iterable[str]) -> dict[str, str]:
    """Return a name for each id; one that is no longer known is called by its id."""
    wanted = sorted(set(app_ids))
    return dict(zip(wanted, wanted, strict=True)) | await catalog.names(wanted)
