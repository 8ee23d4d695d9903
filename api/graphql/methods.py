"""Ways to sign in on the wire: my devices' names, my passkeys, my linked 网络身份."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.identity import SessionNode
from banshi.scopes import Scope
from identity import devices
from identity.methods import network_id, passkey
from identity.methods.credentials import Passkey
from identity.methods.network_id import NetworkIdentity


@strawberry.type(name="Passkey", description="A passkey (通行密钥) by which I sign in.")
class PasskeyNode:
    id: UUID
    name: str
    level: int = strawberry.field(description="Real-name level it gives at most, 1 to 3.")
    synced: bool = strawberry.field(description="Whether its maker copies it between my devices.")
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, row: Passkey) -> Self:
        """Wrap a row."""
        return cls(
            id=row.id,
            name=row.name,
            level=row.level,
            synced=row.is_synced,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(
    name="NetworkIdentity", description="That my 网络身份 (国家网络身份认证) signs in to this account."
)
class NetworkIdentityNode:
    linked_at: datetime | None = strawberry.field(description="None: none is linked.")

    @classmethod
    def of(cls, row: NetworkIdentity | None) -> Self:
        """Wrap a row, or its absence."""
        return cls(linked_at=row.linked_at if row else None)


@strawberry.type
class MethodsQuery:
    """What one may ask about one's ways to sign in."""

    @strawberry.field(extensions=[needs(Scope.SESSIONS_READ)])
    async def passkeys(self, info: Info) -> list[PasskeyNode]:
        """My passkeys, oldest first; ten at most."""
        return [PasskeyNode.of(row) for row in await passkey.list_(info.context.actor)]

    @strawberry.field(extensions=[needs(Scope.SESSIONS_READ)])
    async def network_identity(self, info: Info) -> NetworkIdentityNode:
        """Whether a 网络身份 signs in to my account."""
        return NetworkIdentityNode.of(await network_id.of(info.context.actor))


@strawberry.type
class MethodsMutation:
    """What one may change about one's ways to sign in.  To add a passkey see POST /passkeys/options."""

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def name_session(self, info: Info, id: UUID, name: str) -> SessionNode:
        """Call the device of one of my sessions by another name, also when I sign in on it again."""
        context = info.context
        return SessionNode.of(await devices.rename(context.actor, id, name, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def rename_passkey(self, info: Info, id: UUID, name: str) -> PasskeyNode:
        """Call one of my passkeys by another name."""
        context = info.context
        return PasskeyNode.of(await passkey.rename(context.actor, id, name, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def remove_passkey(self, info: Info, id: UUID) -> PasskeyNode:
        """Remove one of my passkeys, for good. Needs level 2 and a proof of the last ten minutes."""
        context = info.context
        return PasskeyNode.of(await passkey.remove(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def link_network_identity(self, info: Info, credential: str) -> NetworkIdentityNode:
        """Let a 网证 sign in to my account. Needs level 2 and a proof of the last ten minutes."""
        context = info.context
        linked = await network_id.link(
            context.actor, {"credential": credential}, address=context.address, now=context.now
        )
        return NetworkIdentityNode.of(linked)

    @strawberry.mutation(extensions=[needs(Scope.SESSIONS_WRITE)])
    async def unlink_network_identity(self, info: Info) -> NetworkIdentityNode:
        """Let my 网络身份 be a pseudonym again. Needs level 2 and a proof of the last ten minutes."""
        context = info.context
        await network_id.unlink(context.actor, now=context.now)
        return NetworkIdentityNode.of(None)
