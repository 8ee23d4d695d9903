"""Citizens who open a mini-app all the time, and what each of them got."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from uuid import UUID

from identity import people, sandbox
from storage import clock
from tests.drill.servers import Refused, Servers
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES

OPEN = """mutation ($scopes: [String!]) {
  openMiniApp(appId: "rent-app", scopes: $scopes) { version token }
}"""
PEOPLE = 60  # in each city
CITIES = ("3301", "3302")
AT_ONCE = 8
OPENINGS = 3  # in a session


@dataclass(frozen=True)
class Opened:
    """One opening: when it was asked for and answered, and the version."""

    asked_at: float
    answered_at: float
    version: str


@dataclass
class Visit:
    """One session of a citizen."""

    party_id: UUID
    region: str
    openings: list[Opened] = field(default_factory=list)

    @property
    def versions(self) -> list[str]:
        """What he got, one after the other."""
        return [each.version for each in self.openings]


class Crowd:
    """So many at once, each in one new session after the other, until `stop`."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.people = [sandbox.citizen(seed, city=city) for city in CITIES for seed in range(PEOPLE)]
        self.visits: list[Visit] = []
        self.lost: list[str] = []  # requests that failed though nothing was switched off
        self.refused: list[tuple[float, Refused]] = []
        self.tokens: list[str] = []  # of mini-apps, newest last
        self.broken: set[str] = set()  # versions whose pages err
        self.errors = 0
        self._ending = False
        self._loops: list[asyncio.Task[None]] = []

    async def gather(self) -> None:
        """Let them register, one after the other."""
        now = await clock.now()
        for persona in self.people:
            await people.ensure(sandbox.proof_of(persona, now=now), now=now)

    def start(self) -> None:
        """Let them come."""
        self._loops = [asyncio.create_task(self._come()) for _ in range(AT_ONCE)]

    async def stop(self) -> None:
        """Let them finish what they do."""
        self._ending = True
        await asyncio.gather(*self._loops)

    async def _come(self) -> None:
        while not self._ending:
            token, actor = await make_session(random.choice(self.people), now=await clock.now())
            visit = Visit(actor.acting_for, actor.region)
            self.visits.append(visit)
            for _ in range(OPENINGS):
                await self._open(visit, token)
                await asyncio.sleep(random.uniform(0.02, 0.2))

    async def _open(self, visit: Visit, token: str) -> None:
        asked_at = time.monotonic()
        try:
            told = (await self.servers.ask(OPEN, token, scopes=list(SCOPES)))["openMiniApp"]
        except Refused as refused:
            self.refused.append((asked_at, refused))
            return
        except Exception as error:
            self.lost.append(f"{type(error).__name__}: {error}")
            return
        visit.openings.append(Opened(asked_at, time.monotonic(), told["version"]))
        self.tokens.append(told["token"])
        if told["version"] in self.broken:
            self.errors += 1
            if await self.servers.beacon(told["token"]) != 204:
                self.lost.append("beacon")
