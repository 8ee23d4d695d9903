"""Applying, on the wire: prepare, fill in, hand in, follow."""

from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.graphql.access import needs
from api.graphql.answers import AnswerInput, read
from api.graphql.case_node import CaseNode
from api.graphql.case_parts import ChoiceInput, PreparationNode, read_choices
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.roots import Argument
from api.graphql.planned import BY_ID, own_list, own_one, own_page
from banshi.scopes import Scope
from miniapps.cases import queries, service
from miniapps.cases.rules import CaseState, Content
from miniapps.cases.service import Correction, Draft, Edit
from miniapps.gateway import service as gateway
from miniapps.items.rules import Delivery

MOST_RECENT = 20  # cases: a glimpse, not a list to page through


@strawberry.input(description="An application about to be begun; nothing in it has to be complete yet.")
class CaseDraft:
    code: str = strawberry.field(description="The item's 12-digit catalogue code.")
    region: str | None = strawberry.field(default=None, description="Where it is handled; none: your own.")
    beneficiary_id: UUID | None = strawberry.field(default=None, description="For example the newborn.")
    delivery: Delivery | None = None
    answers: list[AnswerInput] = strawberry.field(default_factory=list)
    form: list[AnswerInput] = strawberry.field(default_factory=list)
    choices: list[ChoiceInput] = strawberry.field(default_factory=list)

    def draft(self) -> Draft:
        """Return what the service takes."""
        content = Content(read(self.answers), read(self.form), read_choices(self.choices))
        return Draft(
            code=self.code, region=self.region, beneficiary_id=self.beneficiary_id, delivery=self.delivery,
            content=content,
        )  # fmt: skip


@strawberry.input(description="A change to a draft; what is left out stays as it is.")
class CaseEdit:
    answers: list[AnswerInput] | None = None
    form: list[AnswerInput] | None = None
    choices: list[ChoiceInput] | None = None
    region: str | None = None
    delivery: Delivery | None = None

    def edit(self) -> Edit:
        """Return what the service takes."""
        return Edit(
            answers=None if self.answers is None else read(self.answers),
            form=None if self.form is None else read(self.form),
            choices=None if self.choices is None else read_choices(self.choices),
            region=self.region,
            delivery=self.delivery,
        )


IN_STATE = {"state": Argument("text", "{t}.state = {a}", convert=lambda state: state.value)}


def _list_seen(context: Context, _arguments: Mapping[str, Any]) -> Awaitable[None] | None:
    return service.list_seen(context.actor, now=context.now)


async def _case_seen(context: Context, arguments: Mapping[str, Any]) -> None:
    await service.seen(context.actor, arguments["id"], context.actor.acting_for, now=context.now)


@strawberry.type
class CasesQuery:
    @strawberry.field(
        description="Your cases, newest first; a mini-app sees those opened in it.",
        extensions=[needs(Scope.CASES_READ)],
        metadata=own_page(queries.OF_PARTY, of="cases", arguments=IN_STATE, seen=_list_seen),
    )
    async def cases(
        self, info: Info, state: CaseState | None = None, first: int = 20, after: str | None = None
    ) -> Connection[CaseNode]:
        actor, place = info.context.actor, after_id(after, of="cases")
        page = await queries.page(actor, state=state, first=size(first), after=place)
        seen = await service.look_over(actor, page, now=info.context.now)
        return connection(seen, CaseNode.of, of="cases")

    @strawberry.field(
        description="Your newest cases, at most 20; a mini-app sees those opened in it.",
        extensions=[needs(Scope.CASES_READ)],
        metadata=own_list(queries.OF_PARTY, most=MOST_RECENT, seen=_list_seen),
    )
    async def recent_cases(self, info: Info, first: int = 5) -> list[CaseNode]:
        actor = info.context.actor
        page = await queries.page(actor, first=size(first, most=MOST_RECENT))
        seen = await service.look_over(actor, page, now=info.context.now)
        return [CaseNode.of(row) for row in seen.rows]

    @strawberry.field(
        description="One case.",
        extensions=[needs(Scope.CASES_READ)],
        metadata=own_one(queries.OF_PARTY, BY_ID, seen=_case_seen),
    )
    async def case(self, info: Info, id: UUID) -> CaseNode:
        return CaseNode.of(await service.look(info.context.actor, id, now=info.context.now))

    @strawberry.field(
        description="Which materials an application needs under these answers, and how each one stands; a"
        " mini-app asks for the items that its manifest names.",
        extensions=[needs(Scope.MATERIALS_READ)],
    )
    async def preparation(
        self, info: Info, code: str, answers: list[AnswerInput], form: list[AnswerInput] | None = None
    ) -> PreparationNode:
        actor, now = info.context.actor, info.context.now
        await gateway.check_item(actor, code)
        found = await service.prepare(actor, code, read(answers), form=read(form or []), now=now)
        return PreparationNode.of(found)


@strawberry.type
class CasesMutation:
    @strawberry.mutation(
        description="Begin an application.  A retry answers the same draft.  A mini-app begins those of the"
        " items that its manifest names.",
        extensions=[needs(Scope.CASES_WRITE)],
    )
    async def start_case(self, info: Info, draft: CaseDraft, idempotency_key: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        await gateway.check_item(actor, draft.code)
        row = await service.open_draft(actor, draft.draft(), idempotency_key=idempotency_key, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(description="Change a draft (autosave).", extensions=[needs(Scope.CASES_WRITE)])
    async def edit_case(self, info: Info, id: UUID, edit: CaseEdit) -> CaseNode:
        row = await service.edit_draft(info.context.actor, id, edit.edit(), now=info.context.now)
        return CaseNode.of(row)

    @strawberry.mutation(
        description="Delete a draft for good; answers its id.", extensions=[needs(Scope.CASES_WRITE)]
    )
    async def discard_case(self, info: Info, id: UUID) -> UUID:
        await service.discard_draft(info.context.actor, id, now=info.context.now)
        return id

    @strawberry.mutation(
        description="Hand a draft in.  A retry answers the same case.", extensions=[needs(Scope.CASES_WRITE)]
    )
    async def submit_case(self, info: Info, id: UUID, idempotency_key: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(await service.submit(actor, id, idempotency_key=idempotency_key, now=now))

    @strawberry.mutation(
        description="Take an application back before it is decided (撤回).",
        extensions=[needs(Scope.CASES_WRITE)],
    )
    async def withdraw_case(self, info: Info, id: UUID, idempotency_key: str, reason: str = "") -> CaseNode:
        actor, now = info.context.actor, info.context.now
        row = await service.withdraw(actor, id, reason=reason, idempotency_key=idempotency_key, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(
        description="Hand in what a notice asked for: upload first, then answer; changed fields go here.",
        extensions=[needs(Scope.CASES_WRITE)],
    )
    async def answer_correction(
        self,
        info: Info,
        id: UUID,
        idempotency_key: str,
        form: list[AnswerInput] | None = None,
        choices: list[ChoiceInput] | None = None,
    ) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        brought = Correction(form=read(form or []), choices=read_choices(choices or []))
        row = await service.answer_correction(actor, id, brought, idempotency_key=idempotency_key, now=now)
        return CaseNode.of(row)

    @strawberry.mutation(
        description="Hand in a paper that was to follow (容缺后补): the one in your wallet.",
        extensions=[needs(Scope.CASES_WRITE)],
    )
    async def hand_paper(self, info: Info, id: UUID, kind: str, idempotency_key: str) -> CaseNode:
        actor, now = info.context.actor, info.context.now
        return CaseNode.of(
            await service.hand_paper(actor, id, kind, idempotency_key=idempotency_key, now=now)
        )
