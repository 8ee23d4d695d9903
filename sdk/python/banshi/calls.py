"""Calls of a mini-app's APIs: what is looked at before one is passed on, and how its answer is told.

The platform's gateway and the simulator are alike because both use this.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from banshi.errors import ConsentNeeded, DomainError, InvalidInput, RateLimited
from banshi.manifest import Api, Manifest
from banshi.shapes import Shape

MOST_BODY = 512 * 1024  # bytes of a call
KEPT = 1_000  # schemas, and quotas, that a process has ready
REFUSALS = range(400, 600)
MESSAGE_CHARACTERS = 500
PER_S = 2000  # calls of one mini-app, where nobody says otherwise
BURST_S = 2  # so much of a quota may be used at once
API_SHARE = 0.5  # of the mini-app's calls
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)  # what JSON of a stranger may lead to


class Bucket(NamedTuple):
    """Of what a call takes one: it holds `capacity` and fills by `per_s`."""

    name: str
    capacity: int
    per_s: float


class Answer(NamedTuple):
    """A status and JSON."""

    status: int
    body: bytes


class Refusal(NamedTuple):
    """What a back end says that it refuses."""

    code: str
    message: str
    data: dict[str, Any]


class ApiUnknown(DomainError):
    """The version that the citizen opened has no API of this name in its manifest."""

    code = "API_UNKNOWN"
    status = 404
    text = "{app_id} has no API {api}."


class AppOffline(DomainError):
    """No back end of the mini-app is connected at the moment."""

    code = "APP_OFFLINE"
    status = 503
    text = "No back end of {app_id} is connected."
    retryable = True


class AppBusy(DomainError):
    """All connections of the back end have as many calls under way as they may."""

    code = "APP_BUSY"
    status = 503
    text = "{app_id} has too many calls under way."
    retryable = True


class AppLost(DomainError):
    """The connection to the back end ended while the call was under way; whether it was done is unknown."""

    code = "APP_LOST"
    status = 502
    text = "The back end of {app_id} went away during the call."
    retryable = True


class AppSilent(DomainError):
    """The back end did not answer in time; whether it did what it was asked is unknown."""

    code = "APP_SILENT"
    status = 504
    text = "The back end of {app_id} did not answer within {seconds} s."
    retryable = True


class AppFailed(DomainError):
    """The back end answered something that is not its protocol."""

    code = "APP_FAILED"
    status = 502
    text = "The back end of {app_id} gave no usable answer."


class AnswerUnfit(DomainError):
    """The back end answered what the API's `output` in the manifest does not say; its developers are told."""

    code = "APP_ANSWER_UNFIT"
    status = 502
    text = "The answer of {api} is not what the manifest of {app_id} says: {field}: {problem}"


class AppCrowded(RateLimited):
    """Too many citizens call the mini-app, or this API of it, at the moment."""

    code = "APP_CROWDED"
    text = "{app_id} is called too often at the moment. Come back in {retry_after_s} s."


class AppResting(DomainError):
    """The back end failed too often just now: for some seconds calls are not passed on."""

    code = "APP_RESTING"
    status = 503
    text = "{app_id} failed too often, and is left alone for some seconds."
    retryable = True


@lru_cache(KEPT)
def buckets(app_id: str, api: str, per_s: float) -> tuple[Bucket, Bucket]:
    """Return what a call takes from where a mini-app has `per_s` calls a second: its own, and the API's."""
    named = {app_id: per_s, f"{app_id}/{api}": per_s * API_SHARE}
    own, of_api = (Bucket(name, max(1, int(each * BURST_S)), each) for name, each in named.items())
    return own, of_api


def api_of(made: Manifest, name: str) -> Api:
    """Return the API of this name.

    Raises: ApiUnknown.
    """
    for api in made.apis:
        if api.name == name:
            return api
    raise ApiUnknown(app_id=made.id, api=name)


def check(made: Manifest, name: str, scopes: Collection[str], body: bytes) -> bytes:
    """Check that the manifest has the API, that `scopes` has what it needs, and that it takes `body`.

    Returns the JSON that was looked at, written anew: of a field that is there twice no reader finds another.
    Raises: ApiUnknown, ConsentNeeded, InvalidInput, SchemaUnfit.
    """
    api = api_of(made, name)
    if api.scope not in scopes:
        raise ConsentNeeded(scope=api.scope)
    value = read(body)
    _shape(api).check(value)
    return msgspec.json.encode(value)


def fit(made: Manifest, name: str, body: bytes) -> None:
    """Check that a back end's answer is what the manifest says.

    Raises: AppFailed when it is no JSON; AnswerUnfit; SchemaUnfit.
    """
    api, value = api_of(made, name), answered(made.id, body)
    try:
        _shape(api, said=True).check(value, field="answer")
    except InvalidInput as fault:
        raise AnswerUnfit(app_id=made.id, api=name, **fault.data) from None


def read(body: bytes) -> object:
    """Return the JSON value in `body`.

    Raises: InvalidInput.
    """
    try:
        value: object = msgspec.json.decode(body)
    except UNREADABLE:
        raise InvalidInput(field="body", problem="this is not JSON") from None
    return value


def answered(app_id: str, body: bytes) -> object:
    """Return the JSON value that a back end answered.  Raises: AppFailed when it is none."""
    try:
        value: object = msgspec.json.decode(body)
    except UNREADABLE:
        raise AppFailed(app_id=app_id) from None
    return value


_ready: dict[tuple[int, bool], tuple[Api, Shape]] = {}  # holds the API, so that its id is nobody else's


def _shape(api: Api, *, said: bool = False) -> Shape:
    """Return what an API takes, or what it `said`, ready; a process has each manifest once."""
    held = _ready.get((id(api), said))
    if held is None:
        if len(_ready) >= KEPT:
            _ready.clear()
        held = _ready[id(api), said] = api, Shape(api.output if said else api.input, what=api.name)
    return held[1]


class _Error(msgspec.Struct):
    """A back end's own refusal, as `banshi.serving` writes it."""

    code: str
    message: str = ""
    data: dict[str, Any] = {}


class _Refusal(msgspec.Struct):
    error: _Error


_refusal = msgspec.json.Decoder(_Refusal).decode


def refusal_of(app_id: str, answer: Answer) -> Refusal:
    """Return what a back end refused.  Raises: AppFailed when it did not say so as one does."""
    try:
        error = _refusal(answer.body).error
    except UNREADABLE:
        raise AppFailed(app_id=app_id) from None
    if answer.status not in REFUSALS:
        raise AppFailed(app_id=app_id)
    return Refusal(error.code, error.message[:MESSAGE_CHARACTERS], error.data)


def told(app_id: str, answer: Answer, *, request_id: str) -> Answer:
    """Return what who called is told: the back end's answer, or its refusal in the platform's shape.

    Raises: AppFailed.
    """
    if answer.status == 200:
        return answer
    said = refusal_of(app_id, answer)
    extensions = {"code": said.code, "data": said.data, "requestId": request_id, "source": "app"}
    try:
        body = msgspec.json.encode({"errors": [{"message": said.message, "extensions": extensions}]})
    except RecursionError:  # as deep as can be read, and here it lies deeper
        raise AppFailed(app_id=app_id) from None
    return Answer(answer.status, body)


def code_of(answer: Answer) -> str:
    """Return the code of a back end's own refusal; "OK" when it answered."""
    if answer.status == 200:
        return "OK"
    try:
        return _refusal(answer.body).error.code
    except UNREADABLE:
        return AppFailed.code


def refused(refusal: DomainError, *, request_id: str) -> Answer:
    """Return what who called is told of a refusal of the platform's own."""
    extensions = {**refusal.extensions, "requestId": request_id}
    return Answer(
        refusal.status, msgspec.json.encode({"errors": [{"message": str(refusal), "extensions": extensions}]})
    )
