"""The security administrator on the wire: who holds which post, locks, and keys."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.identity import DEPARTMENTS, DepartmentNode
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped, column, linked, private
from banshi.scopes import Scope
from identity import posts
from identity.signing import Purpose

strawberry.enum(Purpose, name="KeyPurpose", description="What a signing key may sign.")


@strawberry.type(name="StaffPost", description="A post, as the security administrator sees it (任职).")
class StaffPostNode(Mapped):
    id: UUID
    person_id: UUID = column("party_id", description="Who holds it: an id, no name.")
    role: str
    region: str
    created_at: datetime
    ended_at: datetime | None
    department_id: strawberry.Private[UUID] = private("department")
    department: DepartmentNode = linked(
        DEPARTMENTS,
        by="department_id",
        wrap=DepartmentNode.of,
        on="{r}.id = {t}.department",
        description="The department of the post.",
    )


@strawberry.type
class SecurityQuery:
    """What the security administrator may look at."""

    @strawberry.field(extensions=[needs(Scope.POSTS_READ)])
    async def staff_posts(
        self,
        info: Info,
        department_id: UUID | None = None,
        role: str | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[StaffPostNode]:
        """Posts that are held now, newest first."""
        page = await posts.list_(
            info.context.actor,
            department_id=department_id,
            role=role,
            first=size(first),
            after=after_id(after, of="staffPosts"),
            now=info.context.now,
        )
        return connection(page, StaffPostNode.of, of="staffPosts")


@strawberry.type
class SecurityMutation:
    """What the security administrator may do; never to himself."""

    @strawberry.mutation(extensions=[needs(Scope.POSTS_WRITE)])
    async def appoint(
        self, info: Info, id_number: str, department_id: UUID, role: str, region: str, basis: str
    ) -> StaffPostNode:
        """Give a post to the person with this ID number, by order of a document (`basis`)."""
        context = info.context
        post = await posts.appoint(
            context.actor, id_number, department_id, role, region, basis=basis, now=context.now
        )
        return StaffPostNode.of(post)

    @strawberry.mutation(extensions=[needs(Scope.POSTS_WRITE)])
    async def end_post(self, info: Info, id: UUID, reason: str) -> StaffPostNode:
        """End somebody's post, and every session that acts in it."""
        context = info.context
        return StaffPostNode.of(await posts.end(context.actor, id, reason=reason, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.LOCKS_WRITE)])
    async def unlock_number(self, info: Info, id_number: str, reason: str) -> bool:
        """Let an ID number sign in again after failed tries; the answer is the same for an unknown one."""
        context = info.context
        await posts.unlock(context.actor, id_number, reason=reason, now=context.now)
        return True

    @strawberry.mutation(extensions=[needs(Scope.KEYS_WRITE)])
    async def rotate_key(self, info: Info, purpose: Purpose, reason: str) -> str:
        """Sign with a fresh key from now on; answers its id.  What older keys signed stays valid."""
        context = info.context
        return await posts.rotate_key(context.actor, purpose, reason=reason, now=context.now)
