"""A back end that means ill, at the end of a connection of its own to the relay; and what it answers."""

import base64
import json
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

WELL = {"limit_fen": 150000, "month_fen": 100, "quarter_fen": 300, "own_fen": 0}
MARKUP = "<img src=x onerror='top.ran=1'><script>top.ran=1</script>"
DONE, LOST, FAILED, UNFIT, SILENT = "done", "APP_LOST", "APP_FAILED", "APP_ANSWER_UNFIT", "APP_SILENT"

Frame = str | bytes
Says = Callable[[str], list[Frame]]
"""What goes over the connection in place of the answer to the call of an id; nothing: it hangs up."""


def told(status: int | str, body: Any, **more: Any) -> Says:
    """Return what answers a call by a status and a body."""
    return lambda id: [json.dumps({"type": "answer", "id": id, "status": status, "body": body, **more})]


def raw(body: str) -> Says:
    """Return what answers a call by some text for a body."""
    return lambda id: [f'{{"type":"answer","id":"{id}","status":200,"body":{body}}}']


def refuses(status: int, code: str, message: str = "", **data: Any) -> Says:
    """Return what refuses a call as an honest back end does."""
    return told(status, {"error": {"code": code, "message": message, "data": data}})


ATTACKS: dict[str, tuple[Says, str]] = {
    "garbage": (lambda id: ["hello"], LOST),
    "bytes": (lambda id: [b"\xff\xfe\x00\x01"], LOST),
    "half an answer": (lambda id: ['{"type":"answer","id":"' + id], LOST),
    "a word that there is not": (lambda id: ['{"type":"takeover"}'], LOST),
    "a status that is text": (told("200", {}), LOST),
    "hanging up": (lambda id: [], LOST),
    "too much": (told(200, "x" * 1_100_000), LOST),
    "no number": (raw('{"limit_fen":NaN}'), LOST),
    "a hundred thousand deep": (raw("[" * 100_000 + "]" * 100_000), LOST),
    "silence": (lambda id: ["{}"], LOST),
    "too late": (lambda id: ['{"type":"answer","id":"none","status":200,"body":{}}'], SILENT),
    "a page": (told(200, f"<!doctype html>{MARKUP}"), UNFIT),
    "nothing": (told(200, None), UNFIT),
    "a list": (told(200, [WELL]), UNFIT),
    "fields that are missing": (told(200, {}), UNFIT),
    "a field of markup": (told(200, {**WELL, "month_fen": MARKUP}), UNFIT),
    "a number as text": (told(200, {**WELL, "month_fen": "100"}), UNFIT),
    "a redirect": (told(302, {"location": "http://169.254.169.254/"}, headers={"location": "/"}), FAILED),
    "a page of its error": (told(500, MARKUP), FAILED),
    "no content": (told(204, None), FAILED),
    "a status that there is not": (told(999, WELL), FAILED),
    "a status below all": (told(-1, WELL), FAILED),
    "a refusal that is none": (told(409, {"error": MARKUP}), FAILED),
    "headers": (
        told(200, WELL, headers={"set-cookie": "a=b", "content-security-policy": "", "location": "/"}), DONE,
    ),
    "the same twice": (lambda id: told(200, WELL)(id) * 2, DONE),
    "a prototype": (told(200, {**WELL, "__proto__": {"polluted": 1}, "constructor": {"prototype": 1}}), DONE),
    "a refusal of markup": (refuses(409, "NO_MONEY", MARKUP), "NO_MONEY"),
    "a refusal with a prototype": (
        refuses(409, "NO_MONEY", __proto__={"polluted": 1}, constructor=1), "NO_MONEY",
    ),
    "a refusal as if signed out": (refuses(401, "NOT_SIGNED_IN"), "NOT_SIGNED_IN"),
    "a refusal as if not agreed to": (
        refuses(403, "APP_CONSENT_NEEDED", scope="profile:read"), "APP_CONSENT_NEEDED",
    ),
    "a refusal as if cut off": (refuses(409, "BRIDGE_GONE"), "BRIDGE_GONE"),
}  # fmt: skip
"""What it answers, and what the page is told."""


class BackEnd:
    """Answers well, or as `says` has it."""

    def __init__(self, platform: str, app: str, credential: str) -> None:
        self.says: Says | None = None
        self._app = app
        self.ready = Event()
        self._address = platform.replace("http", "ws", 1) + "/relay"
        self._headers = {"authorization": f"Basic {base64.b64encode(credential.encode()).decode()}"}
        self._over = False
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """End it."""
        self._over = True
        self._thread.join(10)

    def _run(self) -> None:
        while not self._over:
            try:
                with connect(
                    self._address, additional_headers=self._headers, max_size=None, proxy=None
                ) as socket:
                    socket.send(json.dumps({"type": "hello", "app": self._app}))
                    self._serve(socket)
            except (ConnectionClosed, OSError):
                pass
            finally:
                self.ready.clear()

    def _serve(self, socket: ClientConnection) -> None:
        while not self._over:
            try:
                word = json.loads(socket.recv(timeout=0.2))
            except TimeoutError:
                continue
            if word["type"] == "ready":
                self.ready.set()
            if word["type"] != "call":
                continue
            says = self.says if word["api"] == "estimate" else None
            frames = (says or _well(word["api"]))(word["id"])
            for frame in frames:
                socket.send(frame)
            if not frames:
                return


def _well(api: str) -> Says:
    return told(200, WELL if api == "estimate" else [])
