"""The ASGI application of a mini-app:

    POST /apis/{name}  Authorization: Bearer <session token>   one call of a citizen, by way of the platform;
                       with Standard Webhooks headers, whose id is the SHA-256 of the token, if it is signed
    POST /events       Standard Webhooks                        one delivery, answered once it is stored
    GET  /healthz                                               {"app", "version"}

Refusals are {"error": {code, message, data, requestId}} with the status of their class; what the platform
refuses to a handler that acts for a citizen is passed on as it is.
"""

import asyncio
import contextlib
import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from banshi import events, signing
from banshi.errors import DomainError, InvalidInput, NotFound, Unavailable
from banshi.manifest import Manifest
from banshi.refusals import PlatformError, Refused
from banshi.serving._api import Api
from banshi.serving._inbox import Delivery, Inbox
from banshi.serving._tokens import Door, TokenRefused
from banshi.signing import SignatureRefused

log = logging.getLogger("banshi")  # noqa: TID251 (a library logs as the program that uses it does)

LARGEST = 1_000_000  # bytes of a call or delivery
IDLE_S = 1.0  # until the inbox is looked at again when nothing came
JSON, FRESH = (b"content-type", b"application/json"), (b"cache-control", b"no-store")

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Handler = Callable[[Any], Awaitable[None]]  # of events


class Call(NamedTuple):
    """The call under way, for logs, and so that what comes twice is done once."""

    request_id: str
    idempotency_key: str = ""  # the caller's, "" when he gave none


CALL: ContextVar[Call] = ContextVar("call")


class Reply(NamedTuple):
    """An answer: its status and JSON."""

    status: int
    body: bytes
    request_id: str


class TooLarge(DomainError):
    """The body is longer than a mini-app takes."""

    code = "CALL_TOO_LARGE"
    status = 413
    text = "The body is longer than {most} bytes."


class Server:
    """Answers calls and takes deliveries; works on the inbox while it lives."""

    def __init__(
        self,
        manifest: Manifest,
        apis: Mapping[str, Api],
        handlers: Mapping[str, Handler],
        *,
        door: Door,
        secrets: Sequence[str],
        inbox: Inbox | None,
    ) -> None:
        self.manifest, self.apis, self.handlers = manifest, apis, handlers
        self.door, self.secrets, self.inbox = door, secrets, inbox
        self._woken = asyncio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        reply = await self.answer(scope["method"], scope["path"], headers, receive)
        length = (b"content-length", str(len(reply.body)).encode())
        told = [JSON, length, FRESH, (b"x-request-id", reply.request_id.encode("latin-1"))]
        await send({"type": "http.response.start", "status": reply.status, "headers": told})
        await send({"type": "http.response.body", "body": reply.body})

    async def answer(self, method: str, path: str, headers: Mapping[str, str], receive: Receive) -> Reply:
        """Answer one request, wherever it came from; `headers` have small names.  Raises nothing."""
        call = Call(headers.get("x-request-id") or uuid.uuid4().hex, headers.get("idempotency-key", ""))
        token = CALL.set(call)
        try:
            status, body = await self._answer(method, path, headers, receive)
            content = msgspec.json.encode(body)
        except (DomainError, PlatformError) as refusal:
            status, content = _refusal(refusal, call.request_id)
        except Exception:
            log.exception("a call failed, request %s", call.request_id)
            status, content = 500, _error({"code": "BUG", "data": {}}, "This is our fault.", call.request_id)
        finally:
            CALL.reset(token)
        return Reply(status, content, call.request_id)

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], receive: Receive
    ) -> tuple[int, Any]:
        if (method, path) == ("GET", "/healthz"):
            return 200, {"app": self.manifest.id, "version": self.manifest.version}
        if (method, path) == ("POST", "/events"):
            return 202, await self._deliver(headers, await _read(receive))
        api = self.apis.get(path.removeprefix("/apis/")) if path.startswith("/apis/") else None
        if api is None or method != "POST":
            raise NotFound(what="API", id=path)
        return 200, await self._call(api, headers, await _read(receive))

    async def _call(self, api: Api, headers: Mapping[str, str], body: bytes) -> Any:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TokenRefused(reason="there is none")
        if self.secrets and "webhook-signature" in headers:
            id = signing.verify(self.secrets, headers, body, now=datetime.now(UTC))
            if id != hashlib.sha256(token.strip().encode()).hexdigest():
                raise SignatureRefused(reason="it is of another call")
        citizen = await self.door.citizen(token.strip(), api=api.name)
        citizen.require(api.scope)
        try:
            ask = api.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(field="body", problem=str(error)) from None
        return await api.handler(citizen, ask)

    async def _deliver(self, headers: Mapping[str, str], body: bytes) -> dict[str, bool]:
        """Store a delivery that is the platform's; a test, or what nobody works on, is taken and left."""
        id = signing.verify(self.secrets, headers, body, now=datetime.now(UTC))
        try:
            event = None if events.told(body).test else events.read(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(field="body", problem=f"this is no event: {error}") from None
        if self.inbox is None or event is None or event.type not in self.handlers:
            return {"stored": False}
        is_new = await self.inbox.put(Delivery(id, event.type, body))
        self._woken.set()
        return {"stored": is_new}

    async def work(self, inbox: Inbox) -> None:
        """Work on one delivery after the other, for ever."""
        while True:
            delivery = await inbox.due()
            if delivery is None:
                self._woken.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), IDLE_S)
            else:
                await self.work_on(inbox, delivery)

    async def work_on(self, inbox: Inbox, delivery: Delivery) -> None:
        """Work on one delivery; what fails is due again later."""
        try:
            await self.handlers[delivery.type](events.read(delivery.body))
        except Exception:
            log.exception("delivery %s failed, attempt %d", delivery.id, delivery.attempt)
            await inbox.failed(delivery)
        else:
            await inbox.done(delivery.id)

    async def _live(self, receive: Receive, send: Send) -> None:
        worker: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                worker = asyncio.create_task(self.work(self.inbox)) if self.inbox else None
                await send({"type": "lifespan.startup.complete"})
            else:
                if worker is not None:
                    worker.cancel()
                    await asyncio.gather(worker, return_exceptions=True)
                await send({"type": "lifespan.shutdown.complete"})
                return


def this_call() -> Call:
    """Return the call that a handler of an API works on.

    Raises: LookupError outside of one.
    """
    return CALL.get()


async def _read(receive: Receive) -> bytes:
    """Return the body.

    Raises: TooLarge.
    """
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST:
            raise TooLarge(most=LARGEST)
        more = message.get("more_body", False)
    return bytes(body)


def _refusal(refusal: DomainError | PlatformError, request_id: str) -> tuple[int, bytes]:
    """Return what is answered to a refusal; one of the platform's is passed on, its silence is a code."""
    if isinstance(refusal, Refused):
        log.warning("the platform refused with %s, request %s", refusal.code, request_id)
        told = {"code": refusal.code, "data": refusal.data}
        return refusal.status or DomainError.status, _error(told, str(refusal), request_id)
    said = refusal if isinstance(refusal, DomainError) else Unavailable(system="the platform")
    return said.status, _error(said.extensions, str(said), request_id)


def _error(extensions: Mapping[str, Any], message: str, request_id: str) -> bytes:
    return msgspec.json.encode({"error": {"message": message, **extensions, "requestId": request_id}})
