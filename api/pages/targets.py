"""Where the answer to a form may lead the browser in the end.

Chromium asks a form's policy (`form-action`) for redirects, too: so the policy names the one origin to which
the application that waits will be answered, and no other.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from api.http.wires.visits import ENTRIES, visit_of
from identity.oidc import requests
from identity.oidc.errors import RequestUnknown
from identity.wires.errors import WireCallbackRefused, WireUnknown

CONTINUE = "/oauth/continue"
WEB = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
OWN_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")


def target(address: str) -> tuple[str, ...]:
    """Return the source that lets a browser go to `address`: its origin, or the scheme of an app's own."""
    found = WEB.match(address) or OWN_SCHEME.match(address)
    return (found.group(),) if found else ()


def request_in(next_: str) -> str:
    """Return the id of the request for which one signs in, "" when it is for no application."""
    parts = urlsplit(next_)
    return parse_qs(parts.query).get("request", [""])[0] if parts.path == CONTINUE else ""


async def targets_of(next_: str, *, visitor: str, now: datetime) -> tuple[str, ...]:
    """Return the sources for a sign-in that goes on to `next_`: none for pages of our own."""
    parts, request_id = urlsplit(next_), request_in(next_)
    try:
        if request_id:
            waiting = await requests.find(request_id, visitor=visitor, now=now)
            return target(waiting.asked.redirect_uri)
        if parts.path in ENTRIES:
            return target((await visit_of(parts.path, parts.query, now=now)).back)
    except (RequestUnknown, WireUnknown, WireCallbackRefused):  # what comes then is a page of ours
        return ()
    return ()
