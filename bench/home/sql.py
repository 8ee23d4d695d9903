"""The text of an answer concatenated in SQL, as plans do, beside `json_agg` and `json_build_object`.

The same rows for the same askers by one connection, as the plans' connections are; CPU is that of its process
in PostgreSQL.  Before anything is counted both must say the same.
"""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from api.graphql.paths import Paths
from api.graphql.plan.segments import Cached, Read
from api.graphql.schema import build
from api.graphql.trusted import Trusted
from bench._lab import kernel, wires
from bench._lab.draws import Draw, Draws
from bench._lab.options import Options
from bench._lab.rounds import Spread
from bench._lab.stage import Stage

ASKERS = 8  # in one statement
TIMES, TIMES_SMOKE = 400, 40
SETTINGS = "SET plan_cache_mode = force_generic_plan; SET jit = off; SET timezone = 'UTC'"

OWN = """
SELECT json_build_object(
    'recentCases', (
        SELECT coalesce(json_agg(json_build_object(
            'id', c.id, 'number', c.number, 'state', upper(c.state), 'title', c.title,
            'openedAt', c.opened_at, 'outcome', upper(c.outcome),
            'item', CASE WHEN i.code IS NOT NULL
                THEN json_build_object('code', i.code, 'name', i.name, 'summary', i.summary) END
        ) ORDER BY c.id DESC), '[]')
        FROM (
            SELECT id, number, state, title, opened_at, outcome, code FROM case_file
            WHERE party_id = v.p1 ORDER BY id DESC LIMIT 5
        ) AS c LEFT JOIN item AS i ON i.code = c.code AND i.current_id IS NOT NULL),
    'notices', json_build_object('edges', (
        SELECT coalesce(json_agg(json_build_object('node', json_build_object(
            'id', n.id, 'title', n.title, 'toldAt', n.told_at)) ORDER BY n.id DESC), '[]')
        FROM (
            SELECT id, title, told_at FROM notice WHERE party_id = v.p1 ORDER BY id DESC LIMIT 3
        ) AS n))
) FROM unnest($1::uuid[]) WITH ORDINALITY AS v(p1, place) ORDER BY v.place
"""
CATALOG = """
SELECT json_build_object('catalog', (
    SELECT coalesce(json_agg(json_build_object(
        'code', i.code, 'name', i.name, 'summary', i.summary, 'kind', i.kind, 'agency', i.agency,
        'instant', i.instant, 'declaredTrips', i.declared_trips, 'sample', i.sample,
        'topic', CASE WHEN t.code IS NOT NULL THEN json_build_object('code', t.code, 'name', t.name) END
    ) ORDER BY i.code), '[]')
    FROM (
        SELECT x.code FROM item AS x
        WHERE x.current_id IS NOT NULL
            AND x.regions && (SELECT ARRAY[left(v.p1, 2)||'0000', left(v.p1, 4)||'00', v.p1]::varchar[])
            AND (x.target = v.p2 OR x.target = 'both')
            AND (NOT v.p3 OR EXISTS (
                SELECT FROM item_topic AS old WHERE old.code = x.life_events[1] AND old.for_elders))
        ORDER BY x.code LIMIT 20
    ) AS found JOIN item AS i ON i.code = found.code LEFT JOIN item_topic AS t ON t.code = i.life_events[1]
)) FROM unnest($1::text[], $2::text[], $3::boolean[]) WITH ORDINALITY AS v(p1, p2, p3, place) ORDER BY v.place
"""

Spent = list[dict[str, float]]  # microseconds for one asker by way, of each round


def compared(at: Stage, settings: Options) -> dict[str, Any]:
    """Return the CPU of PostgreSQL for one asker by both ways: of his own rows, and of the catalogue."""
    own, catalog = _reads()
    found = {
        "own": asyncio.run(_compare(at, settings, own, OWN)),
        "catalog": asyncio.run(_compare(at, settings, catalog, CATALOG)),
    }
    for name, of in found.items():
        told = {what: spread["median"] for what, spread in of.items()}
        at.say(f"{name}: PostgreSQL's CPU for one asker {told}")
    return found


def _reads() -> tuple[Read, Read]:
    """Return what the plan of the home screen reads: the asker's own rows, and the catalogue."""
    schema = build()
    operation = Trusted.load(schema.core).find(wires.named("home"))
    assert operation is not None
    [plan, *_] = Paths(schema, open_=("plan",)).trust(operation).plans.values()
    shared = [each.maker for each in plan.segments if isinstance(each, Cached)]
    assert plan.read is not None
    return plan.read, next(maker for maker in shared if isinstance(maker, Read))


async def _compare(at: Stage, settings: Options, read: Read, rival: str) -> dict[str, Any]:
    times = TIMES_SMOKE if settings.smoke else TIMES
    groups = [_arrays(at, read, Draws(at.population, 900 + n).take(ASKERS)) for n in range(times)]
    connection = await asyncpg.connect(at.lab.postgres.url("plan"))
    try:
        await connection.execute(SETTINGS)
        process = connection.get_server_pid()
        ways = {
            "text": await connection.prepare(read.statement.text),
            "json": await connection.prepare(rival),
        }
        for group in groups[:20]:
            assert _said(await ways["text"].fetch(*group)) == _said(await ways["json"].fetch(*group))
        dice, spent = random.Random("text or json"), []
        for _ in range(settings.rounds):
            turn = {}
            for name in dice.sample(list(ways), len(ways)):
                before = kernel.cpu_us(process)
                for group in groups:
                    await ways[name].fetch(*group)
                turn[name] = kernel.between(before, kernel.cpu_us(process)) / times / ASKERS
            spent.append(turn)
    finally:
        await connection.close()
    return _spreads(spent)


def _spreads(spent: Spent) -> dict[str, dict[str, float]]:
    return {
        "text_us": Spread.of([each["text"] for each in spent]).plain(),
        "json_us": Spread.of([each["json"] for each in spent]).plain(),
        "text_over_json": Spread.of([each["text"] / each["json"] for each in spent]).plain(),
    }


def _arrays(at: Stage, read: Read, draws: Sequence[Draw]) -> list[list[Any]]:
    """Return what the statement is handed for so many askers."""
    columns: Mapping[str, list[Any]] = {
        "acting_for": [at.population.party_id(draw.viewer) for draw in draws],
        "region": [draw.region for draw in draws],
        "target": [draw.target.lower() for draw in draws],
        "elder": [draw.elder for draw in draws],
    }
    return [columns[name] for _, name in read.parameters]


def _said(rows: Sequence[Any]) -> list[Any]:
    """Return the answers, parsed: ours are the inside of an object."""
    return [json.loads(row[0] if isinstance(row[0], str) else b"{" + row[0] + b"}") for row in rows]
