"""The relay's questions cost the same however many settled facts are kept, and old facts go away."""

from datetime import timedelta

import msgspec

from storage import dispatch, jobs
from storage.db import execute, fetch
from storage.dead import letters
from storage.ids import new_id
from storage.outbox import emit
from storage.queue import on
from storage.retention import sweep_facts
from tests.storage.factories import NOON, BellRung, bell
from tests.workers import drain

SETTLED = 20_000
FEW = 300  # of the 1,000 that the two tables fill

FILL = """
INSERT INTO outbox (id, seq, type, version, party_id, payload, emitted_at, attempts, sent_at, settled_at)
SELECT gen_random_uuid(), nextval('outbox_seq'), 'bell.rung', 1, gen_random_uuid(), '{}', now(), 1,
  now() - interval '40 days', now() - interval '40 days'
FROM generate_series(1, $1::int)
"""
FILL_JOBS = """
INSERT INTO job (id, fact_id, task, state, attempt, tries, starts, next_at, ended_at)
SELECT gen_random_uuid(), id, 'test.listen', 'done', 1, 0, 1, now(), now() FROM outbox
"""


@on(BellRung)
async def listen(event: BellRung, *, now) -> None:
    pass


@on(BellRung)
async def stumble(event: BellRung, *, now) -> None:
    raise ValueError


async def fill(settled: int) -> None:
    await execute(FILL, settled)
    await execute(FILL_JOBS)
    for number in range(20):
        await emit(bell(number, new_id()), now=NOON)
    await emit(bell(0, new_id()), now=NOON, not_before=NOON + timedelta(days=9))


async def pages(sql: str, *args: object) -> int:
    """Return how many pages PostgreSQL touched to answer `sql`, rolled back."""
    (row,) = await fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *args)
    plan = row["QUERY PLAN"]
    return msgspec.json.decode(plan)[0]["Plan"]["Shared Hit Blocks"]


async def test_each_question_touches_few_pages_among_many_settled_rows(db, postgres, database):
    await fill(SETTLED)
    postgres.psql(
        "VACUUM (ANALYZE) outbox, job", database=database
    )  # as autovacuum does; the role app may not

    questions = {
        "unheard": (dispatch.UNHEARD, NOON, ["bell.rung"], 200),
        "at once": (dispatch.TAKE.format(due=dispatch.AT_ONCE), NOON, 200),
        "scheduled": (dispatch.TAKE.format(due=dispatch.SCHEDULED), NOON, 200),
        "to enqueue": (dispatch.TO_ENQUEUE, 200),
        "expired": (dispatch.EXPIRED, 200),
        "forgotten": (dispatch.FORGOTTEN, 30, 200),
        "left over": (dispatch.SETTLE_LEFT_OVER,),
        "figures": (jobs.FIGURES,),
    }

    touched = {name: await pages(sql, *args) for name, (sql, *args) in questions.items()}
    assert {name: count for name, count in touched.items() if count > FEW} == {}


async def test_old_settled_facts_are_deleted_with_their_jobs_and_the_rest_is_kept(db):
    await fill(1500)
    await drain([stumble], NOON, allow_dead=True)
    await execute(
        "UPDATE outbox SET settled_at = settled_at - interval '40 days' WHERE settled_at IS NOT NULL"
    )

    deleted = await sweep_facts(now=NOON)

    assert deleted == 1500
    (kept,) = await fetch("SELECT count(*) AS facts FROM outbox")
    assert kept["facts"] == 21  # with a dead letter, or not yet due
    assert len(await letters()) == 20
    assert await sweep_facts(now=NOON) == 0
