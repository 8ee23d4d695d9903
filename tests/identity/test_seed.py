"""Seeding: quick, repeatable, complete."""

import time

from identity import seed
from storage.db import fetch
from tests.identity.factories import NOON


async def test_seed_is_quick_and_changes_nothing_the_second_time(db):
    started = time.monotonic()
    await seed.seed(now=NOON, personas=True)
    took_s = time.monotonic() - started
    first = await counts()

    await seed.seed(now=NOON, personas=True)

    assert took_s < 5  # 0.3 s on an idle machine
    assert first == {"division": 1489, "department": 1021, "person": 19, "staff_post": 19}
    assert await counts() == first


async def test_seed_without_personas_stores_no_person(db):
    await seed.seed(now=NOON, personas=False)

    assert (await counts())["person"] == 0


async def counts() -> dict[str, int]:
    tables = ("division", "department", "person", "staff_post")
    return {table: (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}
