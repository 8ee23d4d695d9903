"""A process that remembers verdicts: reads a token a line, answers whether it is good (`python -m`)."""

import asyncio
import sys

from identity import verdicts
from storage import db, news, seal
from storage.settings import DatabaseSettings, SealSettings
from tests.identity.factories import NOON


async def main(url: str) -> None:
    async def now() -> object:
        return NOON

    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))
    await db.connect(DatabaseSettings(url=url))
    async with verdicts.remembered(now) as listener, news.listening(url, listener):
        while token := (await asyncio.to_thread(sys.stdin.readline)).strip():
            verdict = await verdicts.find(token, now=NOON)
            kept = "kept" if verdict and verdict.kept is not None else "asked"
            print("refused" if verdict is None else kept, flush=True)
    await db.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
