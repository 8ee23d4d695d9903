"""Posts (岗位): that a person holds a role in a department for a region, until it ends."""

from datetime import datetime
from uuid import UUID as Id

from piccolo.columns import UUID, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.columns.base import OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table

from identity.departments import Department
from identity.errors import PostNotHeld, PostsConflict
from identity.roles import INCOMPATIBLE, Role
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id


class StaffPost(Table, db=DB, tablename="staff_post"):
    """That a person holds a role in a department for a region, until it ends."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    department = ForeignKey(Department, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict)
    role = Varchar(20, choices=Role)
    region = Varchar(6)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)

    staff_post_role_is_known = Check(
        "role IN ('clerk', 'item_definer', 'operator', 'developer', 'maintainer', 'manager', 'auditor',"
        " 'security', 'village_agent')"
    )


async def posts_of(person_id: Id) -> list[StaffPost]:
    """Return the posts the person holds now, oldest first."""
    held = StaffPost.objects().where(StaffPost.party_id == person_id, StaffPost.ended_at.is_null())
    return await held.order_by(StaffPost.id)


async def holders(role: Role, *, most: int = 50) -> list[Id]:
    """Return persons who hold a role by a post now, those longest in it first."""
    rows = await fetch(
        "SELECT party_id FROM staff_post WHERE role = $1 AND ended_at IS NULL"
        " GROUP BY party_id ORDER BY min(created_at), party_id LIMIT $2",
        role,
        most,
    )
    return [row["party_id"] for row in rows]


async def post_for(person_id: Id, acting_as: str) -> StaffPost | None:
    """Return the post meant by `acting_as`: a post's id, or a role that the person holds once.

    None for "citizen".  Raises: PostNotHeld.
    """
    if acting_as == Role.CITIZEN:
        return None
    meant = [post for post in await posts_of(person_id) if acting_as in (str(post.id), post.role)]
    if len(meant) != 1:
        raise PostNotHeld(acting_as=acting_as)
    return meant[0]


async def appoint(person_id: Id, department_id: Id, role: Role, region: str, *, now: datetime) -> StaffPost:
    """Give the person a post; the same post again is the one he has.

    Raises: PostsConflict when he holds one that must stay in other hands.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", person_id.int >> 65)
        for post in await posts_of(person_id):
            if (post.department, post.role, post.region) == (department_id, role, region):
                return post
        for other in await roles_of(person_id):
            if frozenset({other, role}) in INCOMPATIBLE:
                raise PostsConflict(held=other, wanted=role)
        post = StaffPost(
            party_id=person_id, department=department_id, role=role, region=region, created_at=now
        )
        await post.save()
    return post


async def roles_of(person_id: Id) -> set[Role]:
    """Return what a person is by his posts, and a developer by his teams."""
    rows = await fetch(
        "SELECT role FROM staff_post WHERE party_id = $1 AND ended_at IS NULL UNION"
        " SELECT 'developer' FROM team_member WHERE party_id = $1 AND state = 'active'",
        person_id,
    )
    return {Role(row["role"]) for row in rows}


async def end_post(post_id: Id, *, now: datetime) -> None:
    """End a post; sessions that act in it die with it."""
    await execute("UPDATE staff_post SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", post_id, now)
