"""Stock Strawberry on Litestar under uvicorn, as their documentation says: resolvers, dataloaders, asyncpg.

Nothing of Banshi is in it.  `python -m bench.peers.strawberry_stock`; DATABASE_URL, POOL and PORT say where.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
import strawberry
import uvicorn
from litestar import Litestar, Request
from strawberry.dataloader import DataLoader
from strawberry.litestar import BaseContext, make_graphql_controller

COLUMNS = "code, name, summary, kind, agency, instant, declared_trips, sample, life_events[1] AS topic_code"
CATALOG = (
    f"SELECT {COLUMNS} FROM item WHERE code IN (SELECT o.code FROM item AS o"
    " WHERE o.current_id IS NOT NULL AND o.regions && $1::varchar[] AND o.target = ANY($2::varchar[])"
    " AND (NOT $3 OR o.life_events[1] = ANY(ARRAY(SELECT code FROM item_topic WHERE for_elders)))"
    " ORDER BY o.code LIMIT $4) ORDER BY code"
)
ITEMS = f"SELECT {COLUMNS} FROM item WHERE current_id IS NOT NULL AND code = ANY($1::varchar[])"
TOPICS = "SELECT code, name FROM item_topic WHERE code = ANY($1::varchar[])"
CASES = (
    "SELECT id, number, state, title, opened_at, outcome, code FROM case_file"
    " WHERE party_id = $1 ORDER BY id DESC LIMIT $2"
)
NOTICES = "SELECT id, title, told_at FROM notice WHERE party_id = $1 ORDER BY id DESC LIMIT $2"
VIEWER = "SELECT name, level FROM bench_person WHERE id = $1"

Info = strawberry.Info["Context", None]
POOL: list[asyncpg.Pool] = []


class Context(BaseContext):
    """What one request has: its party and its loaders."""

    party: UUID | None
    items: DataLoader[str, Any]
    topics: DataLoader[str, Any]


async def _load_items(codes: list[str]) -> list["Item | None"]:
    found = {row["code"]: Item.of(row) for row in await POOL[0].fetch(ITEMS, codes)}
    return [found.get(code) for code in codes]


async def _load_topics(codes: list[str]) -> list["Topic | None"]:
    found = {row["code"]: Topic(**row) for row in await POOL[0].fetch(TOPICS, codes)}
    return [found.get(code) for code in codes]


Audience = strawberry.enum(Enum("Audience", {"PERSON": "person", "FIRM": "firm"}))
STATES = (
    "draft submitted correcting declined accepted reviewing paused decided completed delivered withdrawn"
    " voided forwarded"
).split()
CaseState = strawberry.enum(Enum("CaseState", {state.upper(): state for state in STATES}))
CaseOutcome = strawberry.enum(Enum("CaseOutcome", {"GRANTED": "granted", "REFUSED": "refused"}))


@strawberry.type
class Viewer:
    name: str
    level: int


@strawberry.type
class Topic:
    code: str
    name: str


@strawberry.type
class Item:
    code: str
    name: str
    summary: str
    kind: str
    agency: str
    instant: bool
    declared_trips: int
    sample: bool
    topic_code: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: Any) -> "Item":
        return cls(**row)

    @strawberry.field
    async def topic(self, info: Info) -> Topic | None:
        return await info.context.topics.load(self.topic_code) if self.topic_code else None


@strawberry.type
class Case:
    id: UUID
    number: str | None
    state: CaseState  # type: ignore[valid-type]
    title: str
    opened_at: datetime
    outcome: CaseOutcome | None  # type: ignore[valid-type]
    code: strawberry.Private[str]

    @strawberry.field
    async def item(self, info: Info) -> Item | None:
        return await info.context.items.load(self.code)


@strawberry.type
class Notice:
    id: UUID
    title: str
    told_at: datetime


@strawberry.type
class NoticeEdge:
    node: Notice


@strawberry.type
class NoticeConnection:
    edges: list[NoticeEdge]


def around(code: str) -> list[str]:
    """Return the region with the city and province around it."""
    return list(dict.fromkeys([code[:2] + "0000", code[:4] + "00", code[:6]]))


@strawberry.type
class Query:
    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        return Viewer(**await POOL[0].fetchrow(VIEWER, info.context.party))

    @strawberry.field
    async def catalog(
        self,
        region: str,
        target: Audience,  # type: ignore[valid-type]
        elder: bool = False,
        first: int = 20,
    ) -> list[Item]:
        targets = [target.value, "both"]  # type: ignore[attr-defined]
        rows = await POOL[0].fetch(CATALOG, around(region), targets, elder, first)
        return [Item.of(row) for row in rows]

    @strawberry.field
    async def recent_cases(self, info: Info, first: int = 5) -> list[Case]:
        rows = await POOL[0].fetch(CASES, info.context.party, first)
        return [_case(row) for row in rows]

    @strawberry.field
    async def notices(self, info: Info, first: int = 20) -> NoticeConnection:
        rows = await POOL[0].fetch(NOTICES, info.context.party, first)
        return NoticeConnection(edges=[NoticeEdge(node=Notice(**row)) for row in rows])


def _case(row: Any) -> Case:
    outcome = CaseOutcome(row["outcome"]) if row["outcome"] else None
    return Case(**{**row, "state": CaseState(row["state"]), "outcome": outcome})


async def context(request: Request[Any, Any, Any]) -> Context:
    """Make the context; the bench names the viewer in a header."""
    party = request.headers.get("x-party")
    return Context(
        party=UUID(party) if party else None,
        items=DataLoader(load_fn=_load_items),
        topics=DataLoader(load_fn=_load_topics),
    )


async def _keep(connection: Any) -> None:
    """Spare the four statements that asyncpg sends when a connection comes back: ours does not send them."""


@asynccontextmanager
async def lifespan(_: Litestar) -> AsyncIterator[None]:
    """Hold a pool of the same size as the others'."""
    size = int(os.environ["POOL"])
    settings = {"plan_cache_mode": "force_generic_plan"}
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size, reset=_keep, server_settings=settings
    ) as pool:
        POOL.append(pool)
        yield


def app() -> Litestar:
    """Return the server."""
    controller = make_graphql_controller(
        strawberry.Schema(Query), path="/graphql", context_getter=context, graphql_ide=None
    )
    return Litestar([controller], lifespan=[lifespan], openapi_config=None)


if __name__ == "__main__":
    uvicorn.run(app(), host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False)
