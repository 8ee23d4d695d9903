"""The origins of mini-apps: <app-id>.<BANSHI_APPS_HOST>.

    GET /<version>/<file>           a file of an approved version that nothing has stopped
    GET /.banshi/host.json          {"app": …, "host": …}: the one origin whose pages show this mini-app's
    POST /graphql, /gw/…, /beacon   the platform's own, so that pages need no other origin
    POST /h5/enter, /h5/mgop        the gateway as pages of the old one know it

Nothing else of the platform is there: a mini-app's scripts could read any page of their own origin, a form
to sign in above all.  All that is not served gets one and the same 404.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from litestar.types import HTTPScope, Receive, Send

from api.http import quota
from api.http.apps.answers import Answer, Header, about, about_host, answer, guards, is_known
from banshi.errors import DomainError
from identity.actor import ANONYMOUS
from miniapps.catalog.service import origins, packages

LABEL = r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,38}"
PART = r"[A-Za-z0-9_@][A-Za-z0-9._@~-]*"
FILE = re.compile(rf"/(\d{{1,6}}\.\d{{1,6}}\.\d{{1,6}})/((?:{PART}/)*(?:{PART})?)")
SHARED = re.compile(r"/graphql|/beacon|/h5/(?:enter|mgop)|/gw/[A-Za-z0-9/._-]+")
OLD = "/h5/mgop"
NAMES = re.compile(rb"[A-Za-z0-9, _-]{1,500}")
HOST = "/.banshi/host.json"
ROUTE = "(app)/{version}/{file}"
WORDS = {404: "没有这个页面。", 405: "这里只能读取。", 429: "访问太频繁，请稍后再试。"}
LATER = "暂时打不开，请稍后再试。"
HOSTS = 1024  # remembered, with whether the platform's paths are there
LONGEST = 255  # characters of a host; whoever asks writes it, and no longer one has a name
PLAIN = (b"content-type", b"text/plain; charset=utf-8")


Inside = Callable[[HTTPScope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """A file that is asked for at the origin of a mini-app."""

    app_id: str
    version: str
    name: str


class Origins:
    """Answers whatever comes for a host below the one of mini-apps; `app` is the platform's."""

    def __init__(self, app: Inside, *, host: str, platform: str, is_open: bool) -> None:
        self.app = app
        self.host = host.lower()
        self.name = _name(self.host)
        self.whole = re.compile(rf"({LABEL})\.{re.escape(self.host)}")
        self.platform = platform
        self.guards = guards(platform, is_open=is_open)
        self._shares = lru_cache(maxsize=HOSTS)(
            lambda host: not self._is_below(host) or self._app([host]) is not None
        )

    def owns(self, scope: HTTPScope) -> bool:
        """Say whether a request is for the host of mini-apps or one below it, however that is spelt."""
        return any(self._is_below(each) for each in hosts(scope))

    def shares(self, host: str) -> bool:
        """Say whether the platform's paths are at a host: below that of mini-apps at their own alone.

        A host too long to be one is none of ours, and not remembered.
        """
        return len(host) <= LONGEST and self._shares(host.lower())

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        app_id = self._app(hosts(scope))
        if app_id is not None and scope["method"] == "POST" and SHARED.fullmatch(_path(scope)):
            scope["state"]["mini_app"] = app_id
            await self.app(scope, receive, send)
            return
        scope["path_template"] = ROUTE
        try:
            found = await self._answer(app_id, scope)
        except DomainError as refusal:
            scope["state"]["codes"] = [refusal.code]
            found = told(refusal.status, refusal.data.get("retry_after_s"))
        headers = [*found.headers, *self.guards]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": found.body, "more_body": False})

    def _is_below(self, host: str) -> bool:
        name = _name(host)
        return name == self.name or name.endswith("." + self.name)

    def _app(self, asked: Sequence[str]) -> str | None:
        """Return whose origin it is; None: nobody's."""
        match = self.whole.fullmatch(asked[0]) if len(asked) == 1 else None
        return None if match is None else match[1]

    async def _answer(self, app_id: str | None, scope: HTTPScope) -> Answer:
        await quota.count(ANONYMOUS, scope["state"]["address"])
        if app_id is not None and scope["method"] == "OPTIONS" and _path(scope) == OLD:
            return _asked_before(dict(scope["headers"]), origins.origin(app_id))
        if scope["method"] != "GET":
            return told(405)
        if app_id is not None and _path(scope) == HOST:
            return about_host(app_id, self.platform)
        headers, asked = dict(scope["headers"]), _asked(app_id, _path(scope))
        if asked is None or b"service-worker" in headers:  # it would outlive the version, and its end
            return told(404)
        listing = await packages.served(asked.app_id, asked.version)
        listed = None if listing is None else listing.files.get(asked.name)
        if listed is None:
            return told(404)
        if is_known(headers, listed):
            return Answer(304, [each for each in about(asked.name, listed) if each[0] != b"content-type"])
        return answer(headers, asked.name, listed, await packages.content(listed))


def _asked_before(headers: Mapping[bytes, bytes], own: str) -> Answer:
    """Return what is told of /h5/mgop before it is called: pages of this very origin may."""
    found: list[Header] = [(b"vary", b"Origin"), (b"cache-control", b"no-store")]
    if headers.get(b"origin") == own.encode():
        names = headers.get(b"access-control-request-headers", b"content-type, authorization")
        found += [
            (b"access-control-allow-origin", own.encode()), (b"access-control-allow-credentials", b"true"),
            (b"access-control-allow-methods", b"POST"), (b"access-control-max-age", b"600"),
            (b"access-control-allow-headers", names if NAMES.fullmatch(names) else b"content-type"),
        ]  # fmt: skip
    return Answer(204, found)


def told(status: int, retry_after_s: object = None) -> Answer:
    """Return a refusal in words for whoever looks at it."""
    body = WORDS.get(status, LATER).encode()
    headers: list[Header] = [PLAIN, (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    return Answer(status, headers, body)


def hosts(scope: HTTPScope) -> list[str]:
    """Return every header Host, in small letters."""
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]


def _name(host: str) -> str:
    """Return the name of a host without its port and the dot of the root."""
    return host.strip().partition(":")[0].rstrip(".")


def _path(scope: HTTPScope) -> str:
    """Return the path as it was sent: names of files need no escapes, so none is undone."""
    return bytes(scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1")


def _asked(app_id: str | None, path: str) -> Asked | None:
    match = FILE.fullmatch(path)
    if app_id is None or match is None:
        return None
    version, name = match.groups()
    return Asked(app_id, version, f"{name}index.html" if not name or name.endswith("/") else name)
