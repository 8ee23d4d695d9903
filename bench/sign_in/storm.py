"""Many citizens at once: a process of its own, so that the sender's time is not the server's.

Reads one JSON object from standard input, {port, client, citizens: [[number, name, address], …], at_once,
seconds}, and answers one: how many signed in, failed, an example, the times in ms and the calls of each.
`seconds` 0: until everybody has signed in once.
"""

import asyncio
import json
import sys
import time
from itertools import count
from typing import Any

from bench.sign_in.journey import Astray, Citizen, Client, sign_in


class Storm:
    """Citizens who sign in, so many at a time."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.port = told["port"]
        self.client = Client(**told["client"])
        self.citizens = [Citizen(*each) for each in told["citizens"]]
        self.at_once, self.seconds = told["at_once"], told["seconds"]
        self.turn = count()
        self.took_ms: list[float] = []
        self.failed, self.calls, self.example = 0, 0, ""

    async def run(self) -> dict[str, Any]:
        """Let them sign in."""
        self.began = time.perf_counter()
        await asyncio.gather(*(self._one_after_another() for _ in range(self.at_once)))
        return {
            "signed_in": len(self.took_ms), "failed": self.failed, "example": self.example,
            "took_ms": sorted(self.took_ms), "calls": self.calls,
            "lasted_s": time.perf_counter() - self.began,
        }  # fmt: skip

    async def _one_after_another(self) -> None:
        while True:
            number = next(self.turn)
            over = time.perf_counter() - self.began > self.seconds if self.seconds else False
            if over or (not self.seconds and number >= len(self.citizens)):
                return
            began = time.perf_counter()
            try:
                calls = await sign_in(self.port, self.client, self.citizens[number % len(self.citizens)])
            except (Astray, OSError, asyncio.IncompleteReadError) as error:
                self.failed += 1
                self.example = self.example or f"{type(error).__name__}: {error}"
            else:
                self.calls += calls
                self.took_ms.append((time.perf_counter() - began) * 1000)


def main() -> None:
    """Do what standard input says."""
    print(json.dumps(asyncio.run(Storm(json.load(sys.stdin)).run())))


if __name__ == "__main__":
    main()
