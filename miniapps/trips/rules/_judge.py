"""The verdict: a pure rule over positive evidence.  The absence of a record proves nothing."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from miniapps.items.rules import Delivery
from miniapps.trips.rules._facts import AnswerFact, CaseFacts, Finding, Judgement, MaterialFact, VisitFact
from miniapps.trips.rules._words import NO_TRIP, Bearing, Cause, Promise, Rule, Verdict
from storage.clock import local_date

SAMPLED_PER_CENT = 5
"""Of all cases, how many are `zero` only when the citizen confirms it."""


def judge(facts: CaseFacts, visits: Iterable[VisitFact], answer: AnswerFact | None) -> Judgement:
    """Return how often the citizen travelled for a closed case, whether that keeps the promise, and why.

    Shape: `zero` needs evidence for every question and none against; without a trip and with a gap it is
        `unproven`; a known trip makes it `one` or `many`, whatever is missing besides.
    """
    known = tuple(visits)
    findings = tuple(sorted(_findings(facts, known, answer)))
    trips = count_trips(known)
    gaps = any(finding.bearing is Bearing.MISSING for finding in findings)
    doubted = answer is not None and not answer.agrees
    return Judgement(
        verdict=_verdict(trips, proven=not gaps and not doubted),
        trips=trips,
        promise=_promise(trips, facts.declared_trips, proven=not gaps and not doubted),
        findings=findings,
    )


def count_trips(visits: Iterable[VisitFact]) -> int:
    """Return how many trips `visits` show.

    One day and one door are one trip, however many counters and machines recorded it there.
    """
    return len({(local_date(visit.visited_at), visit.door) for visit in visits if visit.cause not in NO_TRIP})


def is_sampled(case_id: UUID) -> bool:
    """Say whether the citizen is asked to confirm this case: chance, but the same answer for ever."""
    return int.from_bytes(sha256(case_id.bytes).digest()[:4]) % 100 < SAMPLED_PER_CENT


def is_waiting(judgement: Judgement) -> bool:
    """Say whether nothing but the delivery is missing, so that the citizen need not be asked yet."""
    missing = [finding.rule for finding in judgement.findings if finding.bearing is Bearing.MISSING]
    return judgement.verdict is Verdict.UNPROVEN and missing == [Rule.DELIVERY]


def _verdict(trips: int, *, proven: bool) -> Verdict:
    if trips > 1:
        return Verdict.MANY
    if trips == 1:
        return Verdict.ONE
    return Verdict.ZERO if proven else Verdict.UNPROVEN


def _promise(trips: int, declared: int, *, proven: bool) -> Promise:
    """More trips than declared break the promise; fewer keep it only when no other can be hiding."""
    if trips > declared:
        return Promise.BROKEN
    return Promise.KEPT if proven else Promise.UNKNOWN


def _findings(
    facts: CaseFacts, visits: tuple[VisitFact, ...], answer: AnswerFact | None
) -> Iterator[Finding]:
    confirmed = answer is not None and answer.agrees
    yield from map(_of_visit, visits)
    yield _of_receipt(facts, visits)
    for material in facts.materials:
        yield _of_material(material, visits, confirmed=confirmed)
    yield _of_delivery(facts, visits)
    if not count_trips(visits):
        yield from _of_absence(facts, confirmed=confirmed)
    if answer is not None:
        bearing = Bearing.FOR if answer.agrees else Bearing.AGAINST
        yield Finding(Rule.ANSWER, bearing, "trip_answer", answer.id)


def _of_absence(facts: CaseFacts, *, confirmed: bool) -> Iterator[Finding]:
    """Doubt a case without a trip where the item asks for one, or where chance says to ask."""
    if facts.declared_trips:
        yield Finding(Rule.PRESENCE, Bearing.MISSING, "case_file", facts.case_id)
    if is_sampled(facts.case_id):
        yield Finding(Rule.SAMPLE, _for_if(confirmed), "case_file", facts.case_id)


def _of_visit(visit: VisitFact) -> Finding:
    if visit.cause in NO_TRIP:
        return Finding(Rule.INSPECTION, Bearing.FOR, "visit", visit.id)
    return Finding(Rule.VISIT, Bearing.AGAINST, "visit", visit.id)


def _of_receipt(facts: CaseFacts, visits: tuple[VisitFact, ...]) -> Finding:
    """A window can only receive what somebody brought."""
    bearing = Bearing.FOR
    if facts.at_counter:
        bearing = _shown_by(visits, Cause.APPLY_AT_COUNTER, facts.received_at)
    return Finding(Rule.RECEIPT, bearing, "case_file", facts.case_id)


def _of_material(material: MaterialFact, visits: tuple[VisitFact, ...], *, confirmed: bool) -> Finding:
    if material.handed_at is None:
        rule, bearing = Rule.MATERIAL, Bearing.MISSING
    elif not material.electronic:
        rule, bearing = Rule.PAPER, _shown_by(visits, Cause.PAPER_ORIGINAL, material.handed_at)
    elif material.first_use:
        rule, bearing = Rule.UPLOAD, _for_if(confirmed)
    else:
        rule, bearing = Rule.MATERIAL, Bearing.FOR
    return Finding(rule, bearing, "case_material", material.id)


def _of_delivery(facts: CaseFacts, visits: tuple[VisitFact, ...]) -> Finding:
    bearing = Bearing.FOR
    if facts.delivered_at is None or (facts.delivery is Delivery.POST and not facts.tracked):
        bearing = Bearing.MISSING
    elif facts.delivery is Delivery.WINDOW:
        bearing = _shown_by(visits, Cause.COLLECT_RESULT, facts.delivered_at)
    return Finding(Rule.DELIVERY, bearing, "case_file", facts.case_id)


def _shown_by(visits: tuple[VisitFact, ...], cause: Cause, at: datetime | None) -> Bearing:
    """Say whether a recorded trip accounts for what changed hands at a window: by its cause or its day."""
    day: date | None = local_date(at) if at else None
    trips = [visit for visit in visits if visit.cause not in NO_TRIP]
    shown = any(visit.cause is cause or local_date(visit.visited_at) == day for visit in trips)
    return Bearing.AGAINST if shown else Bearing.MISSING


def _for_if(confirmed: bool) -> Bearing:
    return Bearing.FOR if confirmed else Bearing.MISSING
