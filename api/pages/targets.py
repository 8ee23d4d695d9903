"""Where the answer to a form may lead the browser in the end.

Chromium asks a form's policy (`form-action`) for redirects, too: so the policy names the one origin to which
the application that waits will be answered, and no other.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from identity.oidc import requests
from identity.oidc.errors import RequestUnknown

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
    """Return the sources for a sign-in that goes on to `next_`."""
    request_id = request_in(next_)
    if not request_id:
        return ()
    try:
        waiting = await requests.find(request_id, visitor=visitor, now=now)
    except RequestUnknown:
        return ()
    return target(waiting.asked.redirect_uri)
