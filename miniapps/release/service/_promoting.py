"""Up and down: what developers of a mini-app and operators do with its release."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from banshi.errors import InvalidInput, KeyReused
from identity import regions
from identity.actor import Actor, check_operator
from identity.written import words
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import agreements, check_owner
from miniapps.release import queries
from miniapps.release.queries import Held
from miniapps.release.rules import rising
from miniapps.release.rules.needs import overlaps, prefixes
from miniapps.release.rules.rising import MOST_REGIONS, Step
from miniapps.release.rules.steps import StepKind
from miniapps.release.rules.switches import LONGEST_KEY, LONGEST_REASON
from miniapps.release.service._moving import Cause, move
from miniapps.release.tables import ReleaseStep
from miniapps.review import service as review
from storage.db import transaction

EVERYONE = Step(everyone=True)


async def promote(
    actor: Actor, app_id: str, version: str, step: Step, *, idempotency_key: str, now: datetime
) -> Held:
    """Give an approved version to more citizens; the same key again changes nothing more.

    Raises:
        AppNotFound: no such mini-app or version, or not one of the actor's team.
        TeamOwnerNeeded: the actor does not own the team.
        NotApproved: the version has not passed its review.
        VersionKeyRevoked: the key that signed it was revoked.
        AgreementMissing: department and vendor are not both bound.
        VersionNotReleasable, CandidateUnderWay, ReleaseNotRising: as `rules.rising.promote`.
        InvalidInput: no such percentage, region or key, or one that it does not serve; KeyReused.
    """
    _check_step(step)
    key, asked = _key(idempotency_key), _asked(StepKind.PROMOTE, version, repr(step))
    await check_owner(actor)
    async with transaction():
        held = await queries.hold(actor, app_id)
        if await _was_done(held, key, asked):
            return held
        row = await queries.approved(held.app, version)
        await agreements.check(held.app, row)
        await _check_served(row.id, step.regions)
        to = rising.promote(held.standing, row.id, step)
        cause = Cause(actor=actor, kind=StepKind.PROMOTE, version_id=row.id, key=key, asked=asked)
        return await move(held, to, cause, now=now)


async def roll_back(
    actor: Actor, app_id: str, version: str, reason: str, *, idempotency_key: str, now: datetime
) -> Held:
    """Give everybody an approved version again, any; what they had is taken from them at their next opening.

    Raises: as `promote`, but for what concerns steps up; AgreementMissing for a version that never went up.
    """
    reason = words("reason", reason, LONGEST_REASON, least=1)
    key, asked = _key(idempotency_key), _asked(StepKind.ROLL_BACK, version, reason)
    await check_owner(actor)
    async with transaction():
        held = await queries.hold(actor, app_id)
        if await _was_done(held, key, asked):
            return held
        row = await queries.approved(held.app, version)
        if not await _went_up(held, row.id):  # else it would go up past the agreement
            await agreements.check(held.app, row)
        to = rising.roll_back(held.standing, row.id)
        cause = Cause(
            actor=actor, kind=StepKind.ROLL_BACK, version_id=row.id, reason=reason, key=key, asked=asked
        )
        return await move(held, to, cause, now=now)


async def release(actor: Actor, version_id: UUID, *, now: datetime) -> Held:
    """Give a version to everybody at once, and find it good if it is still queued: for operators.

    Raises: as `review.approve_at_once` and `promote`.
    """
    check_operator(actor)
    async with transaction():
        row, app = await catalog_queries.lock_version(actor, version_id)
        if row.state == VersionState.QUEUED:
            await review.approve_at_once(actor, version_id, now=now)
        held = await queries.hold(actor, app.app_id)
        await agreements.check(held.app, await queries.approved(held.app, row.version))
        cause = Cause(actor=actor, kind=StepKind.PROMOTE, version_id=row.id)
        return await move(held, rising.promote(held.standing, row.id, EVERYONE), cause, now=now)


def _check_step(step: Step) -> None:
    if step.percent is not None and not 1 <= step.percent <= 100:
        raise InvalidInput(field="percent", problem="请填写 1 至 100")
    if len(step.regions) > MOST_REGIONS:
        raise InvalidInput(field="regions", problem=f"最多 {MOST_REGIONS} 个地区")
    for code in step.regions:
        if len(code) != 6 or code not in regions.shipped():
            raise InvalidInput(field="regions", problem=f"没有行政区划代码 {code[:12]}")


async def _went_up(held: Held, version_id: UUID) -> bool:
    """Say whether a version was given to citizens before, to however many."""
    of_it = (ReleaseStep.app == held.app.id) & (ReleaseStep.version_id == version_id)
    return bool(await ReleaseStep.exists().where(of_it & (ReleaseStep.kind == StepKind.PROMOTE)))


async def _check_served(version_id: UUID, codes: Sequence[str]) -> None:
    """Refuse to give a version to a region that it does not serve.  Raises: InvalidInput."""
    if codes:
        served = prefixes(tuple((await queries.manifest_of(version_id)).regions))
        for code in codes:
            if not overlaps(code, served):
                problem = f"这个版本的清单里没有{regions.full_name(code)}，那里的人打不开它"
                raise InvalidInput(field="regions", problem=problem)


def _key(text: str) -> str:
    return words("idempotencyKey", text, LONGEST_KEY, least=1)


def _asked(kind: StepKind, version: str, arguments: str) -> str:
    return hashlib.sha256("\0".join([kind, version, arguments]).encode()).hexdigest()


async def _was_done(held: Held, key: str, asked: str) -> bool:
    """Say whether this step was taken before.  Raises: KeyReused when under its key another was."""
    this = (ReleaseStep.app == held.app.id) & (ReleaseStep.key == key)
    before = await ReleaseStep.objects().where(this).first()
    if before is not None and before.asked != asked:
        raise KeyReused
    return before is not None
