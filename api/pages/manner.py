"""How pages look: the elder mode (长辈版), chosen by `ui_style` in the address and kept in a cookie."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Response

from api.http.browser import cookie, cookie_in
from api.http.errors import AnyRequest
from api.pages.local import go

ASKED, KEPT = "ui_style", "banshi_ui_style"
ELDER, NORMAL = "elder", "normal"
YEAR_S = 365 * 24 * 3600


def is_elder(request: AnyRequest) -> bool:
    """Say whether the citizen wants large letters: by this request, else as he chose before."""
    asked = request.query_params.get(ASKED)
    kept = cookie_in(request, KEPT)
    return (asked if asked in (ELDER, NORMAL) else kept) == ELDER


def remember(request: AnyRequest, response: Response[Any]) -> None:
    """Let the browser keep what this request chose, if it chose."""
    asked = request.query_params.get(ASKED)
    if asked in (ELDER, NORMAL):
        response.set_cookie(cookie(request, KEPT, asked, YEAR_S))


def sent_on(request: AnyRequest, path: str) -> Response[bytes]:
    """Send the browser to `path` with GET, and keep what it chose by the way."""
    response = go(path)
    remember(request, response)
    return response


def switched(address: str, *, elder: bool) -> str:
    """Return the address of the same page (path and query) in the other manner."""
    parts = urlsplit(address)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != ASKED]
    return f"{parts.path}?{urlencode([*kept, (ASKED, NORMAL if elder else ELDER)])}"
