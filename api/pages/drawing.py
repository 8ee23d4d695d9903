"""Drawing a page: one layout, escaped by itself, with headers that let in nothing from elsewhere.

A page is drawn with stand-ins for what is given to one browser alone, the word of its forms and the id of
what it asks about, which are put in afterwards.  So the pages of a sign-in elsewhere are drawn once.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from litestar import Response
from litestar.enums import MediaType

from api.http.asking import Asker
from api.http.browser import FIELD, form_word, visitor_of
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.assets import ADDRESSES
from api.pages.manner import is_elder, remember, switched

TEMPLATES = [Path(__file__).parent / "templates", Path(__file__).parents[1] / "web" / "templates"]

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_templates.filters.update(
    moment=words.moment, day=words.day, ago=words.ago, amount=words.amount, told_at=words.told_at
)
_templates.globals.update(word_field=FIELD, assets=ADDRESSES)

ID = re.compile(r"[0-9a-f-]{36}")
"""What an id is made of needs no escape, neither on a page nor in an address; nor do stand-ins."""

STAND_IN = secrets.token_hex(16)  # for an id; nobody outside knows it
_WORD = secrets.token_hex(16)
_KEPT = 256  # pages of a few KiB


class Reach(NamedTuple):
    """The origins besides our own that a page's scripts send to, and of which it shows pages in frames."""

    sends: Sequence[str] = ()
    frames: Sequence[str] = ()


NOWHERE = Reach()


def drawn(
    request: AnyRequest,
    template: str,
    *,
    asker: Asker | None,
    now: datetime,
    status: int = 200,
    address: str | None = None,
    targets: Sequence[str] = (),
    scripts: bool = False,
    reach: Reach = NOWHERE,
    visitor: str | None = None,
    own: str = "",
    **values: Any,
) -> Response[bytes]:
    """Return the page of `template`.

    `asker` is who is signed in.  `address` is where the same page can be had again by GET, for the switch
    of the manner; left out, it is the request's own.  `targets` are the origins to which the answer to the
    page's form may send the browser on: Chromium asks the policy for those, too.

    `own` is an id (`ID`), for which `address` and `values` have STAND_IN.  Such a page is remembered without
    it: besides it nothing on the page may be one citizen's own, nor depend on `now`.
    """
    headers = _headers(targets, scripts, reach)
    response = Response(b"", status_code=status, media_type=MediaType.HTML, headers=headers)
    owner = (asker and asker.token) or visitor or visitor_of(request, response)
    remember(request, response)
    elder = is_elder(request)
    here = address or _own_address(request)
    values["signed_in"] = asker is not None
    if own:
        text = _remembered(template, elder, here, **values)
    else:
        text = _rendered(template, elder, here, now=now, **values)
    response.content = text.replace(_WORD, form_word(owner)).replace(STAND_IN, own).encode()
    return response


def _rendered(template: str, elder: bool, here: str, **values: Any) -> str:
    """Return the text of a page, with the stand-ins."""
    return _templates.get_template(f"{template}.html").render(
        elder=elder,
        switch=switched(here, elder=elder),
        here=here.partition("?")[0],
        word=_WORD,
        **values,
    )


_remembered = lru_cache(maxsize=_KEPT)(_rendered)


def _own_address(request: AnyRequest) -> str:
    query = request.scope["query_string"].decode("latin-1") if request.method == "GET" else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def _headers(targets: Sequence[str], scripts: bool, reach: Reach) -> dict[str, str]:
    parts = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        " ".join(["form-action 'self'", *targets]),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    if scripts:
        parts += ["script-src 'self'", " ".join(["connect-src 'self'", *reach.sends])]
    if reach.frames:
        parts.append(" ".join(["frame-src", *reach.frames]))
    return {
        "content-security-policy": "; ".join(parts),
        "referrer-policy": "same-origin",  # with no-referrer Chromium would send forms with `Origin: null`
        "cache-control": "no-store",
    }
