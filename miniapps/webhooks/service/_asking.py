"""Rights over data: every mini-app that knows a citizen is asked, and has to answer."""

from datetime import datetime
from uuid import UUID

from banshi import events as public
from banshi.events import DataNews
from banshi.scopes import Scope
from identity import audit
from identity.actor import WORKER, Actor
from identity.subjects import pairwise_sub
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.insight import service as insight
from miniapps.insight.rules.limits import DATA_UNANSWERED
from miniapps.webhooks import queries
from miniapps.webhooks.errors import QuestionNotFound
from miniapps.webhooks.rules import ANSWER_WITHIN, QUESTIONS_KEPT, Outcome, Right
from miniapps.webhooks.service._planning import plan
from miniapps.webhooks.tables import DataQuestion
from storage.db import execute, fetch, transaction
from storage.ids import first_id

NEWS: dict[Right, type[DataNews]] = {Right.COPY: public.DataRequested, Right.ERASE: public.DataErased}
KNOWING = (
    "SELECT DISTINCT k.app_id FROM consent k JOIN mini_app a ON a.app_id = k.app_id"
    " WHERE k.party_id = $1 AND NOT k.scopes::text[] <@ ARRAY[$2::text]"
    " AND ($3 OR k.withdrawn_at IS NULL) ORDER BY 1"
)
ANSWER = (
    "UPDATE data_question SET answered_at = coalesce(answered_at, $2), outcome = coalesce(outcome, $3)"
    " WHERE id = $1"
)
OVERDUE = (
    "SELECT app_id, count(*) AS n FROM data_question WHERE answered_at IS NULL AND due_at < $1"
    " GROUP BY app_id ORDER BY app_id"
)


async def ask_all(party_id: UUID, right: Right, *, now: datetime) -> None:
    """Tell all mini-apps that hold something of a party what it wants, in the caller's transaction.

    To erase are asked, too, those that lost its consent before.
    """
    for row in await fetch(KNOWING, party_id, Scope.ITEMS_READ.value, right is Right.ERASE):
        app_id, sub = row["app_id"], pairwise_sub(row["app_id"], party_id)
        due_at = now + ANSWER_WITHIN
        question = DataQuestion(app_id=app_id, sub=sub, wants=right, asked_at=now, due_at=due_at)
        await question.save()
        news = NEWS[right](sub=sub, at=now, request_id=question.id, due_at=due_at)
        owner = party_id if right is Right.COPY else None
        await plan(news, app_id, line=UUID(sub), party_id=owner, now=now)


async def answer(actor: Actor, id: UUID, outcome: Outcome, *, now: datetime) -> DataQuestion:
    """Note that a mini-app of the actor's team did what a citizen wanted; the first answer stands.

    Raises: ScopeMissing, QuestionNotFound; TeamOwnerNeeded.
    """
    async with transaction():
        found = await queries.question(actor, id)
        await credentials.own(actor, found.app_id, Environment.PRODUCTION)
        return await _answer(actor, found, outcome, now=now)


async def answer_by_client(client_id: str, id: UUID, outcome: Outcome, *, now: datetime) -> DataQuestion:
    """Do the same for a back end that showed the credential of production.  Raises: QuestionNotFound."""
    async with transaction():
        found = await DataQuestion.objects().where(DataQuestion.id == id).first()
        if found is None or found.app_id != client_id:
            raise QuestionNotFound(id=id)
        return await _answer(WORKER, found, outcome, now=now)


async def _answer(actor: Actor, found: DataQuestion, outcome: Outcome, *, now: datetime) -> DataQuestion:
    if found.answered_at is None:
        await execute(ANSWER, found.id, now, outcome)
        await audit.record(actor, "data.answer", f"data_question/{found.id}", outcome, now=now)
    answered = await DataQuestion.objects().get(DataQuestion.id == found.id)
    assert answered is not None
    return answered


async def watch_questions(*, now: datetime) -> None:
    """Note which mini-apps have not answered in time, and forget questions of long ago."""
    for row in await fetch(OVERDUE, now):
        await insight.notice(row["app_id"], DATA_UNANSWERED, found=row["n"], now=now)
    await execute("DELETE FROM data_question WHERE id < $1", first_id(now - QUESTIONS_KEPT))
