"""An open load on the real server: home screens, the shelf and searches, each sent when it is due.

First each of them alone at the rate at which the home screen is held to its bar, then together; all that
by the server as it is shipped, which is held against the bar, and by one that lets cores halt (ADR 188).
Half of who looks at the shelf and searches is signed in, the rest are visitors; home screens are citizens'.
They come from every city and county, search by Zipf, and ask for what is kept and for what has to be made
as it falls.
"""

import json
import random
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from api.settings import Settings
from bench._lab import awake, pace, servers, wires
from bench._lab.data import viewers
from bench._lab.draws import ELDERS
from bench._lab.pace import Part, Seen
from bench._lab.servers import Contender, Running
from bench._lab.wires import Ask
from identity import regions
from miniapps.shelf.rules import SHIPPED

TOGETHER = {"home": 79, "shelf": 11, "find": 10}  # as home screens to looks into the catalogue in bench.mix
TURNS = {**{name: {name: 100} for name in TOGETHER}, "together": TOGETHER}
PER_S = 1_200  # what the home screen's latency is held at, too
KINDS = 4_000  # requests of each kind
WARM = 0.3  # of a round's time is sent beforehand
NARROWED = 0.3  # of looks at the shelf are at one life event or category
TARGET_P99_MS = 8.0


@dataclass(frozen=True)
class Load:
    """How much is sent."""

    per_s: float
    seconds: float
    rounds: int
    citizens: int


FULL = Load(PER_S, 15, 3, 400)
SMALL = Load(60, 1, 1, 10)


def contenders(settings: Settings) -> list[Contender]:
    """Return the servers that are asked, one process each: as shipped, and one that lets cores halt."""
    command, env = (sys.executable, "-m", "api.serve"), settings.as_env()
    return [
        Contender("ours", command, wires.ours, env),
        Contender("halting", command, wires.ours, env | awake.OFF),
    ]


def play(settings: Settings, load: Load, searches: Sequence[str], folder: Path) -> dict[str, Any]:
    """Send at the rate, round by round; return what was seen, latencies as medians over rounds.

    Shape: alone and together, and the same below halting, by the server that lets cores halt.
    """
    with servers.serving(contenders(settings), folder) as [ours, without]:
        tokens = [_signed_in(ours, index) for index in range(load.citizens)]
        shipped: dict[str, list[Seen]] = {turn: [] for turn in TURNS}
        halting: dict[str, list[Seen]] = {turn: [] for turn in TURNS}
        for number in range(load.rounds):
            for turn, shares in TURNS.items():
                sent = parts(tokens, searches, random.Random(f"{turn} {number}"), shares)
                shipped[turn].append(_turn(ours, load, sent, number))
                with awake.halting():
                    halting[turn].append(_turn(without, load, sent, number))
    everything = [each for seen in (*shipped.values(), *halting.values()) for each in seen]
    return {
        "per_s": load.per_s, "seconds": load.seconds, "rounds": load.rounds,
        "answered": sum(each.answered for each in everything),
        "bad": sum(each.bad for each in everything),
        "example": next((each.example for each in everything if each.example), ""),
        **_by_kind(shipped), "halting": _by_kind(halting),
    }  # fmt: skip


def _turn(running: Running, load: Load, sent: Sequence[Part], number: int) -> Seen:
    pace.send(running.port, sent, per_s=load.per_s, seconds=load.seconds * WARM)
    return pace.send(running.port, sent, per_s=load.per_s, seconds=load.seconds, seed=number + 1)


def _by_kind(played: Mapping[str, Sequence[Seen]]) -> dict[str, Any]:
    return {
        "alone": {name: _times(played[name], name) for name in TOGETHER},
        "together": {name: _times(played["together"], name) for name in TOGETHER},
    }


def holds(found: dict[str, Any]) -> bool:
    """Say whether nothing failed, and every kind of request by itself was answered in time."""
    return not found["bad"] and max(each["p99_ms"] for each in found["alone"].values()) <= TARGET_P99_MS


def parts(
    tokens: Sequence[str], searches: Sequence[str], dice: random.Random, shares: Mapping[str, int]
) -> list[Part]:
    """Return the requests of one turn."""
    places = [place.code for place in regions.shipped().values() if place.level in (2, 3)]
    by_rank = list(accumulate(1 / rank for rank in range(1, len(searches) + 1)))
    narrow = [{"category": each.code} for each in SHIPPED.front.categories if each.parent is not None]
    narrow += [{"lifeEvent": each.code} for each in SHIPPED.front.life_events]

    def where() -> dict[str, object]:
        return {"region": dice.choice(places)}

    def who() -> dict[str, object]:
        return {"ageGroup": "ELDER"} if dice.random() < ELDERS else {}

    def home() -> Ask:
        elder = dice.random() < ELDERS
        return _ask("home", where() | {"target": "PERSON", "elder": elder}, _bearer(dice.choice(tokens)))

    def shelf() -> Ask:
        narrowed = dice.choice(narrow) if dice.random() < NARROWED else {}
        return _ask("shelf", where() | who() | narrowed, _anybody(tokens, dice))

    def find() -> Ask:
        typed = dice.choices(searches, cum_weights=by_rank)[0]
        return _ask("find", where() | who() | {"search": typed}, _anybody(tokens, dice))

    makers = {"home": home, "shelf": shelf, "find": find}
    return [Part(name, share, [makers[name]() for _ in range(KINDS)]) for name, share in shares.items()]


def _ask(name: str, variables: dict[str, object], headers: dict[str, str]) -> Ask:
    return Ask(json.dumps({"documentId": wires.named(name), "variables": variables}).encode(), headers)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _anybody(tokens: Sequence[str], dice: random.Random) -> dict[str, str]:
    """Return the headers of a citizen, or of a visitor from an address of his own."""
    return _bearer(dice.choice(tokens)) if dice.random() < 0.5 else _from(dice)


def _from(dice: random.Random) -> dict[str, str]:
    return {"x-forwarded-for": ".".join(str(dice.randrange(1, 255)) for _ in range(4))}


def _signed_in(running: Running, index: int) -> str:
    """Sign a citizen in and return his token."""
    form = {"method": "face", "face": "ok", "id_number": viewers.number(index), "name": viewers.name(index)}
    told = json.loads(running.ask(Ask(json.dumps(form).encode(), _from(random.Random(index)), "/session")))
    if "token" not in told:
        sys.exit(f"nobody could sign in: {told}")
    return str(told["token"])


def _times(seen: Sequence[Seen], name: str) -> dict[str, float]:
    """Return percentiles of one kind in ms, as medians over rounds."""
    rounds = [sorted(each.took_ms[name]) for each in seen]
    return {
        f"p{percent}_ms": round(statistics.median(pace.percentile(took, percent) for took in rounds), 2)
        for percent in (50, 99)
    }
