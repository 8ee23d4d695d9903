"""Which mini-apps are to be described anew for search."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from banshi.manifest import Manifest
from storage.db import execute, fetch

INDEXING = 0x7368656C  # any number; who indexes first does it for all who wait
AT_ONCE = 200

_WAITING = """
SELECT m.app_id, v.id, v.manifest FROM mini_app m JOIN mini_app_version v ON v.id = m.released_id
LEFT JOIN shelf_entry e ON e.app_id = m.app_id
WHERE e.version_id IS DISTINCT FROM m.released_id LIMIT $1
"""


@dataclass(frozen=True)
class Unindexed:
    """A mini-app whose released version is not the one described."""

    app_id: str
    version_id: UUID
    manifest: Manifest


async def lock_unindexed() -> list[Unindexed]:
    """Return up to 200 mini-apps to describe; who asks next waits for this transaction."""
    await execute("SELECT pg_advisory_xact_lock($1)", INDEXING)
    return [
        Unindexed(row["app_id"], row["id"], msgspec.json.decode(row["manifest"], type=Manifest))
        for row in await fetch(_WAITING, AT_ONCE)
    ]


async def is_any_unindexed() -> bool:
    """Say whether there is something to describe."""
    return bool(await fetch(_WAITING, 1))
