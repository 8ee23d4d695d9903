"""Latency at a fixed rate: requests are sent when they are due, whatever became of the ones before.

Run as a process of its own, since the sender must not wait for anybody: it reads from standard input one
JSON object, {port, per_s, seconds, connections, pools: [{name, share, once, wants, asks: [text, …]}]}, and
answers one: how many were answered, refused and failed, the latencies in ms by pool, and how long it all
lasted.  An answer without the text `wants` is a refusal.  Each connection draws its own pauses from an
exponential distribution; latency counts from when a request was due, so a server that stalls cannot hide it.
`select` waits to the microsecond, which no event loop does.
"""

import json
import random
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

SETTLE_S = 10.0  # after the end, for what is still under way


@dataclass
class Pool:
    """Requests of one kind."""

    name: str
    asks: list[bytes]
    once: bool  # each may be sent one time only
    wants: bytes = b""  # in each answer
    at: int = 0

    def next(self, dice: random.Random) -> bytes | None:
        """Return a request; None when all were sent."""
        if not self.once:
            return dice.choice(self.asks)
        self.at += 1
        return self.asks[self.at - 1] if self.at <= len(self.asks) else None


@dataclass
class Wire:
    """One connection, at most one request under way."""

    socket: socket.socket
    due: float  # of the next request, or of the one under way
    asked: Pool | None = None
    got: bytearray = field(default_factory=bytearray)
    needed: int = -1  # bytes of the whole answer, -1 before its head is complete


class Sender:
    """Sends, receives and counts."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.dice = random.Random(str(plan.get("seed", 0)))
        self.port = plan["port"]
        self.pause_s = plan["connections"] / plan["per_s"]
        self.pools = [
            Pool(each["name"], [ask.encode() for ask in each["asks"]], each["once"], each["wants"].encode())
            for each in plan["pools"]
        ]
        self.shares = [each["share"] for each in plan["pools"]]
        self.took: dict[str, list[float]] = {pool.name: [] for pool in self.pools}
        self.refused: dict[str, int] = {}
        self.example = ""
        self.failed = self.late = 0
        begin = time.perf_counter() + 0.05
        self.begin, self.end = begin, begin + plan["seconds"]
        self.wires = [Wire(self._open(), begin + self._pause()) for _ in range(plan["connections"])]

    def run(self) -> dict[str, Any]:
        """Send until the end, receive what is under way, and return the counts."""
        free = [(wire.due, number) for number, wire in enumerate(self.wires)]
        free.sort()
        busy: dict[socket.socket, int] = {}
        while (free and free[0][0] < self.end) or busy:
            now = time.perf_counter()
            if now > self.end + SETTLE_S:
                self.failed += len(busy)
                break
            while free and free[0][0] <= min(now, self.end):
                _, number = heappop(free)
                if self._send(self.wires[number]):
                    busy[self.wires[number].socket] = number
            wait = (free[0][0] if free and free[0][0] < self.end else now + 0.1) - time.perf_counter()
            for ready in select.select(list(busy), [], [], max(0.0, wait))[0]:
                number = busy[ready]
                if self._receive(self.wires[number]):
                    del busy[ready]
                    heappush(free, (self.wires[number].due, number))
        return self._counts()

    def _send(self, wire: Wire) -> bool:
        pool = self.dice.choices(self.pools, self.shares)[0]
        ask = pool.next(self.dice)
        if ask is None:
            pool = next(each for each in self.pools if not each.once)
            ask = pool.next(self.dice)
        assert ask is not None
        wire.asked, wire.needed = pool, -1
        wire.got.clear()
        try:
            wire.socket.sendall(ask)
        except OSError:
            wire.socket.close()
            wire.socket = self._open()
            self.failed += 1
            wire.socket.sendall(ask)
        return True

    def _receive(self, wire: Wire) -> bool:
        """Read what came; True when the answer is whole, and the next one's time is drawn."""
        try:
            piece = wire.socket.recv(262_144)
        except OSError:
            piece = b""
        if not piece:
            self.failed += 1
            wire.socket.close()
            wire.socket = self._open()
            return self._next(wire)
        wire.got += piece
        if wire.needed < 0:
            head = wire.got.find(b"\r\n\r\n")
            if head < 0:
                return False
            lines = bytes(wire.got[:head]).lower()
            length = lines.find(b"content-length:")
            told = int(lines[length + 15 :].split(b"\r\n", 1)[0]) if length >= 0 else 0
            wire.needed = head + 4 + told
        if len(wire.got) < wire.needed:
            return False
        self._count(wire)
        return self._next(wire)

    def _count(self, wire: Wire) -> None:
        assert wire.asked is not None
        name = wire.asked.name
        status = bytes(wire.got[9:12])
        if not status.startswith(b"2") or b'"errors"' in wire.got or wire.asked.wants not in wire.got:
            self.refused[name] = self.refused.get(name, 0) + 1
            self.example = self.example or bytes(wire.got[:1500]).decode(errors="replace")
        self.took[name].append((time.perf_counter() - wire.due) * 1000)

    def _next(self, wire: Wire) -> bool:
        wire.due += self._pause()
        return True

    def _pause(self) -> float:
        return self.dice.expovariate(1 / self.pause_s)

    def _open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _counts(self) -> dict[str, Any]:
        return {
            "answered": sum(map(len, self.took.values())),
            "failed": self.failed,
            "refused": self.refused,
            "example": self.example,
            "took_ms": self.took,
            "lasted_s": time.perf_counter() - self.begin,
        }


def main() -> None:
    """Do what standard input says."""
    print(json.dumps(Sender(json.load(sys.stdin)).run()))


if __name__ == "__main__":
    main()
