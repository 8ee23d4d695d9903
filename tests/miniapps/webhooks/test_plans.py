"""What is due is found among a million deliveries as quickly as among a few: by indexes, in few pages."""

from datetime import timedelta
from typing import Any

import msgspec

from miniapps.webhooks import queries
from miniapps.webhooks.rules import AT_ONCE, KEPT
from miniapps.webhooks.service import _again, _keeping, _planning, _recording, _trying
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import NOON

ARRIVED, WAITING = 40_000, 4_000
FEW = 700  # pages, with each delivery that waits, when those are counted; the table has thousands
BIG = "big-app"

FILL = """
INSERT INTO webhook_delivery (id, party_id, client_id, line, seq, type, body, state, failures, tries, made_at,
  next_at, ended_at)
SELECT gen_random_uuid(), NULL, CASE WHEN n % 4 = 0 THEN 'app-' || n % 100 ELSE 'big-app' END,
  md5((n / CASE WHEN $2 = 'waiting' THEN 12 ELSE 40 END)::text)::uuid, nextval('webhook_seq'),
  'case.accepted',
  decode(repeat('00', 300), 'hex'), CASE WHEN $2 = 'delivered' AND n % 200 = 1 THEN 'dead' ELSE $2 END, 0,
  '[]', $3::timestamptz - make_interval(secs => n % 2500000), NULL,
  CASE WHEN $2 = 'waiting' THEN NULL ELSE $3::timestamptz END
FROM generate_series(1, $1::int) AS n
"""
ADDRESSES = """
INSERT INTO webhook_address (id, client_id, url, registered_at)
SELECT gen_random_uuid(), client_id, 'https://a.example/', $1 FROM webhook_delivery GROUP BY client_id
"""
BLOCKS = ("Shared Hit Blocks", "Shared Read Blocks")


async def fill(arrived: int, waiting: int) -> None:
    """Most of one mini-app, a quarter of a hundred others; of each line that waits the head is due."""
    await execute(FILL, arrived, "delivered", NOON)
    await execute(FILL, waiting, "waiting", NOON)
    await execute(ADDRESSES, NOON)
    await execute(_keeping.FREED, NOON - timedelta(minutes=1))


def asked() -> dict[str, tuple[Any, ...]]:
    """Every statement of the slice that many rows could slow down, and what it is asked with."""
    some = new_id()
    return {
        "claim": (_trying.CLAIM, BIG, NOON, AT_ONCE, 30.0),
        "plan": (_planning.PLAN, some, None, BIG, some, "case.accepted", b"", False, NOON),
        "next": (_recording.NEXT, BIG, some, NOON),
        "left over": (_keeping.LEFT_OVER, NOON),
        "left over, nothing": (_keeping.LEFT_OVER, NOON - timedelta(hours=1)),
        "old, none": (_keeping.OLD, NOON - KEPT, 1000),
        "counts": (queries.COUNTS, [BIG, f"{BIG}--sandbox"]),
        "replay": (_again.SINCE, BIG, NOON, NOON - timedelta(minutes=5), 10),
    }


async def plan_of(sql: str, *args: object) -> dict[str, Any]:
    """Return how PostgreSQL answered `sql`, and take it back."""

    class Back(Exception):
        pass

    found: list[dict[str, Any]] = []
    try:
        async with transaction():
            [row] = await fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *args)
            found = msgspec.json.decode(row["QUERY PLAN"])
            raise Back
    except Back:
        return found[0]


def pages(plan: dict[str, Any]) -> int:
    return sum(plan["Plan"][name] for name in BLOCKS)


def scanned(node: dict[str, Any]) -> list[str]:
    """Return the tables that a plan reads from end to end."""
    below = [name for child in node.get("Plans", []) for name in scanned(child)]
    return [*below, *([node["Relation Name"]] if node["Node Type"] == "Seq Scan" else [])]


async def test_no_statement_reads_all_deliveries(db, postgres, database):
    await fill(ARRIVED, WAITING)
    postgres.psql("VACUUM (ANALYZE) webhook_delivery, webhook_address", database=database)

    plans = {name: await plan_of(sql, *args) for name, (sql, *args) in asked().items()}

    assert {name: scanned(plan["Plan"]) for name, plan in plans.items() if scanned(plan["Plan"])} in (
        {}, {"left over": ["webhook_address"], "left over, nothing": ["webhook_address"]},
    )  # fmt: skip
    touched = {name: pages(plan) for name, plan in plans.items()}
    assert {name: count for name, count in touched.items() if count > FEW} == {}
