"""What a mini-app writes to its citizen when no call is under way, by its own credential.

POST /apps/notices   Authorization: Basic <client id:secret of production>
    {"sub", "title", "body", "page", "key"}: `sub` is how it knows the citizen, `page` may be left out
    200 {"key", "sentAt"}; the same `key` again: the same answer, and nothing more is told
"""

import msgspec
from litestar import Response, post

from api.http import credential
from api.http.body import read_json
from api.http.errors import AnyRequest
from banshi.notices import NoticeDraft
from miniapps.gateway import service
from storage import clock

LARGEST = 8_000  # bytes


class Letter(msgspec.Struct, frozen=True):
    """A notice, and for whom it is."""

    sub: str
    title: str
    body: str
    key: str
    page: str | None = None


decode = msgspec.json.Decoder(Letter).decode


@post("/apps/notices", status_code=200, request_max_body_size=LARGEST)
async def send(request: AnyRequest) -> Response[bytes]:
    """Put one notice into an inbox."""
    address = request.scope["state"]["address"]
    holder = await credential.holder(request.headers.get("authorization", ""), address)
    letter = await read_json(request, decode)
    draft = NoticeDraft(letter.title, letter.body, letter.page)
    sent = await service.write_later(holder, letter.sub, draft, key=letter.key, now=await clock.now())
    told = msgspec.json.encode({"key": sent.key, "sentAt": sent.sent_at})
    return Response(told, media_type="application/json")
