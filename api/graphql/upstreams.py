"""Addresses of back ends on the wire: where the platform calls them that do not connect outward."""

from datetime import datetime
from typing import Self

import strawberry

from api.context import Info
from api.graphql.access import needs
from banshi.scopes import Scope
from miniapps.catalog.rules import Environment
from miniapps.gateway import service
from miniapps.gateway.tables import AppUpstream


@strawberry.type(name="AppUpstream", description="Where a mini-app's back end is called in one environment.")
class UpstreamNode:
    environment: Environment
    url: str = strawberry.field(description="APIs are at {url}/apis/{name}.")
    is_signed: bool = strawberry.field(
        description="Calls carry a signature by the webhook secret beside their token."
    )
    set_at: datetime

    @classmethod
    def of(cls, row: AppUpstream) -> Self:
        """Wrap an address of a mini-app of the actor's team."""
        return cls(
            environment=Environment(row.environment), url=row.url, is_signed=row.is_signed, set_at=row.set_at
        )


@strawberry.type
class UpstreamsQuery:
    """What one may ask about addresses of back ends."""

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def app_upstreams(self, info: Info, app_id: str) -> list[UpstreamNode]:
        """Where the back end of a mini-app of my team is called; without an address it connects outward."""
        return [UpstreamNode.of(row) for row in await service.upstreams(info.context.actor, app_id)]


@strawberry.type
class UpstreamsMutation:
    """What one may do with addresses of back ends."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def set_app_upstream(
        self, info: Info, app_id: str, environment: Environment, url: str, is_signed: bool = False
    ) -> UpstreamNode:
        """Call the back end at an https address from now on; the same again changes nothing."""
        context = info.context
        row = await service.set_upstream(
            context.actor, app_id, environment, url, is_signed=is_signed, now=context.now
        )
        return UpstreamNode.of(row)

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def remove_app_upstream(self, info: Info, app_id: str, environment: Environment) -> bool:
        """Let the back end connect outward again; false: it did already."""
        context = info.context
        return await service.remove_upstream(context.actor, app_id, environment, now=context.now)
