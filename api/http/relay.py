"""The relay: back ends connect outward, and calls come down to them.  No tunnel, no public address.

GET /relay, a WebSocket; every message is one JSON object in a text frame of at most 1 MiB.
    Authorization: Basic <client id:secret of the mini-app>    calls of citizens, or of its sandbox
    Authorization: Bearer <a developer's session>              the calls that he makes himself

back end -> {"type": "hello", "app": id}                  first, within five seconds
platform -> {"type": "ready", "connection", "issuer", "audience", "mostUnderWay"}
platform -> {"type": "call", "id", "api", "token", "request_id", "body", "idempotency_key"}
back end -> {"type": "answer", "id", "status", "body"}    status 200, or a refusal and {"error": …}
either   -> {"type": "drain"}                             no more calls here: the other connects anew, or ends
platform -> {"type": "refused", "code", "message", "retryable"}   and ends with 4403
"""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect, WebSocketException
from litestar.types import ControllerRouterHandler

from api.http import credential
from api.http.asking import bearer
from banshi.errors import DomainError
from identity import session_tokens
from miniapps.gateway import service
from miniapps.gateway.errors import RelayRefused
from miniapps.gateway.service import MOST_UNDER_WAY, Connection, Exchange, Holder
from storage import leases
from storage.ids import new_hex
from storage.limits import subscriber

log = structlog.get_logger()

HELLO_S = 5.0
LOOK_S = 15.0  # so often it is seen to whether the holder may still hold it
PER_CHANNEL, PER_DESK, PER_PROCESS = 32, 32, 1_000  # connections of one process
OPENINGS, OPENINGS_PER_S = 60, 1.0  # per address
REFUSED = 4403

AnySocket = WebSocket[Any, Any, Any]


class _Word(msgspec.Struct):
    """What a back end says; what does not belong to its type is empty."""

    type: str
    app: str = ""
    id: str = ""
    status: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


_word = msgspec.json.Decoder(_Word).decode


@websocket("/relay")
async def relay(socket: AnySocket) -> None:
    """Hold one connection for as long as it lasts."""
    exchange: Exchange = socket.app.state["exchange"]
    if exchange.draining:
        await socket.close()  # before it is accepted: the back end tries again, and finds another process
        return
    await socket.accept()
    try:
        holder = await _holder(socket)
        _check_room(exchange, holder)
    except DomainError as refusal:
        await _refuse(socket, refusal)
        return
    except (WebSocketDisconnect, TimeoutError):
        return
    await _hold(socket, exchange, holder)


async def _hold(socket: AnySocket, exchange: Exchange, holder: Holder) -> None:
    async def send(frame: bytes) -> None:
        try:
            await socket.send_data(frame, mode="text")
        except WebSocketException as error:
            raise OSError from error

    connection = Connection(new_hex(), holder.channel, send)
    looking = asyncio.get_running_loop().create_task(_look(socket, holder.app_id))
    try:
        ready = {
            "type": "ready", "connection": connection.id, "issuer": session_tokens.issuer(),
            "audience": holder.audience, "mostUnderWay": MOST_UNDER_WAY,
        }  # fmt: skip
        await send(msgspec.json.encode(ready))
        await exchange.hold(connection)
        log.info("relay.opened", client_id=holder.app_id)
        while await _heard(socket, exchange, connection):
            pass
    except (WebSocketDisconnect, OSError):
        pass
    finally:
        looking.cancel()
        await exchange.drop(connection)
        log.info("relay.ended", client_id=holder.app_id)


async def _heard(socket: AnySocket, exchange: Exchange, connection: Connection) -> bool:
    """Take what the back end says next; False: it has said its last."""
    word = await _next(socket)
    match word.type:
        case "answer":
            connection.answered(word.id, word.status, bytes(word.body))
        case "drain":
            exchange.begin(_retire(socket, exchange, connection))
        case _:
            await _refuse(socket, RelayRefused(problem=f"{word.type[:20]!r} is no type of a message"))
            return False
    return True


async def _retire(socket: AnySocket, exchange: Exchange, connection: Connection) -> None:
    await exchange.retire(connection)
    with suppress(Exception):
        await socket.close()


async def _next(socket: AnySocket) -> _Word:
    try:
        text = await socket.receive_data(mode="text")
        return _word(text.encode())
    except (msgspec.DecodeError, UnicodeError, KeyError):
        raise WebSocketDisconnect(detail="no message", code=1003) from None


async def _holder(socket: AnySocket) -> Holder:
    """Return who connects.

    Raises: NotSignedIn, ScopeMissing, RelayRefused, RateLimited, TimeoutError, WebSocketDisconnect.
    """
    address = str(socket.scope["state"]["address"])
    await leases.take(f"relay:{subscriber(address)}", capacity=OPENINGS, per_s=OPENINGS_PER_S)
    async with asyncio.timeout(HELLO_S):
        hello = await _next(socket)
    if hello.type != "hello":
        raise RelayRefused(problem="say hello first")
    return await _authorised(socket.headers.get("authorization", ""), address, hello.app)


async def _authorised(authorization: str, address: str, app_id: str) -> Holder:
    if authorization.partition(" ")[0].lower() == "bearer":
        asker = await bearer(authorization, address)
        return service.holder_of_session(asker.actor, app_id)
    return await credential.holder(authorization, address, app_id)


def _check_room(exchange: Exchange, holder: Holder) -> None:
    is_full = bool(holder.desk) and exchange.held_at(holder.desk) >= PER_DESK
    if is_full or exchange.held(holder.channel) >= PER_CHANNEL or len(exchange.connections) >= PER_PROCESS:
        raise RelayRefused(problem="there are enough connections already")


async def _look(socket: AnySocket, app_id: str) -> None:
    """End the connection when who holds it may not do so any more."""
    authorization, address = socket.headers.get("authorization", ""), str(socket.scope["state"]["address"])
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await _authorised(authorization, address, app_id)
        except DomainError as refusal:
            await _refuse(socket, refusal)
            return


async def _refuse(socket: AnySocket, refusal: DomainError) -> None:
    told = {"type": "refused", "code": refusal.code, "message": str(refusal), "retryable": refusal.retryable}
    with suppress(Exception):
        await socket.send_data(msgspec.json.encode(told), mode="text")
        await socket.close(code=REFUSED, reason=refusal.code)


ROUTES: list[ControllerRouterHandler] = [relay]
