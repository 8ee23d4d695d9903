"""Telling the applicant, and the department, in plain Chinese."""

from datetime import datetime
from uuid import UUID

from identity import departments
from identity.actor import WORKER
from miniapps.cases import queries, rules
from miniapps.cases.rules import Clock, Decline, Outcome, Telling, Verb
from miniapps.cases.tables import Case
from miniapps.notices import service as notices


async def inform(case_id: UUID, verb: Verb, *, at: datetime, now: datetime) -> None:
    """Tell the party what happened to its case at the moment `at`; once."""
    case = await queries.get(WORKER, case_id)
    words = {**_words(case), "reason": await _reason(case, verb, at), "organ": await _organ(case)}
    decision = await queries.decision(case) if verb is Verb.DECIDE else None
    words["remedy"] = decision.review + decision.litigation if decision else ""
    telling = rules.fill(_telling(case, verb), words)
    await _tell(case, case.party_id, f"case.{verb}", telling, key=f"{verb}:{at.isoformat()}", now=now)


def _telling(case: Case, verb: Verb) -> Telling:
    if verb is Verb.DECLINE:
        return rules.DECLINED[Decline(case.decline)]
    if verb is Verb.DECIDE:
        return rules.DECIDED[Outcome(case.outcome)]
    return rules.TELLINGS[verb]


async def inform_overdue(case_id: UUID, clock: Clock, *, now: datetime) -> None:
    """Tell the department whose clock ran out, and the party; once for each clock."""
    case = await queries.get(WORKER, case_id)
    [row] = await queries.clocks(case, {clock})
    words = {**_words(case), "clock": rules.CLOCKS[clock], "due_on": row.due_on.isoformat()}
    for party_id, telling in (
        (case.department_id, rules.OVERDUE_AT_DESK),
        (case.party_id, rules.OVERDUE),
    ):
        filled = rules.fill(telling, words)
        await _tell(case, party_id, "case.overdue", filled, key=f"overdue:{clock}", now=now)


async def inform_paper_due(case_id: UUID, material_id: UUID, *, now: datetime) -> None:
    """Remind the party of a paper that was to follow, if it is still missing and the case goes on."""
    case = await queries.get(WORKER, case_id)
    missing = [row for row in await queries.outstanding(case) if row.id == material_id]
    if missing and case.state in rules.IN_PROGRESS:
        words = {**_words(case), "paper": missing[0].name}
        telling = rules.fill(rules.PAPER_DUE, words)
        await _tell(case, case.party_id, "case.paper_due", telling, key=f"paper:{material_id}", now=now)


def _words(case: Case) -> dict[str, str]:
    return {"item": case.title, "number": str(case.number)}


async def _reason(case: Case, verb: Verb, at: datetime) -> str:
    lines = [line for line in await queries.timeline(case) if line.verb == verb and line.at == at]
    return lines[-1].reason if lines else ""


async def _organ(case: Case) -> str:
    if case.other_organ is None:
        return ""
    return "".join(department.name for department in await departments.by_ids([case.other_organ]))


async def _tell(case: Case, party_id: UUID, kind: str, telling: Telling, *, key: str, now: datetime) -> None:
    await notices.tell(
        party_id, kind=kind, title=telling.title, body=telling.body, link=f"/cases/{case.id}",
        key=f"case:{case.id}:{key}", app_id=case.app_id if party_id == case.party_id else None, now=now,
    )  # fmt: skip
