"""The APIs of a listed mini-app, as the generator of clients of the old gateway reads them: everybody's."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import msgspec

from banshi import mgop
from banshi.manifest import Manifest
from identity.actor import ANONYMOUS
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.service import origins
from miniapps.release import queries as releases

KEPT_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Catalogue:
    """`mgopSchema.json` of one version; `tag` is never that of other contents."""

    tag: str
    body: bytes


_held: OrderedDict[tuple[UUID, str], Catalogue] = OrderedDict()
"""Of versions asked for lately: a manifest never changes, and one may have thousands of fields."""


async def catalogue(app_id: str) -> Catalogue:
    """Return the APIs of the version that everybody gets of a mini-app.

    Raises: AppNotFound, the same for one that is not listed and one that never was.
    """
    row = await catalog.app(ANONYMOUS, app_id)
    if row.released_id is None:
        raise AppNotFound(app=app_id)
    return catalogue_of(row.released_id, await releases.manifest_of(row.released_id))


def catalogue_of(version_id: UUID, made: Manifest) -> Catalogue:
    """Return the APIs of a version; for whoever may see its manifest."""
    origin = origins.origin(made.id)
    key = version_id, origin
    found = _held.get(key)
    if found is None:
        told = msgspec.json.encode(mgop.catalogue(made, origin))
        found = _held[key] = Catalogue(version_id.hex, msgspec.json.format(told, indent=1))
        while len(_held) > 1 and sum(len(each.body) for each in _held.values()) > KEPT_BYTES:
            _held.popitem(last=False)
    return found
