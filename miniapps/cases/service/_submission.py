"""What a submission will write, read and computed before it is written.

Nothing is locked meanwhile: `_together` looks again before it writes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.errors import DomainError
from identity import audit, departments, keys, people, regions
from identity.actor import ONLY_CITIZEN, Actor
from identity.keys import Retention
from miniapps.calendar import queries as calendar_queries
from miniapps.calendar.rules import Calendar
from miniapps.cases import queries, rules
from miniapps.cases.errors import DeliveryNotOffered
from miniapps.cases.events import CaseSubmitted, ClockRanOut
from miniapps.cases.rules import CaseState, Content, Limit, Settlement, Verb, Way
from miniapps.cases.service import _content, _draft, _keys, _materials
from miniapps.cases.service._draft import Preparation
from miniapps.cases.service._together import Asked, Pinned, Started, Submission
from miniapps.cases.tables import Case
from miniapps.items import queries as item_queries
from miniapps.items.rules import CompiledItem, Delivery, decides_itself, needed
from miniapps.materials import queries as material_queries
from miniapps.materials.service import receipts
from miniapps.materials.service.receipts import Prepared, Receipt
from storage.clock import local_date
from storage.db import fetch
from storage.ids import new_id
from storage.outbox import Fact, fact


async def foresee(
    actor: Actor, case_id: UUID, *, idempotency_key: str, now: datetime
) -> tuple[Case, Submission] | None:
    """Return the case as it will be and all that is to be written, when a citizen hands in an ordinary draft.

    Two statements, and more only for what this party or process meets for the first time.
    None: it is no draft, it would be refused, or it decides itself.  `submit` then goes the long way, which
    knows every refusal.
    """
    if actor.roles != ONLY_CITIZEN or actor.delegation_id is not None or actor.is_minor:
        return None
    try:
        _keys.check(idempotency_key)
        foreseen = await _foresee(actor, case_id, idempotency_key, now=now)
    except DomainError:
        return None
    return foreseen if foreseen and _is_plain(foreseen[1]) else None


def _is_plain(submission: Submission) -> bool:
    """Say whether PostgreSQL takes the citizen's own words: what it refuses, it refuses to all who share."""
    words = [submission.asked.key, *(row.promise for row in submission.pin if row.promise)]
    return not any("\0" in word for word in words)


async def _foresee(actor: Actor, case_id: UUID, key: str, *, now: datetime) -> tuple[Case, Submission] | None:
    read = await queries.draft(actor, case_id)
    if read is None or read.version_id is None:
        return None
    case = read.case
    await keys.take(case.party_id, read.wrapped)
    was, content = case.content, await _content.open_(case)
    item = await item_queries.remembered(read.version_id)
    if decides_itself(item, content.answers, content.form):
        return None
    await check_offer(case, item)
    found = needed(item, content.answers)
    kinds = _draft.kinds_of(found)
    held = await queries.held(
        actor, case.party_id, kinds, on=local_date(now), agency=item.agency, places=regions.chain(case.region)
    )
    if held.department_id is None:
        return None
    best = material_queries.held_best(actor, kinds, held.rows)
    preparation = _draft.prepared(item, read.version_id, content, found, best, read.bar)
    settlements = _materials.settle_all(preparation, content.choices)
    await _enter(case, preparation, content, held.department_id, held.serial, now=now)
    prepared = await receipts.prepare(
        case.party_id, [each.holding for each in settlements if each.holding],
        material_queries.held_files(held.rows), purpose=_materials.purpose(case), until=now + _materials.LOOK,
    )  # fmt: skip
    calendar = await calendar_queries.as_of(read.newest)
    written = _Writing(actor, case, prepared, calendar, now).everything(
        was, key, settlements, rules.acceptance_limit(item)
    )
    case.state = rules.move(CaseState.DRAFT, Verb.SUBMIT)
    return case, written


async def receive_at_organ(case: Case, preparation: Preparation, content: Content, *, now: datetime) -> None:
    """Fill in what receipt gives a case: number, organ, pinned version, archived content.

    Raises: ItemNotOffered, NotForThisParty, DeliveryNotOffered, DepartmentNotFound.
    """
    item = preparation.item
    await check_offer(case, item)
    department = await departments.competent(item.agency, case.region)
    [row] = await fetch("SELECT nextval('case_serial') AS serial")
    await _enter(case, preparation, content, department.id, row["serial"], now=now)


async def check_offer(case: Case, item: CompiledItem) -> None:
    """Check that the item is offered to this party, there and that way.

    Raises: ItemNotOffered, NotForThisParty, DeliveryNotOffered.
    """
    _draft.check_region(item, case.region)
    _draft.check_target(item, is_person=await _is_person(case))
    if Delivery(case.delivery) not in item.delivery:
        raise DeliveryNotOffered(delivery=case.delivery)


async def _enter(
    case: Case, preparation: Preparation, content: Content, department_id: UUID, serial: int, *, now: datetime
) -> None:
    case.number = rules.number(case.region, now, serial)
    case.item_version = preparation.version_id
    case.title = preparation.item.name
    case.department_id = department_id
    case.content = await _content.seal(case, content, retention=Retention.ARCHIVE)
    case.received_at = case.complete_at = now


async def _is_person(case: Case) -> bool:
    """Say whether the party is a person; most often it is who applies."""
    return case.party_id == case.applicant_id or bool(await people.names([case.party_id]))


@dataclass(frozen=True)
class _Writing:
    """The rows of one submission, as they are put together."""

    actor: Actor
    case: Case
    prepared: Prepared
    calendar: Calendar
    now: datetime

    def everything(self, was: bytes, key: str, settlements: Sequence[Settlement], limit: Limit) -> Submission:
        pinned, papers = self._pin(settlements)
        clock, noted = self._clock(limit), self.prepared.receipts.values()
        return Submission(
            asked=self._asked(was, key, promises=any(row.promise for row in pinned), due=clock),
            pin=pinned,
            receipt=list(noted),
            clock=[clock],
            line=self._lines(noted),
            fact=[*papers, self._reminder(clock), self._told()],
        )

    def _asked(self, was: bytes, key: str, *, promises: bool, due: Started) -> Asked:
        case, actor = self.case, self.actor
        return Asked(
            command_id=new_id(), event_id=new_id(), case_id=case.id, party_id=case.party_id, was=was, key=key,
            digest=_keys.digest_of("submit", str(case.id)), number=case.number,
            item_version=case.item_version, title=case.title, department_id=case.department_id,
            content=case.content, promises=promises,
            effects=msgspec.json.encode({due.kind: due.due_on}).decode(),
            person_id=actor.person_id, acting_for=actor.acting_for, app_id=actor.app_id, at=self.now,
        )  # fmt: skip

    def _pin(self, settlements: Sequence[Settlement]) -> tuple[list[Pinned], list[Fact]]:
        """Return a row for each material, and a reminder for each paper that follows later."""
        pinned, reminders = [], []
        for settlement in settlements:
            row = _materials.pin(self.case, settlement, self.prepared.used, now=self.now)
            if settlement.way is Way.TOLERATED:
                row, due, end = _materials.await_paper(self.case, row, self.calendar, now=self.now)
                reminders.append(fact(due, now=self.now, not_before=end))
            if settlement.holding is not None:
                row = row._replace(receipt_id=self.prepared.receipts[settlement.holding.id].id)
            pinned.append(row)
        return pinned, reminders

    def _clock(self, limit: Limit) -> Started:
        today = local_date(self.now)
        due_on = rules.due_on(self.calendar, today, limit.days, limit.unit)
        return Started(
            id=new_id(), kind=limit.clock, basis=limit.basis, starts_on=today, days=limit.days,
            unit=limit.unit, due_on=due_on, provisional=self.calendar.is_provisional(due_on),
        )  # fmt: skip

    def _lines(self, noted: Iterable[Receipt]) -> list[audit.Line]:
        used = [("material.use", f"{each.source}/{each.holding_id}", each.purpose) for each in noted]
        acts = [*used, (f"case.{Verb.SUBMIT}", f"case/{self.case.id}", None)]
        return [audit.line(self.actor, act, object_, basis, now=self.now) for act, object_, basis in acts]

    def _reminder(self, clock: Started) -> Fact:
        case = self.case
        end = ClockRanOut(party_id=case.party_id, case_id=case.id, at=self.now, clock=clock.kind)
        return fact(end, now=self.now, not_before=rules.end_of(clock.due_on))

    def _told(self) -> Fact:
        case = self.case
        received = CaseSubmitted(party_id=case.party_id, case_id=case.id, at=self.now)
        return fact(received, now=self.now, app_id=case.app_id)
