"""Who did what with one's data or looked at it, and on which ground (个人信息保护法 44, 45)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages import acts, words
from api.pages.local import with_query
from api.pages.names import app_names
from api.pages.signed_in import holder, place, shown
from banshi.scopes import Scope
from identity import audit, departments, mandates
from identity.actor import WORKER_ID, Actor
from identity.audit import AuditRow

PATH = "/account/accesses"
PAGE = 20


class Access(NamedTuple):
    """One row in plain words."""

    at: datetime
    who: str
    what: str
    basis: str


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show what was done, newest first."""
    asker = await holder(request, Scope.SESSIONS_READ)
    page = await audit.of_party(asker.actor, first=PAGE, after=place(request))
    older = with_query(PATH, after=str(page.rows[-1].id)) if page.more else ""
    return await shown(request, "accesses", asker, rows=await _told(asker.actor, page.rows), older=older)


async def _told(actor: Actor, rows: Sequence[AuditRow]) -> list[Access]:
    offices = {each.id: each.name for each in await departments.by_ids([row.acting_for for row in rows])}
    apps = await app_names(row.app_id for row in rows if row.app_id)
    people = await mandates.parties(actor, [row.person_id for row in rows if row.acting_for not in offices])

    def who(row: AuditRow) -> str:
        if row.app_id:
            return f"应用“{apps[row.app_id]}”"
        if row.person_id == WORKER_ID:
            return "系统自动处理"
        if row.acting_for in offices:
            return f"{offices[row.acting_for]}工作人员"
        if row.person_id == actor.person_id:
            return "您本人"
        name = people.get(row.person_id, "他人")
        return f"{name}（代办）" if row.delegation_id else name

    return [Access(row.at, who(row), acts.told(row.act), _ground(row)) for row in rows]


def _ground(row: AuditRow) -> str:
    """Return the basis if it is one for people: a law or a reason, not the name of a method or scope."""
    return row.basis if row.basis and words.HAN.search(row.basis) else ""


ROUTES: list[ControllerRouterHandler] = [list_]
