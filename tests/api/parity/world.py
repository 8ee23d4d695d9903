"""A town of random rows in a database of the test: the same for the same seed, but for sealed bytes.

`draw(seed)` makes the rows in memory, so that documents can ask for them; `fill` puts them in place.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from identity import departments, keys, people
from identity.actor import WORKER
from identity.keys import Retention
from miniapps.calendar import service as calendar
from miniapps.cases.rules import CaseState, Content
from miniapps.items.rules import Target, Unit
from miniapps.trips.queries import place_aad
from miniapps.webhooks import queries as webhooks
from storage import seal
from tests.api.parity import rows, rows_apps
from tests.api.parity.values import NOON, maybe, moment, text, uuid
from tests.miniapps.cases.factories import YEAR_2026, an_item

Row = rows.Row
REGIONS: tuple[list[str], ...] = (["330000"], ["330100"], ["330106"], ["330106", "330203"], [])
BIRTH, OLD, NO_TOPIC = "birth", "retire", "unheard"


@dataclass
class World:
    """Rows by table, and what tests ask for by kind."""

    seed: int
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    people: list[UUID] = field(default_factory=list)
    owners: dict[UUID, UUID] = field(default_factory=dict)  # who may ask for a row by its id

    def ids(self, *tables: str) -> list[UUID]:
        """Return the ids of all rows of some tables."""
        return [row["id"] for table in tables for row in self.tables[table]]

    def values(self, table: str, column: str) -> list[Any]:
        """Return what a column holds, NULL left out."""
        return [row[column] for row in self.tables[table] if row[column] is not None]


def draw(seed: int, *, people: int = 120) -> World:
    """Return a world of so many people; about four cases each, some with none."""
    world, dice = World(seed), Random(seed)
    _town(world, dice)
    for number in range(people):
        party = uuid(dice)
        world.people.append(party)
        _person(world, dice, party, number)
        _belongings(world, dice, party, number)
    for table in ("case_file", "material_upload", "material_version", "certificate"):
        world.owners |= {row["id"]: row["party_id"] for row in world.tables[table]}
    return world


def _town(world: World, dice: Random) -> None:
    for office in departments.offices()[:30]:
        world.tables["department"].append({
            "id": uuid(dice), "code": office.code, "agency": office.agency, "name": office.name,
            "region": office.region,
        })  # fmt: skip
    for place, code in enumerate((BIRTH, OLD)):
        name = text(dice, 20)
        world.tables["item_topic"].append(
            {"code": code, "name": name, "place": place, "for_elders": code == OLD}
        )
    for number in range(40):
        _item(world, dice, f"3312{number:08d}")
    developer = uuid(dice)
    for number in range(30):
        app, versions = rows.app(dice, f"app-{number}", developer)
        world.tables["mini_app"].append(app)
        world.tables["mini_app_version"] += versions
        _add(world, rows_apps.of_app(dice, app, versions))
    _add(world, rows_apps.shelf(dice, world.tables["mini_app"]))


def _add(world: World, found: dict[str, list[Row]]) -> None:
    for table, some in found.items():
        world.tables[table] += some


def _item(world: World, dice: Random, code: str) -> None:
    statutory = maybe(dice, an_item().statutory)
    item = an_item(
        code=code, name=text(dice, 200), summary=text(dice), target=dice.choice(list(Target)),
        conditions=text(dice), statutory=statutory, sample=dice.random() < 0.5,
        instant=dice.random() < 0.5, declared_trips=dice.randrange(3), trip_reason=text(dice),
        promised=msgspec.structs.replace(an_item().promised, unit=dice.choice(list(Unit))),
    )  # fmt: skip
    row = {
        "id": uuid(dice), "code": code, "name": item.name, "agency": item.agency,
        "regions": dice.choice(REGIONS), "pinyin": "", "initials": "",
        "document": rows_apps.found_by(dice, item.name, code),
        "life_events": dice.sample((BIRTH, OLD, NO_TOPIC), dice.randrange(4)),
        "current_id": None if dice.random() < 0.15 else uuid(dice),
    }  # fmt: skip
    row |= {
        name: getattr(item, name)
        for name in ("declared_trips", "instant", "kind", "sample", "summary", "target")
    }
    world.tables["item"].append(row)
    world.tables["item_version"].append({
        "id": row["current_id"] or uuid(dice), "item": row["id"], "number": dice.randrange(1, 9),
        "state": "published", "text": text(dice), "digest": uuid(dice).hex,
        "compiled": msgspec.json.decode(msgspec.json.encode(item)), "defined_by": uuid(dice),
        "defined_at": moment(dice), "published_by": uuid(dice), "published_at": moment(dice),
    })  # fmt: skip


def _person(world: World, dice: Random, party: UUID, number: int) -> None:
    world.tables["person"].append({
        "id": party, "number_blind": f"\\x{number:08x}", "number_sealed": "330106199001011234",
        "number_kind": "citizen", "name_sealed": text(dice, 30, least=1), "region": "330106", "level": 3,
        "phone_sealed": maybe(dice, "13812345678"), "created_at": NOON,
    })  # fmt: skip
    for app_id in dice.sample(world.values("mini_app", "app_id"), dice.randrange(3)):
        world.tables["consent"].append({
            "id": uuid(dice), "party_id": party, "app_id": app_id, "granted_at": moment(dice),
            "scopes": [text(dice, 255) for _ in range(dice.randrange(3))],
            "withdrawn_at": maybe(dice, moment(dice)),
        })  # fmt: skip
    if number % 5 == 0:
        office = dice.choice(world.ids("department"))
        world.tables["staff_post"].append({
            "id": uuid(dice), "party_id": party, "department": office, "role": "clerk", "region": "330106",
            "created_at": NOON,
        })  # fmt: skip
    world.tables["session"] += [
        {
            "id": uuid(dice), "party_id": party, "token_hash": f"\\x{uuid(dice).hex}",
            "acting_as": "citizen", "device": text(dice, 80), "method": "face", "level": 2,
            "evidence_id": "", "authenticated_at": moment(dice), "last_seen_at": moment(dice),
            "idle_until": moment(dice), "expires_at": moment(dice), "ended_at": maybe(dice, moment(dice)),
        }
        for _ in range(dice.randrange(3))
    ]  # fmt: skip


def _belongings(world: World, dice: Random, party: UUID, number: int) -> None:
    tables, offices = world.tables, world.ids("department")
    codes, apps = world.values("item", "code"), world.values("mini_app", "app_id")
    for turn in range(dice.choice((0, 1, 3, 5, 8, 25 if number % 10 == 0 else 4))):
        one = rows.case(dice, party, number * 100 + turn, dice.choice((*codes, "999")), offices, apps)
        tables["case_file"].append(one)
        for table, make in OF_CASE.items():
            tables[table] += make(dice, one)
        judged, reasons = rows.verdicts(dice, one)
        tables["trip_verdict"] += judged
        tables["trip_verdict_reason"] += reasons
        tables["visit"] += rows.visits(dice, one, number * 100 + turn)
    held = rows.wallet(dice, party)
    _add(world, held)
    versions = [row["id"] for row in held["material_version"]]
    tables["material_upload"] += rows.uploads(dice, party, number)
    tables["certificate"] += rows.certificates(dice, party)
    tables["material_use"] += rows.uses(dice, party, versions, offices, apps)
    tables["notice"] += rows.notices(dice, party)
    tables["audit_row"] += rows.accesses(dice, party, offices)
    tables["app_rating"] += rows_apps.ratings(dice, party, apps)


OF_CASE = {
    "case_clock": rows.clocks,
    "case_stop": rows.stops,
    "case_material": rows.materials,
    "case_event": rows.events,
    "case_correction": rows.corrections,
    "case_decision": rows.decisions,
}


async def fill(world: World, url: str) -> None:
    """Put the rows into the empty database at `url`, as superuser; this process is connected as `app`."""
    await calendar.load(WORKER, "".join(YEAR_2026[1:]), now=NOON)
    await _seal(world)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        for table, found in world.tables.items():
            await _insert(connection, table, found)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _insert(connection: asyncpg.Connection, table: str, found: list[Row]) -> None:
    names = ", ".join(found[0] if found else ())
    if names:
        await connection.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, $1)",
            msgspec.json.encode(found).decode(),
        )


async def _seal(world: World) -> None:
    citizen, archive = [await keys.data_keys(world.people, kept) for kept in Retention]
    tables, dice = world.tables, Random(world.seed)
    for row in tables["person"]:
        for column in ("number", "name", "phone"):
            if isinstance(plain := row[f"{column}_sealed"], str) and not plain.startswith("\\x"):
                closed = people._seal(plain, citizen[row["id"]], row["id"], column)
                row[f"{column}_sealed"] = _hex(closed)
    for row in _most(dice, tables["case_file"]):
        kept = Retention.CITIZEN if row["state"] == CaseState.DRAFT else Retention.ARCHIVE
        key = (citizen if kept == Retention.CITIZEN else archive)[row["party_id"]]
        answers = {text(dice, 30): dice.choice((text(dice), 7, True)) for _ in range(3)}
        content = msgspec.json.encode(Content(answers, {"a": text(dice)}, {}))
        row["content"] = _hex(seal.seal(content, key, aad=f"case:{row['id']}:content:{kept}".encode()))
    for row in _most(dice, tables["certificate"]):
        facts = msgspec.json.encode({text(dice, 20): text(dice) for _ in range(dice.randrange(3))})
        aad = f"certificate:{row['id']}:facts".encode()
        row["facts"] = _hex(seal.seal(facts, archive[row["party_id"]], aad=aad))
    for row in _most(dice, tables["visit"]):
        closed = seal.seal(text(dice).encode(), archive[row["party_id"]], aad=place_aad(row["id"]))
        row["place_words"] = _hex(closed)
    for row in tables["webhook_delivery"]:
        row["body"] = _hex(seal.wrap(row["body"].encode(), aad=webhooks.aad(row["id"])))


def _most(dice: Random, found: Iterable[Row]) -> list[Row]:
    """Return all but a few, which nobody can open then."""
    return [row for row in found if dice.random() < 0.95]


def _hex(sealed: bytes) -> str:
    return "\\x" + sealed.hex()
