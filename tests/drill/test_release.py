"""A release under load on real processes: 1 %, 20 %, one region, all, halted, rolled back, killed.

No request is lost, nobody meets two versions in a session but for one that was stopped, and every step stands
in the chain of the audit.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from identity import sandbox, seed
from identity.chain.check import check
from miniapps.release.rules.choice import Citizen, Offer, pick
from miniapps.release.rules.needs import prefixes
from storage import clock
from storage import db as storage_db
from storage.db import fetch
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.drill.crowd import AT_ONCE, OPEN, Crowd
from tests.drill.servers import Refused, Servers, serving
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES
from tests.miniapps.release.factories import APP, NEW, NEWER, OLD, make_versions

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PHASE_S = 4.0
HALT_S = 40.0  # errors must first have befallen a tenth of all people
FORGED = 20
SEEN_S = 1.0
REGION = "330100"
REASON, NOTICE = "演练", "暂停使用，请稍后再来。"
STANDING = "stage stable candidate percent regions"
PROMOTE = f"""
mutation ($version: String!, $key: String!, $percent: Int, $regions: [String!], $all: Boolean! = false) {{
  promoteMiniApp(
    appId: "{APP}", version: $version, idempotencyKey: $key
    percent: $percent, regions: $regions, everyone: $all
  ) {{ {STANDING} }}
}}"""
BACK = f"""mutation ($version: String!) {{
  rollBackMiniApp(appId: "{APP}", version: $version, reason: "{REASON}", idempotencyKey: "back") {{ stage }}
}}"""
STANDS = f"""{{
  miniAppRelease(appId: "{APP}") {{ {STANDING} }}
  miniAppProblems(appId: "{APP}") {{ edges {{ node {{ key }} }} }}
}}"""
KILL = f"""mutation {{
  switchOff(kind: APP, target: "{APP}", reason: "{REASON}", notice: "{NOTICE}") {{ id }}
}}"""
ALIVE = "{ requestId }"
ACTS = "ANY('{app.promote,app.roll_back,app.halt,app.switch_off}')"
STEPS = f"SELECT act FROM audit_row WHERE act = {ACTS} ORDER BY id"
UNLINKED = f"""
SELECT FROM audit_row r WHERE act = {ACTS} AND NOT EXISTS (SELECT FROM audit_link l WHERE l.row_id = r.id)
"""


@pytest.fixture
async def servers(
    db: Any, postgres: Postgres, database: str, valkey: Valkey, seaweed: ObjectsSettings, tmp_path: Path
) -> AsyncIterator[Servers]:
    await storage_db.disconnect()
    url = postgres.url("app", database)
    await storage_db.connect(DatabaseSettings(url=url, pool_max=12))
    await seed.seed(now=await clock.now(), personas=True)
    settings = some_settings(
        database=DatabaseSettings(url=url),
        plan_database=postgres.url("plan", database),
        queue=QueueSettings(url=valkey.url),
        objects=seaweed,
        clock="system",
    )
    async with serving(settings, tmp_path) as running:
        yield running


async def an_operator() -> str:
    token, _ = await make_session(sandbox.BY_KEY["operator"], acting_as="operator", now=await clock.now())
    return token


class Drill:
    """The steps of the operator, with the times at which each was asked for and answered."""

    def __init__(self, servers: Servers, crowd: Crowd, token: str, versions: dict[str, UUID]) -> None:
        self.servers, self.crowd, self.token, self.versions = servers, crowd, token, versions

    async def promote(self, version: str, **step: Any) -> None:
        """Take a step up, let the crowd go on, and hold what new sessions got against the rule."""
        key = f"{version} {step}"
        answer = await self.servers.ask(PROMOTE, self.token, version=version, key=key, **step)
        began = time.monotonic()
        await asyncio.sleep(PHASE_S)
        ended = time.monotonic()
        self._check(answer["promoteMiniApp"], began, ended)

    def _check(self, told: dict[str, Any], began: float, ended: float) -> None:
        offer = Offer(
            self.versions[told["stable"]],
            self.versions[told["candidate"]] if told["candidate"] else None,
            told["percent"],
            prefixes(tuple(told["regions"])),
        )
        fresh = [
            visit
            for visit in self.crowd.visits
            if visit.openings and visit.openings[0].asked_at > began and visit.openings[0].answered_at < ended
        ]
        assert len(fresh) > 10, "too few came: the drill is blind"
        for visit in fresh:
            expected = pick(offer, Citizen(visit.party_id, visit.region))
            assert self.versions[visit.versions[0]] == expected

    async def standing(self) -> dict[str, Any]:
        return dict(await self.servers.ask(STANDS, self.token))


async def test_a_release_goes_up_is_halted_rolled_back_and_killed_under_load(servers: Servers) -> None:
    await make_versions(approved=(NEW, NEWER))
    rows = await fetch("SELECT version, id FROM mini_app_version")
    crowd = Crowd(servers)
    drill = Drill(servers, crowd, await an_operator(), {row["version"]: row["id"] for row in rows})
    await crowd.gather()
    crowd.start()
    try:
        await asyncio.sleep(1)
        for step in ({"percent": 1}, {"percent": 20}, {"regions": [REGION]}, {"all": True}):
            await drill.promote(NEW, **step)
        await forged(drill)
        halted_s = await halted(drill)
        back_s = await rolled_back(drill)
        dead_s = await killed(drill)
    finally:
        await crowd.stop()
    assert crowd.lost == []
    check_sessions(crowd)
    linked = await in_the_chain()
    opened = sum(len(visit.openings) for visit in crowd.visits)
    print(
        f"\n{servers.asked} requests, {opened} openings in {len(crowd.visits)} sessions, none lost;"
        f" halted {halted_s:.1f} s after the first error, rollback seen in {back_s:.3f} s,"
        f" every token dead in {dead_s:.2f} s, {linked} steps in the chain"
    )


async def forged(drill: Drill) -> None:
    """Let one citizen tell of errors in session after session: that halts nothing."""
    somebody, servers = drill.crowd.people[0], drill.servers
    for _ in range(FORGED):
        token, _ = await make_session(somebody, now=await clock.now())
        opened = (await servers.ask(OPEN, token, scopes=list(SCOPES)))["openMiniApp"]
        assert (opened["version"], await servers.beacon(opened["token"])) == (NEW, 204)
    await asyncio.sleep(2 * SEEN_S)  # stored within one second, answered within another
    now = await drill.standing()
    assert (now["miniAppRelease"]["stage"], now["miniAppProblems"]["edges"]) == ("EVERYONE", [])


async def halted(drill: Drill) -> float:
    """Plant errors in the version that everybody has; return the seconds until it was taken back."""
    drill.crowd.broken = {NEW}
    began = time.monotonic()
    while (now := await drill.standing())["miniAppRelease"]["stage"] != "HALTED":
        assert time.monotonic() < began + HALT_S, now
        await asyncio.sleep(0.2)
    took = time.monotonic() - began
    assert now["miniAppRelease"]["stable"] == OLD
    assert [edge["node"]["key"] for edge in now["miniAppProblems"]["edges"]] == ["page_errors"]
    return took


async def rolled_back(drill: Drill) -> float:
    """Give everybody another version, take it back by hand; return how late the last opening of it was.

    It is counted from the operator's command, not from its answer.
    """
    await drill.promote(NEWER, all=True)
    began = time.monotonic()
    await drill.servers.ask(BACK, drill.token, version=OLD)
    await asyncio.sleep(PHASE_S)
    openings = [each for visit in drill.crowd.visits for each in visit.openings]
    late = [each.asked_at - began for each in openings if each.version == NEWER]
    assert late, "nobody had it: the drill is blind"
    assert max(late) < SEEN_S
    return max(0.0, *late)


async def killed(drill: Drill) -> float:
    """Pull the plug; return the seconds until no process believed any token."""
    tokens = drill.crowd.tokens[-20:]
    for token in tokens:
        for url in drill.servers.urls:
            await drill.servers.ask(ALIVE, token, at=url)  # each process remembers it
    pulled = time.monotonic()
    await drill.servers.ask(KILL, drill.token)
    began = time.monotonic()
    while await alive(drill.servers, tokens):
        assert time.monotonic() < began + 2
    took = time.monotonic() - began
    await asyncio.sleep(1)
    early = [refused for at, refused in drill.crowd.refused if at < pulled]  # what was under way may meet it
    assert [refused.told for refused in early if refused.codes != ["APP_SUSPENDED"]] == []
    assert len(early) <= AT_ONCE
    late = [refused for at, refused in drill.crowd.refused if at > began]
    assert late, "nobody came any more: the drill is blind"
    assert {code for refused in late for code in refused.codes} == {"APP_SUSPENDED"}
    assert late[0].told[0]["extensions"]["data"]["reason"] == NOTICE
    assert not [each for visit in drill.crowd.visits for each in visit.openings if each.asked_at > began]
    return took


async def alive(servers: Servers, tokens: list[str]) -> bool:
    for token in tokens:
        for url in servers.urls:
            try:
                await servers.ask(ALIVE, token, at=url)
            except Refused as refused:
                assert refused.codes == ["NOT_SIGNED_IN"]
            else:
                return True
    return False


def check_sessions(crowd: Crowd) -> None:
    """Nobody changes versions in a session, but from one that was halted or rolled back to what came then."""
    stopped = {(NEW, OLD), (NEW, NEWER), (NEWER, OLD)}  # the newer one came after the new one was halted
    for visit in crowd.visits:
        for before, after in zip(visit.versions, visit.versions[1:], strict=False):
            assert before == after or (before, after) in stopped, visit.versions
    assert any(len(set(visit.versions)) > 1 for visit in crowd.visits), (
        "nobody was inside: the drill is blind"
    )


async def in_the_chain() -> int:
    """Wait until every step is sealed; return how many there are."""
    patience = time.monotonic() + 10
    while await fetch(UNLINKED):
        assert time.monotonic() < patience
        await asyncio.sleep(0.1)
    report = await check(())
    assert report.clean, report
    acts = await fetch("SELECT act FROM audit_row WHERE act LIKE 'app.%' AND act <> 'app.open' ORDER BY id")
    steps = [
        row["act"]
        for row in acts
        if row["act"].split(".")[1] in ("promote", "halt", "roll_back", "switch_off")
    ]
    assert steps == ["app.promote"] * 5 + ["app.halt", "app.promote", "app.roll_back", "app.switch_off"]
    return len(steps)
