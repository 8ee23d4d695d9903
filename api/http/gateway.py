"""Calls of citizens to the back ends of mini-apps, and of developers to those at their own desks.

POST /gw/{app}/{api}   Authorization: Bearer <the mini-app's token>, a JSON body -> what the back end answers
    Idempotency-Key    handed on: the back end does what comes twice with it once
    X-UI-Style: elder  the citizen uses elder mode
    X-Miniapp-Citizen  of a developer's session only: an invented citizen, JSON in ASCII

A refusal of the back end's own has its status and code, with "source": "app" beside the code.
The plainest of calls go by the lane (`api.http.plain_calls`), which asks `passed` as the route does.
"""

from collections.abc import Callable

import msgspec
from litestar import Response, post
from litestar.enums import MediaType

from api.http import quota
from api.http.asking import Asker, whoever
from api.http.body import JSON
from api.http.errors import AnyRequest, BadRequest, UnsupportedMediaType, request_id_of
from banshi import calls
from banshi.calls import Answer
from banshi.errors import InvalidInput, NotSignedIn
from identity.actor import ANONYMOUS
from miniapps.gateway import service
from miniapps.gateway.service import Asked, Exchange, Invented

PATH = "/gw/{app_id:str}/{api:str}"
KEY_CHARACTERS = 100

Header = Callable[[str], str]
"""From the name of a header, in small letters, to its value, "" when it is left out."""

_invented = msgspec.json.Decoder(Invented).decode


@post(PATH, status_code=200, request_max_body_size=calls.MOST_BODY)
async def call(request: AnyRequest) -> Response[bytes]:
    """Pass one call on, and its answer back."""
    asker = await whoever(request)
    await counted(asker, request.scope["state"]["address"])

    def header(name: str) -> str:
        return request.headers.get(name, "")

    content_type = header("content-type").partition(";")[0].strip().lower()
    if content_type != JSON:
        raise UnsupportedMediaType(taken=f"{JSON} in UTF-8")
    key = key_in(header)
    app_id, api = str(request.path_params["app_id"]), str(request.path_params["api"])
    asked = asked_by(header, app_id, api, key, await request.body(), request_id_of(request))
    told = await passed(asker, asked, header, request.app.state["exchange"])
    return Response(told.body, status_code=told.status, media_type=MediaType.JSON)


async def counted(asker: Asker, address: str) -> None:
    """Count a call against who makes it.  Raises: NotSignedIn, RateLimited."""
    if asker.actor is ANONYMOUS:
        raise NotSignedIn
    await quota.count(asker.actor, address)


def key_in(header: Header) -> str:
    """Return the Idempotency-Key.  Raises: BadRequest."""
    key = header("idempotency-key")
    if len(key) > KEY_CHARACTERS or not key.isascii():
        raise BadRequest(problem=f"Idempotency-Key is at most {KEY_CHARACTERS} characters of ASCII.")
    return key


def asked_by(header: Header, app_id: str, api: str, key: str, body: bytes, request_id: str) -> Asked:
    """Return the call that a request is."""
    is_elder = header("x-ui-style") == "elder"
    return Asked(
        app_id=app_id, api=api, body=body, request_id=request_id, elder=is_elder, idempotency_key=key
    )


async def passed(asker: Asker, asked: Asked, header: Header, exchange: Exchange) -> Answer:
    """Pass a call on; return what is told of its answer.  Raises: as `service.call` and `rehearse` do."""
    if asker.actor.app_id is None:
        citizen = _citizen(header("x-miniapp-citizen"))
        answer = await service.rehearse(asker.actor, asked, citizen, exchange, now=asker.now)
    else:
        answer = await service.call(asker.actor, asked, exchange, now=asker.now, kept=asker.kept)
    return calls.told(asked.app_id, answer, request_id=asked.request_id)


def _citizen(text: str) -> Invented:
    try:
        return _invented(text.encode())
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InvalidInput(field="X-Miniapp-Citizen", problem=str(error)) from None


ROUTES = [call]
