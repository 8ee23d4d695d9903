"""What citizens are shown, what they find, and at what cost."""

import random

import pytest

from banshi.errors import InvalidInput
from identity.roles import Role
from miniapps.items import queries as items
from miniapps.items.rules import query
from miniapps.shelf import queries, service
from miniapps.shelf.queries import Layout
from miniapps.shelf.queries._apps import _BY_ID, _LISTED, _MATCHING, asked, statement
from miniapps.shelf.rules import AgeGroup, Edit, Front, Placing
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.miniapps.items.factories import make_item
from tests.miniapps.items.test_search import index as index_item
from tests.miniapps.shelf.factories import (
    NOON,
    a_reader,
    a_slot,
    an_actor,
    an_app,
    described,
    laid_out,
)

OPERATOR = an_actor(Role.OPERATOR)


async def found(text: str, reader=None, **rest) -> list[str]:
    page = await queries.search(await queries.meant(text), reader or a_reader(), first=100, **rest)
    return [app.app_id for app in page.rows]


async def listed(reader=None, **rest) -> list[str]:
    page = await queries.apps(reader or a_reader(), first=100, **rest)
    return [app.app_id for app in page.rows]


async def test_mini_apps_come_in_the_operators_order_and_then_by_name(db):
    for app_id, name in (("b-app", "乙"), ("a-app", "甲"), ("d-app", "丁"), ("c-app", "丙")):
        await an_app(app_id, name)
    await described()
    await laid_out(OPERATOR, Edit(placings=(Placing("d-app", place=1), Placing("b-app", place=2))))

    assert await listed() == ["d-app", "b-app", "c-app", "a-app"]  # the rest by their names' code points


async def test_what_is_switched_off_or_not_released_or_elsewhere_is_not_shown(db):
    await an_app()
    await an_app("off-app", "停用", listed=False)
    await an_app("ningbo-app", "宁波", regions=["330200"])
    await described()

    assert await listed() == ["rent-app"]
    assert await listed(a_reader("330203")) == ["ningbo-app", "rent-app"]
    assert await found("停用") == await found("宁波") == []
    await laid_out(OPERATOR, Edit(slots=(a_slot(app_id="ningbo-app"),)))
    for who, shown in ((a_reader("330106"), []), (a_reader("330203"), ["ningbo-app"])):
        preview = await queries.preview(OPERATOR, who, at=NOON, draft=False)
        beside = await queries.preview_apps(OPERATOR, who, draft=False, first=10)
        for view in (await queries.shelf(who, at=NOON), preview):
            assert [app.app_id for _, app in view.featured] == shown
        assert [app.app_id for app in beside.rows] == await listed(who) == [*shown, "rent-app"]


async def test_a_mini_app_is_shown_to_the_levels_and_ages_it_is_placed_for(db):
    await an_app()
    await described()
    placing = Placing("rent-app", least_level=2, ages=(AgeGroup.ELDER,))
    await laid_out(OPERATOR, Edit(placings=(placing,), slots=(a_slot(),)))

    old = a_reader(level=2, age=AgeGroup.ELDER)
    for reader, shown in ((old, ["rent-app"]), (a_reader(level=1), []), (a_reader(), [])):
        view = await queries.shelf(reader, at=NOON)
        assert await listed(reader) == await found("租房", reader) == shown
        assert [app.app_id for _, app in view.featured] == shown


async def test_a_mini_app_is_found_by_all_its_ways(db):
    await an_app(purpose="职工缴存证明打印")
    await described({"rent-app": ("zu", "fang", "ti", "qu")})

    for text in (
        "租房",
        "租房提取",
        "zufang",
        "zftq",
        "rent-app",
        "rent",
        "住房公积金管理中心",
        "提取",
        "租",
    ):
        assert await found(text) == ["rent-app"], text
    assert await found("婚姻") == await found("!?") == []


async def test_words_that_mean_the_same_find_mini_apps_and_items(db):
    await an_app("card-app", "社会保障卡")
    await described()
    await index_item(await make_item(name="社会保障卡申领"))
    await laid_out(OPERATOR, Edit(synonyms=(("市民卡", "社会保障卡"),)))

    what = await queries.meant("市民卡")
    page = await items.search(what.text, "330106", also=what.also)

    assert what.also == ["社会保障卡"]
    assert await found("市民卡") == ["card-app"]
    assert [offer.name for offer in page.rows] == ["社会保障卡申领"]
    assert (await items.search("市民卡", "330106")).rows == []


async def test_names_rank_before_the_rest_and_a_loose_search_comes_near(db):
    await an_app("a-app", "公积金")
    await an_app("b-app", "贷款", department="杭州公积金中心")
    await described()

    assert (await found("公积金"))[0] == "a-app"
    assert await found("我的公积") == ["a-app", "b-app"]


async def test_pages_follow_each_other(db):
    for number in range(7):
        await an_app(f"app-{number}", f"第{number}号提取")
    await described()

    for ask in (
        lambda after: queries.apps(a_reader(), first=3, after=after),
        lambda after: queries.search(queries.Found("提取", []), a_reader(), first=3, after=after),
        lambda after: queries.search(queries.Found("请问提取吗", []), a_reader(), first=3, after=after),
    ):
        seen, after = [], None
        while True:
            page = await ask(after)
            seen += [app.app_id for app in page.rows]
            if not page.more:
                break
            after = page.rows[-1].place
        assert seen == [f"app-{number}" for number in range(7)]


@pytest.mark.parametrize("after", ["x1", "s", "l3", "s-1", "s99999", ""])
async def test_a_place_of_no_list_is_refused(db, after):
    with pytest.raises(InvalidInput):
        await queries.apps(a_reader(), first=3, after=after)


@pytest.mark.parametrize(("region", "level"), [("3301", 3), ("hangzhou", 3), ("330106", 4), ("330106", -1)])
def test_a_reader_has_a_region_and_a_level(region, level):
    with pytest.raises(InvalidInput):
        queries.reader(region, level=level)


async def test_a_new_release_is_described_anew(db):
    await an_app()
    await described()
    version = new_id()
    await execute(
        "INSERT INTO mini_app_version SELECT (v).* FROM (SELECT jsonb_populate_record(v, jsonb_build_object("
        "'id', $1::uuid, 'version', '2.0.0', 'manifest', v.manifest || '{\"name\": \"新名字\"}')) AS v"
        " FROM mini_app_version AS v) AS made",
        version,
    )
    await execute("UPDATE mini_app SET released_id = $1", version)

    assert await queries.is_any_unindexed()
    await described()

    assert await found("新名字") == ["rent-app"]
    assert not await queries.is_any_unindexed()


async def test_the_dictionaries_tell_pinyin_and_words(db):
    await an_app("fund-app", "住房公积金", purpose="职工贷款")

    await service.index_waiting(now=NOON)
    db.clear()
    await service.index_waiting(now=NOON)

    assert len(db) == 1
    assert await found("zfgjj") == await found("贷款") == ["fund-app"]


async def test_reading_costs_the_same_however_much_there_is(db):
    await service.seed(now=NOON)
    costs = []
    for count in (1, 20):
        for number in range(count):
            await an_app(f"app-{count}-{number}", f"第{number}号提取")
        await described()
        slots = tuple(a_slot(f"s{n}", app_id=f"app-{count}-{n}", place=n + 1) for n in range(count))
        await laid_out(OPERATOR, Edit(slots=slots))
        db.clear()
        view = await queries.shelf(a_reader(), at=NOON)
        front = len(db)
        await listed()
        in_list = len(db) - front
        await found("提取")
        costs.append((front, in_list, len(db) - front - in_list))
        assert len(view.featured) == count
    assert costs == [(2, 1, 2)] * 2


async def many(count: int) -> None:
    """Store so many mini-apps as plain rows, placed and described."""
    dice = random.Random("many")
    names = [
        dice.choice("公积金社保医保户口婚姻") + f"{n}号{dice.choice(['提取', '查询'])}" for n in range(count)
    ]
    ids, app_ids = [new_id() for _ in range(count)], [f"app-{n}" for n in range(count)]
    await execute(
        "INSERT INTO mini_app (id, app_id, name, purpose, department, operator, team_id, state, state_reason,"
        " released_id, created_at) SELECT i, a, n, '', '', '', i, 'listed', '', i, now()"
        " FROM unnest($1::uuid[], $2::text[], $3::text[]) AS x (i, a, n)",
        ids, app_ids, names,
    )  # fmt: skip
    await execute(
        "INSERT INTO shelf_entry (app_id, version_id, name, purpose, department, regions, document)"
        " SELECT a, i, n, '', '', '{330000}', d::tsvector"
        " FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS x (i, a, n, d)",
        ids, app_ids, names, [f"'{name[-2:]}':9A '{name[:2]}':1A" for name in names],
    )  # fmt: skip
    await execute(
        "INSERT INTO shelf_placing SELECT a, null, '{rent}', '{birth}', 0, '{}' FROM unnest($1::text[]) AS a",
        app_ids,
    )


async def told(text: str, *values: object) -> str:
    """Return PostgreSQL's generic plan with what it did."""
    rows = await fetch("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + text, *values)
    return "\n".join(row["QUERY PLAN"] for row in rows)


async def test_among_many_mini_apps_those_wanted_are_looked_up(db, postgres, database):
    async with transaction():
        await many(6000)
    postgres.psql("VACUUM (ANALYZE) shelf_entry, mini_app, shelf_placing", database=database)
    layout, reader = Layout(0, Front()), a_reader()
    rare = query("公5")
    assert rare is not None

    search = await told(statement(layout, _MATCHING), *asked(layout, reader), rare.strict, rare.name, 21, 0)
    slots = await told(statement(layout, _BY_ID), *asked(layout, reader), ["app-7", "app-8"])
    whole = await told(statement(layout, _LISTED), *asked(layout, reader), None, None, 21, 0)

    assert "shelf_entry_document" in search, search
    for plan in (search, slots):
        assert "Seq Scan on shelf_entry" not in plan, plan
        assert "Seq Scan on mini_app" not in plan, plan
    assert "Nested Loop" not in whole, whole  # a list reads each table once and sorts: kept for a minute
    assert len((await queries.apps(reader, first=100)).rows) == 100
    assert await found("5号提取", reader)
