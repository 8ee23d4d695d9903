"""The platform's gateway without a platform: the same checks, in the same order, told in the same words."""

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from banshi import calls
from banshi.calls import Answer
from banshi.errors import DomainError
from banshi.manifest import Manifest
from banshi.serving import Citizen
from banshi.simulator._quota import Quota

LIFE_S = 60
KID = "simulator"

Send = Callable[[Citizen, str, bytes, Mapping[str, str]], Awaitable[Answer]]
"""What passes a call on: citizen, API, body and headers; answers as the back end does."""


class Gateway:
    """Looks at calls of one mini-app, and passes on what is right.

    What `send` brings are a back end's words, which are told anew, or the platform's, as they are; the
    platform counts by itself.  A test may make `quota` smaller.
    """

    def __init__(self, manifest: Manifest, send: Send, *, is_platform: bool = False) -> None:
        self.manifest = manifest
        self._send = send
        self._is_platform = is_platform
        self.quota = Quota()

    async def call(
        self, citizen: Citizen, api: str, body: bytes, *, idempotency_key: str = "", request_id: str = ""
    ) -> Answer:
        """Return what who calls is told: the answer, or a refusal in the platform's shape."""
        id = request_id or uuid.uuid4().hex
        headers = {"x-request-id": id}
        if idempotency_key:
            headers["idempotency-key"] = idempotency_key
        try:
            body = calls.check(self.manifest, api, citizen.scopes, body)
            if not self._is_platform:
                self.quota.take(self.manifest.id, api)
            answer = await self._send(citizen, api, body, headers)
            if self._is_platform:
                return answer
            if answer.status == 200:
                calls.fit(self.manifest, api, answer.body)
            return calls.told(self.manifest.id, answer, request_id=id)
        except DomainError as refusal:
            return calls.refused(refusal, request_id=id)


class Issuer:
    """Signs session tokens in the platform's place."""

    def __init__(self, address: str, app_id: str) -> None:
        self.address, self.app_id = address, app_id
        self._key = ECKey.generate_key("P-256", parameters={"kid": KID})

    def published(self) -> dict[str, Any]:
        """Return the key that they are verified with, as a JWK Set."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def token(self, who: Citizen, api: str, /, **changes: Any) -> str:
        """Return a session token for one call; `changes` are claims that are to be other, None: left out."""
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": self.app_id, "sub": who.sub, "iat": now, "exp": now + LIFE_S,
            "jti": uuid.uuid4().hex, "api": api, "scope": " ".join(sorted(who.scopes)), "level": who.level,
            "region": who.region, "elder": who.elder, **who.claims,
        }  # fmt: skip
        made = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": KID}, made, self._key)


def issuing(address: str, app_id: str) -> Issuer:
    """Return what signs for the mini-app `app_id` as the platform at `address` would."""
    return Issuer(address, app_id)
