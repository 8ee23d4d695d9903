"""Finding items: by name, keyword, body, pinyin, code, region and life event."""

import csv
import json
from pathlib import Path

import pytest

from banshi.errors import InvalidInput, Unavailable
from miniapps.items import queries, service, tasks
from miniapps.items.events import ItemPublished
from miniapps.items.queries._search import _MATCHING
from miniapps.items.rules import query
from miniapps.items.rules._search import Words, document
from miniapps.items.tables import ItemVersion
from storage import words as dictionaries
from storage.db import execute, fetch, transaction
from storage.embedded.postgres import Postgres
from storage.ids import new_id
from storage.words._reader import answer, words
from tests.miniapps.items.factories import NOON, make_item

LOAD = Path(__file__).parents[2] / "data" / "guangan_items.csv"


async def index(row: ItemVersion) -> None:
    event = ItemPublished(party_id=None, item_id=row.item, version_id=row.id, at=NOON)
    async with transaction():
        await tasks.index(event, now=NOON)


async def offered(**rest: str) -> ItemVersion:
    row = await make_item(**rest)
    await index(row)
    return row


async def names(text: str | None = None, region: str | None = None, event: str | None = None) -> list[str]:
    page = await queries.search(text, region, event, first=100)
    return [offer.name for offer in page.rows]


async def shipped() -> None:
    await service.seed(now=NOON)
    rows = await ItemVersion.objects()
    await index(rows[0])


async def test_an_item_is_found_by_all_its_ways(db):
    await offered(name="社会保障卡补换", more="关键词: [市民卡]\n简介: 遗失之后邮寄到家\n")

    for text in (
        "社会保障卡",
        "保障",
        "卡",
        "社",
        "市民卡",
        "邮寄",
        "shbzk",
        "baozhang",
        "SHEHUI",
        "332000900000",
    ):
        assert await names(text) == ["社会保障卡补换"], text


async def test_a_name_ranks_above_an_alias_and_that_above_a_body(db):
    await offered(code="332000900001", name="甲乙登记", more="简介: 说到居住证的事\n")
    await offered(code="332000900002", name="丙丁登记", more="别名: [居住证登记]\n")
    await offered(code="332000900003", name="浙江省居住证申领登记")
    await offered(code="332000900004", name="居住证申领")

    assert await names("居住证") == ["居住证申领", "浙江省居住证申领登记", "丙丁登记", "甲乙登记"]


async def test_every_word_of_a_search_must_fit(db):
    await offered(code="332000900001", name="居住证申领")
    await offered(code="332000900002", name="身份证申领")

    assert await names("身份 申领") == ["身份证申领"]
    assert await names("证申") == ["居住证申领", "身份证申领"]


async def test_when_nothing_fits_strictly_what_comes_near_is_offered(db):
    await offered(code="332000900001", name="社会保障卡申领")
    await offered(code="332000900002", name="住房公积金提取")

    assert await names("怎么办理社会保障") == ["社会保障卡申领"]
    assert await names("完全无关") == []


async def test_text_without_a_letter_finds_nothing(db):
    await offered()

    assert await names("！？") == []
    assert len(await names("")) == 1


async def test_an_item_of_a_city_serves_its_counties_and_not_its_neighbours(db):
    await offered(code="332000900001", name="全省事项")
    await offered(code="332000900002", name="杭州事项", more="实施地区: ['330100']\n")
    await offered(code="332000900003", name="西湖事项", more="实施地区: ['330106']\n")

    assert await names(region="330106") == ["全省事项", "杭州事项", "西湖事项"]
    assert await names(region="330106005") == ["全省事项", "杭州事项", "西湖事项"]
    assert await names(region="330102") == ["全省事项", "杭州事项"]
    assert await names("事项", region="330200") == ["全省事项"]


@pytest.mark.parametrize("region", ["3301", "hangzhou", ""])
async def test_a_region_that_is_no_code_is_refused(db, region):
    with pytest.raises(InvalidInput):
        await queries.search(region=region)


async def test_a_life_event_gathers_its_items(db):
    await shipped()

    born = await names(event="birth")

    assert "出生医学证明签发" in born
    assert "新生儿户口登记" in born
    assert "机动车驾驶证期满换证" not in born


TYPED = {
    "出生": "出生医学证明签发",
    "落户": "新生儿户口登记",
    "医保": "城乡居民基本医疗保险参保登记（新生儿）",
    "身份证": "居民身份证补领换领",
    "公积金": "住房公积金租房提取",
    "租房": "住房公积金租房提取",
    "餐饮": "食品经营许可（新办）",
    "开饭店": "食品经营许可（新办）",
    "驾照": "机动车驾驶证期满换证",
    "老年证": "老年人优待证办理",
    "jzzsl": "居住证申领",
    "结婚证": "婚姻登记档案查询",
    "上学": "义务教育阶段入学报名",
    "个体户": "个体工商户设立登记",
    "残疾": "残疾人证办理",
}


async def test_what_citizens_type_finds_what_they_mean_first(db):
    await shipped()

    for text, name in TYPED.items():
        assert name in (await names(text))[:2], text


async def test_pages_follow_each_other_without_gap_or_double(db):
    for number in range(7):
        await offered(code=f"33200090000{number}", name=f"第{number}号居住登记")

    for text in (None, "居住"):
        seen, after = [], None
        while True:
            page = await queries.search(text, first=3, after=after)
            seen += [offer.code for offer in page.rows]
            if not page.more:
                break
            after = page.rows[-1].place
        assert seen == [f"33200090000{number}" for number in range(7)]


async def test_a_loose_search_goes_on_loosely(db):
    for number in range(4):
        await offered(code=f"33200090000{number}", name=f"第{number}号居住登记")

    page = await queries.search("我要居住", first=3)
    rest = await queries.search("我要居住", first=3, after=page.rows[-1].place)

    assert (len(page.rows), page.more) == (3, True)
    assert [offer.code for offer in rest.rows] == ["332000900003"]


@pytest.mark.parametrize("after", ["x1", "s", "s-1", "s99999", ""])
async def test_a_place_of_no_search_is_refused(db, after):
    with pytest.raises(InvalidInput):
        await queries.search(after=after)


async def test_a_search_is_one_query_and_a_loose_one_two(db):
    await offered(name="居住证申领")
    db.clear()

    await queries.search("居住")
    strict = len(db)
    await queries.search("没有的词", first=5)

    assert (strict, len(db)) == (1, 3)


async def test_a_version_that_was_superseded_meanwhile_is_not_indexed(db):
    old = await make_item(name="旧名字事项")
    new = await make_item(name="新名字事项")

    await index(new)
    await service.index(old, Words(syllables=("jiu",), tokens=()))

    assert await names("旧名") == []
    assert await names("新名") == ["新名字事项"]


async def load(postgres: Postgres, database: str) -> int:
    """Put the names of a whole district into the index, 20 times over: about 22,000 items."""
    row = await make_item()
    with LOAD.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    syllables = Words(syllables=("a", "b"), tokens=())
    for copy in range(20):
        await execute(
            "INSERT INTO item (id, code, name, agency, current_id, regions, life_events, pinyin, initials,"
            " document) SELECT a, b, c, 'x', $4, '{330000}', '{}', '', '', d::tsvector"
            " FROM unnest($1::uuid[], $2::text[], $3::text[], $5::text[]) AS x (a, b, c, d)",
            [new_id() for _ in rows],
            [f"0020{copy:03}{number:05}" for number in range(len(rows))],
            [each["name"][:200] for each in rows],
            row.id,
            [document(each["name"], (), "", syllables) for each in rows],
        )  # fmt: skip
    postgres.psql("VACUUM (ANALYZE) item", database=database)  # as autovacuum does
    return len(rows) * 20


async def test_two_characters_are_looked_up_in_the_index_among_many(db, postgres, database):
    size = await load(postgres, database)
    asked = query("残疾")
    assert asked is not None

    plan = await fetch(
        "EXPLAIN " + _MATCHING.replace("$1", "NULL").replace("$2", "NULL").replace("$3", "20")
        .replace("$4", "0").replace("$5", f"$${asked.strict}$$").replace("$6", f"$${asked.name}$$")
    )  # fmt: skip
    page = await queries.search("残疾", first=100)

    told = "\n".join(row["QUERY PLAN"] for row in plan)
    assert size > 20_000
    assert "item_document" in told, told
    assert "Seq Scan on item " not in told
    assert len(page.rows) == 100


def test_a_query_is_cut_without_a_dictionary():
    asked = query("ＳＢＫ 居住证")

    assert asked is not None
    assert asked.strict == "('sbk':*) & (('居住' <-> '住证') | '居住证' | ('居住' & '住证'))"
    assert asked.name.startswith("('sbk':*A) & ")
    assert query(" ,.;") is None


def test_long_names_stay_within_what_a_search_document_may_hold():
    words = Words(syllables=("zhong",) * 300, tokens=("词语",) * 20_000)

    text = document("长" * 5000, ("别" * 5000,), "330700101000", words)

    places = [int(entry.rsplit(":", 1)[1][:-1]) for entry in text.split(" ")]
    assert max(places) <= 16383


def test_letters_and_digits_of_a_name_are_read_as_they_stand():
    syllables, tokens = words("a股(2号)开户", ["住在浙江", "住在杭州"])

    assert syllables == ["a", "gu", "2", "hao", "kai", "hu"]
    assert tokens.count("住") == 1


def test_a_batch_is_answered_in_its_order():
    answered = json.loads(answer(json.dumps([["住房", ["租房"]], ["银行", []]]).encode()))

    assert answered == [[["zhu", "fang"], ["租房"]], [["yin", "hang"], []]]


async def test_one_start_of_the_dictionaries_serves_all_that_wait(db, apart):
    rows = [await make_item(code=f"33200090000{n}", name=f"第{n}号居住登记") for n in range(3)]
    await index(rows[0])
    db.clear()

    await index(rows[1])

    assert len(await names("居住")) == 3
    assert not any("UPDATE" in statement for statement in db)


async def test_dictionaries_that_fail_are_asked_again_later(db, apart, monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)")
    monkeypatch.setattr(dictionaries, "READER", broken)
    row = await make_item()

    with pytest.raises(Unavailable):
        await index(row)
