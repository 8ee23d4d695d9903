"""A platform that is played: what acts for citizens can be tried without one.

    platform = Played({"unreadNotices": lambda citizen, variables: 3})
    async with app.test_client(citizen=fake.adult(), platform=platform) as client: …

`miniapp dev --alone` plays what is in PARTS, and nothing else.
"""

import inspect
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import httpx
import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from banshi.errors import DomainError, NotFound, NotSignedIn
from banshi.serving import Citizen
from banshi.serving._tokens import citizen_of

TOKEN, GRAPHQL = "/oauth/token", "/graphql"
PATHS = (TOKEN, GRAPHQL)
FIELD = re.compile(r"[^{]*\{\s*(\w+)")  # of an operation: the first one, our client asks no others

Play = Callable[[Citizen, dict[str, Any]], Any]
"""What answers a root field for a citizen, from the variables of the operation; it may be async.

It returns data in the names of the schema, or raises a DomainError.
"""


class NotPlayed(DomainError):
    """The platform is played here, and not this part of it."""

    code = "NOT_PLAYED"
    status = 501
    text = "Nobody plays the field {field} here: app.test_client(…, platform=Played(…)) takes what does."


class Asked(NamedTuple):
    """What was asked of a platform that is played."""

    field: str
    variables: dict[str, Any]
    citizen: Citizen


def _viewer(citizen: Citizen, variables: dict[str, Any]) -> dict[str, Any]:
    id = uuid.uuid5(uuid.NAMESPACE_URL, citizen.sub)
    return {
        "id": str(id), "level": citizen.level, "region": citizen.region, "scopes": sorted(citizen.scopes),
    }  # fmt: skip


PARTS: tuple[Callable[[], Mapping[str, Play]], ...] = (lambda: {"viewer": _viewer},)
"""What every platform that is played plays; each is called once for it, and may remember."""


class Played:
    """Plays root fields of the platform's API, those of PARTS and those it is given; keeps what is asked."""

    def __init__(self, fields: Mapping[str, Play] | None = None) -> None:
        self.fields: dict[str, Play] = {name: play for part in PARTS for name, play in part().items()}
        self.fields |= fields or {}
        self.asked: list[Asked] = []
        self._citizens: dict[str, Citizen] = {}  # by token

    @property
    def transport(self) -> httpx.MockTransport:
        """What httpx sends its requests by, to come here."""
        return httpx.MockTransport(self._handle)

    async def answer(self, path: str, authorization: str, body: bytes) -> tuple[Any, int]:
        """Return JSON and status of a POST to one of PATHS."""
        if path == TOKEN:
            return self._exchange(body)
        try:
            return {"data": await self._play(authorization, body)}, 200
        except DomainError as refusal:
            return {"errors": [{"message": str(refusal), "extensions": refusal.extensions}]}, 200

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        shown = request.headers.get("authorization", "")
        told, status = await self.answer(request.url.path, shown, await request.aread())
        return httpx.Response(status, content=msgspec.json.encode(told))

    def _exchange(self, body: bytes) -> tuple[Any, int]:
        """Give a token for that of a call, of which it believes every word."""
        form = parse_qs(body.decode())
        try:
            claims = jws.extract_compact(form["subject_token"][0].encode()).payload
            citizen = citizen_of(msgspec.json.decode(claims))
        except (KeyError, ValueError, JoseError):
            return {"error": "invalid_request", "error_description": "there is no token of a call"}, 400
        scopes = frozenset(form["scope"][0].split()) if "scope" in form else citizen.scopes
        if not scopes <= citizen.scopes:
            return {"error": "invalid_scope", "error_description": "the citizen did not agree to it"}, 400
        token = uuid.uuid4().hex
        self._citizens[token] = replace(citizen, scopes=scopes)
        return {"access_token": token, "token_type": "Bearer"}, 200

    async def _play(self, authorization: str, body: bytes) -> dict[str, Any]:
        citizen = self._citizens.get(authorization.removeprefix("Bearer "))
        if citizen is None:
            raise NotSignedIn
        sent = msgspec.json.decode(body)
        found = FIELD.match(sent.get("query", ""))
        if found is None:
            raise NotFound(what="operation", id="")
        field, variables = found[1], sent.get("variables") or {}
        self.asked.append(Asked(field, variables, citizen))
        if field not in self.fields:
            raise NotPlayed(field=field)
        told = self.fields[field](citizen, variables)
        return {field: await told if inspect.isawaitable(told) else told}
