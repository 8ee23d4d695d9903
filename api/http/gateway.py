"""Calls of citizens to the back ends of mini-apps, and of developers to those at their own desks.

POST /gw/{app}/{api}   Authorization: Bearer <the mini-app's token>, a JSON body -> what the back end answers
    Idempotency-Key    handed on: the back end does what comes twice with it once
    X-UI-Style: elder  the citizen uses elder mode
    X-Miniapp-Citizen  of a developer's session only: an invented citizen, JSON in ASCII

A refusal of the back end's own has its status and code, with "source": "app" beside the code.
"""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.enums import MediaType

from api.http import quota
from api.http.asking import whoever
from api.http.body import JSON
from api.http.errors import AnyRequest, BadRequest, UnsupportedMediaType, request_id_of
from banshi.errors import DomainError, InvalidInput, NotSignedIn
from identity.actor import ANONYMOUS
from miniapps.gateway import rules, service
from miniapps.gateway.service import Answer, Asked, Exchange, Invented

KEY_CHARACTERS = 100
REFUSALS = range(400, 600)
MESSAGE_CHARACTERS = 500

_invented = msgspec.json.Decoder(Invented).decode


class AppFailed(DomainError):
    """The back end answered something that is not its protocol."""

    code = "APP_FAILED"
    status = 502
    text = "The back end of {app_id} gave no usable answer."


class _Error(msgspec.Struct):
    """A back end's own refusal, as `banshi.serving` writes it."""

    code: str
    message: str = ""
    data: dict[str, Any] = {}


class _Refusal(msgspec.Struct):
    error: _Error


_refusal = msgspec.json.Decoder(_Refusal).decode


@post("/gw/{app_id:str}/{api:str}", status_code=200, request_max_body_size=rules.MOST_BODY)
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
        answer = await service.call(asker.actor, asked, exchange, now=asker.now)
    return _told(request, asked.app_id, answer)


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


def _told(request: AnyRequest, app_id: str, answer: Answer) -> Response[bytes]:
    """Return what the back end said: its answer, or its refusal in our shape."""
    body, status = answer.body, answer.status
    if status != 200:
        try:
            error = _refusal(body).error
        except (msgspec.DecodeError, UnicodeError):
            raise AppFailed(app_id=app_id) from None
        if status not in REFUSALS:
            raise AppFailed(app_id=app_id)
        told = {"code": error.code, "data": error.data, "requestId": request_id_of(request), "source": "app"}
        body = msgspec.json.encode(
            {"errors": [{"message": error.message[:MESSAGE_CHARACTERS], "extensions": told}]}
        )
    return Response(body, status_code=status, media_type=MediaType.JSON)


ROUTES = [call]
