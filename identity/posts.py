"""Posts and locks: the security administrator's verbs (安全管理员).  He appoints others, never himself."""

from datetime import datetime, timedelta
from uuid import UUID as Id

from banshi.errors import InvalidInput, NotFound, ScopeMissing
from banshi.scopes import Scope
from identity import assurance, audit, departments, numbers, people, regions, signing
from identity.actor import Actor
from identity.errors import OwnPost, PersonNotFound
from identity.methods import tries
from identity.people import StaffPost
from identity.roles import Role
from identity.signing import Purpose
from storage.clock import local_date
from storage.db import execute, transaction
from storage.paging import Page, page

FRESH = timedelta(minutes=30)  # since he proved who he is, for what changes somebody's powers
LONGEST_REASON = 200  # characters
STAFF_ROLES = frozenset(Role) - {Role.CITIZEN, Role.SERVICE}


async def appoint(
    actor: Actor, number: str, department_id: Id, role: str, region: str, *, basis: str, now: datetime
) -> StaffPost:
    """Give a post to the person with this ID number; `basis` is the document that orders it (任职文件).

    The same post again is the one he has.
    Raises: ScopeMissing, StepUpNeeded, InvalidInput, NumberRefused; PersonNotFound for one who never signed
        in; OwnPost; PostsConflict when he holds a post that must stay in other hands; NotFound for a
        department that is none.
    """
    _check(actor, Scope.POSTS_WRITE, now=now)
    wanted = _post_role(role)
    _check_reason(basis, field="basis")
    if region not in regions.shipped():
        raise InvalidInput(field="region", problem="请填写有效的行政区划代码")
    async with transaction():
        person = await people.find(numbers.describe(number, today=local_date(now)).number)
        if person is None or person.erased_at is not None:
            raise PersonNotFound
        if person.id == actor.person_id:
            raise OwnPost
        if not await departments.by_ids([department_id]):
            raise NotFound(what="department", id=department_id)
        post = await people.appoint(person.id, department_id, wanted, region, now=now)
        await audit.record(
            actor, "post.appoint", f"post/{post.id}/{wanted}", basis, now=now, party_id=person.id
        )
    return post


async def end(actor: Actor, post_id: Id, *, reason: str, now: datetime) -> StaffPost:
    """End somebody's post; sessions that act in it die with it.

    Raises: ScopeMissing, StepUpNeeded, InvalidInput, OwnPost; NotFound when it is over, or never was.
    """
    _check(actor, Scope.POSTS_WRITE, now=now)
    _check_reason(reason, field="reason")
    async with transaction():
        held = StaffPost.objects().where(StaffPost.id == post_id, StaffPost.ended_at.is_null())
        post = await held.lock_rows().first()
        if post is None:
            raise NotFound(what="post", id=post_id)
        if post.party_id == actor.person_id:
            raise OwnPost
        await people.end_post(post_id, now=now)
        await audit.record(
            actor, "post.end", f"post/{post_id}/{post.role}", reason, now=now, party_id=post.party_id
        )
    post.ended_at = now
    return post


async def list_(
    actor: Actor, *, department_id: Id | None, role: str | None, first: int, after: Id | None, now: datetime
) -> Page[StaffPost]:
    """Return posts that are held now, newest first; each that is shown leaves a row of its holder.

    Raises: ScopeMissing, InvalidInput.
    """
    if not actor.may(Scope.POSTS_READ):
        raise ScopeMissing(scope=Scope.POSTS_READ)
    held = StaffPost.objects().where(StaffPost.ended_at.is_null())
    if department_id is not None:
        held = held.where(StaffPost.department == department_id)
    if role is not None:
        held = held.where(StaffPost.role == _post_role(role))
    found = await page(held, StaffPost.id, first=first, after=after)
    seen = [(f"post/{post.id}", post.party_id) for post in found.rows]
    await audit.record_reads(actor, "post.read", seen, now=now)
    return found


async def unlock(actor: Actor, number: str, *, reason: str, now: datetime) -> None:
    """Forget the failed tries of an ID number, whether or not anybody is known by it.

    Raises: ScopeMissing, StepUpNeeded, InvalidInput, NumberRefused.
    """
    _check(actor, Scope.LOCKS_WRITE, now=now)
    _check_reason(reason, field="reason")
    blinded = people.number_blind(numbers.describe(number, today=local_date(now)).number)
    async with transaction():
        await tries.forget(blinded)
        await audit.record(actor, "number.unlock", f"number/{blinded.hex()[:16]}", reason, now=now)


async def rotate_key(actor: Actor, purpose: Purpose, *, reason: str, now: datetime) -> str:
    """Sign with a fresh key for `purpose` from now on; return its id.  Older signatures stay valid.

    Raises: ScopeMissing, StepUpNeeded, InvalidInput.
    """
    _check(actor, Scope.KEYS_WRITE, now=now)
    _check_reason(reason, field="reason")
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"key {purpose}")
        kid = await signing.rotate(purpose, now=now)
        await audit.record(actor, "key.rotate", f"key/{purpose}/{kid}", reason, now=now)
    return kid


def _check(actor: Actor, scope: Scope, *, now: datetime) -> None:
    if not actor.may(scope):
        raise ScopeMissing(scope=scope)
    assurance.need(actor, level=3, max_age=FRESH, now=now)


def _check_reason(reason: str, *, field: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidInput(field=field, problem=f"请填写依据或理由，不超过 {LONGEST_REASON} 个字")


def _post_role(role: str) -> Role:
    if role not in STAFF_ROLES:
        raise InvalidInput(field="role", problem="没有这样的岗位")
    return Role(role)
