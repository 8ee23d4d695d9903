"""租房提取: a third party's mini-app, whole.  It knows the SDK and the platform's address, nothing else.

It keeps nothing: each call brings the citizen's token of ten minutes, and the platform answers.

    MINIAPP_PLATFORM=http://127.0.0.1:8000 MINIAPP_PORT=8600 python app.py
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn

from banshi.client import Platform, PlatformError, Refused

PLATFORM = os.environ.get("MINIAPP_PLATFORM", "http://127.0.0.1:8000")
FILES = {
    path: ((Path(__file__).parent / name).read_bytes(), media_type)
    for path, name, media_type in (
        ("/", "index.html", b"text/html; charset=utf-8"),
        ("/page.js", "page.js", b"text/javascript; charset=utf-8"),
        ("/bridge.js", "bridge.js", b"text/javascript; charset=utf-8"),
        ("/page.css", "page.css", b"text/css; charset=utf-8"),
    )
}
SHOWN_BY = json.dumps({"app": "rent-withdrawal", "host": PLATFORM}).encode()  # so the bridge knows its host
LARGEST = 20_000  # bytes of a call
CODE = "332000102000"
STATUS = {"NOT_SIGNED_IN": 401, "SCOPE_MISSING": 403, "CASE_NOT_FOUND": 404, "RATE_LIMITED": 429}

PREPARE = """
query ($code: String!, $answers: [Answer!]!, $form: [Answer!]) {
  preparation(code: $code, answers: $answers, form: $form) {
    name uploads unknown problems { field text } materials { kind name settled way holding { source title } }
  }
}
"""
START = """
mutation ($draft: CaseDraft!, $key: String!) {
  startCase(draft: $draft, idempotencyKey: $key) { id }
}
"""
SUBMIT = """
mutation ($id: UUID!, $key: String!) {
  submitCase(id: $id, idempotencyKey: $key) { id number state materials { kind way } }
}
"""
FOLLOW = "query ($id: UUID!) { case(id: $id) { id number state title } }"

Body = dict[str, Any]


async def prepare(platform: Platform, body: Body) -> Body:
    """What would this application need, and what of it is there already?"""
    variables = {"code": CODE, "answers": body["answers"], "form": body.get("form", [])}
    found: Body = (await platform.graphql(PREPARE, variables))["preparation"]
    return found


async def apply(platform: Platform, body: Body) -> Body:
    """Open the case and hand it in.  The page's key makes a second tap harmless."""
    key = str(body["key"])
    draft = {"code": CODE, "region": body.get("region"), "answers": body["answers"], "form": body["form"]}
    begun = await platform.graphql(START, {"draft": draft, "key": f"{key}:start"})
    variables = {"id": begun["startCase"]["id"], "key": f"{key}:submit"}
    handed: Body = (await platform.graphql(SUBMIT, variables))["submitCase"]
    return handed


async def follow(platform: Platform, body: Body) -> Body:
    """How far is it?"""
    found: Body = (await platform.graphql(FOLLOW, {"id": body["id"]}))["case"]
    return found


CALLS: dict[str, Callable[[Platform, Body], Awaitable[Body]]] = {
    "/api/prepare": prepare,
    "/api/apply": apply,
    "/api/follow": follow,
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer one HTTP request (ASGI)."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path in FILES:
        await answer(send, 200, *FILES[path])
    elif path == "/.banshi/host.json":
        await answer(send, 200, SHOWN_BY, b"application/json")
    elif path == "/healthz":
        await answer(send, 200, b"ok", b"text/plain")
    elif path in CALLS and scope["method"] == "POST":
        status, reply = await call(path, dict(scope["headers"]), await read(receive))
        await answer(send, status, json.dumps(reply, ensure_ascii=False).encode(), b"application/json")
    else:
        await answer(send, 404, b'{"error": {"code": "NOT_FOUND"}}', b"application/json")


async def call(path: str, headers: dict[bytes, bytes], text: bytes) -> tuple[int, Body]:
    """Run one call with the citizen's own token."""
    token = headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ").strip()
    try:
        async with Platform(PLATFORM, token=token or None) as platform:
            return 200, await CALLS[path](platform, json.loads(text))
    except Refused as refusal:
        error = {"code": refusal.code, "message": str(refusal), "data": refusal.data}
        return STATUS.get(refusal.code, 409), {"error": error}
    except PlatformError:
        return 503, {"error": {"code": "UNAVAILABLE", "message": "平台暂时没有应答，请稍后再试。"}}
    except (ValueError, KeyError, TypeError):
        return 422, {"error": {"code": "INVALID_INPUT", "message": "请求内容不完整。"}}


async def read(receive: Any) -> bytes:
    """Return the request's body; what is too long is cut and then refused as malformed."""
    text, more = b"", True
    while more and len(text) <= LARGEST:
        message = await receive()
        text += message.get("body", b"")
        more = message.get("more_body", False)
    return text


async def answer(send: Any, status: int, content: bytes, media_type: bytes) -> None:
    """Send one whole answer."""
    headers = [
        (b"content-type", media_type),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'self'"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    port = int(os.environ.get("MINIAPP_PORT", "8600"))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
