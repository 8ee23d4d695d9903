"""What is switched off."""

from uuid import UUID

from piccolo.columns.combination import And

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Visibility, where
from miniapps.catalog.tables import MiniApp
from miniapps.release.errors import SwitchNotFound
from miniapps.release.rules.switches import Stop, SwitchKind
from miniapps.release.tables import AppSwitch
from storage.db import fetch
from storage.paging import Page, page

SWITCHES: Visibility = ((Holds(Role.OPERATOR),),)
STOPS = (
    "SELECT kind, notice FROM app_switch WHERE on_at IS NULL AND (kind, target) IN"
    " (('app', $1), ('listing', $1), ('developer', $2), ('version', $3)) ORDER BY id"
)


async def switches(actor: Actor, *, only_off: bool, first: int, after: UUID | None) -> Page[AppSwitch]:
    """Return switches, newest first: those that are off now, or all there ever were."""
    query = AppSwitch.objects().where(where(SWITCHES, actor))
    if only_off:
        query = query.where(AppSwitch.on_at.is_null())
    return await page(query, AppSwitch.id, first=first, after=after)


async def off(kind: SwitchKind, target: str) -> AppSwitch | None:
    """Return the switch that is off for this, locked until the transaction ends."""
    this = And(And(AppSwitch.kind == kind, AppSwitch.target == target), AppSwitch.on_at.is_null())
    return await AppSwitch.objects().where(this).lock_rows().first()


async def last(kind: SwitchKind, target: str) -> AppSwitch:
    """Return the switch as it was turned last.  Raises: SwitchNotFound when it never was off."""
    this = And(AppSwitch.kind == kind, AppSwitch.target == target)
    row = await AppSwitch.objects().where(this).order_by(AppSwitch.id, ascending=False).first()
    if row is None:
        raise SwitchNotFound(target=target)
    return row


async def stops_of(app: MiniApp, stable: str | None) -> list[Stop]:
    """Return the switches that concern a mini-app whose stable version has the number `stable`."""
    version = f"{app.app_id}@{stable}" if stable else ""
    rows = await fetch(STOPS, app.app_id, str(app.team_id), version)
    return [Stop(SwitchKind(row["kind"]), row["notice"]) for row in rows]
