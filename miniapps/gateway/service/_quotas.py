"""How many calls a second a mini-app has: as many as any, unless an operator gave it more or fewer."""

from dataclasses import dataclass
from datetime import datetime

from banshi.errors import InvalidInput
from identity import audit
from identity.actor import Actor, check_operator
from identity.written import words
from miniapps.catalog import queries as catalog
from miniapps.gateway import rules
from miniapps.gateway.service import _bounds
from miniapps.gateway.tables import AppQuota
from miniapps.release import queries as releases
from storage.db import fetch, transaction
from storage.news import Listener
from storage.remembered import Remembered

TOPICS = frozenset({"app_quota"})  # whose changes are heard
REMEMBERED, STALE_S = 5_000, 30.0
SHORTEST, LONGEST = 2, 300  # characters of a reason
KNOWN = "SELECT q.per_s FROM app_quota q JOIN mini_app a ON a.id = q.app WHERE a.app_id = $1"
NONE = 0  # remembered of a mini-app that has as many as any

_held = Remembered[str, int]("changed", most=REMEMBERED, stale_s=STALE_S)


@dataclass(frozen=True)
class Quota:
    """Calls a second of one mini-app; `set_at` None: as many as any."""

    per_s: int
    reason: str = ""
    set_at: datetime | None = None


def listener() -> Listener:
    """Return what must hear PostgreSQL for quotas to be remembered, and for them to change in time."""
    return _held.listener(TOPICS)


async def per_s_of(app_id: str) -> int:
    """Return how many calls a second a mini-app has."""
    found = _held.get(app_id)
    if found is None:
        before = _held.changes
        rows = await fetch(KNOWN, app_id)
        found = int(rows[0]["per_s"]) if rows else NONE
        _held.keep(app_id, found, before)
    return found or _bounds.everybodys()


async def quota(actor: Actor, app_id: str) -> Quota:
    """Return how many calls a mini-app has: for operators, and for its own team.  Raises: AppNotFound."""
    app = (await releases.release(actor, app_id)).app
    return _told(await AppQuota.objects().where(AppQuota.app == app.id).first())


async def set_quota(actor: Actor, app_id: str, per_s: int | None, *, reason: str, now: datetime) -> Quota:
    """Give a mini-app so many calls a second from now on, or as many as any (None); the same again is once.

    Raises: ScopeMissing, AppNotFound; InvalidInput.
    """
    check_operator(actor)
    reason = words("reason", reason, LONGEST, least=SHORTEST)
    if per_s is not None and not rules.LEAST_PER_S <= per_s <= rules.MOST_PER_S:
        raise InvalidInput(field="perS", problem=f"请填写 {rules.LEAST_PER_S} 至 {rules.MOST_PER_S} 的整数")
    async with transaction():
        app = await catalog.app(actor, app_id, lock=True)
        row = await AppQuota.objects().where(AppQuota.app == app.id).first()
        if (row.per_s if row else None) == per_s:
            return _told(row)
        if per_s is None:
            assert row is not None, "it is other than none"
            await row.remove()
            row = None
        else:
            row = row or AppQuota(app=app.id)
            row.per_s, row.reason, row.set_by, row.set_at = per_s, reason, actor.person_id, now
            await row.save()
        told = f"{per_s or 'as any'}: {reason}"
        await audit.record(actor, "quota.set", f"app/{app_id}", told, now=now)
    _held.forget()
    return _told(row)


def _told(row: AppQuota | None) -> Quota:
    return Quota(_bounds.everybodys()) if row is None else Quota(row.per_s, row.reason, row.set_at)
