"""Three origins on the loopback address for tests of the bridge: a host app, and mini-apps `a` and `b`.

Files of mini-apps are served with the very headers of the platform; who is who is told by the header Host.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from api.http.apps.answers import guards

DIST = Path(__file__).parents[2] / "sdk" / "js" / "dist"
HTML, JS, JSON = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "application/json"
BELOW = ".apps.localhost"
QUIET = "<!doctype html><meta charset=utf-8><title>quiet</title><p>a page that says nothing by itself"
BRIDGED = (
    "<!doctype html><meta charset=utf-8><title>bridged</title><script type=module src=/page.js></script>"
)
PAGE = """import { connect } from "/bridge.js";
window.uninvited = [];
addEventListener("message", ({ data }) => window.uninvited.push(data));
window.heard = [];
window.host = connect();
const host = await window.host;
const keep = name => value => { window.heard.push([name, value]); return window.handles; };
for (const name of ["uiStyle", "back"]) host.on(name, keep(name));
document.title = "connected";
"""
OLD = """<!doctype html><meta charset=utf-8><title>old</title><script src=/early.js></script>
<script src=/zwjsbridge.js></script><script src=/zwlog.js></script><script src=/old.js></script>"""
EARLY = "window.aplus_queue = [{ action: 'aplus.sendPV', arguments: [{ _user_id: 'u-77' }] }];"
OLD_PAGE = """window.order = [];
ZWJSBridge.onReady(() => {
  window.readyAt = performance.now();
  order.push("bridge");
  window.log = new ZwLog({ _user_id: "u-1", _user_nick: "昵称" });
  log.onReady(() => {
    order.push("log");
    log.sendPV({ miniAppId: "old", pageId: "1", t2: 0.3, t0: 0.2, log_status: "02" });
    log.onReady(() => order.push("late"));
    document.title = "old page is ready";
  });
});
"""
HOST = """<!doctype html><meta charset=utf-8><title>host</title><script type=module src=/host.js></script>
<div id=stage></div>"""
HOST_SCRIPT = """import { BridgeError, openMiniApp } from "/bridge-host.js";
localStorage.setItem("secret", "of the host");
document.cookie = "session=of-the-host; SameSite=Lax";
window.asked = []; window.cut = []; window.guests = {}; window.answers = {}; window.shown = 0;
const said = (app, method) => (params, occasion) => {
  window.asked.push([app, method, params]);
  if (window.answers[method] === "hang") return new Promise(() => {});
  if (window.answers[method]) throw window.answers[method];
  return method === "confirm" ? { buttonIndex: 1 } : {};
};
const METHODS = ["toast", "confirm", "alert", "setTitle", "openLink", "phoneCall", "sms", "share"];
window.show = (app, path = "/quiet.html", more = {}) => {
  window.guests[app]?.close();
  const hooks = Object.fromEntries(METHODS.map(name => [name, said(app, name)]));
  hooks.session = () => ({ token: `token-of-${app}`, expiresIn: 60, sub: `${app}-knows-him-so` });
  const entry = `http://${app}.apps.localhost:${location.port}${path}?${++window.shown}`;
  window.guests[app] = openMiniApp({
    into: document.getElementById("stage"), app, name: app, entry, region: "330106", uiStyle: "normal",
    scopes: ["storage:keep"], hooks, onCut: () => window.cut.push(app), ...more,
  });
  return window.shown;
};
document.title = "ready";
"""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    @property
    def host(self) -> str:
        """The address of the host app; it is of the mini-apps' site, as in production."""
        return f"http://apps.localhost:{self.server_port}"

    def pages(self, app: str) -> dict[str, tuple[str, str]]:
        """Return what is at the origin of a mini-app; "": of the host."""
        if not app:
            script = (DIST / "host.js").read_text()
            return {"/": (HOST, HTML), "/host.js": (HOST_SCRIPT, JS), "/bridge-host.js": (script, JS)}
        host = self.host if app != "lost" else "http://elsewhere.localhost"
        return {
            "/old.html": (OLD, HTML), "/early.js": (EARLY, JS), "/old.js": (OLD_PAGE, JS),
            "/quiet.html": (QUIET, HTML), "/index.html": (BRIDGED, HTML), "/page.js": (PAGE, JS),
            "/.banshi/host.json": (json.dumps({"app": app, "host": host}), JSON),
            **{f"/{each.name}": (each.read_text(), JS) for each in DIST.glob("*.js")},
        }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a file of whichever origin is meant."""
        name = self.headers["host"].partition(":")[0]
        app = name.removesuffix(BELOW) if name.endswith(BELOW) else ""
        body, kind = self.server.pages(app).get(self.path.partition("?")[0], ("", HTML))
        made = guards(self.server.host, is_open=False) if app else ()
        self._answer(
            200 if body else 404, body, kind, [(each.decode(), value.decode()) for each, value in made]
        )

    def do_POST(self) -> None:
        """Answer what was sent, and by whose right."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        right, cookie = self.headers.get("authorization"), self.headers.get("cookie")
        told = {"asked": self.path, "by": right, "cookie": cookie, "body": body}
        if not self.path.startswith("/h5/mgop"):
            self._answer(200, json.dumps(told), JSON, [])
        elif "_mgw_tk" not in (cookie or ""):
            new = "_mgw_tk=0123456789abcdef_1; Path=/; SameSite=Lax"
            self._answer(200, '{"rs": 9001, "ret": "9001::"}', JSON, [("set-cookie", new)])
        elif "api=mgop.old.app.refused" in self.path:
            self._answer(200, '{"rs": "1002", "ret": ["1002::忙"], "code": "APP_CROWDED"}', JSON, [])
        else:
            self._answer(200, json.dumps({"rs": 1000, "data": told}), JSON, [])

    def _answer(self, status: int, body: str, kind: str, headers: list[tuple[str, str]]) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in [("content-type", kind), ("content-length", str(len(data))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the three origins; gives the address of the host app."""
    server = _Server(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.host
    finally:
        server.shutdown()
        server.server_close()
