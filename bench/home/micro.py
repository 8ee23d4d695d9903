"""What only shows alone, in one thread: answers compressed in parts or whole, JSON by msgspec or Python."""

import json
import random
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from api.graphql import execute
from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.fragments import Fragment
from api.http import asked
from bench._lab.rounds import Spread

TIMES = 300
GZIP = 16  # added to the bits of a window, a gzip member is made
SHARED, AFTER = b'"catalog":', b',"recentCases":'

Way = Callable[[], object]


def squeezed(answer: bytes, rounds: int) -> dict[str, Any]:
    """Return bytes and µs of an answer as it is, spliced of what is ready, and compressed whole."""
    begin, end = answer.index(SHARED), answer.index(AFTER)
    parts = [answer[:begin], Fragment(answer[begin:end]), answer[end:]]
    level, method, bits, memory = compression.LIVE
    ways: dict[str, Callable[[], bytes]] = {
        "as it is": lambda: compression.plain(parts),
        "gzip, spliced": lambda: compression.gzip(parts),
        "gzip of the whole, as quickly": lambda: _whole(answer, level, method, GZIP - bits, memory),
        "gzip of the whole, level 6": lambda: _whole(answer, 6, zlib.DEFLATED, GZIP + zlib.MAX_WBITS, 8),
        "zstd of the whole": lambda: compression.zstd(parts),
    }
    assert zlib.decompress(ways["gzip, spliced"](), GZIP + zlib.MAX_WBITS) == answer
    took = _took(ways, rounds)
    return {name: {"bytes": len(way()), "us": took[name]} for name, way in ways.items()}


def _whole(answer: bytes, level: int, method: int, bits: int, memory: int) -> bytes:
    squeeze = zlib.compressobj(level, method, bits, memory)
    return squeeze.compress(answer) + squeeze.flush()


def parsed(request: bytes, answer: bytes, rounds: int) -> dict[str, Any]:
    """Return µs to read a request and to write an answer, by msgspec and by Python's json."""
    made = json.loads(answer)
    ways: dict[str, Way] = {
        "request, msgspec": lambda: asked.decode(request),
        "request, json": lambda: json.loads(request),
        "answer, msgspec": lambda: execute.encode(made),
        "answer, json": lambda: json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode(),
    }
    assert json.loads(execute.encode(made)) == made
    return _took(ways, rounds)


def _took(ways: Mapping[str, Way], rounds: int) -> dict[str, dict[str, float]]:
    """Return the CPU time of this thread for one call in µs, in shuffled rounds."""
    dice = random.Random("ways")
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name in dice.sample(list(ways), len(ways)):
            way = ways[name]
            way()
            began = time.thread_time_ns()
            for _ in range(TIMES):
                way()
            found[name].append((time.thread_time_ns() - began) / TIMES / 1_000)
    return {name: Spread.of(took).plain() for name, took in found.items()}
