"""Calls to a platform over HTTP: typed refusals, safe retries, paging.

    async with Platform("https://platform.example", token=token) as platform:
        data = await platform.graphql("{ viewer { id } }")

A refusal is an exception of `banshi.refusals`, which draws their hierarchy: one class for each code.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
import msgspec

from banshi.refusals import OF_CODE, Busy, NoAnswer, PlatformError, Refused

TRIES = 4
UPLOAD_S = 120.0
PAUSE_S = 0.2  # before the second try; doubles each time
LONGEST_PAUSE_S = 10.0  # that we wait for, when the platform says after how long it may be asked again
ID = "sha256:"  # how the id of a document that the platform keeps begins


def refusal(error: Mapping[str, Any], platform: str = "") -> Refused:
    """Return the exception of one error of an answer of the platform at this address."""
    code = str((error.get("extensions") or {}).get("code", ""))
    return OF_CODE.get(code, Refused)(error, platform)


def _pause_s(error: PlatformError, attempt: int) -> float:
    """Return how long to wait before this attempt, counted from 1 for the second."""
    told = error.retry_after_s if isinstance(error, Busy) else 0
    return max(float(told), PAUSE_S * 2.0 ** (attempt - 1))


class Raw(NamedTuple):
    """A body that is no JSON."""

    content: bytes
    media_type: str


class Platform:
    """One caller's connection to a platform.

    `token` is a session's or a mini-app's; `credential` ("client id:secret") is a mini-app's own.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        credential: str | None = None,
        timeout_s: float = 20,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._credential = credential
        self._http = http or httpx.AsyncClient(timeout=timeout_s, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def graphql(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run one operation and return its data.

        `document` is its text, or the id of a trusted document (`sha256:…`), which the platform keeps.
        A call that found no answer is tried again, up to four times: every command takes an
        idempotency key, so a second arrival changes nothing.

        Raises:
            Refused: the first error of the answer.
            NoAnswer: the platform stayed silent.
        """
        member = "documentId" if document.startswith(ID) else "query"
        body = {member: document, "variables": dict(variables or {})}
        answer = await self.call("POST", "/graphql", body)
        if answer.get("errors"):
            raise refusal(answer["errors"][0], self.url)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise NoAnswer(f"{self.url} did not answer with data")
        return data

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send one HTTP call with JSON in and out, trying again while it is worth it."""
        answer = await self._tried(method, path, body)
        if not isinstance(answer, dict):
            raise NoAnswer(f"{method} {path}: the answer is not an object")
        return answer

    async def fetch(self, path: str) -> Any:
        """Return the JSON at a path, of whatever shape.

        Raises: Refused, NoAnswer.
        """
        return await self._tried("GET", path, None)

    async def post(self, path: str, body: Any) -> Any:
        """Send JSON of whatever shape, and return what comes back, tried again as `call` does.

        Raises: Refused, NoAnswer.
        """
        return await self._tried("POST", path, Raw(msgspec.json.encode(body), "application/json"))

    async def upload(self, path: str, content: bytes, media_type: str) -> dict[str, Any]:
        """Send bytes as they are, and return the object that comes back; twice must be harmless there.

        Raises: Refused, NoAnswer.
        """
        answer = await self._tried("POST", path, Raw(content, media_type))
        if not isinstance(answer, dict):
            raise NoAnswer(f"POST {path}: the answer is not an object")
        return answer

    async def _tried(self, method: str, path: str, body: Mapping[str, Any] | Raw | None) -> Any:
        last: PlatformError = NoAnswer(f"{self.url} was not called")
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(_pause_s(last, attempt))
            try:
                return await self._once(method, path, body)
            except PlatformError as error:
                if not error.retryable or _pause_s(error, attempt + 1) > LONGEST_PAUSE_S:
                    raise
                last = error
        raise last

    async def _once(self, method: str, path: str, body: Mapping[str, Any] | Raw | None) -> Any:
        sent = {"accept": "application/graphql-response+json, application/json"}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        elif self._credential:
            sent["authorization"] = f"Basic {base64.b64encode(self._credential.encode()).decode()}"
        try:
            if isinstance(body, Raw):
                sent["content-type"] = body.media_type
                response = await self._http.request(
                    method, self.url + path, content=body.content, headers=sent, timeout=UPLOAD_S
                )
            else:
                response = await self._http.request(method, self.url + path, json=body, headers=sent)
            answer = msgspec.json.decode(response.content) if response.content else {}
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise NoAnswer(f"{method} {path}: {type(error).__name__}") from error
        if response.status_code < 400 or (isinstance(answer, dict) and "data" in answer):
            return answer
        told = answer if isinstance(answer, dict) else {}
        errors = told.get("errors") or ([told["error"]] if "error" in told else [])
        if not errors:  # something between us and the platform
            raise NoAnswer(f"{method} {path}: HTTP {response.status_code}")
        raise refusal(errors[0], self.url)

    async def every(
        self, document: str, variables: Mapping[str, Any] | None = None, *, field: str
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield each node of the connection `field`, page after page.

        The document must take `$after: String` and select `edges { node }` and
        `pageInfo { hasNextPage endCursor }`.
        """
        after: str | None = None
        while True:
            data = await self.graphql(document, {**(variables or {}), "after": after})
            for edge in data[field]["edges"]:
                yield edge["node"]
            info = data[field]["pageInfo"]
            if not info["hasNextPage"]:
                return
            after = info["endCursor"]

    async def sign_in(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Open a session with `form` (`method`, `id_number`, `name`, …) and use its token from now on."""
        answer = await self.call("POST", "/session", form)
        self.token = str(answer["token"])
        return answer


__all__ = ["NoAnswer", "Platform", "PlatformError", "Refused", "refusal"]
