"""Signing in a desktop or kiosk by a phone that is signed in.

The desktop:  POST /session/qr               {"device"?} -> {"id", "secret", "content", "number", …}
              POST /session/qr/{id}/session  {"secret"} every two seconds
                                             -> 200 {"state"}, or once 201 as POST /session
The phone:    GET  /session/qr/{id}          -> {"device", "is_near", "numbers", …}
              POST /session/qr/{id}/approval {"number"}: the one that its owner sees on the desktop
              POST /session/qr/{id}/refusal
"""

from uuid import UUID

import msgspec
from litestar import Response, get, post

from api.http.asking import holder_of
from api.http.body import read_json
from api.http.errors import AnyRequest
from api.http.signed_in import Entrance, Text, caller_of, signed_in, told
from banshi.scopes import Scope
from identity.methods import qr
from storage import clock


class Secret(Entrance, kw_only=True):
    """What the desktop alone knows."""

    secret: Text


class Choice(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The number that somebody saw on the desktop."""

    number: int


read_entrance = msgspec.json.Decoder(Entrance).decode
read_secret = msgspec.json.Decoder(Secret).decode
read_choice = msgspec.json.Decoder(Choice).decode


@post("/session/qr")
async def begin(request: AnyRequest) -> Response[bytes]:
    """Answer what a desktop shows, and the secret it keeps."""
    entrance = await read_json(request, read_entrance)
    begun = await qr.begin(caller=caller_of(request, entrance), now=await clock.now())
    return told(begun, status=201)


@post("/session/qr/{id:uuid}/session", status_code=200)
async def finish(request: AnyRequest, id: UUID) -> Response[bytes]:
    """Answer how far it has come; once the phone has approved, with a session."""
    body, now = await read_json(request, read_secret), await clock.now()
    progress = await qr.finish(id, body.secret, caller=caller_of(request, body), now=now)
    if progress.entered is None:
        return told({"state": progress.state})
    return await signed_in(progress.entered, state=progress.state)


@get("/session/qr/{id:uuid}")
async def look(request: AnyRequest, id: UUID) -> Response[bytes]:
    """Answer which device asks, and the numbers to choose from."""
    asker = await holder_of(request, Scope.SESSIONS_WRITE)
    address = str(request.scope["state"].get("address", ""))
    return told(await qr.look(asker.actor, id, address=address, now=asker.now))


@post("/session/qr/{id:uuid}/approval", status_code=204)
async def approve(request: AnyRequest, id: UUID) -> None:
    """Let the device in that shows the number."""
    asker = await holder_of(request, Scope.SESSIONS_WRITE)
    choice = await read_json(request, read_choice)
    await qr.approve(asker.actor, id, choice.number, now=asker.now)


@post("/session/qr/{id:uuid}/refusal", status_code=204)
async def refuse(request: AnyRequest, id: UUID) -> None:
    """Keep the device out."""
    asker = await holder_of(request, Scope.SESSIONS_WRITE)
    await qr.refuse(asker.actor, id, now=asker.now)


ROUTES = [begin, finish, look, approve, refuse]
