"""Handing in: ours against the naive transaction, at the storage boundary and through HTTP.

`scripts/bench submit`.  The same durable PostgreSQL, the same number of connections, shuffled rounds; what
is written is deleted afterwards.  The last line printed is one JSON object.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg
from rich.table import Table

from api.wiring import wired
from bench._lab import drafts, kernel, options, pages, report, servers, wires, wrk
from bench._lab.drafts import Draft
from bench._lab.options import Options
from bench._lab.rounds import Spread
from bench._lab.servers import Running, serving
from bench._lab.stage import Stage, stage
from bench._lab.wires import Ask
from bench.submit import rows
from bench.submit.rows import COUNTS, WAYS, Desk
from identity.actor import Actor
from identity.roles import SCOPES, Role
from miniapps.cases.service import _submission
from miniapps.cases.service._together import Submission
from storage import clock

PARTS = ("storage", "http")
HTTP_PER_S = 3_000  # more drafts than any server hands in
CLIENTS = 32
SMALLER = 20  # of a smoke run
WARM = 8 * rows.AT_ONCE


@dataclass(frozen=True)
class Turn:
    """One way in one round."""

    per_s: float
    pg_us: float


@dataclass(frozen=True)
class Through:
    """One server in one round."""

    per_s: float
    app_us: float  # CPU for one submission
    pg_us: float
    p99_ms: float
    failed: int


async def foreseen(at: Stage, draft: Draft) -> Submission:
    """Return what the service itself would write for one draft."""
    party = at.population.party_id(draft.owner)
    actor = Actor(
        person_id=party,
        acting_for=party,
        roles=frozenset({Role.CITIZEN}),
        scopes=SCOPES[Role.CITIZEN],
        level=3,
    )
    async with wired(at.lab.settings()):
        now = await clock.now()
        found = await _submission.foresee(actor, draft.case_id, idempotency_key="bench-foresee", now=now)
    if found is None:
        sys.exit("the bench's draft cannot be handed in")
    return found[1]


async def storage(at: Stage, settings: Options) -> list[dict[str, Turn]]:
    """Run the ways in shuffled rounds, each with drafts of its own."""
    counts = {name: n // SMALLER if settings.smoke else n for name, n in COUNTS.items()}
    warm = {name: WARM if name in ("naive", "same_rows", "alone") else WARM * rows.GROUP for name in WAYS}
    needed = 1 + sum(counts.values()) * settings.rounds + sum(warm.values())
    url = at.lab.postgres.url("postgres")
    made = await drafts.bring(at.lab.settings(), url, at.population, needed)
    first = await foreseen(at, made.pop())
    dice, found = random.Random("ways to submit"), []
    pool = await asyncpg.create_pool(
        at.lab.postgres.url("app"), min_size=rows.AT_ONCE, max_size=rows.AT_ONCE, reset=_keep
    )
    try:
        for name in WAYS:  # each connection plans each statement a few times before it keeps a plan
            mine, made = made[: warm[name]], made[warm[name] :]
            await _turn(at, Desk(pool), name, first, mine)
        for number in range(settings.rounds):
            turn = list(WAYS)
            dice.shuffle(turn)
            found.append({})
            for name in turn:
                mine, made = made[: counts[name]], made[counts[name] :]
                run = found[-1][name] = await _turn(at, Desk(pool), name, first, mine)
                at.say(f"round {number + 1}: {name:<10}{run.per_s:>9.0f}/s  pg {run.pg_us:>6.0f} µs each")
    finally:
        await pool.close()
    return found


async def _keep(connection: Any) -> None:
    """Spare the four statements that asyncpg sends when a connection comes back, to every way alike."""


async def _turn(at: Stage, desk: Desk, name: str, first: Submission, mine: list[Draft]) -> Turn:
    now = first.asked.at
    submissions = rows.copies(first, at.population, mine, now=now)
    assert at.lab.postgres.process
    before, began = kernel.cpu_us(at.lab.postgres.process.pid), time.perf_counter()
    await WAYS[name](desk, submissions)
    took = time.perf_counter() - began
    spent = kernel.between(before, kernel.cpu_us(at.lab.postgres.process.pid))
    return Turn(len(mine) / took, spent / len(mine))


def ask(at: Stage, draft: Draft) -> Ask:
    """Return the request that hands a draft in."""
    variables = {"id": str(draft.case_id), "key": f"bench-{draft.case_id}"}
    body = wires._json({"documentId": wires.named("submit_case"), "variables": variables})
    return Ask(body, wires.bearer(draft.owner))


def http(at: Stage, settings: Options) -> list[dict[str, Through]]:
    """Hand in through HTTP, together and each by itself."""
    contenders = [servers.ours(at.lab), servers.ours(at.lab, "without_groups", SWITCHED_OFF="groups")]
    found: list[dict[str, Through]] = []
    with serving(contenders, at.folder) as running:
        for server in running:
            through(at, server, settings, 1.0)
        for number in range(settings.rounds):
            turn = running if number % 2 else running[::-1]
            found.append({server.name: through(at, server, settings, settings.seconds) for server in turn})
    return found


def through(at: Stage, server: Running, settings: Options, seconds: float) -> Through:
    """Hand drafts in through one server for so long."""
    database = at.bench(settings).database
    count = int(HTTP_PER_S * seconds)
    made = asyncio.run(drafts.bring(at.lab.settings(), at.lab.postgres.url("postgres"), at.population, count))
    first = server.ask(ask(at, made.pop()))
    if b'"errors"' in first:
        sys.exit(f"{server.name} does not take a draft: {first.decode()[:500]}")
    asked, before = [ask(at, each) for each in made], (server.cpu(), database())
    load = wrk.load(server.port, asked, connections=CLIENTS, seconds=seconds)
    after = server.cpu(), database()
    app, pg = (kernel.between(*pair) / load.requests for pair in zip(before, after, strict=True))
    lost = f", {load.requests - count} too many" if load.requests > count else ""
    at.say(f"http: {server.name:<16}{load.per_s:>8.0f}/s p99 {load.p99_ms:.1f} ms failed {load.failed}{lost}")
    return Through(load.per_s, app, pg, load.p99_ms, load.failed)


def over(found: list[dict[str, Turn]], name: str, under: str) -> Spread:
    """Return `name` ÷ `under` inside rounds."""
    return Spread.of([each[name].per_s / each[under].per_s for each in found])


def show(at: Stage, found: list[dict[str, Turn]]) -> None:
    """Print the table."""
    table = Table("way", "submissions/s", "PG µs", "÷ naive", "÷ same rows", title="handing in, in SQL")
    for name in WAYS:
        speed = statistics.median(each[name].per_s for each in found)
        pg = statistics.median(each[name].pg_us for each in found)
        ratios = [str(over(found, name, under)) for under in ("naive", "same_rows")]
        table.add_row(name.replace("_", " "), f"{speed:,.0f}", f"{pg:,.0f}", *ratios)
    at.console.print(table)


def _http(played: list[dict[str, Through]], kept: dict[str, Any]) -> dict[str, float]:
    """Keep what was measured through HTTP and return its figures."""
    kept["http"] = [
        {name: {what: round(value, 1) for what, value in asdict(each).items()} for name, each in turn.items()}
        for turn in played
    ]
    apart = [each["ours"].per_s / max(1e-9, each["without_groups"].per_s) for each in played]
    return {
        "http_per_s": round(statistics.median(each["ours"].per_s for each in played)),
        "http_over_without_groups": round(statistics.median(apart), 2),
        "http_failed": sum(each.failed for turn in played for each in turn.values()),
    }


def main() -> None:
    """Measure, print, and end with the figures."""
    settings = options.read("Handing in, against four INSERTs in a transaction.", PARTS, small=PARTS)
    wrk.program()
    figures: dict[str, Any] = {"bench": "submit"}
    kept: dict[str, Any] = {"machine": kernel.machine(), "citizens": settings.citizens}
    with stage(settings) as at:
        if settings.wants("storage"):
            found = asyncio.run(storage(at, settings))
            show(at, found)
            figures |= {
                "grouped_over_naive": round(over(found, "grouped", "naive").median, 2),
                "alone_over_naive": round(over(found, "alone", "naive").median, 2),
                "grouped_over_same_rows": round(over(found, "grouped", "same_rows").median, 2),
            }
            kept["storage"] = [
                {name: [round(turn.per_s), round(turn.pg_us)] for name, turn in each.items()}
                for each in found
            ]
        if settings.wants("http"):
            figures |= _http(http(at, settings), kept)
        report.keep("submit", kept | figures)
        if settings.report:
            report.write("submit", kept | figures)
            pages.main()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
