"""A platform that is played: what acts for citizens can be tried without one.

    platform = Played({"startCase": lambda citizen, variables: {…}})
    async with app.test_client(citizen=fake.adult(), platform=platform) as client: …

`miniapp dev --alone` plays what is in PARTS, what the mini-app writes and keeps, and its consent; nothing
else.
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

from banshi import calls
from banshi.errors import ConsentNeeded, DomainError, NotFound, NotSignedIn
from banshi.items import check_served
from banshi.manifest import Manifest
from banshi.scopes import Scope
from banshi.serving import Citizen
from banshi.serving._tokens import citizen_of
from banshi.simulator._letters import Letters
from banshi.simulator._storage import Stores

TOKEN, GRAPHQL, LATER = "/oauth/token", "/graphql", "/apps/notices"
PATHS = (TOKEN, GRAPHQL, LATER)
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
    """Plays root fields of the platform's API: PARTS, stores, notices, consent, and those it is given.

    It keeps what is asked.  Who plays for a mini-app says which: `made`.  An item that its manifest does not
    name is refused, whoever plays.
    """

    def __init__(
        self,
        fields: Mapping[str, Play] | None = None,
        *,
        made: Manifest | None = None,
        stores: Stores | None = None,
    ) -> None:
        self.made = made
        self.stores = stores or Stores()
        self.given_back: dict[str, frozenset[str]] = {}  # by citizen: what the mini-app has no more
        self.known: dict[str, Citizen] = {}  # to whom it may write later
        self._letters = Letters(self._manifest, self.given_back)
        self.fields: dict[str, Play] = {name: play for part in PARTS for name, play in part().items()}
        self.fields |= {**self.stores.answers, **self._letters.answers, **(fields or {})}
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
        if path == LATER:
            return self._later(msgspec.json.decode(body))
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
        self.known[citizen.sub] = citizen
        self._citizens[token] = replace(citizen, scopes=scopes)
        return {"access_token": token, "token_type": "Bearer"}, 200

    def _later(self, letter: dict[str, Any]) -> tuple[Any, int]:
        """Tell a notice by the mini-app's own credential, which is believed."""
        try:
            citizen = self._as_now(self.known.get(letter.pop("sub", ""), Citizen(sub="")))
            if not citizen.may(Scope.NOTICES_SEND):
                raise ConsentNeeded(scope=Scope.NOTICES_SEND)
            key = letter.pop("key", "")
            return self._letters.send(citizen, {"notice": letter, "key": key}), 200
        except DomainError as refusal:
            told = calls.refused(refusal, request_id="")
            return msgspec.json.decode(told.body), told.status

    def _as_now(self, citizen: Citizen) -> Citizen:
        return replace(citizen, scopes=citizen.scopes - self.given_back.get(citizen.sub, frozenset()))

    def _manifest(self) -> Manifest:
        if self.made is None:
            raise NotPlayed(field="of a mini-app without a manifest")
        return self.made

    async def _play(self, authorization: str, body: bytes) -> dict[str, Any]:
        held = self._citizens.get(authorization.removeprefix("Bearer "))
        if held is None:
            raise NotSignedIn
        citizen = self._as_now(held)
        sent = msgspec.json.decode(body)
        found = FIELD.match(sent.get("query", ""))
        if found is None:
            raise NotFound(what="operation", id="")
        field, variables = found[1], sent.get("variables") or {}
        self.asked.append(Asked(field, variables, citizen))
        if field not in self.fields:
            raise NotPlayed(field=field)
        if self.made is not None and (code := _item(field, variables)) is not None:
            check_served(self.made, code)
        told = self.fields[field](citizen, variables)
        answer = await told if inspect.isawaitable(told) else told
        if Scope.STORAGE_KEEP in self.given_back.get(citizen.sub, ()):
            self.stores.forget(citizen.sub)
        return {field: answer}


def _item(field: str, variables: Mapping[str, Any]) -> str | None:
    """Return the item that `banshi.platform` prepares or begins an application for; None: it does neither."""
    match field:
        case "preparation":
            return str(variables.get("code"))
        case "startCase":
            return str((variables.get("draft") or {}).get("code"))
    return None
