"""The one address that the browser reaches: the mini-app's files, and its APIs as invented citizens see them.

It is the browser's proxy too, so whatever the browser asks, of whomever, ends here and goes no further.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from banshi import mgop
from banshi.gate._app import App
from banshi.gate.browser._people import FIRST, SECOND, answer
from banshi.package import kind_of

# as pages are served in life, but for `sandbox`: what they try to open is to be seen
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'"
)
PEOPLE = {person.token: person for person in (FIRST, SECOND)}
WHERE = "/.banshi/host.json"
SESSION = "banshi_app"
TOKEN = re.compile(rb'"token":\s*"([\w-]+)"')
LARGEST_ASK = 1024 * 1024  # bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, app: App) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.app, self.host = app, f"{app.manifest.id}.localhost"
        self.base = f"/{app.manifest.version}/"  # as in life: an address never comes to mean another version
        self.schemas = {api.name: api.output for api in app.manifest.apis}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a file of the package."""
        name = unquote(self._path() or "")
        if name == WHERE:  # a page of the looking's is its own host
            self._json(200, {"app": self.server.app.manifest.id, "host": f"http://{self.server.host}"})
            return
        is_inside = name.startswith(self.server.base)
        name = name.removeprefix(self.server.base)
        name = f"{name}index.html" if not name or name.endswith("/") else name
        media_type = kind_of(name)
        if not is_inside or media_type is None or name not in self.server.app.files:
            self._answer(404, b"", "text/plain")
        else:
            self._answer(200, self.server.app.files[name], media_type)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Answer a call of an API: /gw/<mini-app>/<api>, with an invented citizen's token."""
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), LARGEST_ASK))
        path = self._path() or ""
        if path in ("/h5/enter", "/h5/mgop"):
            self._old(path, body)
            return
        parts = path.strip("/").split("/")
        person = PEOPLE.get(self.headers.get("authorization", "").removeprefix("Bearer "))
        if parts[:2] != ["gw", self.server.app.manifest.id] or len(parts) != 3:
            self._refuse(404, "NOT_FOUND", "There is no such thing.")
        elif person is None:
            self._refuse(401, "NOT_SIGNED_IN", "Sign in first.")
        elif parts[2] not in self.server.schemas:
            self._refuse(404, "API_NOT_FOUND", "Name it in the manifest.")
        else:
            self._json(200, answer(self.server.schemas[parts[2]], person))

    def _old(self, path: str, body: bytes) -> None:
        """Begin a session of the origin, or answer a call of the old gateway; a sign of any kind will do."""
        if path == "/h5/enter":
            found = TOKEN.search(body)
            token = found[1].decode() if found else ""
            known = {"set-cookie": f"{SESSION}={token}; Path=/; HttpOnly"} if token in PEOPLE else {}
            self._answer(204 if known else 401, b"", "text/plain", known)
            return
        cookies = dict(each.strip().partition("=")[::2] for each in self.headers.get("cookie", "").split(";"))
        person = PEOPLE.get(cookies.get(SESSION, ""))
        asked = dict(parse_qsl(urlsplit(self.path).query)).get("api", "")
        api = mgop.api_named(self.server.app.manifest, asked)
        rs = mgop.TOKEN_EXPIRED if person is None else mgop.OK if api in self.server.schemas else mgop.NO_APP
        told = answer(self.server.schemas[api], person) if person is not None and rs == mgop.OK else {}
        self._json(200, {"rs": rs, "data": told, "ret": f"{rs}::{mgop.SAID[rs]}"})

    def do_CONNECT(self) -> None:
        """Refuse a tunnel to anywhere."""
        self._answer(403, b"", "text/plain")

    def _path(self) -> str | None:
        """Return the path that was asked for, or None when it is another host's."""
        asked = urlsplit(self.path)
        host = asked.hostname or self.headers.get("host", "").partition(":")[0]
        return asked.path if host == self.server.host else None

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer as the platform does."""
        self._json(status, {"errors": [{"message": message, "extensions": {"code": code}}]})

    def _json(self, status: int, body: Any) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(
        self, status: int, body: bytes, media_type: str, more: Mapping[str, str] | None = None
    ) -> None:
        headers: Mapping[str, str] = {
            **(more or {}),
            "content-type": media_type, "content-length": str(len(body)), "content-security-policy": POLICY,
            "x-content-type-options": "nosniff", "cache-control": "no-store",
        }  # fmt: skip
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: what a page asks is of no interest to a terminal."""


@contextmanager
def serve(app: App) -> Iterator[tuple[str, int]]:
    """Serve a mini-app on the loopback address; gives where its files begin, and the proxy's port."""
    server = _Server(app)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://{server.host}{server.base}", server.server_port
    finally:
        server.shutdown()
        server.server_close()
