"""A relying party for tests: what a client of each kind sends, and a browser that its citizen uses."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from api.http.browser import SESSION
from identity.clients import AuthMethod, Profile
from identity.oidc import registration
from identity.oidc.dpop import token_digest
from identity.oidc.registration import Registration
from storage import clock

ISSUER = "http://127.0.0.1:8000"
CALLBACK = "https://rp.example/callback"
BYE = "https://rp.example/bye"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPES = (
    "openid", "profile.name", "profile.name.full", "phone", "idcard.verify", "corp", "offline_access",
    "cases:read", "materials:read",
)  # fmt: skip


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def signed(key: ECKey, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """A compact JWS with any header, also one that no library would make."""
    parts = ".".join(_part(msgspec.json.encode(each)) for each in (header, payload))
    signature = jws.JWSRegistry.algorithms["ES256"].sign(parts.encode(), key)
    return f"{parts}.{_part(signature)}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def payload_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Browser:
    """One citizen's browser: its cookies and no others."""

    def __init__(self, client: httpx.AsyncClient, token: str | None = None) -> None:
        self.client = client
        self.cookies = httpx.Cookies()
        if token is not None:
            self.cookies.set(SESSION, token, domain=client.base_url.host)

    async def get(self, url: str, params: Any = None) -> httpx.Response:
        return self._kept(await self.client.get(url, params=params, headers=self._headers()))

    async def post(self, url: str, data: Any) -> httpx.Response:
        return self._kept(await self.client.post(url, data=data, headers=self._headers()))

    def _headers(self) -> dict[str, str]:
        pairs = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies.jar)
        return {"cookie": pairs} if pairs else {}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        self.client.cookies.clear()
        self.cookies.update(answer.cookies)
        return answer

    @property
    def visitor(self) -> str:
        return self.cookies.get("banshi_visitor") or ""


def query_of(answer: httpx.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@dataclass
class Rp:
    """A client, what it keeps, and what it sends."""

    http: httpx.AsyncClient
    client_id: str
    secret: str | None = None
    key: ECKey | None = None
    dpop: ECKey | None = None
    webhook_secret: str | None = None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def request(self, **changes: Any) -> dict[str, Any]:
        asked = {
            "client_id": self.client_id, "redirect_uri": CALLBACK, "response_type": "code",
            "scope": "openid profile.name phone", "state": "st", "nonce": "no",
            "code_challenge": challenge_of(self.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return {name: value for name, value in (asked | changes).items() if value is not None}

    def assertion(self, **changes: Any) -> str:
        assert self.key is not None
        now = int(time.time())
        payload = {
            "iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "jti": secrets.token_hex(8),
            "exp": now + 60, "iat": now,
        }  # fmt: skip
        return signed(self.key, {"alg": "ES256", "kid": "k1"}, payload | changes)

    def proof(self, method: str, url: str, token: str | None = None, **changes: Any) -> str:
        assert self.dpop is not None
        payload = {"jti": secrets.token_hex(8), "htm": method, "htu": url, "iat": int(time.time())}
        if token is not None:
            payload["ath"] = token_digest(token)
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.dpop.as_dict(private=False)}
        return signed(self.dpop, header, payload | changes)

    async def call(
        self, endpoint: str, data: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Call an endpoint as this client."""
        sent, url = dict(headers or {}), f"{ISSUER}/oauth/{endpoint}"
        body = dict(data)
        if self.secret is not None:
            sent.setdefault("authorization", basic(self.client_id, self.secret))
        elif self.key is not None:
            body = {"client_assertion_type": ASSERTION, "client_assertion": self.assertion()} | body
        else:
            body = {"client_id": self.client_id} | body
        if self.dpop is not None and endpoint in ("token", "par"):
            sent.setdefault("dpop", self.proof("POST", url))
        return await self.http.post(f"/oauth/{endpoint}", data=body, headers=sent)

    async def push(self, **changes: Any) -> str:
        answer = await self.call("par", self.request(**changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["request_uri"])

    async def redeem(self, code: str, **changes: Any) -> httpx.Response:
        body = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }  # fmt: skip
        return await self.call("token", {k: v for k, v in (body | changes).items() if v is not None})

    async def refresh(self, token: str, **changes: Any) -> httpx.Response:
        return await self.call("token", {"grant_type": "refresh_token", "refresh_token": token} | changes)

    async def userinfo(self, token: str, method: str = "GET", **headers: str) -> httpx.Response:
        url = f"{ISSUER}/oauth/userinfo"
        sent = {"authorization": f"{'DPoP' if self.dpop else 'Bearer'} {token}"}
        if self.dpop is not None:
            sent["dpop"] = self.proof(method, url, token)
        return await self.http.request(method, url, headers=sent | headers)


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


async def add(http: httpx.AsyncClient, kind: str = "basic", **changes: Any) -> Rp:
    """A new client: "basic", "key", "public", "dpop" (public with DPoP) or "fapi2"."""
    key = ECKey.generate_key("P-256", {"kid": "k1"}) if kind in ("key", "fapi2") else None
    method = AuthMethod.KEY if key else AuthMethod.NONE if kind in ("public", "dpop") else AuthMethod.BASIC
    wanted = {
        "name": "公积金助手", "operator": "杭州市住房公积金管理中心", "redirect_uris": [CALLBACK],
        "auth_method": method, "profile": Profile.FAPI2 if kind == "fapi2" else Profile.OIDC,
        "scopes": dict.fromkeys(SCOPES, "用于测试"), "post_logout_uris": [BYE],
        "jwks": {"keys": [key.as_dict(private=False)]} if key else None,
    }  # fmt: skip
    client_id, secret, webhook_secret = await registration.add(
        Registration(**(wanted | changes)), now=await clock.now()
    )
    dpop = ECKey.generate_key("P-256") if kind in ("dpop", "fapi2") else None
    return Rp(http, client_id, secret, key, dpop, webhook_secret=webhook_secret)
