"""Who did what with one's data or looked at it, on which ground; and objecting (个人信息保护法 44, 50)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages import words
from api.pages.local import go, with_query
from api.pages.names import app_names
from api.pages.signed_in import holder, place, sender, shown
from api.pages.ways import row_id
from banshi.scopes import Scope
from identity import acts, audit, departments, mandates, objections
from identity.actor import WORKER_ID, Actor
from identity.acts import Use
from identity.audit import AuditRow
from identity.objections import Opened

PATH = "/account/accesses"
PAGE = 20


class Access(NamedTuple):
    """One row in plain words."""

    id: UUID
    at: datetime
    who: str
    what: str
    use: str
    ground: str
    is_statutory: bool  # staff did it because the law says so: one may object
    objection: Opened | None


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show what was done, newest first."""
    asker = await holder(request, Scope.SESSIONS_READ)
    page = await audit.of_party(asker.actor, first=PAGE, after=place(request))
    return await shown(
        request, "accesses", asker,
        rows=await _told(asker.actor, page.rows), states=words.OBJECTIONS,
        may_object=asker.actor.may(Scope.OBJECTIONS_WRITE),
        older=with_query(PATH, after=str(page.rows[-1].id)) if page.more else "",
    )  # fmt: skip


@post(f"{PATH}/object", status_code=200)
async def object_(request: AnyRequest) -> Response[bytes]:
    """Object to one look or act of staff."""
    form, asker = await sender(request, Scope.OBJECTIONS_WRITE)
    await objections.object_to(asker.actor, row_id(form.get("id")), form.get("reason"), now=asker.now)
    return go(with_query(PATH, done="objected"))


async def _told(actor: Actor, rows: Sequence[AuditRow]) -> list[Access]:
    offices = {each.id: each.name for each in await departments.by_ids([row.acting_for for row in rows])}
    apps = await app_names(row.app_id for row in rows if row.app_id)
    people = await mandates.parties(actor, [row.person_id for row in rows if row.acting_for not in offices])
    made = await objections.of_accesses(actor, [row.id for row in rows])

    def who(row: AuditRow) -> str:
        if row.app_id:
            return f"应用“{apps[row.app_id]}”"
        if row.person_id == WORKER_ID:
            return "系统自动处理"
        if row.acting_for in offices:
            return f"{offices[row.acting_for]}工作人员"
        return "您本人" if row.person_id == actor.person_id else people.get(row.person_id, "他人")

    def told(row: AuditRow) -> Access:
        use = acts.use_of(
            own=row.person_id == actor.person_id, app_id=row.app_id,
            delegated=row.delegation_id is not None, roles=row.roles,
        )  # fmt: skip
        return Access(
            row.id, row.at, who(row), acts.title_of(row.act), words.USES[use],
            _ground(row, use), use is Use.STATUTORY, made.get(row.id),
        )  # fmt: skip

    return [told(row) for row in rows]


def _ground(row: AuditRow, use: Use) -> str:
    """Return what allowed it: what was noted, if it is for people, else the law."""
    if row.basis and words.HAN.search(row.basis):
        return row.basis
    return "" if use is Use.OWN else acts.family_of(row.act).law


ROUTES: list[ControllerRouterHandler] = [list_, object_]
