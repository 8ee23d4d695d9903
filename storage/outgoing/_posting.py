"""One call on a connection of its own."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache

import httpx

from storage.outgoing._guard import place_of, reach

TIMEOUT_S = 10.0  # for the whole call
MOST_BYTES = 64 * 1024  # of an answer; what comes after is not read


@cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates are believed: read once, since reading takes as long as a call."""
    return httpx.create_ssl_context(trust_env=False)


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False, timeout_s: float = TIMEOUT_S
) -> int:
    """Send `body` and return the status of the answer.

    With `loopback`, for development, the address may be on this very machine, and then without TLS.
    Raises: OutgoingRefused; OSError when nobody answers in time.
    """
    place = place_of(url)
    try:
        async with asyncio.timeout(timeout_s):
            return await _post(url, await reach(place, loopback=loopback), body, headers, timeout_s=timeout_s)
    except httpx.HTTPError as error:
        raise ConnectionError(f"{place.host}: {type(error).__name__}") from error


async def _post(url: str, address: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float) -> int:
    """Send to `address` what is meant for the host of `url`, whose certificate is asked for."""
    asked = httpx.URL(url)
    sent = {**headers, "host": asked.netloc.decode()}
    async with (
        httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=timeout_s, verify=_trusted()
        ) as client,
        client.stream(
            "POST", asked.copy_with(host=address), content=body, headers=sent,
            extensions={"sni_hostname": asked.host},
        ) as answer,
    ):  # fmt: skip
        read = 0
        async for piece in answer.aiter_raw():
            read += len(piece)
            if read > MOST_BYTES:
                break
        return answer.status_code
