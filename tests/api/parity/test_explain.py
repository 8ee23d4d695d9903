"""Every plan of every trusted query on 100,000 citizens: no table of many rows is read from end to end."""

import json
import re
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest
from rich.console import Console

from api.graphql.paths import Paths
from api.graphql.plan.segments import Cached, Read
from api.graphql.plan.statements import VIEWER
from api.graphql.trusted import Trusted
from bench._lab.cluster import Lab
from bench._lab.data.build import ensure
from bench._lab.data.population import Population

CITIZENS = 100_000
MANY = 10_000  # rows
REFERENCE = {"item_topic"}  # a handful of rows, whatever the number of citizens
BLOCKS = 200  # of 8 KiB, per asker: pages of a hundred, where there are as many

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def lab():
    """The bench's servers with 100,000 citizens, built when they are not there."""
    made = Lab(CITIZENS, root=Path(".banshi/bench"))
    try:
        ensure(made, Population(CITIZENS, most_viewers=200, items=3_000), Console())
        with made.running():
            yield made
    finally:
        made.let_go()


def reads(schema) -> list[tuple[str, Read]]:
    """Return every statement of the trusted queries' plans."""
    paths = Paths(schema, open_=("plan",))
    found: dict[str, tuple[str, Read]] = {}
    for operation in Trusted.load(schema.core).operations.values():
        for plan in paths.trust(operation).plans.values():
            makers = [each.maker for each in plan.segments if isinstance(each, Cached)]
            for read in (plan.read, *makers):
                if isinstance(read, Read):
                    found.setdefault(read.statement.text, (operation.label, read))
    return list(found.values())


async def values(connection: asyncpg.Connection, dice: Random) -> list[dict[tuple[str, str], Any]]:
    """Return what askers hand in, by the names of parameters: citizens with rows of theirs."""
    rows = await connection.fetch(
        "SELECT party_id, id FROM case_file WHERE state = 'delivered' OFFSET $1 LIMIT 200",
        dice.randrange(10_000),
    )
    found = []
    for row in dice.sample(rows, 8):
        viewer = {"person_id": row["party_id"], "acting_for": row["party_id"], "region": "330106"}
        found.append({("", name): each for name, each in viewer.items()} | {
            ("", "today"): date(2026, 11, 20), ("*", "id"): row["id"], ("*", "caseId"): row["id"],
            ("*", "first"): 100, ("*", "region"): dice.choice(("330106", "331102")), ("*", "after"): None,
            ("*", "target"): dice.choice(("person", "firm")), ("*", "elder"): dice.random() < 0.5,
            ("*", "state"): "delivered", ("*", "unreadOnly"): False, ("*", "appId"): "bench-app-001",
        })  # fmt: skip
    return found


async def explained(connection: asyncpg.Connection, text: str, arrays: list[Any]) -> str:
    """Prepare a statement and return the SQL that explains it with its generic plan."""
    types = [
        type_
        for _, type_ in sorted(set(re.findall(r"\$(\d+)::(\w+)\[\]", text)), key=lambda one: int(one[0]))
    ]
    given = [
        await connection.fetchval(f"SELECT quote_nullable($1::{type_}[]::text)", array)
        for type_, array in zip(types, arrays, strict=True)
    ]
    await connection.execute(f"PREPARE plan ({', '.join(f'{type_}[]' for type_ in types)}) AS {text}")
    return f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE plan ({', '.join(given)})"


def hurts(node: dict[str, Any], large: set[str]) -> list[str]:
    """Return the large tables that a plan reads from end to end."""
    here = (
        [node["Relation Name"]] if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large else []
    )
    return here + [each for inner in node.get("Plans", ()) for each in hurts(inner, large)]


async def _unindexed(connection: asyncpg.Connection, text: str, arrays: list[Any]) -> list[str]:
    """Return tables, however small here, for which the statement has no index to go by."""
    await connection.execute("SET enable_seqscan = off")
    [told] = await connection.fetchrow(await explained(connection, text, arrays))
    await connection.execute("DEALLOCATE plan; SET enable_seqscan = on")
    names = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r'")
    return hurts(json.loads(told)[0]["Plan"], {row["relname"] for row in names})


def blocks(node: dict[str, Any]) -> int:
    """Return how many blocks of 8 KiB a plan touched."""
    return int(node["Shared Hit Blocks"]) + int(node["Shared Read Blocks"])


async def test_plans_use_indexes_on_a_hundred_thousand_citizens(lab, schema):
    connection = await asyncpg.connect(lab.postgres.url("plan"))
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute("SET jit = off")
    counted = await connection.fetch(
        "SELECT relname, reltuples FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    large = {row["relname"] for row in counted if row["reltuples"] > MANY}
    assert {"case_file", "case_event", "case_material", "notice", "certificate"} <= large
    askers = await values(connection, Random(7))

    worst = 0.0
    for label, read in reads(schema):
        rows = [
            [each[(VIEWER, name) if key == VIEWER else ("*", name)] for key, name in read.parameters]
            for each in askers
        ]
        arrays = list(zip(*rows, strict=True)) or [(0,) * len(askers)]
        [told] = await connection.fetchrow(await explained(connection, read.statement.text, arrays))
        await connection.execute("DEALLOCATE plan")
        plan = json.loads(told)[0]["Plan"]
        each = blocks(plan) / len(askers)
        worst = max(worst, each)
        text = f"{label}\n{read.statement.text}\n{json.dumps(plan, indent=1)[:20_000]}"
        whole = hurts(plan, {row["relname"] for row in counted})
        print(f"{label}: {each:.0f} blocks per asker; small tables read whole: {whole}")
        assert not hurts(plan, large), text
        assert each < BLOCKS, text
        assert set(await _unindexed(connection, read.statement.text, arrays)) <= REFERENCE, text
    print(f"at most {worst:.0f} blocks of 8 KiB per asker")
    await connection.close()
