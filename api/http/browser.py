"""The session of a browser: its token lies in a cookie that no script can read.

Cookies count on pages alone; the API takes tokens in the header Authorization only.  A page changes
something only when its form brings the word that was given to this very browser, and comes from our own
origin: so no other site can make a browser do anything, nor sign it in as somebody else.
"""

import re
import secrets
from collections.abc import Mapping

from litestar import Response
from litestar.datastructures import Cookie

from api.http.asking import Asker, bearer
from api.http.errors import AnyRequest
from banshi.errors import DomainError, NotSignedIn
from storage.seal import mac, same

SESSION, VISITOR = "banshi_session", "banshi_visitor"
FIELD = "form_word"  # of every form that changes something
WORD_BYTES = 16
PLAIN = re.compile(r"[A-Za-z0-9._~-]*")


class FormExpired(DomainError):
    """The form is of another browser or session, or of another site: load the page again."""

    code = "FORM_EXPIRED"
    status = 403
    text = "页面已过期，请返回上一页刷新后重试。"


def is_https(request: AnyRequest) -> bool:
    """Say whether citizens reach us by https, whatever the proxy in front speaks to us."""
    return str(request.app.state.public_url).startswith("https:")


def cookie_name(name: str, *, https: bool) -> str:
    """Return the name under which a cookie is kept: with https one that no other host can set."""
    return f"__Host-{name}" if https else name


def cookie_in(request: AnyRequest, name: str) -> str | None:
    """Return what the browser keeps under a name of ours, if anything."""
    return request.cookies.get(cookie_name(name, https=is_https(request)))


def token_of(request: AnyRequest) -> str | None:
    """Return the session's token that the browser keeps, if any."""
    return cookie_in(request, SESSION)


async def asker_of(request: AnyRequest) -> Asker | None:
    """Return whose browser it is; None: nobody is signed in, or not any longer.

    Raises: RateLimited for too many tokens that never were.
    """
    token = token_of(request)
    if not token:
        return None
    try:
        return await bearer(f"Bearer {token}", request.scope["state"]["address"])
    except NotSignedIn:
        return None


def keep(request: AnyRequest, response: Response[bytes], token: str) -> None:
    """Let the browser keep a session's token until it is closed or the session ends."""
    response.set_cookie(cookie(request, SESSION, token))


def drop(request: AnyRequest, response: Response[bytes]) -> None:
    """Let the browser forget session and visitor: nothing of the one who left stays behind."""
    for name in (SESSION, VISITOR):
        response.set_cookie(cookie(request, name, "", 0))


def visitor_of(request: AnyRequest, response: Response[bytes] | None = None) -> str:
    """Return what tells this browser from another before anybody signs in; made on first sight.

    `response` takes the new cookie along.
    """
    known = cookie_in(request, VISITOR)
    visitor = known or secrets.token_hex(WORD_BYTES)
    if not known and response is not None:
        response.set_cookie(cookie(request, VISITOR, visitor))
    return visitor


def renew_visitor(request: AnyRequest, response: Response[bytes]) -> str:
    """Give the browser another word than it had before somebody signed in; return the new one."""
    visitor = secrets.token_hex(WORD_BYTES)
    response.set_cookie(cookie(request, VISITOR, visitor))
    return visitor


def form_word(owner: str) -> str:
    """Return the word for forms of `owner`: a session's token, or the visitor."""
    return mac(owner.encode(), purpose="form").hex()[: 2 * WORD_BYTES]


def check_form(request: AnyRequest, form: Mapping[str, str]) -> None:
    """Check that a form was given to this browser, and is sent by a page of ours.

    Raises: FormExpired.
    """
    origin = request.headers.get("origin")
    if origin not in (None, str(request.app.state.public_url)):
        raise FormExpired
    owners = [owner for owner in (token_of(request), visitor_of(request)) if owner]
    given = form.get(FIELD, "").encode()
    if not any(same(form_word(owner).encode(), given) for owner in owners):
        raise FormExpired


class PlainCookie(Cookie):
    """A cookie that no script reads, written without the detours of http.cookies when its value is plain."""

    def to_encoded_header(self) -> tuple[bytes, bytes]:
        """Return the header Set-Cookie."""
        if PLAIN.fullmatch(self.value or "") is None:
            return super().to_encoded_header()
        age = "" if self.max_age is None else f"; Max-Age={self.max_age}"
        secure = "; Secure" if self.secure else ""
        text = f"{self.key}={self.value}; HttpOnly{age}; Path=/; SameSite=lax{secure}"
        return b"set-cookie", text.encode("ascii")


def cookie(request: AnyRequest, name: str, value: str, max_age: int | None = None) -> Cookie:
    """Return a cookie of our pages; without `max_age` (seconds) it ends with the browser."""
    https = is_https(request)
    return PlainCookie(
        key=cookie_name(name, https=https), value=value, secure=https, httponly=True, max_age=max_age
    )
