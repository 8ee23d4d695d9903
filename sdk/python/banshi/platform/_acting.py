"""Acting for the citizen of a call: its token is exchanged for one that the platform takes (RFC 8693)."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import msgspec

from banshi.client import refusal
from banshi.platform._client import OnBehalf
from banshi.refusals import NoAnswer, Refused

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
TIMEOUT_S = 20.0
CODES = {
    "invalid_grant": "NOT_SIGNED_IN",
    "invalid_scope": "SCOPE_MISSING",
    "invalid_client": "CONNECTION_REFUSED",
    "temporarily_unavailable": "RATE_LIMITED",
}
"""What refusals of the token endpoint are called here; any other says that the call's token is no good."""


@dataclass(frozen=True)
class Acting:
    """How a back end acts for citizens: where, and by which credential ("client id:secret")."""

    platform: str
    credential: str = ""
    transport: httpx.AsyncBaseTransport | None = None  # None: the network

    def behalf(self, call_token: str, scopes: Collection[str] = ()) -> OnBehalf:
        """Return what acts for the citizen of a call, by `scopes` of those he agreed to, or by all."""
        auth = Exchanging(self.platform, self.credential, call_token, scopes)
        http = httpx.AsyncClient(auth=auth, transport=self.transport, timeout=TIMEOUT_S, trust_env=False)
        return OnBehalf(self.platform, "", http=http)


class Exchanging(httpx.Auth):
    """Sends along what the token of a call was exchanged for; it is exchanged once, when it is needed."""

    def __init__(self, platform: str, credential: str, call_token: str, scopes: Collection[str]) -> None:
        self._url = f"{platform}/oauth/token"
        self._headers = {"accept": "application/json", **_basic(credential)}
        self._form = {"grant_type": GRANT_TYPE, "subject_token_type": JWT, "subject_token": call_token}
        if scopes:
            self._form["scope"] = " ".join(sorted(scopes))
        self._token = ""
        self._lock = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Exchange if that was not done yet, then let the request go."""
        async with self._lock:
            if not self._token:
                asked = httpx.Request(
                    "POST", self._url, data=self._form, headers=self._headers, extensions=request.extensions
                )
                answer = yield asked
                wanted = self._form.get("scope", "")
                self._token = _given(answer.status_code, answer.headers, await answer.aread(), wanted)
        request.headers["authorization"] = f"Bearer {self._token}"
        yield request


class _Told(msgspec.Struct):
    """What the token endpoint answers."""

    access_token: str = ""
    error: str = ""
    error_description: str = ""


def _given(status: int, headers: httpx.Headers, body: bytes, wanted: str) -> str:
    """Return the token in an answer, where the scopes `wanted` were asked.

    Raises: Refused, NoAnswer.
    """
    try:
        told = msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError:
        told = _Told()
    if status == 200 and told.access_token:
        return told.access_token
    if not 400 <= status < 500 or not told.error:
        raise NoAnswer(f"the token endpoint answered {status}")
    raise _refused(told, headers.get("retry-after", "1"), wanted)


def _refused(told: _Told, retry_after_s: str, wanted: str) -> Refused:
    code = CODES.get(told.error, "SESSION_TOKEN_REFUSED")
    data = {"retry_after_s": retry_after_s} if code == "RATE_LIMITED" else {"reason": told.error_description}
    if code == "SCOPE_MISSING" and wanted:
        data["scope"] = wanted
    return refusal({"message": told.error_description, "extensions": {"code": code, "data": data}})


def _basic(credential: str) -> dict[str, str]:
    """Return the header that shows a credential (RFC 6749 2.3.1); none: none."""
    client_id, colon, secret = credential.partition(":")
    if not colon:
        return {}
    text = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}
