"""What somebody gets who has signed in, whichever way: his token, until when, and who he is."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.enums import MediaType

from api.http.errors import AnyRequest
from banshi.errors import InvalidInput
from identity import accounts, departments, mandates, teams
from identity.actor import Actor
from identity.entering import Caller
from identity.sessions import Opened

FIELD_CHARACTERS = 200
WORD_CHARACTERS = 16  # at least, of what a device keeps to be known again

Text = Annotated[str, msgspec.Meta(max_length=FIELD_CHARACTERS, pattern=r"^[^\x00]*\Z")]


class Entrance(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every body that signs in may say of the device, and as what to act."""

    device: Text = ""
    device_word: Text = ""
    acting_as: Text = ""


def caller_of(request: AnyRequest, entrance: Entrance) -> Caller:
    """Return from where `request` signs in; its bearer token names the session to step up, if it lives.

    Raises: InvalidInput for a word that can be guessed.
    """
    if entrance.device_word and len(entrance.device_word) < WORD_CHARACTERS:
        problem = f"至少 {WORD_CHARACTERS} 个随机字符"
        raise InvalidInput(field="device_word", problem=problem)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return Caller(
        address=str(request.scope["state"].get("address", "")),
        device=entrance.device or request.headers.get("user-agent", ""),
        device_word=entrance.device_word,
        token=token.strip() if kind.lower() == "bearer" else None,
        acting_as=entrance.acting_as or None,
    )


async def signed_in(entered: Opened, **rest: Any) -> Response[bytes]:
    """Return the answer to who has just signed in; `rest` stands beside it."""
    until = entered.session.expires_at
    answer = {"token": entered.token, "expires_at": until, "viewer": await _viewer(entered.actor), **rest}
    return told(answer, status=201)


def told(value: Any, status: int = 200) -> Response[bytes]:
    """Return `value` as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=MediaType.JSON)


async def _viewer(actor: Actor) -> dict[str, Any]:
    profile = await accounts.profile(actor)
    party = None if actor.acting_for == actor.person_id else await _party(actor)
    return {
        "id": profile.id,
        "name": profile.name,
        "level": profile.level,
        "region": profile.region,
        "roles": sorted(actor.roles),
        "scopes": sorted(actor.scopes),
        "acting_for": party or profile.name,
        "posts": [
            {"id": held.id, "role": held.role, "region": held.region, "department_id": held.department}
            for held in profile.posts
        ],
    }


async def _party(actor: Actor) -> str | None:
    """Return what is acted for is called: a department, a team, a firm, or a person, masked."""
    if actor.delegation_id is not None:
        return (await mandates.parties(actor, [actor.acting_for])).get(actor.acting_for)
    offices = [office.name for office in await departments.by_ids([actor.acting_for])]
    return next(iter(offices or [team.name for team in await teams.by_ids([actor.acting_for])]), None)
