"""Trails are short, and nothing depends on them."""

import pytest

from banshi.errors import Unavailable
from storage import queue, trails
from storage.settings import QueueSettings


async def test_only_the_last_lines_are_kept_and_only_for_a_while(valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    await trails.leave({"a": [b"%d" % n for n in range(2 * trails.KEPT)], "b": [b"x"]})

    lines = await trails.follow("a", after=None, most=3 * trails.KEPT)

    assert trails.KEPT <= len(lines) < 1.5 * trails.KEPT
    assert lines[-1][1] == b"%d" % (2 * trails.KEPT - 1)
    assert 0 < await queue.redis().ttl("banshi:trail:a") <= trails.LIFE.total_seconds()
    assert await trails.follow("a", after=lines[-3][0], most=9) == lines[-2:]
    await queue.redis().flushdb()
    await queue.disconnect()


async def test_without_valkey_lines_are_lost_and_readers_are_told():
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1"))

    await trails.leave({"a": [b"x"]})

    with pytest.raises(Unavailable):
        await trails.follow("a", after=None, most=1)
    await queue.disconnect()
