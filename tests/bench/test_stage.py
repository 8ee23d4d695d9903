"""The data of the benches is left as it was found, though one is killed."""

import asyncio
from types import SimpleNamespace

from bench._lab import stage
from bench._lab.clean import moment
from storage.db import fetch
from tests.identity.factories import make_session


async def sessions() -> int:
    return len(await fetch("SELECT FROM session"))


async def test_what_a_killed_bench_left_is_removed_when_the_next_begins(db, postgres, database, tmp_path):
    lab = SimpleNamespace(
        postgres=SimpleNamespace(url=lambda user: postgres.url(user, database)), unclean=tmp_path / "unclean"
    )
    await make_session()
    before = await sessions()
    await asyncio.sleep(0.01)
    lab.unclean.write_text(moment())  # of the one that was killed
    await make_session()
    inside: list[bool] = []

    def play() -> None:
        with stage._cleaned(lab):
            inside.append(lab.unclean.exists())

    await asyncio.to_thread(play)

    assert await sessions() == before
    assert inside == [True]
    assert not lab.unclean.exists()
