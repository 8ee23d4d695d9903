"""Keys on the wire: what a team's packages are signed with."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from miniapps.catalog.tables import TeamKey


@strawberry.type(name="TeamKey", description="A public key (Ed25519) that a team's packages are signed with.")
class TeamKeyNode:
    id: UUID
    key_id: str = strawberry.field(description="As it stands in a package's signature.")
    public_key: str = strawberry.field(description="64 hexadecimal digits.")
    name: str
    added_at: datetime
    retired_at: datetime | None = strawberry.field(description="It signs nothing new since.")
    revoked_at: datetime | None = strawberry.field(description="Nothing it ever signed is served since.")
    reason: str = strawberry.field(description="Why it was revoked.")

    @classmethod
    def of(cls, row: TeamKey) -> Self:
        """Wrap a key of the actor's team."""
        return cls(
            id=row.id, key_id=row.key_id, public_key=row.public_key, name=row.name, added_at=row.added_at,
            retired_at=row.retired_at, revoked_at=row.revoked_at, reason=row.reason,
        )  # fmt: skip


@strawberry.type
class TeamKeysQuery:
    """What one may ask about keys."""

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def team_keys(self, info: Info) -> list[TeamKeyNode]:
        """The keys of the team I act in, newest first, also those that count no more; at most twenty."""
        return [TeamKeyNode.of(row) for row in await queries.keys(info.context.actor)]


@strawberry.type
class TeamKeysMutation:
    """What one may do with keys."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def add_team_key(self, info: Info, public_key: str, name: str) -> TeamKeyNode:
        """Sign the team's packages with this key from now on; the same again is the key it has."""
        context = info.context
        return TeamKeyNode.of(await service.add_key(context.actor, public_key, name, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def retire_team_key(self, info: Info, id: UUID) -> TeamKeyNode:
        """Sign nothing new with a key; what it signed goes on."""
        context = info.context
        return TeamKeyNode.of(await service.retire_key(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def revoke_team_key(self, info: Info, id: UUID, reason: str) -> TeamKeyNode:
        """Serve nothing that a lost key ever signed, within two seconds and for good."""
        context = info.context
        return TeamKeyNode.of(await service.revoke_key(context.actor, id, reason, now=context.now))
