"""Recording visits, each once, however often it is told."""

from datetime import datetime
from uuid import UUID

from banshi.errors import KeyReused
from identity import audit, keys
from identity.actor import WORKER, Actor
from identity.keys import Retention
from identity.roles import Role
from miniapps.cases import queries as cases
from miniapps.cases.rules import CaseState
from miniapps.cases.tables import Case
from miniapps.trips import rules
from miniapps.trips.errors import VisitTooEarly
from miniapps.trips.events import VisitRecorded
from miniapps.trips.queries import place_aad
from miniapps.trips.rules import Cause, Evidence, EvidenceKind, Place, PlaceKind, Source
from miniapps.trips.tables import Visit
from storage import seal
from storage.clock import local_date
from storage.db import transaction
from storage.outbox import emit


async def record_visit(
    actor: Actor,
    case_id: UUID,
    *,
    cause: Cause,
    place: Place,
    visited_at: datetime,
    source: Source,
    evidence: Evidence,
    key: str,
    now: datetime,
) -> Visit:
    """Note that somebody went somewhere for a case; a citizen may say so himself.

    The same `key` of the same recorder, and the same evidence on the same day, answer the visit they made.
    Raises: CaseNotFound, VisitTooEarly, VisitSourceRefused, VisitTimeRefused, VisitUnfounded, KeyReused;
        InvalidInput for a key or place that no row could hold.
    """
    rules.check_text("idempotencyKey", key, rules.LONGEST_KEY)
    rules.check_text("place", place.words, rules.LONGEST_PLACE)
    async with transaction():
        case = await cases.get(actor, case_id)
        if case.state == CaseState.DRAFT:
            raise VisitTooEarly(case_id=case_id)
        rules.check_source(source, staff=_is_staff(actor), through_app=actor.app_id is not None)
        rules.check_time(visited_at, opened_at=case.opened_at, now=now)
        rules.check_evidence(evidence, source)
        visit = await _fill(actor, case, cause, place, evidence)
        visit.source, visit.visited_at, visit.visited_on = source, visited_at, local_date(visited_at)
        visit.key, visit.recorded_at = key, now
        return await _save(actor, visit, now=now)


async def record_receipt(case_id: UUID, *, now: datetime) -> Visit | None:
    """Note the visit behind an application that a window received; None when it came online."""
    case = await cases.get(WORKER, case_id)
    if case.received_by is None or case.received_at is None:
        return None
    return await record_visit(
        WORKER,
        case_id,
        cause=Cause.APPLY_AT_COUNTER,
        place=Place(kind=PlaceKind.DEPARTMENT, words="收件窗口", id=case.received_by),
        visited_at=case.received_at,
        source=Source.COUNTER_SYSTEM,
        evidence=Evidence(kind=EvidenceKind.COUNTER_RECORD, reference=str(case.number)),
        key=f"receipt:{case_id}",
        now=now,
    )


def _is_staff(actor: Actor) -> bool:
    return actor.is_a(Role.CLERK) or actor.is_a(Role.SERVICE)


async def _fill(actor: Actor, case: Case, cause: Cause, place: Place, evidence: Evidence) -> Visit:
    visit = Visit(
        party_id=case.party_id, case_id=case.id, cause=cause, place_kind=place.kind, place_id=place.id,
        evidence_kind=evidence.kind, evidence_reference=evidence.reference.strip(),
        evidence_sha256=evidence.sha256, recorded_by=actor.person_id, recorded_for=actor.acting_for,
    )  # fmt: skip
    archive = await keys.data_key(case.party_id, Retention.ARCHIVE)
    visit.place_words = seal.seal(place.words.encode(), archive, aad=place_aad(visit.id))
    visit.door = seal.blind(rules.door(cause, place), purpose="trip.door")
    return visit


async def _save(actor: Actor, visit: Visit, *, now: datetime) -> Visit:
    stored = await Visit.insert(visit).on_conflict(action="DO NOTHING").returning(Visit.id)
    if not stored:
        return await _told_before(visit)
    fact = VisitRecorded(party_id=visit.party_id, case_id=visit.case_id, visit_id=visit.id, at=now)
    await emit(fact, now=now)
    await audit.record(actor, "visit.record", f"visit/{visit.id}", now=now, party_id=visit.party_id)
    return visit


async def _told_before(visit: Visit) -> Visit:
    """Return the stored visit that `visit` repeats.

    Raises: KeyReused when its key stands for another one.
    """
    by_key = (Visit.recorded_by == visit.recorded_by) & (Visit.key == visit.key)
    stored = await Visit.objects().where(Visit.party_id == visit.party_id, by_key).first()
    if stored is None:
        stored = (
            await Visit.objects()
            .where(
                Visit.party_id == visit.party_id,
                Visit.case_id == visit.case_id,
                Visit.evidence_kind == visit.evidence_kind,
                Visit.evidence_reference == visit.evidence_reference,
                Visit.visited_on == visit.visited_on,
            )
            .first()
        )
        assert stored is not None, "what conflicts is there"
        return stored
    same = ("case_id", "cause", "visited_at", "source", "evidence_kind", "evidence_reference")
    if any(getattr(stored, name) != getattr(visit, name) for name in same):
        raise KeyReused
    return stored
