"""Stores on the wire: a mini-app's own of its citizen, and a citizen's look at all of them."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from miniapps.stores import queries, service
from miniapps.stores.tables import StoredValue

REVISION = "Changes with each write; name it as `ifRevision` to write over this one only."


@strawberry.type(name="StoredValue", description="What the mini-app keeps of the citizen under one key.")
class StoredValueNode(Mapped):
    key: str
    value: str = strawberry.field(description="JSON, at most 8 KiB.")
    revision: str = strawberry.field(description=REVISION)
    changed_at: datetime


@strawberry.type(name="StoredKey", description="A key under which the mini-app keeps something.")
class StoredKeyNode:
    id: UUID
    key: str
    revision: str = strawberry.field(description=REVISION)
    size: int = strawberry.field(description="Bytes of the JSON.")
    changed_at: datetime

    @classmethod
    def of(cls, row: StoredValue) -> "StoredKeyNode":
        """Wrap a row without what is sealed in it."""
        same = {name: getattr(row, name) for name in ("id", "key", "size", "changed_at")}
        return cls(revision=row.revision.hex, **same)


@strawberry.type(name="AppStore", description="How much a mini-app keeps of me at the platform (应用存储).")
class AppStoreNode(Mapped):
    app_id: str
    keys: int
    bytes: int
    changed_at: datetime


@strawberry.type
class StoresQuery:
    """Reading stores."""

    @strawberry.field(
        extensions=[needs(Scope.STORAGE_KEEP)],
        description="What this mini-app keeps of the party acted for under a key; null: nothing.",
    )
    async def stored_value(self, info: Info, key: str) -> StoredValueNode | None:
        kept = await service.read(info.context.actor, key, now=info.context.now)
        return None if kept is None else StoredValueNode.of(kept)

    @strawberry.field(
        extensions=[needs(Scope.STORAGE_KEEP)],
        description="The keys under which this mini-app keeps something of the party acted for.",
    )
    async def stored_keys(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[StoredKeyNode]:
        page = await queries.values(
            info.context.actor, first=size(first), after=after_id(after, of="storedKeys")
        )
        return connection(page, StoredKeyNode.of, of="storedKeys")

    @strawberry.field(
        extensions=[needs(Scope.APPS_OPEN)], description="How much each mini-app keeps of my party."
    )
    async def app_stores(self, info: Info) -> list[AppStoreNode]:
        return [AppStoreNode.of(store) for store in await queries.stores(info.context.actor)]


@strawberry.type
class StoresMutation:
    """Writing to stores, and emptying them."""

    @strawberry.mutation(
        extensions=[needs(Scope.STORAGE_KEEP)],
        description=(
            "Keep JSON under a key, and return its revision: at most 8 KiB, and 64 keys and 64 KiB of one"
            ' mini-app for one citizen.\n\nWithout `ifRevision` the last write wins; `""` wants the key to'
            " be new.  It is deleted when the consent is withdrawn, and when the mini-app has not touched it"
            " for the `retention_days` of its manifest."
        ),
    )
    async def store_value(
        self, info: Info, key: str, value: str, idempotency_key: str, if_revision: str | None = None
    ) -> str:
        context = info.context
        return await service.put(
            context.actor, key, value, if_revision=if_revision, command=idempotency_key, now=context.now
        )

    @strawberry.mutation(
        extensions=[needs(Scope.STORAGE_KEEP)],
        description="Delete what is kept under a key; what is not there is deleted already.",
    )
    async def remove_value(
        self, info: Info, key: str, idempotency_key: str, if_revision: str | None = None
    ) -> bool:
        context = info.context
        await service.remove(
            context.actor, key, if_revision=if_revision, command=idempotency_key, now=context.now
        )
        return True

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_OPEN)],
        description="Delete all that a mini-app keeps of me; false: there was nothing.",
    )
    async def clear_app_store(self, info: Info, app_id: str) -> bool:
        return await service.clear(info.context.actor, app_id, now=info.context.now)
