"""A person's rights over his data on the wire: a copy of everything, and to be erased."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from api.http import files
from banshi.scopes import Scope
from identity import verdicts
from miniapps.privacy import queries, service
from miniapps.privacy.rules import ExportState

strawberry.enum(ExportState, description="How a copy stands.")


@strawberry.type(name="DataExport", description="A copy of all my data: a ZIP with an index in Chinese.")
class DataExportNode(Mapped):
    id: UUID
    state: ExportState
    done: int = strawberry.field(description="Parts and files that are in it already, of `total`.")
    total: int
    size: int | None = strawberry.field(description="Bytes.")
    digest: str | None = strawberry.field(description="SHA-256 of the archive.")
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None


@strawberry.type
class PrivacyQuery:
    """Copies of my data."""

    @strawberry.field(extensions=[needs(Scope.PRIVACY_WRITE)])
    async def data_exports(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[DataExportNode]:
        """Copies that I asked for, newest first."""
        place = after_id(after, of="dataExports")
        page = await queries.exports(info.context.actor, first=size(first), after=place)
        return connection(page, DataExportNode.of, of="dataExports")


@strawberry.type
class PrivacyMutation:
    """What I may ask for; each needs a sign-in of level 3 not older than ten minutes."""

    @strawberry.mutation(extensions=[needs(Scope.PRIVACY_WRITE)])
    async def export_my_data(self, info: Info) -> DataExportNode:
        """Ask for a copy of everything that is kept about me; once a day."""
        return DataExportNode.of(await service.ask(info.context.actor, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.PRIVACY_WRITE)])
    async def data_export_link(self, info: Info, id: UUID) -> str:
        """A link to a copy, good for this session and a minute; send the session's token along."""
        token = await service.link(info.context.actor, id, now=info.context.now)
        return files.export_link(token)

    @strawberry.mutation(extensions=[needs(Scope.PRIVACY_WRITE)])
    async def erase_me(self, info: Info, confirm: str) -> bool:
        """Erase me at once and for good; `confirm` is 注销. Refused while a case is open."""
        actor = info.context.actor
        await service.erase_me(actor, confirm=confirm, now=info.context.now)
        verdicts.forget(actor)
        return True
