"""Packages on their way in: they wait in a file of no name, and only so many at a time.

The file goes with the process that has it open, so an upload that breaks off leaves nothing behind.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from tempfile import TemporaryFile
from typing import IO, Final
from uuid import UUID

from litestar.exceptions import InternalServerException

from api.http.errors import AnyRequest, BadRequest
from identity.actor import Actor
from miniapps.catalog.errors import UploadsUnderWay

MOST_HERE, MOST_OF_ONE = 8, 2  # in this process, from the first byte to the answer; of one team or person
COME_BACK_S: Final = 5
WITHIN_S = 300.0  # a body comes, or its place is another's
PIECE: Final = 2**20  # bytes that are written at once

_teams: Counter[UUID] = Counter()  # uploads under way of each
_persons: Counter[UUID] = Counter()


@contextmanager
def place(actor: Actor) -> Iterator[None]:
    """Hold a place for an upload by somebody for his team; in however many teams he is, he has no more.

    Raises: UploadsUnderWay, before anything of the body is read.
    """
    team, person = actor.acting_for, actor.person_id
    if max(_teams[team], _persons[person]) >= MOST_OF_ONE or _teams.total() >= MOST_HERE:
        raise UploadsUnderWay(retry_after_s=COME_BACK_S)
    _teams[team] += 1
    _persons[person] += 1
    try:
        yield
    finally:
        for counted, id in ((_teams, team), (_persons, person)):
            counted[id] -= 1
            if not counted[id]:
                del counted[id]


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """End the reading of a body that takes too long, or that its sender has given up.

    Raises: BadRequest.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            yield
    except TimeoutError:
        raise BadRequest(problem=f"The body did not come within {WITHIN_S:.0f} s.") from None
    except InternalServerException:  # Litestar's word for a client that is gone
        raise BadRequest(problem="The body ended before its end.") from None


@asynccontextmanager
async def spooled(request: AnyRequest) -> AsyncIterator[IO[bytes]]:
    """Give the body as an open file, at its beginning; it is gone afterwards.

    Its route says by `request_max_body_size` how much is read at most.
    Raises: BadRequest; HTTPException for one that is too long, as soon as it is.
    """
    with TemporaryFile(prefix="banshi-package-") as file:
        async with in_time():
            waiting = bytearray()
            async for piece in request.stream():
                waiting += piece
                if len(waiting) >= PIECE:
                    await asyncio.to_thread(file.write, waiting)
                    waiting = bytearray()
            await asyncio.to_thread(file.write, waiting)
        file.seek(0)
        yield file
