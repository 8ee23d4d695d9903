"""Mandates on the wire: for whom I act, who acts for me, and what each of us agreed to."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from banshi.errors import InvalidInput
from banshi.scopes import Scope
from identity import mandates, verdicts
from identity.actor import Actor
from identity.mandates import Mandate, MandateState, Nod, Proposal, Side
from identity.roles import MandateKind
from miniapps.cases import service as cases
from miniapps.cases.rules import Verb

strawberry.enum(MandateKind, name="MandateKind", description="Why somebody may act for another party.")
strawberry.enum(MandateState, name="MandateState", description="Where a mandate stands.")
strawberry.enum(Side, name="MandateSide", description="On whose side of a mandate one stands.")


@strawberry.enum(name="NodVerb")
class NodVerb(Enum):
    """What a village agent may ask the villager to accept."""

    SUBMIT = Verb.SUBMIT
    WITHDRAW = Verb.WITHDRAW
    ANSWER_CORRECTION = Verb.ANSWER_CORRECTION
    HAND_PAPER = Verb.HAND_PAPER


async def _parties(actor: Actor, ids: list[UUID]) -> Mapping[UUID, str]:
    """Whoever sees a mandate may see what its parties are called: firms whole, persons masked."""
    return await mandates.parties(actor, ids)


PARTIES = Loader(_parties)


@strawberry.type(name="Mandate", description="The right of one person to act for another party (委托).")
class MandateNode:
    id: UUID
    kind: MandateKind
    state: MandateState
    scopes: list[str]
    codes: list[str] | None = strawberry.field(description="Only for these items; null: for all.")
    proposed_at: datetime
    accepted_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None
    ground: str | None = strawberry.field(description="Of a guardian: parent, appointed or court.")
    mine: bool = strawberry.field(description='Whether I am the one who may act: actAs("mandate:<id>").')
    waits_for_me: bool = strawberry.field(description="Whether it waits for my answer.")
    principal_id: strawberry.Private[UUID]
    delegate_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Mandate, actor: Actor, now: datetime) -> Self:
        """Wrap a mandate that a query has let the actor see, as it stands now."""
        state = mandates.stands(row, now=now)
        mine = row.delegate_id == actor.person_id and actor.delegation_id is None
        return cls(
            id=row.id, kind=MandateKind(row.kind), state=state, scopes=row.scopes, codes=row.codes,
            proposed_at=row.proposed_at, accepted_at=row.accepted_at, expires_at=row.expires_at,
            ended_at=row.ended_at, ground=row.ground, mine=mine,
            waits_for_me=state is MandateState.PROPOSED and row.by_principal is mine,
            principal_id=row.party_id, delegate_id=row.delegate_id,
        )  # fmt: skip

    @strawberry.field(description="Who is acted for: a firm's name, or a person's, masked.")
    async def principal(self, info: Info) -> str | None:
        return await PARTIES.load(info, self.principal_id)

    @strawberry.field(description="Who acts, masked.")
    async def delegate(self, info: Info) -> str | None:
        return await PARTIES.load(info, self.delegate_id)


@strawberry.type(name="Nod", description="An act that a village agent asked me to accept (逐件确认).")
class NodNode:
    id: UUID
    act: str
    object: str
    state: str
    asked_at: datetime
    answered_at: datetime | None
    used_at: datetime | None

    @classmethod
    def of(cls, row: Nod) -> Self:
        """Wrap a question that a query has let the actor see."""
        return cls(
            id=row.id, act=row.act, object=row.object, state=row.state, asked_at=row.asked_at,
            answered_at=row.answered_at, used_at=row.used_at,
        )  # fmt: skip


@strawberry.input(name="MandateProposal", description="What is proposed, and to whom: by number and name.")
class ProposalInput:
    id_number: str
    name: str
    scopes: list[str] = strawberry.field(description='What he may do, e.g. "cases:read", "cases:write".')
    until: datetime
    codes: list[str] | None = strawberry.field(default=None, description="Only for these items.")

    def read(self) -> Proposal:
        """Return it as identity takes it.

        Raises: InvalidInput for a scope that is none.
        """
        try:
            scopes = frozenset(map(Scope, self.scopes))
        except ValueError as error:
            raise InvalidInput(field="scopes", problem="没有这样的权限") from error
        if self.until.tzinfo is None:
            raise InvalidInput(field="until", problem="时间须带时区")
        return Proposal(
            number=self.id_number, name=self.name, scopes=scopes, codes=self.codes, until=self.until
        )


def _of(row: Mandate, info: Info) -> MandateNode:
    return MandateNode.of(row, info.context.actor, info.context.now)


def _done(info: Info, row: Mandate) -> MandateNode:
    verdicts.forget(info.context.actor)
    return _of(row, info)


@strawberry.type
class MandatesQuery:
    """For whom one acts, and who acts for one."""

    @strawberry.field(extensions=[needs(Scope.MANDATES_READ)])
    async def mandates(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[MandateNode]:
        """Mandates I gave or bear, newest first; acting for a party, those it gave."""
        place = after_id(after, of="mandates")
        page = await mandates.page(info.context.actor, first=size(first), after=place)
        return connection(page, lambda row: _of(row, info), of="mandates")

    @strawberry.field(extensions=[needs(Scope.MANDATES_READ)])
    async def nods(self, info: Info, first: int = 20, after: str | None = None) -> Connection[NodNode]:
        """What village agents asked me to accept, newest first."""
        place = after_id(after, of="nods")
        page = await mandates.nods(info.context.actor, first=size(first), after=place)
        return connection(page, NodNode.of, of="nods")


@strawberry.type
class MandatesMutation:
    """Proposing, accepting and ending mandates."""

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def propose_mandate(self, info: Info, side: Side, proposal: ProposalInput) -> MandateNode:
        """Propose to be somebody's agent, or that somebody be mine; he has to accept it."""
        now = info.context.now
        return _done(info, await mandates.propose(info.context.actor, side, proposal.read(), now=now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def appoint_agent(self, info: Info, proposal: ProposalInput) -> MandateNode:
        """Propose that somebody be an agent of the firm I represent and act for now."""
        now = info.context.now
        return _done(info, await mandates.appoint(info.context.actor, proposal.read(), now=now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def propose_village_mandate(
        self, info: Info, id_number: str, name: str, code: str, until: datetime
    ) -> MandateNode:
        """As a village agent, propose to do one item for a villager."""
        held = await mandates.propose_village(
            info.context.actor, number=id_number, name=name, code=code, until=until, now=info.context.now
        )
        return _done(info, held)

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def accept_mandate(self, info: Info, id: UUID) -> MandateNode:
        """Say yes to what the other side proposed."""
        return _done(info, await mandates.accept(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def refuse_mandate(self, info: Info, id: UUID) -> MandateNode:
        """Say no to what the other side proposed."""
        return _done(info, await mandates.refuse(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def revoke_mandate(self, info: Info, id: UUID) -> MandateNode:
        """End a mandate, or take back a proposal, at once."""
        return _done(info, await mandates.revoke(info.context.actor, id, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.PEOPLE_WRITE)])
    async def end_mandate(self, info: Info, id: UUID, reason: str) -> MandateState:
        """End a mandate whose ground is gone; answers how it stands now."""
        held = await mandates.end(info.context.actor, id, reason=reason, now=info.context.now)
        return MandateState(held.state)

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def link_firm(self, info: Info, code: str) -> MandateNode:
        """Link a firm to me as its legal representative, if the register says so."""
        return _done(info, await mandates.represent(info.context.actor, code, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def link_ward(self, info: Info, id_number: str, name: str) -> MandateNode:
        """Become able to act for my ward, if the records of guardianship say so."""
        actor, now = info.context.actor, info.context.now
        return _done(info, await mandates.guard(actor, number=id_number, name=name, now=now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def support_myself(self, info: Info) -> int:
        """Declare, from sixteen on, that I live on my own labour; answers how many guardianships ended."""
        ended = await mandates.support_oneself(info.context.actor, now=info.context.now)
        verdicts.forget(info.context.actor)
        return ended

    @strawberry.mutation(extensions=[needs(Scope.CASES_WRITE)])
    async def ask_nod(self, info: Info, case_id: UUID, verb: NodVerb) -> NodNode:
        """As a village agent, ask the villager to accept one act on a case, as the case is now."""
        actor, now = info.context.actor, info.context.now
        return NodNode.of(await cases.ask_nod(actor, case_id, verb.value, now=now))

    @strawberry.mutation(extensions=[needs(Scope.MANDATES_WRITE)])
    async def answer_nod(self, info: Info, id: UUID, accept: bool) -> NodNode:
        """Accept an act that a village agent wants to do for me, or not."""
        actor, now = info.context.actor, info.context.now
        return NodNode.of(await mandates.answer_nod(actor, id, accept=accept, now=now))
