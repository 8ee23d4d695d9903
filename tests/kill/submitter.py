"""The process that is killed while applications share a statement.

python -m tests.kill.submitter DATABASE_URL

It hands in every draft it finds, many at once, each with a key made from its id; tries again when the
database is away, as a phone would; and prints `<case> <number>` as soon as it is told that it was received.
"""

import asyncio
import random
import sys

from miniapps.cases import service
from miniapps.cases.tables import Case
from storage import db, seal
from storage.settings import DatabaseSettings, SealSettings
from tests.miniapps.cases.factories import NOON, a_citizen

AT_ONCE = 24
PATIENCE = 100  # tries


async def hand_in(case_id: object, person_id: object, room: asyncio.Semaphore) -> None:
    citizen = a_citizen(person_id=person_id)
    for _ in range(PATIENCE):
        async with room:
            try:
                case = await service.submit(citizen, case_id, idempotency_key=f"key of {case_id}", now=NOON)
            except Exception as error:
                print("again", type(error).__name__, flush=True)
            else:
                print(case.id, case.number, flush=True)
                return
        await asyncio.sleep(random.uniform(0.05, 0.2))


async def main(url: str) -> None:
    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))
    await db.connect(DatabaseSettings(url=url))
    drafts = await Case.select(Case.id, Case.party_id).where(Case.state == "draft")
    random.shuffle(drafts)
    room = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(hand_in(row["id"], row["party_id"], room) for row in drafts))
    await db.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
