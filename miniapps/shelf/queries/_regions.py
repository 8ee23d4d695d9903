"""Where the shelf has something of its own: mini-apps of a place, or slots for it."""

from miniapps.items.queries import Places

_SHELVED = (
    "SELECT unnest(regions) AS code FROM shelf_entry UNION"
    " SELECT s->>'region' FROM (SELECT front FROM shelf_edition ORDER BY number DESC LIMIT 1) AS e,"
    " jsonb_array_elements(e.front->'slots') AS s WHERE $1::varchar[] IS NOT NULL"
)
SHELVED = Places(_SHELVED, {"shelf_entry", "shelf_edition"})
