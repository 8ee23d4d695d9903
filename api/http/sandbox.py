"""Moving the platform's clock, so that a week's deadline can be watched in a minute.  Never in production."""

from datetime import timedelta

import msgspec
from litestar import Response, delete, get, post
from litestar.enums import MediaType

from api.http.asking import holder_of
from api.http.body import read_json
from api.http.errors import AnyRequest
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from storage import clock

FARTHEST = timedelta(days=3660)


class ClockFixed(DomainError):
    """The clock of this installation is the machine's own and cannot be moved."""

    code = "CLOCK_FIXED"
    status = 403
    text = "The clock moves only where BANSHI_CLOCK=shift."


class Push(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move the clock, in seconds; negative moves it back."""

    by_s: int


decode = msgspec.json.Decoder(Push).decode


@post("/sandbox/clock", status_code=200)
async def push(request: AnyRequest) -> Response[bytes]:
    """Move the clock of all processes by `by_s` seconds and answer the new time."""
    await holder_of(request, Scope.CLOCK_WRITE)
    try:
        by = timedelta(seconds=(await read_json(request, decode)).by_s)
    except OverflowError:
        by = timedelta.max
    if abs(by) > FARTHEST:
        raise InvalidInput(field="by_s", problem="move the clock by ten years at most")
    try:
        return _told(await clock.shift(by))
    except clock.ClockIsReal as error:
        raise ClockFixed() from error


@delete("/sandbox/clock", status_code=200)
async def put_back(request: AnyRequest) -> Response[bytes]:
    """Put the clock of all processes back to the machine's time."""
    await holder_of(request, Scope.CLOCK_WRITE)
    try:
        await clock.reset()
    except clock.ClockIsReal as error:
        raise ClockFixed() from error
    return _told(await clock.now())


@get("/sandbox/clock")
async def read() -> Response[bytes]:
    """Answer the platform's time."""
    return _told(await clock.now())


def _told(now: object) -> Response[bytes]:
    return Response(msgspec.json.encode({"now": now}), media_type=MediaType.JSON)


ROUTES = [push, put_back, read]
