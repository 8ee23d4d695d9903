"""Agreements on mini-apps (责任书): the accountable department and the vendor each sign a text of their own.

No version is approved or released without both in force; what is out goes on, and can always be rolled back.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from identity import audit
from identity.actor import Actor
from identity.roles import Role
from identity.written import words
from miniapps.catalog import queries
from miniapps.catalog.errors import (
    AgreementMissing,
    AgreementOutdated,
    AgreementSameHand,
    AppNotFound,
)
from miniapps.catalog.events import AgreementSigned, AgreementWithdrawn
from miniapps.catalog.rules import Side
from miniapps.catalog.service._hands import check_owner
from miniapps.catalog.tables import AppSignature, MiniApp, MiniAppVersion
from storage.db import transaction
from storage.outbox import emit

CURRENT = {Side.DEPARTMENT: "1", Side.VENDOR: "1"}  # older texts stay in the folder: people signed them
LONGEST_REASON = 200


@dataclass(frozen=True)
class AgreementText:
    """What one side signs."""

    side: Side
    version: str
    text: str
    sha256: str  # of the text in UTF-8, in hexadecimal


@cache
def text(side: Side) -> AgreementText:
    """Return what a side signs now."""
    version = CURRENT[side]
    told = files("miniapps.catalog").joinpath(f"agreements/{side}-{version}.md").read_text(encoding="utf-8")
    return AgreementText(side, version, told, hashlib.sha256(told.encode()).hexdigest())


def side_of(actor: Actor) -> Side:
    """Return for which side the actor may sign: developers for the vendor, staff for the department."""
    return Side.VENDOR if actor.is_a(Role.DEVELOPER) else Side.DEPARTMENT


async def sign(actor: Actor, app_id: str, text_sha256: str, *, now: datetime) -> AppSignature:
    """Bind the actor's department or team to the text that he read, whose SHA-256 he names; twice is once.

    Raises:
        ScopeMissing; TeamOwnerNeeded: he is no owner of the team he acts in.
        AppNotFound: no such mini-app, or it names another department or team.
        AgreementOutdated: the text is another now.
        AgreementSameHand: he signed for the other side.
    """
    side = await _hand(actor)
    told = text(side)
    if text_sha256.strip().lower() != told.sha256:
        raise AgreementOutdated(version=told.version, sha256=told.sha256)
    async with transaction():
        app = await queries.lock_signable(actor, app_id)
        living = await queries.living_signatures(app)
        before = next((each for each in living if _is_own(each, side, actor)), None)
        if before is not None and before.text_sha256 == told.sha256:
            return before
        if any(each.side != side and each.signed_by == actor.person_id for each in living):
            raise AgreementSameHand
        if before is not None:
            await _end(before, actor, "由新文本代替", now=now)
        row = AppSignature(
            app=app.id, side=side, signer_id=actor.acting_for, signed_by=actor.person_id,
            role=min(actor.roles), text_version=told.version, text_sha256=told.sha256, signed_at=now,
        )  # fmt: skip
        await row.save()
        basis = f"{side} text {told.version} sha256 {told.sha256}"
        await audit.record(actor, "agreement.sign", f"app/{app_id}", basis, now=now)
        await emit(AgreementSigned(party_id=None, app_id=app_id, side=side, at=now), now=now)
    return row


async def withdraw(actor: Actor, app_id: str, reason: str, *, now: datetime) -> AppSignature:
    """Take the signature of the actor's department or team back.

    Raises: ScopeMissing, TeamOwnerNeeded, InvalidInput; AppNotFound, also when there is none in force.
    """
    side = await _hand(actor)
    why = words("reason", reason, LONGEST_REASON, least=1)
    async with transaction():
        app = await queries.lock_signable(actor, app_id)
        for row in await queries.living_signatures(app):
            if _is_own(row, side, actor):
                await _end(row, actor, why, now=now)
                await audit.record(actor, "agreement.withdraw", f"app/{app_id}", str(side), now=now)
                await emit(AgreementWithdrawn(party_id=None, app_id=app_id, side=side, at=now), now=now)
                return row
    raise AppNotFound(app=app_id)


async def check(app: MiniApp, row: MiniAppVersion | None = None) -> None:
    """Refuse to approve or release a version while not both sides are bound by the texts of today.

    Without `row` it is about the newest version.
    Raises: AgreementMissing; `sides` lists who is missing.
    """
    named = app if row is None else row
    needed = {Side.DEPARTMENT: named.department_id, Side.VENDOR: named.team_id}
    bound = {(each.side, each.signer_id, each.text_sha256) for each in await queries.living_signatures(app)}
    missing = [side for side, signer in needed.items() if (side, signer, text(side).sha256) not in bound]
    if missing:
        raise AgreementMissing(app_id=app.app_id, sides=", ".join(missing))


def bound(app: MiniApp, rows: Iterable[AppSignature]) -> set[Side]:
    """Return which sides `rows`, signatures on the mini-app, bind to the texts of today."""
    needed = {Side.DEPARTMENT: app.department_id, Side.VENDOR: app.team_id}
    return {
        Side(row.side)
        for row in rows
        if row.withdrawn_at is None
        and row.signer_id == needed[Side(row.side)]
        and row.text_sha256 == text(Side(row.side)).sha256
    }


def _is_own(row: AppSignature, side: Side, actor: Actor) -> bool:
    return bool(row.side == side and row.signer_id == actor.acting_for)


async def _end(row: AppSignature, actor: Actor, reason: str, *, now: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by, row.reason = now, actor.person_id, reason
    await row.save([AppSignature.withdrawn_at, AppSignature.withdrawn_by, AppSignature.reason])


async def _hand(actor: Actor) -> Side:
    """Return for which side the actor signs, if he may bind it."""
    if actor.app_id is not None or actor.delegation_id is not None or not actor.may(Scope.APPS_SIGN):
        raise ScopeMissing(scope=Scope.APPS_SIGN)
    side = side_of(actor)
    if side is Side.VENDOR:
        await check_owner(actor)
    return side
