"""Hearing what the citizen says to a verdict."""

from datetime import datetime
from uuid import UUID

from banshi.errors import KeyReused
from identity import audit, keys
from identity.actor import Actor
from identity.keys import Retention
from identity.roles import Role
from miniapps.cases import queries as cases
from miniapps.cases.tables import Case
from miniapps.trips import queries, rules
from miniapps.trips.errors import AnswerNotYours, NotYetJudged
from miniapps.trips.events import VerdictConfirmed, VerdictContradicted
from miniapps.trips.tables import TripAnswer
from storage import seal
from storage.db import transaction
from storage.outbox import emit


async def confirm(
    actor: Actor, case_id: UUID, agrees: bool, remark: str = "", *, key: str, now: datetime
) -> TripAnswer:
    """Say whether the latest verdict counts one's trips rightly; the case is then judged anew.

    To agree with an unproven verdict is to say that there was no trip.
    The same `key` answers the same again.
    Raises: CaseNotFound, AnswerNotYours, NotYetJudged, KeyReused; InvalidInput for a key or remark
        that no row could hold.
    """
    rules.check_text("idempotencyKey", key, rules.LONGEST_KEY)
    rules.check_text("remark", remark, rules.LONGEST_REMARK, required=False)
    async with transaction():
        case = await cases.get(actor, case_id)
        if not actor.is_a(Role.CITIZEN) or actor.acting_for != case.party_id or actor.app_id is not None:
            raise AnswerNotYours()
        verdict = await queries.latest(case)
        if verdict is None:
            raise NotYetJudged(case_id=case_id)
        answer = TripAnswer(
            party_id=case.party_id, case_id=case.id, verdict_id=verdict.id, agrees=agrees,
            person_id=actor.person_id, answered_at=now, key=key,
        )  # fmt: skip
        if remark.strip():
            answer.remark = await _sealed(case, answer, remark.strip())
        return await _save(actor, answer, now=now)


async def _sealed(case: Case, answer: TripAnswer, remark: str) -> bytes:
    archive = await keys.data_key(case.party_id, Retention.ARCHIVE)
    return seal.seal(remark.encode(), archive, aad=_aad(answer))


async def _save(actor: Actor, answer: TripAnswer, *, now: datetime) -> TripAnswer:
    conflict = (TripAnswer.party_id, TripAnswer.key)
    insert = TripAnswer.insert(answer).on_conflict(target=conflict, action="DO NOTHING")
    if not await insert.returning(TripAnswer.id):
        return await _said_before(answer)
    event = VerdictConfirmed if answer.agrees else VerdictContradicted
    await emit(event(party_id=answer.party_id, case_id=answer.case_id, at=now), now=now)
    act = "verdict.confirm" if answer.agrees else "verdict.contradict"
    await audit.record(actor, act, f"trip_verdict/{answer.verdict_id}", now=now, party_id=answer.party_id)
    return answer


async def _said_before(answer: TripAnswer) -> TripAnswer:
    """Return the stored answer with this key.

    Raises: KeyReused when it said something else.
    """
    stored = await TripAnswer.objects().get(
        (TripAnswer.party_id == answer.party_id) & (TripAnswer.key == answer.key)
    )
    assert stored is not None, "what conflicts is there"
    if (stored.case_id, stored.agrees) != (answer.case_id, answer.agrees):
        raise KeyReused
    return stored


async def remark_of(answer: TripAnswer) -> str | None:
    """Return the words of an answer, opened for whom the caller has let see it.

    Raises: PartyErased.
    """
    if answer.remark is None:
        return None
    archive = await keys.data_key(answer.party_id, Retention.ARCHIVE)
    return seal.open_(answer.remark, archive, aad=_aad(answer)).decode()


def _aad(answer: TripAnswer) -> bytes:
    return f"trip_answer:{answer.id}:remark".encode()
