"""Trails: what happened lately, in short lists in Valkey, for people who watch.

A trail keeps its last KEPT lines for LIFE; what comes while Valkey is away is lost.  Nothing depends on it.
Lines are not sealed: nothing about a person may stand in one.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from banshi.errors import Unavailable
from storage.queue import redis

log = structlog.get_logger()

TRAIL, FIELD = "banshi:trail:", b"l"
KEPT = 500  # lines, and some dozens more until Valkey cuts
LIFE = timedelta(days=3)  # after the last line


async def leave(lines: Mapping[str, Sequence[bytes]]) -> None:
    """Add lines to trails, by name, in one round trip."""
    try:
        async with redis().pipeline(transaction=False) as pipe:
            for name, added in lines.items():
                for line in added:
                    pipe.xadd(TRAIL + name, {FIELD: line}, maxlen=KEPT)
                pipe.expire(TRAIL + name, LIFE)
            await pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("trails.lost", error=type(error).__name__, count=sum(map(len, lines.values())))


async def follow(name: str, *, after: str | None, most: int) -> list[tuple[str, bytes]]:
    """Return up to `most` lines with their ids, oldest first: those after line `after`, else the last ones.

    Raises: Unavailable.
    """
    try:
        if after is None:
            found = (await redis().xrevrange(TRAIL + name, count=most))[::-1]
        else:
            found = await redis().xrange(TRAIL + name, min=f"({after}", count=most)
    except (RedisError, OSError):
        raise Unavailable(system="Valkey") from None
    return [(id.decode(), told[FIELD]) for id, told in found]
