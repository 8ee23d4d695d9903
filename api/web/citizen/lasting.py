"""What makes the pages last where the network does not: a service worker, and the page it shows instead."""

import json
from pathlib import Path
from string import Template
from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.assets import ADDRESSES
from api.pages.drawing import drawn
from storage import clock

FILES: Final = sorted(
    ADDRESSES[name]
    for name in ("style.css", "citizen.css", "lasting.js", "keeping.js", "sending.js", "offline.js")
)
SOURCE: Final = Template((Path(__file__).parents[1] / "templates" / "service_worker.js").read_text("utf-8"))
WORKER: Final = SOURCE.substitute(name=f"banshi {' '.join(FILES)}", files=json.dumps(FILES)).encode()
HEADERS: Final = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; connect-src 'self'",  # of what it fetches
}


@get("/service-worker.js")
async def worker(request: AnyRequest) -> Response[bytes]:
    """Answer the script that browsers run beside the pages."""
    return Response(WORKER, media_type="text/javascript; charset=utf-8", headers=HEADERS)


@get("/offline")
async def offline(request: AnyRequest) -> Response[bytes]:
    """Show the page that stands in for others while there is no network; it is nobody's."""
    return drawn(
        request,
        "citizen_offline",
        asker=None,
        now=await clock.now(),
        scripts=True,
        address="/",
        visitor="nobody",
    )


ROUTES: list[ControllerRouterHandler] = [worker, offline]
