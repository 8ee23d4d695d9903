"""What a mini-app does for itself on the wire: it writes to its citizen, and sees what he granted it."""

from datetime import datetime
from typing import Self

import strawberry

from api.context import Info
from api.graphql.access import needs
from banshi import notices
from banshi.scopes import Scope
from identity import verdicts
from miniapps.gateway import service
from miniapps.gateway.service import Granted


@strawberry.input(description="A notice of a mini-app, in plain text: no numbers of persons, no addresses.")
class NoticeDraft:
    title: str = strawberry.field(description="To 30 characters; the mini-app's name is put before it.")
    body: str = strawberry.field(description="To 200 characters.")
    page: str | None = strawberry.field(
        default=None, description="The page it leads to, as the manifest's `pages` has it."
    )


@strawberry.type(description="That a notice was taken: also where the citizen muted the mini-app.")
class SentNotice:
    key: str
    sent_at: datetime


@strawberry.type(description="A scope that a mini-app was granted.")
class GrantedScope:
    scope: str
    reason: str = strawberry.field(description="As the manifest has it; empty when it asks no more for it.")


@strawberry.type(description="What the citizen granted the mini-app that asks.")
class AppConsent:
    app_id: str
    scopes: list[GrantedScope]
    since: datetime | None = strawberry.field(description="Null: nothing is granted any more.")
    until: datetime | None = strawberry.field(description="When it runs out by itself; null: never.")

    @classmethod
    def of(cls, held: Granted) -> Self:
        scopes = [GrantedScope(scope=scope, reason=reason) for scope, reason in held.scopes.items()]
        return cls(app_id=held.app_id, scopes=scopes, since=held.since, until=held.until)


@strawberry.type
class OwnAppQuery:
    @strawberry.field(extensions=[needs(Scope.CONSENT_OWN)])
    async def app_consent(self, info: Info) -> AppConsent:
        """What the citizen granted the mini-app that asks; every mini-app may ask."""
        context = info.context
        return AppConsent.of(await service.granted(context.actor, now=context.now))


@strawberry.type
class OwnAppMutation:
    @strawberry.mutation(extensions=[needs(Scope.NOTICES_SEND)])
    async def send_notice(self, info: Info, notice: NoticeDraft, idempotency_key: str) -> SentNotice:
        """Put a notice into the inbox of the citizen whose token asks; the same key tells it once."""
        context = info.context
        draft = notices.NoticeDraft(notice.title, notice.body, notice.page)
        sent = await service.write(context.actor, draft, key=idempotency_key, now=context.now)
        return SentNotice(key=sent.key, sent_at=sent.sent_at)

    @strawberry.mutation(extensions=[needs(Scope.CONSENT_OWN)])
    async def give_back_consent(self, info: Info, scopes: list[str] | None = None) -> AppConsent:
        """Give back what the citizen granted the mini-app that asks, or only `scopes` of it: its tokens lose
        it at once. Answers what is left."""
        context = info.context
        left = await service.give_back(context.actor, scopes, now=context.now)
        verdicts.forget(context.actor)
        return AppConsent.of(left)
