"""Versions of mini-apps as releases need them."""

from collections import OrderedDict
from collections.abc import Collection
from uuid import UUID

import msgspec
from piccolo.columns.combination import And

from banshi.manifest import Manifest
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound, NotApproved
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import fetch

MOST = 1_000

_manifests: OrderedDict[UUID, Manifest] = OrderedDict()
"""Of versions opened lately: a manifest never changes."""


async def manifest_of(version_id: UUID) -> Manifest:
    """Return the manifest of a version that is offered; the first time by one statement."""
    return (await manifests_of([version_id]))[version_id]


async def manifests_of(version_ids: Collection[UUID]) -> dict[UUID, Manifest]:
    """Return the manifests of versions; those not opened lately by one statement."""
    found = {version_id: _manifests[version_id] for version_id in version_ids if version_id in _manifests}
    unknown = [version_id for version_id in version_ids if version_id not in found]
    if unknown:
        for row in await fetch("SELECT id, manifest FROM mini_app_version WHERE id = ANY($1)", unknown):
            found[row["id"]] = _manifests[row["id"]] = msgspec.json.decode(row["manifest"], type=Manifest)
        while len(_manifests) > MOST:
            _manifests.popitem(last=False)
    return found


async def approved(app: MiniApp, version: str) -> MiniAppVersion:
    """Return the version of this number.

    Raises: AppNotFound when there is none; NotApproved; VersionKeyRevoked.
    """
    this = And(MiniAppVersion.app == app.id, MiniAppVersion.version == version)
    row = await MiniAppVersion.objects().where(this).first()
    if row is None:
        raise AppNotFound(app=f"{app.app_id} {version}")
    if row.state != VersionState.APPROVED:
        raise NotApproved(app_id=app.app_id, version=version, state=row.state)
    await catalog.check_key(app, row)
    return row


async def numbers(version_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what versions are called, by id."""
    if not version_ids:
        return {}
    rows = await fetch("SELECT id, version FROM mini_app_version WHERE id = ANY($1)", list(version_ids))
    return {row["id"]: row["version"] for row in rows}
