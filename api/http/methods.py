"""Signing in by other ways than a form with name and number.

GET  /session/methods            -> the ways offered here, each with the fields of its form
POST /session/sms                {"id_number", "name"} -> when the code ends, and when to ask again
POST /session/passkey/options    {"id_number"?} -> {"id", "options", "expires_at"}
POST /session/passkey            {"id", "credential"} -> as POST /session
POST /session/network-id         {"credential"} -> as POST /session
POST /passkeys/options           of a session: {} -> {"id", "options", "expires_at"}
POST /passkeys                   of a session: {"id", "credential", "name"?} -> the passkey
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post

from api.http.asking import holder_of
from api.http.body import read_json
from api.http.errors import AnyRequest
from api.http.signed_in import Entrance, Text, caller_of, signed_in, told
from banshi.scopes import Scope
from identity import methods
from identity.methods import network_id, passkey, sms
from storage import clock

CREDENTIAL_CHARACTERS = 2000  # of a 网证
ShortName = Annotated[str, msgspec.Meta(max_length=80)]


class Card(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom a code is for."""

    id_number: Text
    name: Text


class Number(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whose passkeys may answer; "" for anybody's."""

    id_number: Text = ""


class Assertion(Entrance, kw_only=True):
    """What an authenticator signed."""

    id: UUID
    credential: dict[str, Any]


class Attestation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What an authenticator made."""

    id: UUID
    credential: dict[str, Any]
    name: ShortName = ""


class NetworkCredential(Entrance, kw_only=True):
    """A 网证."""

    credential: Annotated[str, msgspec.Meta(max_length=CREDENTIAL_CHARACTERS)]


read_card = msgspec.json.Decoder(Card).decode
read_number = msgspec.json.Decoder(Number).decode
read_assertion = msgspec.json.Decoder(Assertion).decode
read_attestation = msgspec.json.Decoder(Attestation).decode
read_network = msgspec.json.Decoder(NetworkCredential).decode


@get("/session/methods", sync_to_thread=False)
def offered() -> Response[bytes]:
    """Answer the ways to sign in that are connected here, in the order to offer them in."""
    return told(methods.offered())


@post("/session/sms", status_code=202)
async def send_code(request: AnyRequest) -> Response[bytes]:
    """Send a code to whom number and name belong, if to anybody; the answer is the same."""
    card = await read_json(request, read_card)
    form = {"id_number": card.id_number, "name": card.name}
    return told(await sms.send(form, address=_address(request), now=await clock.now()), status=202)


@post("/session/passkey/options", status_code=200)
async def ask_passkey(request: AnyRequest) -> Response[bytes]:
    """Answer what to give to `navigator.credentials.get`."""
    form = {"id_number": (await read_json(request, read_number)).id_number}
    return told(await passkey.begin_sign_in(form, address=_address(request), now=await clock.now()))


@post("/session/passkey")
async def enter_by_passkey(request: AnyRequest) -> Response[bytes]:
    """Open a session for whose passkey signed."""
    body, now = await read_json(request, read_assertion), await clock.now()
    caller = caller_of(request, body)
    entered = await passkey.finish_sign_in(body.id, body.credential, caller=caller, now=now)
    return await signed_in(entered)


@post("/session/network-id")
async def enter_by_network_id(request: AnyRequest) -> Response[bytes]:
    """Open a session for who shows a 网证: in the account it is linked to, else under a pseudonym."""
    body, now = await read_json(request, read_network), await clock.now()
    form = {"credential": body.credential}
    entered = await network_id.sign_in(form, caller=caller_of(request, body), now=now)
    return await signed_in(entered)


@post("/passkeys/options", status_code=200)
async def ask_new_passkey(request: AnyRequest) -> Response[bytes]:
    """Answer what to give to `navigator.credentials.create`."""
    asker = await holder_of(request, Scope.SESSIONS_WRITE)
    return told(await passkey.begin_registration(asker.actor, now=asker.now))


@post("/passkeys")
async def add_passkey(request: AnyRequest) -> Response[bytes]:
    """Register what the authenticator made."""
    asker = await holder_of(request, Scope.SESSIONS_WRITE)
    body = await read_json(request, read_attestation)
    added = await passkey.finish_registration(
        asker.actor, body.id, body.credential, name=body.name, now=asker.now
    )
    answer = {
        "id": added.id, "name": added.name, "level": added.level, "synced": added.is_synced,
        "created_at": added.created_at,
    }  # fmt: skip
    return told(answer, status=201)


def _address(request: AnyRequest) -> str:
    return str(request.scope["state"].get("address", ""))


ROUTES = [
    offered,
    send_code,
    ask_passkey,
    enter_by_passkey,
    enter_by_network_id,
    ask_new_passkey,
    add_passkey,
]
