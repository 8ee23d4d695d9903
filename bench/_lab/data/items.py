"""Items of the catalogue: texts in the item language, brought in by the program's own verbs."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bench._lab.data import words
from bench._lab.data.population import Population
from identity import regions
from miniapps.items import queries, service
from miniapps.items.tasks import read
from storage.db import execute, fetch, transaction

WITHDRAWN_OF = 60  # one item in so many is no longer offered: its cases show none
FIRST = 50_000  # number of the first item; shipped ones are below
AT_ONCE = 200  # items in one transaction

TEXT = """格式: 1
样本: {sample}
编码: "{code}"
名称: {name}
人生大事: [{events}]
类型: {kind}
部门: {agency}
服务对象: {target}
简介: {name}，符合条件的申请人可以全程网上办理，结果以电子证照送达，无需到场。
受理条件: 在本省居住、就业或者登记注册，申请事项真实，材料齐全。
设定依据: [《中华人民共和国行政许可法》第十二条]
承诺时限: {{数量: {days}, 依据: 政务服务承诺}}
即办件: {instant}
实施地区: [{places}]
到场次数: {trips}
{reason}网办深度: {depth}
材料:
{papers}
流程:
  - {{名称: 受理, 时限: 0}}
  - {{名称: 审查, 时限: {days}}}
结果: {{名称: {object}证明, 类型: 出证办结, 证照种类: business_licence}}
咨询电话: 0571-12345678
投诉电话: 0571-87654321
"""
PAPER = "  - {{种类: {kind}, 名称: {name}, 来源: 申请人自备, 告知承诺: 是}}"


@dataclass(frozen=True)
class Offered:
    """One item as the rows of cases need it."""

    code: str
    name: str
    agency: str
    version_id: str
    papers: tuple[tuple[str, str], ...]  # kind and name of each material


def texts(count: int) -> Iterator[str]:
    """Yield `count` item texts: three in five for the province, one for a city, one for a county."""
    dice = random.Random("banshi bench items")
    places = regions.shipped().values()
    cities = [place.code for place in places if place.level == 2]
    counties = [place.code for place in places if place.level == 3]
    agencies = list(words.AGENCIES)
    for number in range(count):
        thing = words.OBJECTS[number % len(words.OBJECTS)]
        action = words.ACTIONS[number // len(words.OBJECTS) % len(words.ACTIONS)]
        where = {3: dice.sample(cities, 2), 4: dice.sample(counties, 5)}.get(number % 5, ["330000"])
        trips, instant = int(number % 11 == 0), number % 4 == 0
        papers = dice.sample(words.PAPERS, 3 + dice.choice((0, 0, 0, 1, 1, 2, 3, 5)))
        kind = dice.choice(list(words.KINDS))
        yield TEXT.format(
            sample="是" if number % 3 else "否", depth=3 if trips else 4,
            code=f"33{words.KINDS[kind]}{FIRST + number:05d}000", name=thing + action, object=thing,
            events=", ".join(dice.sample(words.LIFE_EVENTS, number % 3)),
            kind=kind, agency=agencies[number % len(agencies)],
            target=dice.choice(words.TARGETS), days=0 if instant else 5, instant="是" if instant else "否",
            places=", ".join(f'"{code}"' for code in where), trips=trips,
            reason="到场原因: 须现场核验原件\n" if trips else "",
            papers="\n".join(PAPER.format(kind=kind, name=name) for kind, name in papers),
        )  # fmt: skip


async def bring(population: Population, *, now: datetime) -> None:
    """Publish the items, make them findable, and withdraw some."""
    batch: list[str] = []
    for text in texts(population.items):
        batch.append(text)
        if len(batch) == AT_ONCE:
            await _publish(batch, now=now)
            batch = []
    await _publish(batch, now=now)
    while rows := await queries.lock_unindexed():
        items = [queries.compiled(row) for row in rows]
        async with transaction():
            for row, found in zip(rows, await read(items), strict=True):
                await service.index(row, found)
    await execute("UPDATE item SET current_id = NULL WHERE substr(code, 5, 5)::int >= $1"
                  " AND substr(code, 5, 5)::int % $2 = 7", FIRST, WITHDRAWN_OF)  # fmt: skip
    await execute("DELETE FROM outbox")  # nobody is there to hear of them


async def _publish(batch: list[str], *, now: datetime) -> None:
    async with transaction():
        for text in batch:
            await service.bring(text, now=now)


OFFERED = """
SELECT DISTINCT ON (i.code) i.code, i.name, i.agency, v.id::text AS version_id,
    (SELECT array_agg(ARRAY[m->>'code', m->>'name'])
     FROM jsonb_array_elements(v.compiled->'materials') AS m) AS papers
FROM item AS i JOIN item_version AS v ON v.item = i.id
WHERE v.published_at IS NOT NULL ORDER BY i.code, v.number DESC
"""


async def offered() -> list[Offered]:
    """Return every item, withdrawn ones too, by code."""
    rows = await fetch(OFFERED)
    return [
        Offered(**{**row, "papers": tuple(map(tuple, row["papers"] or words.PAPERS[:3]))}) for row in rows
    ]
