"""Drafts ready to be handed in: of viewers, for items of the whole province, every paper promised."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import msgspec

from api.settings import Settings
from api.wiring import configure
from bench._lab.data import viewers
from bench._lab.data.population import Population
from identity import regions
from identity.keys import Retention
from miniapps.cases.rules import Choice, Content, Way
from storage import clock, db, seal
from storage.ids import new_id

ITEMS = """
SELECT i.code, i.name, v.id AS version_id,
    (SELECT array_agg(m->>'code') FROM jsonb_array_elements(v.compiled->'materials') AS m) AS papers
FROM item AS i JOIN item_version AS v ON v.id = i.current_id
WHERE i.regions = ARRAY['330000']::varchar[] AND i.target IN ('person', 'both')
    AND v.compiled->'auto_rules' IS NULL AND substr(i.code, 5, 5)::int >= 50000
ORDER BY i.code LIMIT 200
"""
COLUMNS = "id party_id applicant_id item_version code title region state content delivery opened_at".split()


@dataclass(frozen=True)
class Draft:
    """One draft that is there."""

    case_id: UUID
    owner: int  # citizen
    content: bytes


async def bring(settings: Settings, url: str, population: Population, count: int) -> list[Draft]:
    """Store `count` drafts and return them; `url` may write to every table."""
    configure(settings)
    await db.connect(settings.database)
    try:
        counties = [place.code for place in regions.shipped().values() if place.level == 3]
        seals = await viewers.sealer(population, counties)
        now = await clock.now()
    finally:
        await db.disconnect()
    connection = await asyncpg.connect(url)
    try:
        items = await connection.fetch(ITEMS)
        owners = random.Random("who has drafts").choices(population.viewers, k=count)
        made, records = [], []
        for number, owner in enumerate(owners):
            item = items[number % len(items)]
            party, case_id = population.party_id(owner), new_id()
            sealed = _seal(seals.citizen[party], case_id, item["papers"])
            made.append(Draft(case_id, owner, sealed))
            region = counties[owner % len(counties)]
            records.append((case_id, party, party, item["version_id"], item["code"], item["name"], region,
                            "draft", sealed, "electronic", now))  # fmt: skip
        await connection.copy_records_to_table("case_file", records=records, columns=COLUMNS)
    finally:
        await connection.close()
    return made


def _seal(key: bytes, case_id: UUID, papers: Sequence[str]) -> bytes:
    content = Content({}, {}, {paper: Choice(Way.COMMITMENT) for paper in papers})
    aad = f"case:{case_id}:content:{Retention.CITIZEN}".encode()
    return seal.seal(msgspec.json.encode(content), key, aad=aad)
