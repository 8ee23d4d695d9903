"""How mini-apps do, on the wire: for those who make them, and operators."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, after_key, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from miniapps.insight import queries
from miniapps.insight.queries import Call, Point, Totals, Usage
from miniapps.insight.rules.counting import What

DAY = timedelta(days=1)


@strawberry.type(description="What happened over some time.")
class UsageCounts:
    opens: int
    consents_asked: int
    consents_granted: int
    consents_refused: int
    calls: int
    call_errors: int
    page_errors: int
    complaints: int
    page_views: int = strawberry.field(description="Pages that told that they were seen.")
    page_events: int
    error_share: float | None = strawberry.field(description="Of calls, 0–1; none without calls.")
    consent_share: float | None = strawberry.field(description="Granted of those asked, 0–1.")
    p50_ms: float | None = strawberry.field(description="How long calls took; the half was faster.")
    p95_ms: float | None

    @classmethod
    def of(cls, totals: Totals) -> Self:
        counts = totals.counts
        return cls(
            opens=counts[What.OPEN],
            consents_asked=counts[What.CONSENT_ASKED],
            consents_granted=counts[What.CONSENT_GRANTED],
            consents_refused=counts[What.CONSENT_REFUSED],
            calls=counts[What.CALL],
            call_errors=counts[What.CALL_ERROR],
            page_errors=counts[What.PAGE_ERROR],
            complaints=counts[What.COMPLAINT],
            page_views=counts[What.PAGE_VIEW],
            page_events=counts[What.PAGE_EVENT],
            error_share=totals.error_share,
            consent_share=totals.consent_share,
            p50_ms=totals.quantile_ms(0.5),
            p95_ms=totals.quantile_ms(0.95),
        )


@strawberry.type(description="What happened to one version of a mini-app.")
class VersionUsage:
    version: str
    counts: UsageCounts

    @classmethod
    def of(cls, usage: Usage) -> Self:
        return cls(version=usage.version, counts=UsageCounts.of(usage.totals))


@strawberry.type(description="What happened to a mini-app in a minute, an hour or a day.")
class UsagePoint:
    began_at: datetime
    counts: UsageCounts

    @classmethod
    def of(cls, point: Point) -> Self:
        return cls(began_at=point.began_at, counts=UsageCounts.of(point.totals))


@strawberry.type(
    name="AppProblem", description="Something the platform noticed: how many, out of how many, and the limit."
)
class AppProblemNode(Mapped):
    id: UUID
    app_id: str
    version: str
    key: str
    found: int = strawberry.field(
        description=(
            "When it was seen last: people; of `consents_refused` refusals, of `slow_calls` milliseconds."
        )
    )
    out_of: int = strawberry.field(
        description="People; of `consents_refused` those asked, of `slow_calls` calls."
    )
    threshold: int = strawberry.field(description="Per mille; milliseconds for `slow_calls`.")
    first_seen_at: datetime
    last_seen_at: datetime


@strawberry.type(description="One call of a citizen to the back end of a mini-app; nothing says whose.")
class AppCall:
    id: UUID
    at: datetime
    version: str
    api: str | None = strawberry.field(description="None: one that the version's manifest does not have.")
    code: str = strawberry.field(description="`OK`, or the code of the refusal, the back end's or ours.")
    ms: int
    request_id: str = strawberry.field(description="Quote it to the platform; the back end was told it, too.")

    @classmethod
    def of(cls, call: Call) -> Self:
        line = call.line
        return cls(
            id=UUID(line.request_id), at=line.at, version=line.version, api=line.api or None,
            code=line.code, ms=line.ms, request_id=line.request_id,
        )  # fmt: skip


@strawberry.type
class InsightQuery:
    @strawberry.field(
        description="What happened to each version of a mini-app of your team; left out: in the last day.",
        extensions=[needs(Scope.APPS_READ)],
    )
    async def mini_app_usage(
        self, info: Info, app_id: str, since: datetime | None = None, until: datetime | None = None
    ) -> list[VersionUsage]:
        began, ended = _time(info, since, until)
        rows = await queries.usage(info.context.actor, app_id, since=began, until=ended)
        return [VersionUsage.of(row) for row in rows]

    @strawberry.field(
        description="What happened over time: by minutes, hours or days.",
        extensions=[needs(Scope.APPS_READ)],
    )
    async def mini_app_usage_points(
        self, info: Info, app_id: str, since: datetime | None = None, until: datetime | None = None
    ) -> list[UsagePoint]:
        began, ended = _time(info, since, until)
        rows = await queries.points(info.context.actor, app_id, since=began, until=ended)
        return [UsagePoint.of(row) for row in rows]

    @strawberry.field(
        description="Problems the platform noticed with mini-apps of your team, newest first.",
        extensions=[needs(Scope.APPS_READ)],
    )
    async def mini_app_problems(
        self, info: Info, app_id: str | None = None, first: int = 20, after: str | None = None
    ) -> Connection[AppProblemNode]:
        page = await queries.problems(
            info.context.actor, app_id, first=size(first), after=after_id(after, of="problems")
        )
        return connection(page, AppProblemNode.of, of="problems")

    @strawberry.field(
        description=(
            "Calls to a mini-app of your team, oldest first: the last ones, or all after `after`."
            " Some hundreds are kept, for some days."
        ),
        extensions=[needs(Scope.APPS_READ)],
    )
    async def mini_app_calls(
        self, info: Info, app_id: str, first: int = 20, after: str | None = None
    ) -> Connection[AppCall]:
        page = await queries.calls(
            info.context.actor, app_id, first=size(first), after=after_key(after, of="calls")
        )
        return connection(page, AppCall.of, of="calls")


def _time(info: Info, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    ended = until or info.context.now + timedelta(minutes=1)
    return since or ended - DAY, ended
