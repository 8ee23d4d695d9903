"""Pulling the plug, and putting it in again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banshi.scopes import GRANTABLE
from identity import audit, halts, tokens
from identity.actor import Actor, check_operator
from identity.oidc.claims import FACTS
from identity.written import words
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.release import queries
from miniapps.release.errors import SwitchNotFound
from miniapps.release.queries import Held
from miniapps.release.rules import rising
from miniapps.release.rules.steps import StepKind
from miniapps.release.rules.switches import LONGEST_NOTICE, LONGEST_REASON, SwitchKind
from miniapps.release.service._moving import Cause, move, settle
from miniapps.release.tables import AppSwitch
from storage.db import execute, transaction

SCOPES = frozenset({*GRANTABLE, *FACTS})
"""What mini-apps and clients are given of a citizen's; that he signed in at all is no scope to switch."""

LOCK = 0x73776974  # any number, the same in every process: switches are turned one after the other


async def switch_off(
    actor: Actor, kind: SwitchKind, target: str, *, reason: str, notice: str, now: datetime
) -> AppSwitch:
    """Switch off what `target` names; what is off already stays so, with the words it has.

    Shape: `target` as `SwitchKind` says; `reason` is for the file, `notice` for citizens to read.
    Raises: ScopeMissing for whoever is no operator; AppNotFound, SwitchNotFound; InvalidInput.
    """
    check_operator(actor)
    reason = words("reason", reason, LONGEST_REASON, least=1)
    notice = words("notice", notice, LONGEST_NOTICE, least=1)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        concerned = await _concerned(actor, kind, target)
        before = await queries.off(kind, target)
        if before is not None:
            return before
        row = AppSwitch(
            kind=kind, target=target, reason=reason, notice=notice, off_by=actor.person_id, off_at=now
        )
        await row.save()
        await audit.record(actor, "app.switch_off", f"{kind}/{target}", reason, now=now)
        await _turn(actor, row, concerned, now=now)
    return row


async def switch_on(actor: Actor, kind: SwitchKind, target: str, *, reason: str, now: datetime) -> AppSwitch:
    """Undo `switch_off`: citizens open anew, for no token comes back to life; what is on stays on.

    A version that was on trial is not by this alone: it is promoted anew.
    Raises: as `switch_off`; SwitchNotFound when it never was off; VersionKeyRevoked for a version whose
        key was revoked since: it stays dead.
    """
    check_operator(actor)
    reason = words("reason", reason, LONGEST_REASON, least=1)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        concerned = await _concerned(actor, kind, target)
        row = await queries.off(kind, target)
        if row is None:
            return await queries.last(kind, target)
        row.on_by, row.on_at = actor.person_id, now
        await row.save([AppSwitch.on_by, AppSwitch.on_at])
        await audit.record(actor, "app.switch_on", f"{kind}/{target}", reason, now=now)
        await _turn(actor, row, concerned, now=now)
    return row


async def _concerned(actor: Actor, kind: SwitchKind, target: str) -> list[Held]:
    """Return the mini-apps that the switch concerns, held.  Raises: AppNotFound, SwitchNotFound."""
    if kind == SwitchKind.SCOPE:
        if target not in SCOPES:
            raise SwitchNotFound(target=target)
        return []
    if kind == SwitchKind.DEVELOPER:
        return [await queries.hold(actor, app_id) for app_id in await _made_by(target)]
    app_id = target.partition("@")[0] if kind == SwitchKind.VERSION else target
    return [await queries.hold(actor, app_id)]


async def _made_by(target: str) -> list[str]:
    try:
        team_id = UUID(target)
    except ValueError:
        raise SwitchNotFound(target=target) from None
    made = MiniApp.select(MiniApp.app_id).where(MiniApp.team_id == team_id).order_by(MiniApp.id)
    app_ids = [row["app_id"] for row in await made]
    if not app_ids or target != str(team_id):
        raise SwitchNotFound(target=target)
    return app_ids


async def _turn(actor: Actor, switch: AppSwitch, concerned: Sequence[Held], *, now: datetime) -> None:
    """Let everything it concerns follow a switch that was just turned."""
    if switch.kind == SwitchKind.SCOPE:
        is_off = switch.on_at is None
        await (halts.halt_scope(switch.target, now=now) if is_off else halts.free_scope(switch.target))
    for held in concerned:
        if switch.kind == SwitchKind.VERSION:
            await _turn_version(actor, switch, held, now=now)
        else:
            await settle(held.app, now=now)


async def _turn_version(actor: Actor, switch: AppSwitch, held: Held, *, now: datetime) -> None:
    number = switch.target.partition("@")[2]
    this = (MiniAppVersion.app == held.app.id) & (MiniAppVersion.version == number)
    row = await MiniAppVersion.objects().where(this).first()
    if row is None:
        raise SwitchNotFound(target=switch.target)
    killed = held.standing.killed
    if switch.on_at is None:
        kind, killed = StepKind.KILL, killed | {row.id}
        await catalog.set_stopped([row.id], stopped=True)
        await halts.halt_version(row.id, until=halts.FOREVER)
    else:
        await catalog_queries.check_key(held.app, row)
        kind, killed = StepKind.REVIVE, killed - {row.id}
        await catalog.set_stopped([row.id], stopped=False)
        await halts.lift_version(row.id, until=now + tokens.LIFE)
    cause = Cause(actor=actor, kind=kind, version_id=row.id, reason=switch.reason)
    await move(held, rising.kill(held.standing, killed), cause, now=now)
