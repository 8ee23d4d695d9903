"""Mini-apps on the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.roots import Argument
from api.graphql.plan.sources import Mapped, rows
from api.graphql.planned import own_one, own_page
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.service import stock
from miniapps.catalog.tables import MiniAppVersion

strawberry.enum(AppState, name="MiniAppState")
strawberry.enum(VersionState, name="MiniAppVersionState")

VERSIONS = Loader(queries.versions_of)


@strawberry.type(name="MiniAppVersion", description="One version of a mini-app; its manifest never changes.")
class MiniAppVersionNode:
    id: UUID
    version: str
    state: VersionState
    submitted_at: datetime
    reviewed_at: datetime | None
    reason: str = strawberry.field(description="The reviewer's, for the developer.")
    manifest: str = strawberry.field(description="The manifest's text, as it was handed in.")
    package_sha256: str | None = strawberry.field(
        description="Of the package, in hexadecimal; null: its pages lie elsewhere."
    )
    package_size: int | None = strawberry.field(description="Bytes of the package.")
    key_id: str | None = strawberry.field(description="Of the key that signed the package.")
    removed_at: datetime | None = strawberry.field(
        description="Since when its package and files are gone: it came to nothing long before."
    )
    app_id: str

    @classmethod
    def of(cls, row: MiniAppVersion, app_id: str) -> Self:
        return cls(
            id=row.id,
            version=row.version,
            state=VersionState(row.state),
            submitted_at=row.submitted_at,
            reviewed_at=row.reviewed_at,
            reason=row.reason,
            manifest=row.text,
            package_sha256=row.package_sha256,
            package_size=row.package_size,
            key_id=row.key_id,
            removed_at=row.removed_at,
            app_id=app_id,
        )


@strawberry.type(name="MiniApp", description="A mini-app (小程序).")
@rows("mini_app")
class MiniAppNode(Mapped):
    id: UUID
    app_id: str = strawberry.field(description="A DNS label; also the OAuth client_id.")
    name: str
    purpose: str
    department: str = strawberry.field(description="The accountable department (主管单位).")
    operator: str
    state: AppState
    state_reason: str

    @strawberry.field(description="The versions you may see: your team's, or all of them for an operator.")
    async def versions(self, info: Info) -> list[MiniAppVersionNode]:
        rows = await VERSIONS.load(info, self.id)
        return [MiniAppVersionNode.of(row, self.app_id) for row in rows or []]

    @strawberry.field(description="Bytes of the packages that are kept of the versions you may see.")
    async def stored_bytes(self, info: Info) -> float:
        return queries.bytes_of(await VERSIONS.load(info, self.id) or [])


@strawberry.type(name="PackageStorage", description="What the packages of your team take, and may take.")
class PackageStorageNode:
    used_bytes: float
    most_bytes: float
    versions: int = strawberry.field(description="Of which the packages are kept.")
    most_versions_a_day: int = strawberry.field(description="Of one mini-app, within 24 hours.")
    kept_days: int = strawberry.field(
        description="Packages of refused and withdrawn versions go after so many days; approved ones stay."
    )


@strawberry.type
class CatalogQuery:
    @strawberry.field(
        description="What the packages of the team you act for take of what it may store.",
        extensions=[needs(Scope.APPS_WRITE)],
    )
    async def package_storage(self, info: Info) -> PackageStorageNode:
        held, limits = await queries.stored(info.context.actor.acting_for), stock.limits()
        return PackageStorageNode(
            used_bytes=held.used_bytes, most_bytes=limits.most_bytes, versions=held.versions,
            most_versions_a_day=limits.most_a_day, kept_days=limits.kept_days,
        )  # fmt: skip

    @strawberry.field(
        description="Mini-apps, newest first.",
        extensions=[needs(Scope.APPS_READ)],
        metadata=own_page(queries.APPS, of="apps"),
    )
    async def mini_apps(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[MiniAppNode]:
        page = await queries.apps(info.context.actor, first=size(first), after=after_id(after, of="apps"))
        return connection(page, MiniAppNode.of, of="apps")

    @strawberry.field(
        description="One mini-app.",
        extensions=[needs(Scope.APPS_READ)],
        metadata=own_one(queries.APPS, {"appId": Argument("text", "{t}.app_id = {a}")}),
    )
    async def mini_app(self, info: Info, app_id: str) -> MiniAppNode:
        return MiniAppNode.of(await queries.app(info.context.actor, app_id))


@strawberry.type
class CatalogMutation:
    @strawberry.mutation(
        description="Hand a version in for review. The key is kept by the version itself: "
        "the same manifest twice is one version.",
        extensions=[needs(Scope.APPS_WRITE)],
    )
    async def submit_mini_app(self, info: Info, manifest: str, idempotency_key: str) -> MiniAppVersionNode:
        context = info.context
        row = await service.submit(context.actor, manifest, now=context.now)
        return MiniAppVersionNode.of(row, (await queries.app_of(context.actor, row)).app_id)

    @strawberry.mutation(
        description="Take a version back that is in review.", extensions=[needs(Scope.APPS_WRITE)]
    )
    async def withdraw_mini_app(self, info: Info, version_id: UUID) -> MiniAppVersionNode:
        context = info.context
        row = await service.withdraw(context.actor, version_id, now=context.now)
        return MiniAppVersionNode.of(row, (await queries.app_of(context.actor, row)).app_id)
