"""Signing in and out, and in the sandbox who there is to sign in as.

POST /session  {"method": "face", "id_number": …, "name": …, "face": "ok", "acting_as": "citizen"}
            -> {"token": …, "expires_at": …, "viewer": {…}}
DELETE /session  ends the session of the token.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post
from litestar.enums import MediaType

from api.http.asking import whoever
from api.http.body import read_json
from api.http.errors import AnyRequest, PathUnknown
from banshi.errors import InvalidInput, NotSignedIn
from identity import accounts, departments, sandbox, sessions, verdicts, verifier
from identity.actor import Actor
from identity.sandbox import Persona, SandboxVerifier
from storage import clock

FIELD_CHARACTERS = 200
LARGEST_SEED = 2**53

decode = msgspec.json.Decoder(dict[str, str]).decode


@post("/session")
async def sign_in(request: AnyRequest) -> Response[bytes]:
    """Verify a person and open a session for him."""
    form = await read_json(request, decode)
    for field, value in form.items():
        if len(value) > FIELD_CHARACTERS or "\0" in value:
            raise InvalidInput(field=field[:FIELD_CHARACTERS], problem="这一项太长了，或有不能用的字符")
    now = await clock.now()
    device = form.pop("device", "") or request.headers.get("user-agent", "")
    method = form.pop("method", "")
    address = str(request.scope["state"].get("address", ""))
    token, session = await accounts.sign_in(method, form, address=address, device=device, now=now)
    actor = await accounts.actor_of(token, now=now)
    if actor is None:  # the post ended between the two lines
        raise NotSignedIn
    answer = {"token": token, "expires_at": session.expires_at, "viewer": await _viewer(actor)}
    return _json(answer, status=201)


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
    return _json([_persona(persona) for persona in sandbox.ALL])


@get("/sandbox/citizens/{seed:int}")
async def citizen(seed: int) -> Response[bytes]:
    """Answer one more citizen, always the same for the same number."""
    _check_sandbox()
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidInput(field="seed", problem="give a number from 0 to 2^53")
    return _json(_persona(sandbox.citizen(seed)))


def _check_sandbox() -> None:
    if not isinstance(verifier.current(), SandboxVerifier):
        raise PathUnknown


async def _viewer(actor: Actor) -> dict[str, Any]:
    profile = await accounts.profile(actor)
    office = None if actor.acting_for == actor.person_id else await _office(actor.acting_for)
    return {
        "id": profile.id,
        "name": profile.name,
        "level": profile.level,
        "region": profile.region,
        "roles": sorted(actor.roles),
        "scopes": sorted(actor.scopes),
        "acting_for": office or profile.name,
        "posts": [
            {"id": held.id, "role": held.role, "region": held.region, "department_id": held.department}
            for held in profile.posts
        ],
    }


async def _office(department_id: UUID) -> str | None:
    found = await departments.by_ids([department_id])
    return found[0].name if found else None


def _persona(persona: Persona) -> dict[str, Any]:
    told = msgspec.to_builtins(persona, builtin_types=())
    acting_as = persona.post.role if persona.post else "citizen"
    body = {"method": "face", "id_number": persona.number, "name": persona.name, "face": sandbox.FACE_CODE}
    return {**told, "sign_in": {**body, "acting_as": acting_as}}


def _json(value: Any, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON)


ROUTES = [sign_in, sign_out]
SANDBOX = [personas, citizen]
