"""Where the shelf has something of its own: mini-apps of a region, or slots for it."""

from miniapps.items.queries import RegionsUsed
from storage.db import fetch

_SHOWN = (
    "SELECT unnest(regions) AS code FROM shelf_entry UNION"
    " SELECT s->>'region' FROM (SELECT front FROM shelf_edition ORDER BY number DESC LIMIT 1) AS e,"
    " jsonb_array_elements(e.front->'slots') AS s"
)


async def _shown() -> list[str]:
    return [row["code"] for row in await fetch(_SHOWN)]


SHOWN_IN = RegionsUsed(_shown, {"shelf_entry", "shelf_edition"})
