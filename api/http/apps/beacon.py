"""What pages of mini-apps tell of themselves, from their own origin and by `navigator.sendBeacon`.

POST /beacon   {"token": …, "what": "page_error"}   with the token the page was opened with
    what           also "page_view", a page was seen, and "page_event", something happened on it
    204, also for what is not counted: of one person an error counts once a minute
"""

from typing import Literal

import msgspec
from litestar import post

from api.http import quota
from api.http.asking import Asker, bearer, whoever
from api.http.body import understood
from api.http.errors import AnyRequest
from banshi.errors import NotSignedIn
from miniapps.insight import service as insight
from miniapps.insight.rules.counting import What
from miniapps.release import queries

LARGEST = 2_000  # bytes
KEPT = "opened version"  # with the verdict on the token


class Told(msgspec.Struct, frozen=True):
    """What a page tells; a browser sends it without headers of ours, so the token is inside."""

    token: str
    what: Literal["page_error", "page_view", "page_event"]


decode = msgspec.json.Decoder(Told).decode


@post("/beacon", status_code=204, request_max_body_size=LARGEST)
async def beacon(request: AnyRequest) -> None:
    """Count an error of a page, or that it was seen."""
    await whoever(request)  # who sends a header is told when its token has ended, as everywhere
    told = understood(await request.body(), decode)
    address = request.scope["state"]["address"]
    asker = await bearer(f"Bearer {told.token}", address)
    actor = asker.actor
    if actor.app_id is None or actor.session_id is None:
        raise NotSignedIn
    await quota.count(actor, address)
    version = await _version(asker)
    what = What[told.what.upper()]
    if what is What.PAGE_ERROR:
        insight.note_once(actor.app_id, version, what, by=actor.person_id)
    else:  # of nobody: only how often
        insight.note(actor.app_id, version, what)


async def _version(asker: Asker) -> str:
    """Return the version the page is of: asked once while the verdict on its token is remembered."""
    kept = {} if asker.kept is None else asker.kept
    if KEPT not in kept:
        kept[KEPT] = (await queries.called(asker.actor))[1].version
    return str(kept[KEPT])
