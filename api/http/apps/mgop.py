"""The gateway as pages of the old one know it: POST /h5/mgop at a mini-app's own origin (`banshi.mgop`).

Who calls is known by the cookie of `api.http.apps.entering`, which no script reads.  `_mgw_tk`, which the
client reads and signs with, is made of that session and of a time, and kept nowhere: another citizen's,
or one of a session that is over, fits no more, and the client is told to sign anew (9001).  The header
Authorization says nothing here: the client sends on what it once sent elsewhere.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from litestar import Response, post
from litestar.enums import MediaType
from litestar.exceptions import HTTPException

from api.http.apps.entering import Entered, app_of, cookie, entered
from api.http.apps.once import Once
from api.http.errors import AnyRequest, request_id_of, translated
from banshi import calls, mgop
from banshi.calls import Answer
from banshi.errors import DomainError
from banshi.mgop import Rejected, Sent
from identity.actor import Actor
from miniapps.catalog.service import origins
from miniapps.gateway import service
from miniapps.gateway.service import Asked
from storage.seal import mac

TOKEN_CHARACTERS = 32

log = structlog.get_logger()
once = Once()


@post("/h5/mgop", status_code=200, request_max_body_size=calls.MOST_BODY)
async def call(request: AnyRequest) -> Response[bytes]:
    """Answer one call; whatever is refused, by 200 and its `rs`."""
    app_id = app_of(request)
    headers: dict[str, str] = {}
    own = origins.origin(app_id)
    if request.headers.get("origin") == own:
        headers = {"access-control-allow-origin": own, "access-control-allow-credentials": "true"}
    try:
        body = await _answer(request, app_id, headers)
    except Rejected as rejected:
        body = mgop.ill(rejected.rs, request_id=request_id_of(request))
    except DomainError as refusal:
        body = _refused(request, refusal)
    except HTTPException as error:  # a body that is too long
        body = _refused(request, translated(error))
    except Exception as error:
        log.error("http.bug", exc_info=error)
        body = mgop.ill(mgop.UNKNOWN, request_id=request_id_of(request))
    return Response(body, media_type=MediaType.JSON, headers={**headers, "vary": "Origin"})


def _refused(request: AnyRequest, refusal: DomainError) -> bytes:
    request.scope["state"]["codes"] = [refusal.code]
    return mgop.refused(refusal.code, refusal.data, request_id=request_id_of(request))


async def _answer(request: AnyRequest, app_id: str, headers: dict[str, str]) -> bytes:
    if request.headers.get("origin") not in (None, origins.origin(app_id)):
        raise Rejected(mgop.DENIED)
    sent = mgop.sent(request.query_params)
    known = await entered(request)
    mgop.check_time(sent, known.asker.now.timestamp())
    shown = request.cookies.get(mgop.COOKIE, "").partition("_")[0]
    if known.cookie:
        headers["set-cookie"] = known.cookie
    try:
        token = mgop.signed_by(sent, _tokens(known.asker.actor, known.asker.now), shown)
    except Rejected as rejected:
        if rejected.rs == mgop.TOKEN_EMPTY:
            headers["set-cookie"] = cookie(request, mgop.COOKIE, _kept(known), is_read=True)
        raise
    body = await request.body()
    key = mgop.key_of(sent, token, body)
    answer = await once.do(key, lambda: _called(request, app_id, sent, known, body, key))
    return answer.body


async def _called(
    request: AnyRequest, app_id: str, sent: Sent, known: Entered, body: bytes, key: str
) -> Answer:
    actor, now = known.asker.actor, known.asker.now
    made = await service.opened(actor, known.asker.kept)
    asked = Asked(
        app_id=app_id, api=mgop.api_named(made, sent.api) or sent.api, body=body,
        request_id=request_id_of(request), elder=request.headers.get("x-ui-style", "") == "elder",
        idempotency_key=key,
    )  # fmt: skip
    exchange = request.app.state["exchange"]
    answer = await service.call(actor, asked, exchange, now=now, kept=known.asker.kept)
    if answer.status == 200:
        return Answer(200, mgop.well(answer.body))
    refusal = calls.refusal_of(app_id, answer)
    return Answer(200, mgop.declined(refusal, request_id=request_id_of(request)))


def _tokens(actor: Actor, now: datetime) -> Iterator[str]:
    """Yield the tokens that are good now."""
    return (_token(actor, end) for end in mgop.ends(now.timestamp()))


def _token(actor: Actor, end: int) -> str:
    text = f"{actor.app_id}\0{actor.session_id}\0{actor.acting_for}\0{end}"
    return mac(text.encode(), purpose="mgop token").hex()[:TOKEN_CHARACTERS]


def _kept(known: Entered) -> str:
    end = mgop.ends(known.asker.now.timestamp())[0]
    return f"{_token(known.asker.actor, end)}_{end * 1000}"
