"""A province's catalogue in a database of its own: mini-apps on a shelf, and items with real names."""

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from identity.actor import WORKER
from identity.regions import shipped
from miniapps.items.rules import Words, document, normal
from miniapps.shelf import queries, service
from miniapps.shelf.rules import SHIPPED, AgeGroup, Area, Edit, Placing, Slot
from storage import words
from storage.db import execute
from storage.ids import new_id

NAMES = Path(__file__).parents[2] / "tests/data/guangan_items.csv"
AT_ONCE = 200
SLOTS = 60
OFFICES = ("公安厅", "民政厅", "医疗保障局", "住房公积金中心", "教育厅", "交通运输厅", "税务局")

_APPS = """
INSERT INTO mini_app (id, app_id, name, purpose, department, operator, team_id, state, state_reason,
  released_id, created_at)
SELECT i, a, n, '', '', '', i, 'listed', '', i, $4
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS x (i, a, n)
"""
_VERSIONS = """
INSERT INTO mini_app_version (id, app, team_id, version, manifest, text, state, submitted_by, submitted_at,
  reason)
SELECT i, i, i, '1.0.0', m::jsonb, '-', 'approved', i, $3, ''
FROM unnest($1::uuid[], $2::text[]) AS x (i, m)
"""
_ITEMS = """
INSERT INTO item (id, code, name, agency, current_id, regions, life_events, kind, target, pinyin, initials,
  indexed_id, document)
SELECT i, c, n, 'x', i, ARRAY[r], '{birth}', 'service', 'both', '', '', i, d::tsvector
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS x (i, c, n, r, d)
"""
_ITEM_VERSIONS = """
INSERT INTO item_version (id, item, number, state, text, digest, compiled, defined_by, defined_at,
  published_by, published_at)
SELECT i, i, 1, 'published', '-', i::text, '{}', i, $2, gen_random_uuid(), $2
FROM unnest($1::uuid[]) AS x (i)
"""


def names() -> Iterator[str]:
    """Yield names of items without end: real ones, then the same with a number."""
    with NAMES.open(encoding="utf-8") as file:
        real = [row["name"][:180] for row in csv.DictReader(file)]
    round_ = 0
    while True:
        yield from (name if not round_ else f"{name}（{round_}）" for name in real)
        round_ += 1


def _regions(chance: random.Random) -> list[str]:
    """Return where something is offered: mostly in the province, else in a city or two."""
    cities = [code for code, place in shipped().items() if place.level == 2]
    return ["330000"] if chance.random() < 0.6 else sorted(chance.sample(cities, 2))


async def bring_items(count: int, *, now: datetime) -> None:
    """Store so many items, each described as a worker would."""
    chance, source = random.Random("items"), names()
    for first in range(0, count, AT_ONCE):
        called = [next(source) for _ in range(min(AT_ONCE, count - first))]
        heard = await words.read([(normal(name), [name]) for name in called])
        ids = [new_id() for _ in called]
        codes = [f"33{first + number:010}" for number in range(len(called))]
        documents = [
            document(name, (), code, Words(syllables=syllables, tokens=tokens))
            for name, code, (syllables, tokens) in zip(called, codes, heard, strict=True)
        ]
        await execute(_ITEMS, ids, codes, called, [_regions(chance)[0] for _ in called], documents)
        await execute(_ITEM_VERSIONS, ids, now)


def _manifest(chance: random.Random, app_id: str, name: str) -> str:
    values = {
        "format": 1, "id": app_id, "name": name, "version": "1.0.0",
        "department": "浙江省" + chance.choice(OFFICES), "operator": "示例科技有限公司",
        "purpose": "在手机上办理" + name, "entry": "/index.html", "scopes": {},
        "regions": _regions(chance), "retention_days": 0, "hotline": "12345",
    }  # fmt: skip
    return msgspec.json.encode(values).decode()


async def bring_apps(count: int, *, now: datetime) -> list[str]:
    """Store so many listed mini-apps and describe them; return their ids."""
    chance, source = random.Random("apps"), names()
    ids, app_ids = [new_id() for _ in range(count)], [f"app-{number:04}" for number in range(count)]
    called = [next(source)[:12] for _ in range(count)]
    manifests = [_manifest(chance, app_id, name) for app_id, name in zip(app_ids, called, strict=True)]
    await execute(_APPS, ids, app_ids, called, now)
    await execute(_VERSIONS, ids, manifests, now)
    while await service.index():
        pass
    return app_ids


async def lay_out(app_ids: list[str], *, now: datetime) -> None:
    """Place the mini-apps and fill the slots, a third of which are over and a third to come."""
    chance = random.Random("shelf")
    categories = [each.code for each in SHIPPED.front.categories if each.parent is not None]
    events = [each.code for each in SHIPPED.front.life_events]
    placings = tuple(
        Placing(
            app_id,
            place=number if number < 40 else None,
            categories=(chance.choice(categories),),
            life_events=tuple(sorted(chance.sample(events, 2))),
        )
        for number, app_id in enumerate(app_ids)
    )
    await service.seed(now=now)
    slots = tuple(_slots(chance, app_ids, now))
    draft = await service.edit(WORKER, Edit(placings=placings, slots=slots), revision=None, now=now)
    await service.publish(WORKER, revision=draft.revision, note="bench", key="bench", now=now)
    assert await queries.current() is not None


def _slots(chance: random.Random, app_ids: list[str], now: datetime) -> Iterator[Slot]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(SLOTS):
        begins = midnight + timedelta(days=(number % 3 - 1) * 10)
        yield Slot(
            f"slot-{number}", chance.choice(app_ids), chance.choice(list(Area)), number % 6 + 1,
            chance.choice(["330000", "330100", "330106"]), begins, begins + timedelta(days=9),
            ages=chance.choice([(), (AgeGroup.ELDER,)]),
        )  # fmt: skip


def searches(count: int) -> list[str]:
    """Return what citizens would type: two to four characters of names, from anywhere in them."""
    chance, source = random.Random("searches"), names()
    called = [next(source) for _ in range(1000)]
    found: dict[str, None] = {}
    while len(found) < count:
        name = normal(chance.choice(called))
        at, length = chance.randrange(max(1, len(name) - 4)), chance.randint(2, 4)
        found[name[at : at + length]] = None
    return list(found)
