"""One citizen's way from a client's link to what its user info says, checked at each step."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

from bench.sign_in.browser import Answer, Browser, form_with

CALLBACK = "http://127.0.0.1:9/callback"  # nobody listens: the client's own call, counted with the seven


@dataclass(frozen=True)
class Client:
    """A client, and where its server listens to what."""

    client_id: str
    client_secret: str
    scope: str
    authorize: str
    token: str
    userinfo: str
    extra: dict[str, str]  # what the sign-in form is filled with, besides number and name
    answer: dict[str, str]  # and the consent form


@dataclass(frozen=True)
class Citizen:
    """Who signs in."""

    number: str
    name: str
    address: str


class Astray(Exception):
    """The server answered something else than a sign-in needs."""


async def sign_in(port: int, client: Client, citizen: Citizen) -> int:
    """Sign a citizen in at a client; return how many calls it took.

    Raises: Astray.
    """
    browser = Browser(port, citizen.address)
    try:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        code = await _authorized(browser, client, citizen, state, nonce, verifier)
        tokens = await _tokens(browser, client, code, verifier)
        claims = _claims(tokens["id_token"])
        _check(claims["nonce"] == nonce and claims["aud"] == client.client_id, "id_token", claims)
        told = await browser.ask("GET", client.userinfo, authorization=f"Bearer {tokens['access_token']}")
        _check(told.status == 200 and json.loads(told.body)["sub"] == claims["sub"], "userinfo", told)
        return browser.calls + 1  # the callback is the client's
    finally:
        await browser.close()


async def _authorized(
    browser: Browser, client: Client, citizen: Citizen, state: str, nonce: str, verifier: str
) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client.client_id, "response_type": "code", "redirect_uri": CALLBACK,
        "scope": client.scope, "state": state, "nonce": nonce, "code_challenge": challenge,
        "code_challenge_method": "S256",
    }  # fmt: skip
    at = f"http://127.0.0.1:{browser.port}{client.authorize}?{urlencode(asked)}"
    parts = urlsplit(at)
    answer = await browser.ask("GET", f"{parts.path}?{parts.query}")
    answer, at = await browser.follow(answer, at, until=CALLBACK)
    typed = {"id_number": citizen.number, "name": citizen.name, **client.extra}
    answer, at = await _submit(browser, answer, at, "id_number", typed)
    if not at.startswith(CALLBACK):
        field = next(iter(client.answer), "")
        answer, at = await _submit(browser, answer, at, field, client.answer)
    found = parse_qs(urlsplit(at).query)
    _check(at.startswith(CALLBACK) and found.get("state") == [state] and "code" in found, "callback", answer)
    return found["code"][0]


async def _submit(
    browser: Browser, answer: Answer, at: str, field: str, typed: dict[str, str]
) -> tuple[Answer, str]:
    """Fill in the page's form that has `field` and send it."""
    form = form_with(answer.body.decode(), field) if answer.status == 200 else None
    if form is None:
        raise Astray(f"no form with {field!r} at {at}: {answer.status} {answer.body[:600]!r}")
    parts = urlsplit(urljoin(at, form.action or at))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    origin = f"http://127.0.0.1:{browser.port}"
    sent = await browser.ask("POST", path, form.filled(typed), origin=origin)
    return await browser.follow(sent, origin + path, until=CALLBACK)


async def _tokens(browser: Browser, client: Client, code: str, verifier: str) -> Any:
    basic = f"{quote(client.client_id)}:{quote(client.client_secret)}"
    answer = await browser.ask(
        "POST",
        client.token,
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ],
        authorization="Basic " + base64.b64encode(basic.encode()).decode(),
    )  # fmt: skip
    _check(answer.status == 200, "token", answer)
    return json.loads(answer.body)


def _claims(token: str) -> Any:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def _check(holds: bool, step: str, seen: object) -> None:
    if not holds:
        raise Astray(f"{step}: {str(seen)[:800]}")
