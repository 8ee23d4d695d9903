"""Signing in and out, and in the sandbox who there is to sign in as.

POST /session  {"method": "face", "id_number": …, "name": …, "face": "ok", "acting_as": "citizen"}
            -> {"token": …, "expires_at": …, "viewer": {…}}
    Sent with the token of a session of the same person, it makes that session stronger or fresher instead.
DELETE /session  ends the session of the token.
api.http.methods has the other ways to sign in.
"""

from typing import Any

import msgspec
from litestar import Response, delete, get, post

from api.http.asking import whoever
from api.http.body import read_json
from api.http.errors import AnyRequest, PathUnknown
from api.http.signed_in import FIELD_CHARACTERS, Entrance, caller_of, signed_in, told
from banshi.errors import InvalidInput, NotSignedIn
from identity import accounts, sandbox, sessions, verdicts, verifier
from identity.sandbox import Persona, SandboxVerifier
from storage import clock

LARGEST_SEED = 2**53

decode = msgspec.json.Decoder(dict[str, str]).decode


@post("/session")
async def sign_in(request: AnyRequest) -> Response[bytes]:
    """Verify a person and open a session for him."""
    form = await read_json(request, decode)
    for field, value in form.items():
        if len(value) > FIELD_CHARACTERS or "\0" in value:
            raise InvalidInput(field=field[:FIELD_CHARACTERS], problem="这一项太长了，或有不能用的字符")
    now, method = await clock.now(), form.pop("method", "")
    words = {name: form.pop(name, "") for name in ("device", "device_word")}
    caller = caller_of(request, Entrance(**words))
    entering = accounts.sign_in(
        method, form, address=caller.address, device=caller.device, device_word=caller.device_word,
        token=caller.token, now=now,
    )  # fmt: skip
    return await signed_in(await verdicts.entering(entering, now=now))


@delete("/session")
async def sign_out(request: AnyRequest) -> None:
    """End the session of the token, and every mini-app's token that came from it."""
    asker = await whoever(request)
    if asker.actor.session_id is None or asker.actor.app_id is not None:
        raise NotSignedIn
    await sessions.revoke(asker.actor, asker.actor.session_id, now=asker.now)
    verdicts.forget(asker.actor)


@get("/sandbox/personas")
async def personas() -> Response[bytes]:
    """Answer the invented persons of the sandbox, each with what to send to /session."""
    _check_sandbox()
    return told([_persona(persona) for persona in sandbox.ALL])


@get("/sandbox/sms")
async def messages() -> Response[bytes]:
    """Answer the messages that would have been sent to invented phones lately, newest first."""
    _check_sandbox()
    return told(await sandbox.messages())


@get("/sandbox/citizens/{seed:int}")
async def citizen(seed: int) -> Response[bytes]:
    """Answer one more citizen, always the same for the same number."""
    _check_sandbox()
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidInput(field="seed", problem="give a number from 0 to 2^53")
    return told(_persona(sandbox.citizen(seed)))


def _check_sandbox() -> None:
    if not isinstance(verifier.current(), SandboxVerifier):
        raise PathUnknown


def _persona(persona: Persona) -> dict[str, Any]:
    told = msgspec.to_builtins(persona, builtin_types=())
    acting_as = persona.post.role if persona.post else "citizen"
    body = {"method": "face", "id_number": persona.number, "name": persona.name, "face": sandbox.FACE_CODE}
    return {**told, "sign_in": {**body, "acting_as": acting_as}}


ROUTES = [sign_in, sign_out]
SANDBOX = [personas, citizen, messages]
