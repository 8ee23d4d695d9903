"""Whether the process lives, whether it can serve, and its figures."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from litestar import Response, get
from litestar.enums import MediaType

from api import metrics
from identity.chain import watch
from storage import jobs, objects, queue
from storage.db import fetch

log = structlog.get_logger()

PATIENCE_S = 2.0  # per neighbour
TEXT = "text/plain; version=0.0.4"  # the charset is added

Probe = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Finding:
    """How one neighbour answered."""

    ok: bool
    ms: float


async def _postgresql() -> Any:
    return await fetch("SELECT 1")


async def _valkey() -> Any:
    return await queue.redis().ping()


async def _objects() -> Any:
    """Look for an object that is not there: its absence is an answer of the right bucket."""
    with suppress(objects.Absent):
        await objects.stat("readyz")


PROBES: Mapping[str, Probe] = {"postgresql": _postgresql, "valkey": _valkey, "objects": _objects}


@get("/healthz", sync_to_thread=False)
def healthz() -> Response[bytes]:
    """Say that the process runs; nothing else is asked."""
    return Response(b'{"status":"ok"}', media_type=MediaType.JSON)


@get("/readyz")
async def readyz() -> Response[bytes]:
    """Ask every neighbour at once; 503 names those that did not answer in two seconds.

    How far the proof of the audit lags is told, too, and decides nothing: citizens are served without it.
    """
    found = await findings()
    ready = all(finding.ok for finding in found.values())
    body = {"status": "ready" if ready else "not ready", "checks": found, "audit": _proof()}
    return Response(msgspec.json.encode(body), status_code=200 if ready else 503, media_type=MediaType.JSON)


def _proof() -> dict[str, float | None] | None:
    """Return how many seconds the proof of the audit lags, as this server saw it last."""
    latest = watch.latest()
    if latest is None:
        return None
    return {"unsealed_s": latest.unsealed_s, "stored_s": latest.stored_s}


async def findings() -> dict[str, Finding]:
    """Ask every neighbour at once and return how each answered, within two seconds."""
    return dict(zip(PROBES, await asyncio.gather(*map(_ask, PROBES.items())), strict=True))


async def _ask(named: tuple[str, Probe]) -> Finding:
    name, probe = named
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await probe()
    except Exception as error:  # whatever it is, it is not ready
        log.warning("ready.no", server=name, reason=type(error).__name__)
        return Finding(ok=False, ms=_ms_since(began))
    return Finding(ok=True, ms=_ms_since(began))


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


@get("/metrics")
async def figures() -> Response[bytes]:
    """Answer Prometheus: this server's requests, and how the queue stands."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            standing = await jobs.figures()
    except Exception as error:  # figures of the requests are worth having without the database
        log.warning("metrics.partial", reason=type(error).__name__)
    else:
        metrics.show(standing)
    if (proof := watch.latest()) is not None:
        metrics.show_proof(proof.unsealed_s, proof.stored_s)
    return Response(metrics.exposition(), media_type=TEXT)


ROUTES = [healthz, readyz, figures]
