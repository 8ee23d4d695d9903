"""What a mini-app did for a citizen who used a right over his data, by its own credential.

POST /apps/data-answers   Authorization: Basic <client id:secret of production>
    {"request_id", "outcome"}: of `data.requested` or `data.erased`; "done", or "nothing" is held of him
    200 {"request_id", "outcome", "answeredAt"}; the first answer stands, and comes again
"""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, post

from api.http import credential
from api.http.body import read_json
from api.http.errors import AnyRequest
from miniapps.webhooks import service
from miniapps.webhooks.rules import Outcome
from storage import clock

LARGEST = 1_000  # bytes


class Answer(msgspec.Struct, frozen=True):
    """What was done about which question."""

    request_id: UUID
    outcome: Outcome


class Noted(msgspec.Struct, frozen=True):
    """The answer that stands."""

    request_id: UUID
    outcome: str
    answered_at: datetime = msgspec.field(name="answeredAt")


decode = msgspec.json.Decoder(Answer).decode


@post("/apps/data-answers", status_code=200, request_max_body_size=LARGEST)
async def answer(request: AnyRequest) -> Response[bytes]:
    """Note one answer."""
    address = request.scope["state"]["address"]
    holder = await credential.holder(request.headers.get("authorization", ""), address)
    given = await read_json(request, decode)
    row = await service.answer_by_client(
        holder.audience, given.request_id, given.outcome, now=await clock.now()
    )
    told = Noted(row.id, row.outcome, row.answered_at)
    return Response(msgspec.json.encode(told), media_type="application/json")
