"""Erasure: a person goes (注销).  What was his alone becomes unreadable at once; what must be archived stays.

Source: 个人信息保护法 Art. 47 (to be erased; what the law says must be kept is only stored), 档案法.
"""

from datetime import datetime
from uuid import UUID

from banshi.errors import InvalidInput
from identity import audit, consents, mandates, people
from identity.actor import Actor
from identity.mandates import Mandate, MandateState
from identity.methods import tries
from identity.roles import MandateKind
from miniapps.cases import service as cases
from miniapps.cases.rules import CaseState
from miniapps.cases.tables import Case
from miniapps.materials import service as materials
from miniapps.privacy import queries
from miniapps.privacy.errors import ErasureRefused
from miniapps.privacy.events import ExportOver
from miniapps.privacy.rules import CONFIRMATION
from miniapps.privacy.service._exports import check_oneself
from miniapps.shelf import service as shelf
from miniapps.stores import service as stores
from miniapps.webhooks import service as webhooks
from miniapps.webhooks.rules import Right
from storage.db import execute, fetch, transaction
from storage.outbox import emit

ENDED = (
    "DELETE FROM app_token WHERE party_id = $1",
    "DELETE FROM oidc_refresh WHERE party_id = $1",
    "DELETE FROM oidc_question WHERE party_id = $1",
    "DELETE FROM wire_pass WHERE party_id = $1",
    "DELETE FROM app_pin WHERE party_id = $1",
    "DELETE FROM session WHERE party_id = $1",
    "DELETE FROM notice WHERE party_id = $1",
    "DELETE FROM app_mark WHERE party_id = $1",
    "DELETE FROM app_mute WHERE party_id = $1",
)
"""Tokens die; what only he would read, or tells of his devices, goes."""


async def erase_me(actor: Actor, *, confirm: str, now: datetime) -> None:
    """Erase the person who asks, at once and for good.

    His key is destroyed, so that names, numbers, materials and drafts cannot be read by anybody; sign-ins,
    tokens, consents and mandates end.  Cases that were handed in, certificates and what they rest on stay
    in the archive under its own key, and the audit stays with ids that lead to nobody.
    Raises: ScopeMissing, OnlyOneself, StepUpNeeded; InvalidInput unless `confirm` is `CONFIRMATION`;
        ErasureRefused while a case is open or a post is held.
    """
    check_oneself(actor, now=now)
    if confirm.strip() != CONFIRMATION:
        raise InvalidInput(field="confirm", problem=f"请输入“{CONFIRMATION}”")
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
        person = await people.by_id(actor.person_id)
        await _check_free(actor.person_id)
        await audit.record(actor, "party.erase", f"person/{actor.person_id}", now=now)
        await _end_relations(actor, now=now)
        if not person.is_pseudonym:
            await tries.forget(people.number_blind(await people.number_of(person)))
        await materials.erase_all_of(actor.person_id, now=now)
        await shelf.forget(actor.person_id, now=now)
        await stores.forget_all(actor.person_id)
        await webhooks.forget(actor.person_id)
        await webhooks.ask_all(actor.person_id, Right.ERASE, now=now)
        await _drop_exports(actor.person_id, now=now)
        for statement in ENDED:
            await execute(statement, actor.person_id)
        await people.erase(actor.person_id, now=now)


async def _check_free(person_id: UUID) -> None:
    if await queries.open_cases(person_id):
        raise ErasureRefused(problem="您还有办理中的事项，办结、撤回或者送达后可以注销")
    if await people.posts_of(person_id):
        raise ErasureRefused(problem="您还担任工作岗位，请先由安全管理员免去岗位")


async def _end_relations(actor: Actor, *, now: datetime) -> None:
    """Discard drafts, withdraw consents, end mandates: each by its own verb, so that others hear."""
    me = actor.person_id
    for draft in await Case.objects().where(Case.party_id == me, Case.state == CaseState.DRAFT):
        await cases.discard_draft(actor, draft.id, now=now)
    for consent in await consents.of(me):
        await consents.withdraw(actor, consent.app_id, now=now)
    held = Mandate.objects().where(
        (Mandate.party_id == me) | (Mandate.delegate_id == me),
        Mandate.state.is_in([MandateState.PROPOSED, MandateState.ACTIVE]),
    )
    for mandate in await held.where(Mandate.expires_at > now):
        if mandate.delegate_id == me or mandate.kind != MandateKind.GUARDIAN:  # a ward cannot end that
            await mandates.revoke(actor, mandate.id, now=now)


async def _drop_exports(person_id: UUID, *, now: datetime) -> None:
    rows = await fetch(
        "UPDATE data_export SET key = NULL, state = 'over' WHERE party_id = $1 RETURNING id", person_id
    )
    for row in rows:
        await emit(ExportOver(party_id=person_id, export_id=row["id"], at=now), now=now)
