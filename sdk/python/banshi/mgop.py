"""mgop: the wire of pages that were written for the old gateway, spoken as its npm client speaks it.

POST /h5/mgop?ak=…&api=mgop.<ns>.app.<name>&ts=<ms>&sign=<md5>&data=null   {…}
    -> always 200, {"rs": 1000, "data": …, "ret": ["1000::…"]}, or another `rs` and "ret": "<rs>::…"

The client takes the part of the cookie `_mgw_tk` before its `_` for its token, and signs with it.  It hears
of `rs` nothing but 1000 and 9001 (a new cookie came along: sign again), so `ret` tells the code, too.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import msgspec

from banshi.calls import Refusal
from banshi.manifest import Api, Manifest

COOKIE = "_mgw_tk"
OK, DENIED, EXCEEDED = 1000, 1001, 1002
DATA_MISSING, INVALID, PARAMETER_MISSING, NO_APP, NO_CONSENT = 3001, 3002, 3004, 3005, 3006
TIMEOUT, REMOTE, UNKNOWN = 4001, 4002, 5000
TOKEN_EMPTY, TOKEN_ILLEGAL, TOKEN_EXPIRED = 9001, 9002, 9003

SAID: Mapping[int, str] = {
    OK: "调用成功",
    DENIED: "没有权限",
    EXCEEDED: "访问太频繁，请稍后再试",
    DATA_MISSING: "缺少 data 参数",
    INVALID: "提交的内容不合要求",
    PARAMETER_MISSING: "缺少参数",
    NO_APP: "应用或者接口不存在",
    NO_CONSENT: "需要您先同意授权",
    TIMEOUT: "服务没有及时应答，请稍后再试",
    REMOTE: "服务暂时不可用，请稍后再试",
    UNKNOWN: "系统出了问题，请稍后再试",
    TOKEN_EMPTY: "令牌为空",
    TOKEN_ILLEGAL: "签名不正确",
    TOKEN_EXPIRED: "登录已过期，请重新打开应用",
}
"""What `ret` says of each `rs`, for citizens."""

RS: Mapping[str, int] = {
    "SCOPE_MISSING": DENIED, "LEVEL_NEEDED": DENIED, "RATE_LIMITED": EXCEEDED, "APP_CROWDED": EXCEEDED,
    "INVALID_INPUT": INVALID, "BODY_TOO_LARGE": INVALID, "APP_NOT_FOUND": NO_APP, "API_UNKNOWN": NO_APP,
    "APP_SUSPENDED": NO_APP, "APP_CONSENT_NEEDED": NO_CONSENT, "APP_SILENT": TIMEOUT, "APP_OFFLINE": REMOTE,
    "APP_BUSY": REMOTE, "APP_LOST": REMOTE, "APP_FAILED": REMOTE, "APP_ANSWER_UNFIT": REMOTE,
    "APP_RESTING": REMOTE, "SCHEMA_UNFIT": REMOTE, "NOT_SIGNED_IN": TOKEN_EXPIRED,
}  # fmt: skip
"""The `rs` of a refusal's code; of others it is UNKNOWN."""

WINDOW_S = 1800  # COOKIE is good for one to two of them
SKEW_S = 12 * 3600  # by which a phone's clock may be wrong: the client has no way to put it right
DIGITS = 16  # of a time in milliseconds, at most
NAMED = re.compile(r"mgop\.[A-Za-z0-9_-]+\.app\.([A-Za-z0-9.]+)")


class Sent(NamedTuple):
    """The query of a call, un-encoded."""

    ak: str
    api: str
    ts: str
    data: str  # literally: "null" of the client of today, JSON of the one before
    signed: str

    def sign(self, token: str) -> str:
        """Return what the client signs with `token`."""
        text = f"token={token}&ak={self.ak}&api={self.api}&ts={self.ts}&data={self.data}"
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Rejected(Exception):
    """What is wrong with a call before anybody is asked; `rs` says it."""

    def __init__(self, rs: int) -> None:
        self.rs = rs
        super().__init__(str(rs))


def sent(query: Mapping[str, str]) -> Sent:
    """Return what is asked.  Raises: Rejected."""
    if any(name not in query for name in ("ak", "api", "ts", "sign")):
        raise Rejected(PARAMETER_MISSING)
    if "data" not in query:
        raise Rejected(DATA_MISSING)
    ts = query["ts"]
    if not (ts.isdecimal() and ts.isascii() and len(ts) <= DIGITS):
        raise Rejected(INVALID)
    return Sent(query["ak"], query["api"], ts, query["data"], query["sign"])


def check_time(call: Sent, now_s: float) -> None:
    """Check that a call was signed today.  Raises: Rejected."""
    if abs(int(call.ts) / 1000 - now_s) > SKEW_S:
        raise Rejected(INVALID)


def signed_by(call: Sent, good: Iterable[str], shown: str) -> str:
    """Return which of the good tokens a call is signed with; `shown` is the one in the cookie.

    Raises: Rejected, with TOKEN_EMPTY for one that was good once, for somebody else, or is none yet.
    """

    def fits(token: str) -> bool:
        return hmac.compare_digest(call.sign(token).encode(), call.signed.encode())

    for token in good:
        if fits(token):
            return token
    raise Rejected(TOKEN_EMPTY if fits("") or fits(shown) else TOKEN_ILLEGAL)


def ends(now_s: float) -> tuple[int, int]:
    """Return when the tokens end that are good now: at the turn of windows calls are signed with either."""
    window = int(now_s) // WINDOW_S
    return (window + 2) * WINDOW_S, (window + 1) * WINDOW_S


def key_of(call: Sent, token: str, body: bytes) -> str:
    """Return the key of a call: one that comes again has the same."""
    return hashlib.sha256(b"\0".join((token.encode(), call.sign(token).encode(), body))).hexdigest()


def well(answer: bytes) -> bytes:
    """Return what the client is told of a back end's answer, which is JSON."""
    return msgspec.json.encode({"rs": OK, "data": msgspec.Raw(answer), "ret": [f"{OK}::{SAID[OK]}"]})


def ill(rs: int, *, request_id: str, code: str = "", more: str = "") -> bytes:
    """Return a refusal of the gateway's; `ret` is all that the page's own code hears of it."""
    ret = f"{rs}::{SAID[rs]}{more}"
    return msgspec.json.encode({"rs": rs, "data": {}, "ret": ret, "code": code, "requestId": request_id})


def refused(code: str, data: Mapping[str, Any], *, request_id: str) -> bytes:
    """Return a refusal of the platform's by its code."""
    rs = RS.get(code, UNKNOWN)
    more = f"（{data['field']}）" if rs == INVALID and "field" in data else ""
    return ill(rs, request_id=request_id, code=code, more=more)


def declined(refusal: Refusal, *, request_id: str) -> bytes:
    """Return a refusal of the back end's own."""
    words = {"rs": REMOTE, "data": {}, "ret": f"{refusal.code}::{refusal.message}"}
    return msgspec.json.encode({**words, "code": refusal.code, "requestId": request_id})


def name_of(made: Manifest, api: Api) -> str:
    """Return by which name an API is called here."""
    return api.mgop or f"mgop.{made.id}.app.{api.name}"


def api_named(made: Manifest, name: str) -> str:
    """Return the name in the manifest of the API that is called `name` here; "": there is none.

    What stands between `mgop.` and `.app.` says nothing: the origin says whose API it is.
    """
    found = next((api.name for api in made.apis if api.mgop == name), None)
    match = NAMED.fullmatch(name)
    return found or (match[1] if match is not None else "")


TYPES = {"string": "1", "integer": "2", "number": "3", "boolean": "6", "object": "7", "array": "8"}
"""The numbers by which the generator of clients knows types; whatever else is an object."""
NAMES = {str: "string", bool: "boolean", int: "integer", float: "number"}
"""How JSON Schema calls what values are in Python."""
DEEPEST, MOST_FIELDS = 6, 10_000  # of all APIs: schemas that name themselves have no end


def catalogue(made: Manifest, host: str) -> dict[str, Any]:
    """Return the APIs as `mgopSchema.json`, of which the old generator makes a client.

    `host` is the origin at which they are called, without https:.
    """
    places = iter(range(MOST_FIELDS))
    apis = [
        {
            "apiName": name_of(made, api), "apiNameCh": api.name, "description": api.scope,
            "requestProperties": _properties(api.input, places),
            "responseProperties": _properties(api.output, places),
        }
        for api in made.apis
    ]  # fmt: skip
    named = re.sub(r"-(\w)", lambda found: found[1].upper(), made.id)
    system = {"sysName": f"{named}Service", "apiList": apis}  # no word that JavaScript keeps to itself
    return {"appKey": made.id, "host": host, "systems": [system]}


def _properties(schema: Mapping[str, Any], places: Iterator[int]) -> list[dict[str, Any]]:
    """Return a row for each field, as long as there are places."""
    rows = _flat(schema, schema, parent=-1, ids=count(1), depth=0)
    return [row for row, _ in zip(rows, places, strict=False)]


def _flat(
    whole: Mapping[str, Any], schema: Mapping[str, Any], *, parent: int, ids: Iterator[int], depth: int
) -> Iterator[dict[str, Any]]:
    """Yield a row for each field of an object, and of the objects inside it."""
    schema = _meant(whole, schema)
    fields, required = schema.get("properties"), schema.get("required", ())
    for name, each in fields.items() if isinstance(fields, dict) and depth < DEEPEST else ():
        field = _meant(whole, each)
        told = each if isinstance(each, dict) and "description" in each else field
        id = next(ids)
        yield {
            "id": id, "type": _type(field), "name": name, "description": str(told.get("description", "")),
            "parentId": parent, "required": name in required,
        }  # fmt: skip
        inner = field.get("items", field) if _type(field) == TYPES["array"] else field
        yield from _flat(whole, inner, parent=id, ids=ids, depth=depth + 1)


def _meant(whole: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """Return what a reference inside a schema leads to, and what may be null besides."""
    for _ in range(DEEPEST):
        leads = _leads(whole, schema) if isinstance(schema, dict) else None
        if leads is None:
            break
        schema = leads
    return schema if isinstance(schema, dict) else {}


def _leads(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return the schema that another comes to; None: it stands for itself."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        found: Any = whole
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return found
    among = schema.get("anyOf", schema.get("oneOf"))
    left = [each for each in among if each != {"type": "null"}] if isinstance(among, list) else []
    return left[0] if len(left) == 1 else None


def _type(schema: Mapping[str, Any]) -> str:
    told = schema.get("type")
    if told is None:
        values = schema.get("enum", [schema["const"]] if "const" in schema else [])
        among = {NAMES.get(type(value), "object") for value in values}
        return TYPES[among.pop() if len(among) == 1 else "object"]
    kinds: Sequence[Any] = told if isinstance(told, list) else [told]
    return next((TYPES[kind] for kind in kinds if kind in TYPES), TYPES["object"])
