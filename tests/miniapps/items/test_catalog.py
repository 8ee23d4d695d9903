"""The catalogue of a region: what it lists, and at what cost; topics."""

import asyncio

import asyncpg
import pytest

from banshi.errors import InvalidInput
from identity.actor import WORKER
from miniapps.items import queries, service
from miniapps.items.piccolo_migrations import items_2026_11_22t01_00_00_000000 as filling
from miniapps.items.queries._offers import CATALOG
from miniapps.items.rules import TOPICS, Audience
from miniapps.items.rules._topics import FOR_ELDERS
from storage.db import execute, fetch
from storage.embedded.postgres import Postgres
from tests.miniapps.items.factories import NOON, a_text, make_item

PERSON, FIRM = Audience.PERSON, Audience.FIRM
SHOWN = "summary, kind, target, instant, declared_trips, sample"


def for_whom(target: str, **rest: str) -> str:
    return a_text(**rest).replace("服务对象: 自然人", f"服务对象: {target}")


async def names(region: str = "330106", audience: Audience = PERSON, **rest: object) -> list[str]:
    return [offer.name for offer in await queries.catalog(region, audience, **rest)]


async def shown() -> list[dict[str, object]]:
    return await fetch(f"SELECT code, {SHOWN} FROM item ORDER BY code")


async def test_a_region_lists_what_is_offered_in_it_and_around_it_in_the_order_of_codes(db):
    await make_item(code="332000900003", name="全省事项")
    await make_item(code="332000900002", name="杭州事项", more="实施地区: ['330100']\n")
    await make_item(code="332000900001", name="西湖事项", more="实施地区: ['330106']\n")

    assert await names() == ["西湖事项", "杭州事项", "全省事项"]
    assert await names("330106005", first=2) == ["西湖事项", "杭州事项"]
    assert await names("330102") == ["杭州事项", "全省事项"]
    assert await names("330200") == ["全省事项"]


async def test_persons_and_firms_each_find_their_own_and_what_is_for_both(db):
    await make_item(for_whom("自然人", code="332000900001", name="个人事项"))
    await make_item(for_whom("法人", code="332000900002", name="企业事项"))
    await make_item(for_whom("自然人和法人", code="332000900003", name="共同事项"))

    assert await names(audience=PERSON) == ["个人事项", "共同事项"]
    assert await names(audience=FIRM) == ["企业事项", "共同事项"]


async def test_elder_mode_shows_what_stands_under_a_topic_for_the_old(db):
    await service.seed(now=NOON)

    everything, for_the_old = await names(first=100), await names(elder=True, first=100)

    assert "老年人优待证办理" in for_the_old
    assert "新生儿户口登记" in everything
    assert "新生儿户口登记" not in for_the_old
    assert set(for_the_old) < set(everything)


async def test_what_was_withdrawn_is_in_no_catalogue(db):
    await make_item()
    await service.withdraw(WORKER, "332000900000", now=NOON)

    assert await names() == []
    assert await queries.offers(["332000900000"]) == {}


@pytest.mark.parametrize("region", ["3301", "hangzhou", ""])
async def test_a_region_that_is_no_code_is_refused(db, region):
    with pytest.raises(InvalidInput):
        await names(region)


async def test_lists_show_what_the_version_in_force_says(db):
    await make_item(name="旧名字事项")
    await make_item(
        for_whom("法人", name="新名字事项", more="简介: 一句话\n即办件: 是\n")
        .replace("数量: 5", "数量: 0")
        .replace("时限: 1", "时限: 0")
    )

    offer = (await queries.offers(["332000900000"]))["332000900000"]

    assert (offer.number, offer.name, offer.summary, offer.kind, offer.target) == (
        2, "新名字事项", "一句话", "service", "firm",
    )  # fmt: skip
    assert (offer.instant, offer.declared_trips, offer.sample) == (True, 0, True)


async def test_the_migration_fills_what_publishing_keeps(db):
    await service.seed(now=NOON)
    published = await shown()
    await execute(
        "UPDATE item SET summary = '', kind = '', target = '', instant = false, declared_trips = 9,"
        " sample = false"
    )

    await execute(filling.FILL)

    assert await shown() == published
    assert {row["declared_trips"] for row in published} == {0, 1}


async def test_every_life_event_is_a_topic_and_seeding_mends_the_table(db):
    await service.seed(now=NOON)
    await execute("UPDATE item_topic SET name = '旧名', for_elders = NOT for_elders WHERE code = 'birth'")

    await service.seed(now=NOON)

    kept = await queries.topics(topic.code for topic in TOPICS)
    assert sorted(kept.values(), key=lambda topic: topic.place) == list(TOPICS)
    assert [TOPICS[0].code, TOPICS[0].name, TOPICS[0].for_elders] == ["birth", "出生", False]
    assert {topic.code for topic in TOPICS if topic.for_elders} == FOR_ELDERS


async def test_what_changes_a_catalogue_is_news(db, postgres: Postgres, database: str):
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(postgres.url("plan", database))
    await listener.add_listener("changed", lambda *news: heard.put_nowait(news[3]))

    await service.seed(now=NOON)
    missing = {"item", "item_topic", "item_version"}
    async with asyncio.timeout(10):
        while missing:
            missing.discard(await heard.get())

    await listener.close()


MANY = """
WITH made AS (
  SELECT gen_random_uuid() AS item, gen_random_uuid() AS version, n FROM generate_series(1, 3000) AS n
), kept AS (
  INSERT INTO item (id, code, name, agency, current_id, regions, life_events, pinyin, initials, target)
  SELECT item, lpad((n * 7919 % 1000000)::text, 12, '0'), 'item ' || n, 'health', version,
    CASE WHEN n % 10 < 3 THEN '{330000}' ELSE ARRAY['3301' || lpad((n % 13)::text, 2, '0')] END::varchar[],
    ARRAY[(SELECT code FROM item_topic WHERE place = 1 + n % 13)],
    repeat('pinyin', 20), 'abc', (ARRAY['person', 'firm', 'both'])[1 + n % 3] FROM made RETURNING id
)
INSERT INTO item_version
  (id, item, number, state, text, digest, compiled, defined_by, defined_at, published_by, published_at)
SELECT version, item, 1, 'published', '-', '-', '{}', version, now(), item, now() FROM made
"""


async def test_the_catalogue_is_chosen_by_its_index_among_many(db, postgres, database):
    await service.seed(now=NOON)
    await execute(MANY)
    for order in ("CHECKPOINT", "VACUUM (ANALYZE) item, item_version, item_topic", "REINDEX TABLE item"):
        postgres.psql(order, database=database)  # tests commit without waiting; vacuum wants it written
    asking = await asyncpg.connect(postgres.url("plan", database))
    await asking.execute(f"PREPARE catalog AS {CATALOG}")

    plans = []
    for mode in ("force_generic_plan", "force_custom_plan"):
        await asking.execute(f"SET plan_cache_mode = {mode}")
        told = await asking.fetch("EXPLAIN EXECUTE catalog ('{330000,330106}', '{firm,both}', true, 20)")
        plans.append("\n".join(row[0] for row in told))

    await asking.close()
    for plan in plans:
        assert "Index Only Scan using item_offered" in plan, plan
        assert "Seq Scan on item " not in plan, plan


async def test_an_item_of_every_region_fits_in_the_index(db):
    regions = [f"33{number:04}" for number in range(1, 111)]

    await make_item(more=f"实施地区: {regions}\n")

    assert await names("330110") == ["某某证申领"]
