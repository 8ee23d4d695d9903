"""Quotas of mini-apps on the wire: how many calls a second, and who says so."""

from datetime import datetime
from typing import Self

import strawberry

from api.context import Info
from api.graphql.access import needs
from banshi.scopes import Scope
from miniapps.gateway import service


@strawberry.type(name="MiniAppQuota", description="How many calls a mini-app has.")
class QuotaNode:
    per_s: int = strawberry.field(description="Calls a second; each of its APIs has half of them.")
    reason: str = strawberry.field(description="Why it has other than most.")
    set_at: datetime | None = strawberry.field(description="Null: it has as many as any.")

    @classmethod
    def of(cls, quota: service.Quota) -> Self:
        """Wrap a quota."""
        return cls(per_s=quota.per_s, reason=quota.reason, set_at=quota.set_at)


@strawberry.type
class QuotasQuery:
    """What one may ask about quotas."""

    @strawberry.field(extensions=[needs(Scope.APPS_READ)])
    async def mini_app_quota(self, info: Info, app_id: str) -> QuotaNode:
        """How many calls a second a mini-app of my team has; operators see all."""
        return QuotaNode.of(await service.quota(info.context.actor, app_id))


@strawberry.type
class QuotasMutation:
    """What operators may do with quotas."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)])
    async def set_mini_app_quota(
        self, info: Info, app_id: str, reason: str, per_s: int | None = None
    ) -> QuotaNode:
        """Give a mini-app so many calls a second from now on, without perS as many as any has."""
        context = info.context
        made = await service.set_quota(context.actor, app_id, per_s, reason=reason, now=context.now)
        return QuotaNode.of(made)
