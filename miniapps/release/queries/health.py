"""One screen of how all mini-apps do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from identity.actor import Actor, check_operator
from miniapps.catalog.rules import AppState
from miniapps.insight.queries import AppHealth
from miniapps.insight.queries import health as doing
from miniapps.release.queries.standing import Held, standings
from miniapps.release.rules.rising import ORDER, Stage
from storage.db import fetch

MOST = 50


@dataclass(frozen=True)
class Health:
    """Counts of mini-apps by state and of switches that are off; releases that move or were halted; use."""

    states: Mapping[AppState, int]
    switched_off: int
    releases: Sequence[tuple[Held, Mapping[UUID, str]]]
    halted: Sequence[tuple[Held, Mapping[UUID, str]]]
    apps: Sequence[AppHealth]  # of the last ten minutes, those that erred most first


async def health(actor: Actor, *, now: datetime) -> Health:
    """Return one screen of it all.  Raises: ScopeMissing for whoever is no operator."""
    check_operator(actor)
    [counts] = await fetch("SELECT count(*) AS off FROM app_switch WHERE on_at IS NULL")
    states = await fetch("SELECT state, count(*) AS found FROM mini_app GROUP BY state ORDER BY state")
    return Health(
        states={AppState(row["state"]): row["found"] for row in states},
        switched_off=counts["off"],
        releases=await standings(actor, ORDER, first=MOST),
        halted=await standings(actor, (Stage.HALTED,), first=MOST),
        apps=await doing(actor, now=now),
    )
