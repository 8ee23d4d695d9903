"""Verdicts on tokens, remembered: who bears one is asked once a minute, not at each request.

PostgreSQL tells of every revocation (`storage.news`), and what concerns it is forgotten at once.  While
nothing can be heard nothing is remembered and every request asks, so a revoked token is never believed
for longer than it takes to notice silence.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from identity import accounts, sessions
from identity.actor import Actor
from identity.sessions import Opened
from storage.news import Listener
from storage.seal import token_hash

CHANNEL = "verdicts"
ALL = "all"  # instead of somebody's name: everybody may be concerned
REMEMBERED = 50_000  # verdicts per process
SWEEP_S = 60.0
PORTION = 500  # verdicts looked at before others take their turn
MOST_HEARD = 1_000  # names told of while answers are under way; more, and everybody is concerned

Hash = bytes  # of a token; the token itself is kept nowhere


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who bears a token, as found at `since` and to be believed before `until`, on the platform's clock.

    `kept` is for whoever wants to remember something for as long as this verdict is remembered; None
    when it is not.  `jkt` is the key that the bearer must prove with each request, if any.
    """

    actor: Actor
    since: datetime
    until: datetime
    kept: dict[Any, Any] | None = None
    jkt: str | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether it may be believed at `now`; a clock put back before `since` leaves it in doubt."""
        return self.since <= now < self.until

    @property
    def concerns(self) -> tuple[str, ...]:
        """The names under which a revocation of it is told."""
        actor = self.actor
        app = [f"app {actor.app_id}"] if actor.app_id else []
        principal = [f"person {actor.acting_for}"] if actor.delegation_id else []
        return (f"person {actor.person_id}", *app, *principal)


class Verdicts:
    """What one process remembers.  The oldest is dropped first: within a minute it would be asked anew."""

    def __init__(self, *, most: int = REMEMBERED) -> None:
        self.most = most
        self.hears = False
        self.changes = 0  # heard or missed so far
        self._missed = 0  # how many there were when everybody was last concerned
        self._asking = 0  # answers under way
        self._heard: dict[str, int] = {}  # names told of while there are any, each with its change's number
        self._held: dict[Hash, Verdict] = {}
        self._named: dict[str, set[Hash]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def recall(self, token: str, *, now: datetime) -> Verdict | None:
        """Return the verdict on `token` that is remembered, if there is one."""
        held = self._held.get(token_hash(token))
        return held if held is not None and held.holds(now) else None

    async def find(self, token: str, *, now: datetime) -> Verdict | None:
        """Return the verdict on `token`; None: it is refused.

        Call it outside transactions.
        """
        key = token_hash(token)
        held = self._held.get(key)
        if held is not None:
            if held.holds(now):
                return held
            self._drop(key)
        return await self._ask(token, key, now=now)

    async def _ask(self, token: str, key: Hash, *, now: datetime) -> Verdict | None:
        """Ask the database, and keep its answer unless it was overtaken by news of this very person."""
        with self._asked() as before:
            bearer = await accounts.bearer_of(token, now=now)
            if bearer is None:
                return None
            return self._kept(key, Verdict(bearer.actor, now, bearer.until, {}, bearer.jkt), before)

    async def entering(self, enter: Awaitable[Opened], *, now: datetime) -> Opened:
        """Return who signs in by `enter`, with the verdict on his token kept as if it had been asked for.

        Call it outside transactions.
        """
        with self._asked() as before:
            opened = await enter
            if opened.actor.acting_for == opened.actor.person_id:  # other contexts may end sooner
                until = sessions.believed_until(opened.session, now=now)
                self._kept(token_hash(opened.token), Verdict(opened.actor, now, until, {}), before)
            return opened

    @contextmanager
    def _asked(self) -> Iterator[int]:
        """Note what is heard while an answer is under way; yields how many changes there were before."""
        before = self.changes
        self._asking += 1
        try:
            yield before
        finally:
            self._asking -= 1
            if not self._asking:
                self._heard.clear()

    def _kept(self, key: Hash, verdict: Verdict, before: int) -> Verdict:
        """Keep the verdict unless it was overtaken by news of this very person since `before`."""
        if not self.hears or self._is_overtaken(verdict, before):
            return replace(verdict, kept=None)
        self._keep(key, verdict)
        return verdict

    def _is_overtaken(self, verdict: Verdict, before: int) -> bool:
        """Say whether more than `before` changes were heard that concern the verdict."""
        return max(self._missed, *(self._heard.get(name, 0) for name in verdict.concerns)) > before

    def listener(self) -> Listener:
        """Return what must hear PostgreSQL for anything to be remembered."""
        return Listener(
            channel=CHANNEL,
            heard=self._hear,
            lost=lambda: self._forget(hears=False),
            back=lambda: self._forget(hears=True),
        )

    def forget(self, person_id: Id) -> None:
        """Drop what concerns a person who revoked something here: his next request may overtake the news."""
        self._hear(f"person {person_id}")

    async def sweep(self, now: datetime) -> None:
        """Drop what is no longer believed: decrypted names may be kept with it.

        Others take their turn after each portion: to look at all at once took 20 ms and more.
        """
        keys = list(self._held)
        for start in range(0, len(keys), PORTION):
            for key in keys[start : start + PORTION]:
                held = self._held.get(key)
                if held is not None and not held.holds(now):
                    self._drop(key)
            await asyncio.sleep(0)

    def _keep(self, key: Hash, verdict: Verdict) -> None:
        self._drop(key)
        self._held[key] = verdict
        for name in verdict.concerns:
            self._named.setdefault(name, set()).add(key)
        if len(self._held) > self.most:
            self._drop(next(iter(self._held)))

    def _drop(self, key: Hash) -> None:
        verdict = self._held.pop(key, None)
        for name in verdict.concerns if verdict else ():
            keys = self._named[name]
            keys.discard(key)
            if not keys:
                del self._named[name]

    def _hear(self, name: str) -> None:
        if name == ALL:
            self._forget(hears=self.hears)
            return
        self.changes += 1
        if self._asking:
            self._heard[name] = self.changes
            if len(self._heard) > MOST_HEARD:
                self._missed = self.changes
                self._heard.clear()
        for key in list(self._named.get(name, ())):
            self._drop(key)

    def _forget(self, *, hears: bool) -> None:
        self.hears = hears
        self.changes += 1
        self._missed = self.changes
        self._held.clear()
        self._named.clear()


_verdicts = Verdicts()  # deaf, so it remembers nothing


def recall(token: str, *, now: datetime) -> Verdict | None:
    """Return the verdict on `token` that this process remembers, if it does."""
    return _verdicts.recall(token, now=now)


async def find(token: str, *, now: datetime) -> Verdict | None:
    """Return this process's verdict on `token`, as `Verdicts.find` does."""
    return await _verdicts.find(token, now=now)


async def entering(enter: Awaitable[Opened], *, now: datetime) -> Opened:
    """Return who signs in by `enter`, remembered as `Verdicts.entering` does."""
    return await _verdicts.entering(enter, now=now)


def forget(actor: Actor) -> None:
    """Drop what this process remembers of the actor's person, as `Verdicts.forget` does."""
    _verdicts.forget(actor.person_id)
    if actor.delegation_id is not None:
        _verdicts.forget(actor.acting_for)


@asynccontextmanager
async def remembered(now: Callable[[], Awaitable[datetime]]) -> AsyncIterator[Listener]:
    """Let this process remember verdicts while inside, once the listener it yields hears PostgreSQL."""
    global _verdicts
    verdicts = _verdicts = Verdicts()

    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            with suppress(Exception):  # without a clock there is no database, and so nothing remembered
                await verdicts.sweep(await now())

    sweeper = asyncio.get_running_loop().create_task(sweep(), context=Context())
    try:
        yield verdicts.listener()
    finally:
        _verdicts = Verdicts()
        sweeper.cancel()
        await asyncio.gather(sweeper, return_exceptions=True)
