"""Objections: a person asks why staff looked at his data, and is answered with a reason by a set day.

Source: 个人信息保护法 Art. 44, 48 and 50 (a way to exercise one's rights, refusals with a reason);
GB/T 35273-2020 §8.7 (an answer within thirty days).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from banshi.errors import InvalidInput, NotFound, ScopeMissing
from banshi.scopes import Scope
from identity import acts, audit, keys
from identity.actor import Actor
from identity.audit import AuditRow
from identity.errors import ObjectionSettled, OwnLook
from identity.events import AccessObjected, ObjectionAnswered
from identity.keys import Retention
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from storage.checks import one_of
from storage.db import DB, transaction
from storage.ids import new_id
from storage.outbox import emit
from storage.paging import Page, page
from storage.seal import open_, seal

ANSWER_WITHIN = timedelta(days=30)
LONGEST = 1000  # characters of a reason or an answer


class State(StrEnum):
    """How an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"  # it was wrong to look
    DISMISSED = "dismissed"  # it was right, and the answer says why


class Objection(Table, db=DB, tablename="access_objection"):
    """That a person objects to one look or act of staff."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    access_id = UUID()  # the audit row
    person_id = UUID()  # who looked
    department_id = UUID()  # for whom
    state = Varchar(10, choices=State, default=State.OPEN)
    reason = Bytea()  # the person's words, sealed
    made_at = Timestamptz()
    due_at = Timestamptz()
    answer = Bytea(null=True, default=None)  # sealed
    answered_by = UUID(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)

    access_objection_once = Unique([party_id, access_id])
    access_objection_state_is_known = Check(one_of("state", State))
    access_objection_is_answered_whole = Check(
        "(state = 'open') = (answer IS NULL) AND (state = 'open') = (answered_at IS NULL)"
    )


@dataclass(frozen=True)
class Opened:
    """An objection with its words."""

    row: Objection
    reason: str
    answer: str | None

    @property
    def id(self) -> Id:
        """Return the id of the row, by which pages go on."""
        return self.row.id


VISIBLE: Visibility = (
    (Same(Objection.party_id, "acting_for"),),
    (Holds(Role.CLERK), Same(Objection.department_id, "acting_for")),
    (Holds(Role.SECURITY),),
)


async def object_to(actor: Actor, access_id: Id, reason: str, *, now: datetime) -> Opened:
    """Object to one look or act of staff at the actor's data; the same again is the one there is.

    Raises: ScopeMissing, InvalidInput; NotFound when it was not at his data, or not by staff.
    """
    if not actor.may(Scope.OBJECTIONS_WRITE) or not actor.is_a(Role.CITIZEN):
        raise ScopeMissing(scope=Scope.OBJECTIONS_WRITE)
    _check(reason, field="reason")
    mine = where(audit.OF_PARTY, actor)
    row = await AuditRow.objects().where(mine, AuditRow.id == access_id).first()
    use = row and acts.use_of(own=False, app_id=row.app_id, delegated=False, roles=row.roles)
    if row is None or use != acts.Use.STATUTORY:
        raise NotFound(what="access", id=access_id)
    async with transaction():
        before = await _of_access(actor.acting_for, access_id)
        if before is not None:
            return await opened(before)
        made = Objection(
            party_id=actor.acting_for, access_id=access_id, person_id=row.person_id,
            department_id=row.acting_for, made_at=now, due_at=now + ANSWER_WITHIN,
        )  # fmt: skip
        made.reason = await _sealed(made, "reason", reason)
        await made.save()
        await audit.record(actor, "access.object", f"access/{access_id}", now=now)
        event = AccessObjected(party_id=made.department_id, objection_id=made.id, at=now)
        await emit(event, now=now)
    return Opened(made, reason.strip(), None)


async def answer(actor: Actor, objection_id: Id, *, upheld: bool, words: str, now: datetime) -> Opened:
    """Answer an objection with a reason: the department whose staff looked, or the security administrator.

    Raises: ScopeMissing, InvalidInput, NotFound; OwnLook when it was the actor himself who looked;
        ObjectionSettled.
    """
    if not actor.may(Scope.OBJECTIONS_ANSWER):
        raise ScopeMissing(scope=Scope.OBJECTIONS_ANSWER)
    _check(words, field="answer")
    async with transaction():
        seen = Objection.objects().where(where(VISIBLE, actor), Objection.id == objection_id)
        found = await seen.lock_rows().first()
        if found is None:
            raise NotFound(what="objection", id=objection_id)
        if found.person_id == actor.person_id:
            raise OwnLook
        if found.state != State.OPEN:
            raise ObjectionSettled
        found.state = State.UPHELD if upheld else State.DISMISSED
        found.answer = await _sealed(found, "answer", words)
        found.answered_by, found.answered_at = actor.person_id, now
        await found.save([Objection.state, Objection.answer, Objection.answered_by, Objection.answered_at])
        await audit.record(
            actor, "access.answer", f"objection/{found.id}", found.state, now=now, party_id=found.party_id
        )
        event = ObjectionAnswered(party_id=found.party_id, objection_id=found.id, upheld=upheld, at=now)
        await emit(event, now=now)
        return await opened(found)


async def list_(actor: Actor, *, first: int, after: Id | None, now: datetime) -> Page[Opened]:
    """Return the objections the actor may see: his own, those to his department's looks, or all.

    Whoever reads another's words leaves a row before he gets them.
    Raises: ScopeMissing.
    """
    if not actor.may(Scope.OBJECTIONS_READ):
        raise ScopeMissing(scope=Scope.OBJECTIONS_READ)
    seen = Objection.objects().where(where(VISIBLE, actor))
    found = await page(seen, Objection.id, first=first, after=after)
    others = [(f"objection/{row.id}", row.party_id) for row in found.rows if row.party_id != actor.acting_for]
    await audit.record_reads(actor, "access.objection.read", others, now=now)
    return Page([await opened(row) for row in found.rows], found.more)


async def of_accesses(actor: Actor, access_ids: Sequence[Id]) -> dict[Id, Opened]:
    """Return the objections to these rows of the audit, by row."""
    if not access_ids:
        return {}
    seen = Objection.objects().where(where(VISIBLE, actor), Objection.access_id.is_in(list(access_ids)))
    return {row.access_id: await opened(row) for row in await seen}


async def opened(row: Objection) -> Opened:
    """Return an objection with its words, for whom the caller has let see it."""
    key = await keys.data_key(row.party_id, Retention.ARCHIVE)
    reason = open_(row.reason, key, aad=_aad(row, "reason")).decode()
    answered = row.answer
    answer = None if answered is None else open_(answered, key, aad=_aad(row, "answer")).decode()
    return Opened(row, reason, answer)


async def _of_access(party_id: Id, access_id: Id) -> Objection | None:
    mine = Objection.objects().where(Objection.party_id == party_id, Objection.access_id == access_id)
    return await mine.first()


async def _sealed(row: Objection, column: str, text: str) -> bytes:
    """Seal words under the key of what must be archived: a complaint and its answer outlive the account."""
    key = await keys.data_key(row.party_id, Retention.ARCHIVE)
    return seal(text.strip().encode(), key, aad=_aad(row, column))


def _aad(row: Objection, column: str) -> bytes:
    return f"access_objection.{column}\0".encode() + row.id.bytes


def _check(text: str, *, field: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput(field=field, problem=f"请填写理由，不超过 {LONGEST} 个字")
