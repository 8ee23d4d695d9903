"""Webhooks on the wire: where a team's mini-apps are told, what was sent, and sending it again."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from miniapps.catalog.rules import Environment
from miniapps.webhooks import queries, service
from miniapps.webhooks.queries import Address, Opened
from miniapps.webhooks.rules import DeliveryState, Off, Outcome, Right, message_id

strawberry.enum(DeliveryState, name="WebhookDeliveryState")
strawberry.enum(
    Off, name="WebhookOff", description="FAILING: it took nothing for 75 hours; GONE: answered 410."
)


@strawberry.type(description="Where a mini-app's back end is told of news, in one environment.")
class WebhookAddress:
    client_id: str
    environment: Environment
    url: str
    registered_at: datetime
    failing_since: datetime | None = strawberry.field(
        description="Since when it took nothing; null: it does."
    )
    slow: bool = strawberry.field(description="It lets us wait: it is told beside the others, less at once.")
    off: Off | None = strawberry.field(description="Why it gets nothing; register it anew to turn it on.")
    off_at: datetime | None
    waiting: int = strawberry.field(description="Deliveries on their way.")
    dead: int = strawberry.field(description="Deliveries given up, which can be sent again.")

    @classmethod
    def of(cls, held: Address) -> Self:
        """Wrap an address of the actor's team."""
        return cls(
            client_id=held.client_id, environment=held.environment, url=held.url,
            registered_at=held.registered_at, failing_since=held.failing_since,
            slow=held.slow, off=None if held.off is None else Off(held.off), off_at=held.off_at,
            waiting=held.waiting, dead=held.dead,
        )  # fmt: skip


@strawberry.type(description="One try to deliver.")
class WebhookTry:
    at: datetime
    ms: int
    status: int | None = strawberry.field(description="Of the answer; null: there was none.")
    problem: str = strawberry.field(
        description="`silent`: nobody answered in time; `refused`: the address is none that is called;"
        " `cut`: we hung up early, which counts for nothing, and come again beside the others."
    )


@strawberry.type(description="One piece of news for a mini-app; kept for thirty days.")
class WebhookDelivery:
    id: UUID
    message_id: str = strawberry.field(description="The `webhook-id`, the same at every try.")
    environment: Environment
    type: str
    test: bool
    state: DeliveryState
    made_at: datetime
    next_at: datetime | None = strawberry.field(
        description="When it is tried next; null while it waits: an earlier one of the same citizen is ahead."
    )
    payload: str | None = strawberry.field(description="JSON, as it is sent; null: its citizen is gone.")
    tries: list[WebhookTry] = strawberry.field(description="The last forty, oldest first.")

    @classmethod
    def of(cls, held: Opened) -> Self:
        """Wrap a delivery to a mini-app of the actor's team."""
        row = held.row
        return cls(
            id=row.id, message_id=message_id(row.id), environment=held.environment, type=row.type,
            test=row.test, state=DeliveryState(row.state), made_at=row.made_at, next_at=row.next_at,
            payload=held.payload,
            tries=[
                WebhookTry(at=each.at, ms=each.ms, status=each.status, problem=each.problem)
                for each in held.tries
            ],
        )  # fmt: skip


strawberry.enum(Right, name="DataRight", description="COPY: to be told what is held; ERASE: that nothing is.")
strawberry.enum(Outcome, name="DataAnswer", description="NOTHING: nothing is held of him.")


@strawberry.type(
    name="DataQuestion", description="What a citizen wants of a mini-app that holds data of him."
)
class DataQuestionNode(Mapped):
    id: UUID = strawberry.field(description="The `request_id` of `data.requested` and `data.erased`.")
    app_id: str
    sub: str = strawberry.field(description="The citizen, as the mini-app knows him.")
    wants: Right
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    outcome: Outcome | None


@strawberry.type
class WebhooksQuery:
    """What a team may ask about its webhooks."""

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def webhook_addresses(self, info: Info, app_id: str) -> list[WebhookAddress]:
        """Where a mini-app of my team is told: at most one address for each environment."""
        return [WebhookAddress.of(row) for row in await queries.addresses(info.context.actor, app_id)]

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def webhook_deliveries(
        self,
        info: Info,
        app_id: str,
        environment: Environment | None = None,
        state: DeliveryState | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[WebhookDelivery]:
        """What was, or is to be, sent to a mini-app of my team, newest first."""
        page = await queries.deliveries(
            info.context.actor, app_id, environment=environment, state=state, first=size(first),
            after=after_id(after, of="webhookDeliveries"),
        )  # fmt: skip
        return connection(page, WebhookDelivery.of, of="webhookDeliveries")

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def data_questions(
        self, info: Info, app_id: str, only_open: bool = False, first: int = 20, after: str | None = None
    ) -> Connection[DataQuestionNode]:
        """What citizens want of a mini-app of my team that holds data of them, newest first."""
        page = await queries.questions(
            info.context.actor, app_id, only_open=only_open, first=size(first),
            after=after_id(after, of="dataQuestions"),
        )  # fmt: skip
        return connection(page, DataQuestionNode.of, of="dataQuestions")


@strawberry.type
class WebhooksMutation:
    """What a team may do with its webhooks; in production its owners alone."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def register_webhook(
        self, info: Info, app_id: str, environment: Environment, url: str
    ) -> WebhookAddress:
        """Send news of a mini-app to this https address from now on, and what waits at once; again turns an
        address on that was turned off."""
        context = info.context
        return WebhookAddress.of(
            await service.register(context.actor, app_id, environment, url, now=context.now)
        )

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def remove_webhook(self, info: Info, app_id: str, environment: Environment) -> bool:
        """Send a mini-app nothing any more, and forget what waits."""
        context = info.context
        await service.remove(context.actor, app_id, environment, now=context.now)
        return True

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def replay_delivery(self, info: Info, id: UUID) -> WebhookDelivery:
        """Send a delivery once more, with all its tries and by the same id."""
        context = info.context
        return WebhookDelivery.of(await service.replay(context.actor, id, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def replay_deliveries(
        self, info: Info, app_id: str, environment: Environment, since: datetime
    ) -> int:
        """Send again what was given up since then, at most a thousand, and answer how many."""
        context = info.context
        return await service.replay_since(context.actor, app_id, environment, since, now=context.now)

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def try_webhook(
        self, info: Info, app_id: str, environment: Environment, type: str
    ) -> WebhookDelivery:
        """Send an address one event that is marked as a test and is of nobody."""
        context = info.context
        return WebhookDelivery.of(
            await service.try_out(context.actor, app_id, environment, type, now=context.now)
        )

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def answer_data_question(self, info: Info, id: UUID, outcome: Outcome) -> DataQuestionNode:
        """Say that my team's mini-app did what a citizen wanted; the first answer stands."""
        context = info.context
        return DataQuestionNode.of(await service.answer(context.actor, id, outcome, now=context.now))
