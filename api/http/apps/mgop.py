"""The gateway as pages of the old one know it: POST /h5/mgop at a mini-app's own origin (`banshi.mgop`).

Who calls is known by the cookie of `api.http.apps.entering`, which no script reads.  `_mgw_tk`, which the
client reads and signs with, is made of that session and of a time, and kept nowhere: another citizen's,
or one of a session that is over, fits no more, and the client is told to sign anew (9001).  The header
Authorization says nothing here: the client sends on what it once sent elsewhere.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
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
from banshi.mgop import Sent
from identity.actor import Actor
from miniapps.catalog.service import origins
from miniapps.gateway import service
from miniapps.gateway.service import Asked
from storage.seal import mac, same

WINDOW_S = 1800  # `_mgw_tk` is good for one to two of them
SKEW_S = 12 * 3600  # by which a phone's clock may be wrong: the client has no way to put it right
TOKEN_CHARACTERS = 32
DIGITS = 16  # of a time in milliseconds, at most

log = structlog.get_logger()
once = Once()


class Rejected(Exception):
    """What is wrong with a call before anybody is asked; `rs` says it."""

    def __init__(self, rs: int) -> None:
        self.rs = rs
        super().__init__(str(rs))


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
        body = told(rejected.rs, request_id=request_id_of(request))
    except DomainError as refusal:
        body = _refused(request, refusal)
    except HTTPException as error:  # a body that is too long
        body = _refused(request, translated(error))
    except Exception as error:
        log.error("http.bug", exc_info=error)
        body = told(mgop.UNKNOWN, request_id=request_id_of(request))
    return Response(body, media_type=MediaType.JSON, headers={**headers, "vary": "Origin"})


def told(rs: int, *, request_id: str, code: str = "", more: str = "") -> bytes:
    """Return a refusal; `ret` is all that the page's own code hears of it."""
    ret = f"{rs}::{mgop.SAID[rs]}{more}"
    return msgspec.json.encode({"rs": rs, "data": {}, "ret": ret, "code": code, "requestId": request_id})


def _refused(request: AnyRequest, refusal: DomainError) -> bytes:
    request.scope["state"]["codes"] = [refusal.code]
    rs = mgop.RS.get(refusal.code, mgop.UNKNOWN)
    more = f"（{refusal.data['field']}）" if rs == mgop.INVALID and "field" in refusal.data else ""
    return told(rs, request_id=request_id_of(request), code=refusal.code, more=more)


async def _answer(request: AnyRequest, app_id: str, headers: dict[str, str]) -> bytes:
    if request.headers.get("origin") not in (None, origins.origin(app_id)):
        raise Rejected(mgop.DENIED)
    sent = _sent(request.query_params)
    known = await entered(request)
    _check_time(sent, known.asker.now)
    shown = request.cookies.get(mgop.COOKIE, "").partition("_")[0]
    if known.cookie:
        headers["set-cookie"] = known.cookie
    try:
        token = _signed_by(sent, known.asker.actor, shown, known.asker.now)
    except Rejected as rejected:
        if rejected.rs == mgop.TOKEN_EMPTY:
            headers["set-cookie"] = cookie(request, mgop.COOKIE, _kept(known), is_read=True)
        raise
    body = await request.body()
    key = hashlib.sha256(b"\0".join((token.encode(), sent.sign(token).encode(), body))).hexdigest()
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
        ret = [f"{mgop.OK}::{mgop.SAID[mgop.OK]}"]
        return Answer(200, msgspec.json.encode({"rs": mgop.OK, "data": msgspec.Raw(answer.body), "ret": ret}))
    refusal = calls.refusal_of(app_id, answer)
    words = {"rs": mgop.REMOTE, "data": {}, "ret": f"{refusal.code}::{refusal.message}"}
    return Answer(
        200, msgspec.json.encode({**words, "code": refusal.code, "requestId": request_id_of(request)})
    )


def _sent(query: Mapping[str, str]) -> Sent:
    """Return what is asked.  Raises: Rejected."""
    if any(name not in query for name in ("ak", "api", "ts", "sign")):
        raise Rejected(mgop.PARAMETER_MISSING)
    if "data" not in query:
        raise Rejected(mgop.DATA_MISSING)
    ts = query["ts"]
    if not (ts.isdecimal() and ts.isascii() and len(ts) <= DIGITS):
        raise Rejected(mgop.INVALID)
    return Sent(query["ak"], query["api"], ts, query["data"], query["sign"])


def _check_time(sent: Sent, now: datetime) -> None:
    if abs(int(sent.ts) / 1000 - now.timestamp()) > SKEW_S:
        raise Rejected(mgop.INVALID)


def _signed_by(sent: Sent, actor: Actor, shown: str, now: datetime) -> str:
    """Return the token that a call is signed with.

    Raises: Rejected, with TOKEN_EMPTY for one that was good once, for somebody else, or is none yet.
    """
    for end in _ends(now):
        token = _token(actor, end)
        if same(sent.sign(token).encode(), sent.signed.encode()):
            return token
    fits = any(same(sent.sign(each).encode(), sent.signed.encode()) for each in ("", shown))
    raise Rejected(mgop.TOKEN_EMPTY if fits else mgop.TOKEN_ILLEGAL)


def _ends(now: datetime) -> tuple[int, int]:
    """Return when the tokens end that are good now: at the turn of windows calls are signed with either."""
    window = int(now.timestamp()) // WINDOW_S
    return (window + 2) * WINDOW_S, (window + 1) * WINDOW_S


def _token(actor: Actor, end: int) -> str:
    text = f"{actor.app_id}\0{actor.session_id}\0{actor.acting_for}\0{end}"
    return mac(text.encode(), purpose="mgop token").hex()[:TOKEN_CHARACTERS]


def _kept(known: Entered) -> str:
    end = _ends(known.asker.now)[0]
    return f"{_token(known.asker.actor, end)}_{end * 1000}"
