"""What the simulator knows: who sits at the phone, what he agreed to, and what happened."""

import asyncio
import secrets
import uuid
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from banshi.manifest import Manifest
from banshi.serving import Citizen

KEPT = 500  # entries of the log
NETWORKS = {"fast": 0.0, "slow": 1.5, "offline": None}  # seconds that a call takes longer; None: it fails
CHECKS = "10X98765432"  # GB 11643: by what is left of the sum
SHOWN = 20_000  # characters of a body in the log


@dataclass(frozen=True)
class Person:
    """An invented citizen, as the list shows him."""

    key: str
    name: str
    about: str
    citizen: Citizen
    born_on: date
    is_woman: bool = False

    @property
    def number(self) -> str:
        """The number on his card, of county 99, which there is not."""
        text = f"330199{self.born_on:%Y%m%d}00{2 if self.is_woman else 1}"
        return text + CHECKS[sum(2 ** (17 - at) * int(digit) for at, digit in enumerate(text)) % 11]


def people() -> list[Person]:
    """Return the invented citizens; nobody bears their names."""
    lin, zhou, wei = _citizen("lin", 3, "330106"), _citizen("zhou", 2, "330302"), _citizen("wei", 1, "330203")
    he = _citizen("he", 3, "330802", elder=True)
    return [
        Person("lin", "林晓满", "三级实名，杭州西湖", lin, date(1998, 5, 6), is_woman=True),
        Person("zhou", "周望舒", "二级实名，温州鹿城", zhou, date(1985, 3, 2)),
        Person("he", "何长庚", "三级实名，长辈，衢州柯城", he, date(1950, 10, 12)),
        Person("wei", "魏知微", "一级实名，宁波海曙", wei, date(1990, 7, 8), is_woman=True),
    ]


def _citizen(key: str, level: int, region: str, *, elder: bool = False) -> Citizen:
    sub = uuid.uuid5(uuid.NAMESPACE_URL, f"simulator:{key}").hex
    return Citizen(sub=sub, level=level, region=region, elder=elder)


class Entry(msgspec.Struct):
    """One thing that happened; `status` is that of HTTP, 0 where there is none."""

    id: str
    at: datetime
    kind: str  # call, event, consent, page, run
    title: str
    status: int = 0
    ms: float = 0.0
    request_id: str = ""
    ask: str = ""
    answer: str = ""


@dataclass
class Desk:
    """The state of one simulator."""

    manifest: Manifest
    platform: str = ""  # "": without one
    people: list[Person] = field(default_factory=people)
    agreed: dict[str, frozenset[str]] = field(default_factory=dict)  # by person
    who: str = "lin"
    style: str = "normal"  # or "elder"
    network: str = "fast"
    running: bool = False
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    signed_on: set[str] = field(default_factory=set)  # who let an old page's back end know who he is
    _tokens: dict[str, str] = field(default_factory=dict)
    _listeners: set[asyncio.Queue[bytes]] = field(default_factory=set)

    @property
    def person(self) -> Person:
        """Who sits at the phone now."""
        return next(each for each in self.people if each.key == self.who)

    @property
    def token(self) -> str:
        """What pages know him by; "": he has agreed to nothing, so none is open."""
        return self._tokens.setdefault(self.who, secrets.token_hex(16)) if self.who in self.agreed else ""

    def withdraw(self) -> None:
        """Take back all that he agreed to; what pages knew him by is worth nothing from then on."""
        for kept in (self.agreed, self._tokens):
            kept.pop(self.who, None)
        self.signed_on.discard(self.who)
        self.note("consent", "已撤回")

    @property
    def citizen(self) -> Citizen:
        """Who sits at the phone now, with what he agreed to."""
        return replace(
            self.person.citizen, scopes=self.agreed.get(self.who, frozenset()), elder=self.style == "elder"
        )

    def told(self) -> dict[str, Any]:
        """Return what the page shows."""
        made = self.manifest
        return {
            "app": {
                "id": made.id, "name": made.name, "version": made.version, "operator": made.operator,
                "department": made.department, "purpose": made.purpose,
                "entry": made.entry if made.entry.startswith("/") else "/index.html",
            },
            "people": [{"key": each.key, "name": each.name, "about": each.about} for each in self.people],
            "who": self.who, "style": self.style, "network": self.network, "running": self.running,
            "platform": self.platform, "token": self.token, "sub": self.citizen.sub,
            "region": self.citizen.region, "level": self.citizen.level, "scopes": made.scopes,
            "events": made.events, "agreed": sorted(self.agreed.get(self.who, ())),
        }  # fmt: skip

    def note(self, kind: str, title: str, **facts: Any) -> Entry:
        """Put something into the log, and tell the page."""
        cut: dict[str, Any] = {
            name: value[:SHOWN] if isinstance(value, str) else value for name, value in facts.items()
        }
        entry = Entry(id=uuid.uuid4().hex[:12], at=datetime.now(UTC), kind=kind, title=title, **cut)
        self.log.append(entry)
        self.tell("entry", entry)
        return entry

    def find(self, id: str) -> Entry | None:
        """Return the entry of this id."""
        return next((entry for entry in self.log if entry.id == id), None)

    def tell(self, name: str, value: Any) -> None:
        """Tell every page that listens."""
        line = b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(value))
        for listener in self._listeners:
            listener.put_nowait(line)

    async def hear(self) -> AsyncIterator[bytes]:
        """Yield what is told from now on, as server-sent events."""
        mine: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            yield b"event: state\ndata: %s\n\n" % msgspec.json.encode(self.told())
            while True:
                yield await mine.get()
        finally:
            self._listeners.discard(mine)
