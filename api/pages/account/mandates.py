"""Who may act for whom (代办): proposed, answered, ended, and the nod to each act of a village agent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.local import go, with_query
from api.pages.signed_in import holder, place, sender, shown
from api.pages.ways import row_id
from banshi.scopes import Scope
from identity import mandates
from identity.acts import title_of
from identity.mandates import Mandate, MandateState, state_at
from identity.roles import MandateKind

PATH = "/account/mandates"
PAGE = 20
BY_REGISTER = (MandateKind.REPRESENTATIVE, MandateKind.GUARDIAN)


class Shown(NamedTuple):
    """A mandate as one of its sides sees it."""

    id: UUID
    kind: str
    other: str  # what the other side is called
    is_mine: bool  # I am the one for whom is acted
    state: MandateState
    may: list[str]
    until: datetime
    is_asked: bool  # it waits for my answer
    may_end: bool


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the mandates one gave or bears, and what waits for an answer."""
    asker = await holder(request, Scope.MANDATES_READ)
    page = await mandates.page(asker.actor, first=PAGE, after=place(request))
    asked = await mandates.nods(asker.actor, first=PAGE, after=None)
    return await shown(
        request, "mandates", asker,
        rows=await _shown(asker, page.rows), states=words.MANDATE_STATES,
        older=with_query(PATH, after=str(page.rows[-1].id)) if page.more else "",
        nods=[(nod, title_of(nod.act)) for nod in asked.rows if nod.state == "asked"],
    )  # fmt: skip


async def _shown(asker: Asker, rows: Sequence[Mandate]) -> list[Shown]:
    actor, now = asker.actor, asker.now
    called = await mandates.parties(actor, [id for row in rows for id in (row.party_id, row.delegate_id)])

    def one(row: Mandate) -> Shown:
        is_mine = row.party_id == actor.acting_for
        state = state_at(
            MandateState(row.state), proposed_at=row.proposed_at, expires_at=row.expires_at, now=now
        )
        waits = state is MandateState.PROPOSED
        is_kept = is_mine and row.kind in BY_REGISTER
        return Shown(
            id=row.id, kind=words.MANDATES[row.kind], is_mine=is_mine, state=state, until=row.expires_at,
            other=called.get(row.delegate_id if is_mine else row.party_id, ""),
            may=[words.RIGHTS[scope] for scope in row.scopes if scope in words.RIGHTS],
            is_asked=waits and row.by_principal != is_mine,
            may_end=(state is MandateState.ACTIVE and not is_kept) or (waits and row.by_principal == is_mine),
        )  # fmt: skip

    return [one(row) for row in rows]


@post(f"{PATH}/answer", status_code=200)
async def answer(request: AnyRequest) -> Response[bytes]:
    """Accept or refuse what the other side proposed."""
    form, asker = await sender(request, Scope.MANDATES_WRITE)
    accepts = form.get("answer") == "accept"
    verb = mandates.accept if accepts else mandates.refuse
    await verb(asker.actor, row_id(form.get("id")), now=asker.now)
    return go(with_query(PATH, done="mandate-accepted" if accepts else "mandate-refused"))


@post(f"{PATH}/end", status_code=200)
async def end(request: AnyRequest) -> Response[bytes]:
    """End a mandate, or take back a proposal."""
    form, asker = await sender(request, Scope.MANDATES_WRITE)
    await mandates.revoke(asker.actor, row_id(form.get("id")), now=asker.now)
    return go(with_query(PATH, done="mandate-ended"))


@post(f"{PATH}/nod", status_code=200)
async def nod(request: AnyRequest) -> Response[bytes]:
    """Say yes or no to one act of a village agent."""
    form, asker = await sender(request, Scope.MANDATES_WRITE)
    given: dict[str, Any] = {"accept": form.get("answer") == "accept", "now": asker.now}
    await mandates.answer_nod(asker.actor, row_id(form.get("id")), **given)
    return go(with_query(PATH, done="nodded" if given["accept"] else "not-nodded"))


ROUTES: list[ControllerRouterHandler] = [list_, answer, end, nod]
