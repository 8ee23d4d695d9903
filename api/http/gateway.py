"""Calls of citizens to the back ends of mini-apps, and of developers to those at their own desks.

POST /gw/{app}/{api}   Authorization: Bearer <the mini-app's token>, a JSON body -> what the back end answers
    Idempotency-Key    handed on: the back end does what comes twice with it once
    X-UI-Style: elder  the citizen uses elder mode
    X-Miniapp-Citizen  of a developer's session only: an invented citizen, JSON in ASCII

A refusal of the back end's own has its status and code, with "source": "app" beside the code.
"""

import msgspec
from litestar import Response, post
from litestar.enums import MediaType

from api.http import quota
from api.http.asking import whoever
from api.http.body import JSON
from api.http.errors import AnyRequest, BadRequest, UnsupportedMediaType, request_id_of
from banshi import calls
from banshi.errors import InvalidInput, NotSignedIn
from identity.actor import ANONYMOUS
from miniapps.gateway import service
from miniapps.gateway.service import Asked, Exchange, Invented

KEY_CHARACTERS = 100

_invented = msgspec.json.Decoder(Invented).decode


@post("/gw/{app_id:str}/{api:str}", status_code=200, request_max_body_size=calls.MOST_BODY)
async def call(request: AnyRequest) -> Response[bytes]:
    """Pass one call on, and its answer back."""
    asker = await whoever(request)
    if asker.actor is ANONYMOUS:
        raise NotSignedIn
    await quota.count(asker.actor, request.scope["state"]["address"])
    asked = await _asked(request)
    exchange: Exchange = request.app.state["exchange"]
    if asker.actor.app_id is None:
        citizen = _citizen(request.headers.get("x-miniapp-citizen", ""))
        answer = await service.rehearse(asker.actor, asked, citizen, exchange, now=asker.now)
    else:
        answer = await service.call(asker.actor, asked, exchange, now=asker.now, kept=asker.kept)
    told = calls.told(asked.app_id, answer, request_id=asked.request_id)
    return Response(told.body, status_code=told.status, media_type=MediaType.JSON)


async def _asked(request: AnyRequest) -> Asked:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != JSON:
        raise UnsupportedMediaType(taken=f"{JSON} in UTF-8")
    key = request.headers.get("idempotency-key", "")
    if len(key) > KEY_CHARACTERS or not key.isascii():
        raise BadRequest(problem=f"Idempotency-Key is at most {KEY_CHARACTERS} characters of ASCII.")
    return Asked(
        app_id=str(request.path_params["app_id"]),
        api=str(request.path_params["api"]),
        body=await request.body(),
        request_id=request_id_of(request),
        elder=request.headers.get("x-ui-style", "") == "elder",
        idempotency_key=key,
    )


def _citizen(text: str) -> Invented:
    try:
        return _invented(text.encode())
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InvalidInput(field="X-Miniapp-Citizen", problem=str(error)) from None


ROUTES = [call]
