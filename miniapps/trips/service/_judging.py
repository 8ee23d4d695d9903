"""Judging a closed case, anew whenever evidence arrives, and telling the citizen."""

from datetime import datetime
from uuid import UUID

from identity.actor import WORKER
from miniapps.cases import queries as cases
from miniapps.cases.rules import CaseState
from miniapps.cases.tables import Case
from miniapps.notices import service as notices
from miniapps.trips import queries, rules
from miniapps.trips.events import VerdictReached
from miniapps.trips.rules import CaseFacts, Finding, Judgement, Verdict, VisitFact
from miniapps.trips.tables import TripVerdict, VerdictReason
from storage.db import transaction
from storage.outbox import emit

CLOSED = frozenset({CaseState.COMPLETED, CaseState.DELIVERED})
"""States in which a case is judged.  One that was withdrawn, declined or voided served nobody."""


async def judge(case_id: UUID, *, now: datetime) -> TripVerdict | None:
    """Return the verdict of a case from the evidence there is now; None while it is open.

    A new version is stored only when the verdict or its reasons have changed, so it may run at any time.
    Raises: CaseNotFound.
    """
    async with transaction():
        case = await cases.lock(WORKER, case_id)  # two pieces of evidence take turns
        if CaseState(case.state) not in CLOSED:
            return None
        facts = await queries.facts(case)
        visits = await queries.visit_facts(case)
        judgement = rules.judge(facts, visits, await queries.last_answer(case))
        before = await queries.latest(case)
        if before is not None and await _is_same(before, judgement):
            return before
        return await _store(case, facts, visits, judgement, before, now=now)


async def _is_same(before: TripVerdict, judgement: Judgement) -> bool:
    if (before.verdict, before.promise) != (judgement.verdict, judgement.promise):
        return False
    reasons = await queries.reasons_of(before)
    found = {(row.rule, row.bearing, row.row_kind, row.row_id) for row in reasons}
    return before.trips == judgement.trips and found == set(map(_key, judgement.findings))


def _key(finding: Finding) -> tuple[str, str, str, UUID]:
    return str(finding.rule), str(finding.bearing), finding.row_kind, finding.row_id


async def _store(
    case: Case,
    facts: CaseFacts,
    visits: list[VisitFact],
    judgement: Judgement,
    before: TripVerdict | None,
    *,
    now: datetime,
) -> TripVerdict:
    if before is not None:
        before.latest = False
        await before.save([TripVerdict.latest])
    verdict = TripVerdict(
        party_id=case.party_id, case_id=case.id, version=before.version + 1 if before else 1,
        verdict=judgement.verdict, trips=judgement.trips, declared_trips=facts.declared_trips,
        promise=judgement.promise, told=await _is_news(case, judgement), judged_at=now,
    )  # fmt: skip
    await TripVerdict.insert(verdict)
    await VerdictReason.insert(*(_reason(verdict, finding) for finding in judgement.findings))
    fact = VerdictReached(
        party_id=case.party_id, case_id=case.id, verdict_id=verdict.id, verdict=judgement.verdict, at=now
    )
    await emit(fact, now=now)
    if verdict.told:
        await _tell(case, verdict, visits, now=now)
    return verdict


async def _is_news(case: Case, judgement: Judgement) -> bool:
    """Say whether the citizen should hear of it: the figure is new, and he can say something to it."""
    if rules.is_waiting(judgement):
        return False
    told = await queries.last_told(case)
    return told is None or (told.verdict, told.trips) != (judgement.verdict, judgement.trips)


def _reason(verdict: TripVerdict, finding: Finding) -> VerdictReason:
    return VerdictReason(
        party_id=verdict.party_id, verdict_id=verdict.id, rule=finding.rule, bearing=finding.bearing,
        row_kind=finding.row_kind, row_id=finding.row_id,
    )  # fmt: skip


async def _tell(case: Case, verdict: TripVerdict, visits: list[VisitFact], *, now: datetime) -> None:
    await notices.tell_of(
        case.party_id,
        kind=f"trip.{Verdict(verdict.verdict)}",
        parameters={
            "number": str(case.number),
            "visits": str(verdict.trips),
            "causes": rules.causes_in_words(visits),
        },
        link=f"/cases/{case.id}/trips",
        key=f"trip.judged:{case.id}:{verdict.version}",
        app_id=case.app_id,
        now=now,
    )
