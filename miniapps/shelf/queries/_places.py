"""Where the shelf has something of its own: mini-apps of a place, or slots for it."""

from miniapps.items.queries import Places

_SLOTS = (
    "SELECT s->>'region' FROM (SELECT front FROM shelf_edition ORDER BY number DESC LIMIT 1) AS e,"
    " jsonb_array_elements(e.front->'slots') AS s"
)
SHELVED = Places(
    f"EXISTS (SELECT FROM shelf_entry e WHERE e.regions && ARRAY[{{place}}]) OR {{place}} IN ({_SLOTS})",
    {"shelf_entry", "shelf_edition"},
)
