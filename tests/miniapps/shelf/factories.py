"""Mini-apps on a shelf, their readers and the words said of them; name only what the test is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from identity import audit
from identity.actor import Actor
from identity.roles import SCOPES, Role
from miniapps.items.rules import Words
from miniapps.shelf import queries, service
from miniapps.shelf.queries import Unindexed
from miniapps.shelf.rules import AgeGroup, Area, Edit, Reader, Slot
from miniapps.shelf.tables import AppTester, ShelfEdition
from storage.db import execute, fetch
from storage.ids import new_id

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
HOUR = timedelta(hours=1)
XIHU = ("330000", "330100", "330106")

MANIFEST = {
    "format": 1, "id": "", "name": "", "version": "1.0.0", "department": "杭州住房公积金管理中心",
    "operator": "示例科技有限公司", "purpose": "租房的职工提取住房公积金", "entry": "/index.html",
    "scopes": {}, "regions": ["330000"], "retention_days": 0, "hotline": "12329",
}  # fmt: skip


def an_actor(role: Role, **rest: Any) -> Actor:
    person = rest.pop("person_id", None) or new_id()
    rest.setdefault("acting_for", person)
    return Actor(person_id=person, roles=frozenset({role}), scopes=SCOPES[role], level=3, **rest)


def a_reader(region: str = "330106", *, level: int = 3, age: AgeGroup = AgeGroup.ADULT) -> Reader:
    return queries.reader(region, level=level, age=age)


def a_slot(code: str = "top", **rest: Any) -> Slot:
    values: dict[str, Any] = {
        "app_id": "rent-app", "area": Area.BANNER, "place": 1, "region": "330000", "begins": NOON - HOUR,
        "ends": NOON + HOUR,
    }  # fmt: skip
    return Slot(code=code, **(values | rest))


async def an_app(
    app_id: str = "rent-app",
    name: str = "租房提取",
    *,
    listed: bool = True,
    team: Any = None,
    **manifest: Any,
) -> str:
    """Store a released mini-app, as its rows stand after release, and what finds it."""
    row_id, version_id, team_id = new_id(), new_id(), team or new_id()
    text = msgspec.json.encode(MANIFEST | {"id": app_id, "name": name} | manifest).decode()
    await execute(
        "INSERT INTO mini_app (id, app_id, name, purpose, department, operator, team_id, state, state_reason,"
        " released_id, created_at) VALUES ($1, $2, $3, '', '', '', $4, $5, '', $6, $7)",
        row_id, app_id, name, team_id, "listed" if listed else "suspended", version_id, NOON,
    )  # fmt: skip
    await execute(
        "INSERT INTO mini_app_version (id, app, team_id, version, manifest, text, state, submitted_by,"
        " submitted_at, reason) VALUES ($1, $2, $3, '1.0.0', $4::jsonb, '-', 'approved', $3, $5, '')",
        version_id, row_id, team_id, text, NOON,
    )  # fmt: skip
    return app_id


async def described(syllables: dict[str, tuple[str, ...]] | None = None) -> None:
    """Describe what waits for it, with these pronunciations: without the dictionaries."""
    for each in await queries.lock_unindexed():
        await store(each, (syllables or {}).get(each.app_id, ()))


async def store(app: Unindexed, syllables: tuple[str, ...]) -> None:
    await service.store(app, Words(syllables=syllables, tokens=("提取", "公积金")))


async def laid_out(operator: Actor, edit: Edit, *, now: datetime = NOON) -> ShelfEdition:
    """Make these changes and publish them."""
    draft = await queries.draft()
    draft = await service.edit(operator, edit, revision=draft.revision if draft else None, now=now)
    return await service.publish(
        operator, revision=draft.revision, note="调整目录", key=new_id().hex, now=now
    )


async def opened(actor: Actor, app_id: str = "rent-app", *, now: datetime = NOON) -> None:
    """Note in the audit that the mini-app was opened, as opening does."""
    await audit.record(actor, "app.open", f"app/{app_id}", now=now)


async def a_tester(person: Actor, *, until: datetime = NOON + 30 * 24 * HOUR) -> AppTester:
    row = AppTester(
        party_id=person.person_id, region="330106", appointed_by=new_id(), appointed_at=NOON - HOUR,
        ends_at=until,
    )  # fmt: skip
    await row.save()
    return row


async def acts() -> list[str]:
    return [row["act"] for row in await fetch("SELECT act FROM audit_row ORDER BY id")]
