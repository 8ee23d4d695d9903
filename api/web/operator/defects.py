"""The library of defects: found by state and mini-app, and one with all that was said and done of it."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.pages.ways import row_id
from api.web.mistakes import mistake
from api.web.operator.place import DEFECTS, PAGE, curator, filled, here
from api.web.words import DEFECT_STATES, HARMS, SIDES
from banshi.errors import DomainError, InvalidInput
from identity import regions
from miniapps.catalog import queries as catalog
from miniapps.shelf import queries, service
from miniapps.shelf.errors import DefectNotFound
from miniapps.shelf.rules import LONGEST_NOTE, MOVES, DefectState, Side
from miniapps.shelf.service import Move
from miniapps.shelf.tables import AppDefect

ONE: Final = f"{DEFECTS}/{{defect_id:uuid}}"
MOST_ALIKE: Final = 50  # defects of the same mini-app to choose from


@get(DEFECTS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show defects, all or of one state or mini-app."""
    asker, given = await curator(request), request.query_params
    named, app_id = given.get("state", ""), given.get("app", "").strip()[:39]
    state = DefectState(named) if named in list(DefectState) else None
    page = await queries.defects(
        asker.actor, app_id=app_id or None, state=state, first=PAGE, after=place(request), now=asker.now
    )
    older = with_query(DEFECTS, state=state, app=app_id, after=str(page.rows[-1].id)) if page.more else ""
    return here(
        request, "defects", asker, rows=page.rows, state=state or "", app_id=app_id, older=older,
        names=await catalog.names([row.app_id for row in page.rows]), states=DEFECT_STATES, harms=HARMS,
        choices=[("", "全部"), *((each, called.word) for each, called in DEFECT_STATES.items())],
    )  # fmt: skip


@get(ONE)
async def one(request: AnyRequest, defect_id: UUID) -> Response[bytes]:
    """Show one defect."""
    return await _one(request, await curator(request), defect_id)


@post(f"{ONE}/move", status_code=200)
async def move(request: AnyRequest, defect_id: UUID) -> Response[bytes]:
    """Move it to another state."""
    form, asker = await filled(request)
    try:
        await service.move(asker.actor, defect_id, _move(form), now=asker.now)
    except DefectNotFound:
        raise
    except DomainError as refusal:
        return await _one(request, asker, defect_id, refusal=refusal, kept=form)
    return go(with_query(f"{DEFECTS}/{defect_id}", done="moved"))


@post(f"{ONE}/reply", status_code=200)
async def reply(request: AnyRequest, defect_id: UUID) -> Response[bytes]:
    """Say something about it, to the tester and the team."""
    form, asker = await filled(request)
    try:
        await service.reply(asker.actor, defect_id, form.get("text"), now=asker.now)
    except DefectNotFound:
        raise
    except DomainError as refusal:
        return await _one(request, asker, defect_id, refusal=refusal, kept=form)
    return go(with_query(f"{DEFECTS}/{defect_id}", done="replied"))


def _move(form: Form) -> Move:
    """Return where the form moves a defect.  Raises: InvalidInput."""
    if form.get("to") not in list(DefectState):
        raise InvalidInput(field="to", problem="请选择新的状态")
    to = DefectState(form.get("to"))
    named = form.get("duplicateOf") if to is DefectState.DUPLICATE else ""
    return Move(to=to, note=form.get("note"), duplicate_of=row_id(named) if named else None)


async def _one(
    request: AnyRequest, asker: Asker, defect_id: UUID, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    actor, now = asker.actor, asker.now
    row = await queries.defect(actor, defect_id, now=now)
    moves = _moves(row)
    alike = await _alike(asker, row) if DefectState.DUPLICATE in dict(moves) else []
    return here(
        request, "defect", asker, address=f"{DEFECTS}/{defect_id}", row=row, states=DEFECT_STATES,
        harm=HARMS[row.severity], region=regions.full_name(row.region), sides=SIDES, moves=moves,
        notes=(await queries.notes_of(actor, [row.id]))[row.id],
        name=(await catalog.names([row.app_id])).get(row.app_id, row.app_id),
        same=(await queries.duplicates_of(actor, [row.id]))[row.id], originals=[("", "请选择"), *alike],
        longest=LONGEST_NOTE, **mistake(request, asker, refusal, kept),
    )  # fmt: skip


async def _alike(asker: Asker, row: AppDefect) -> list[tuple[str, str]]:
    """Return the defects of the same mini-app that this one may be the same as."""
    page = await queries.defects(
        asker.actor, app_id=row.app_id, state=None, first=MOST_ALIKE, after=None, now=asker.now
    )
    others = [each for each in page.rows if each.id != row.id and each.state != DefectState.DUPLICATE]
    return [(str(each.id), each.title) for each in others]


def _moves(row: AppDefect) -> list[tuple[str, str]]:
    """Return where an operator may move it."""
    return [
        (to, DEFECT_STATES[to].word)
        for to, sides in MOVES[DefectState(row.state)].items()
        if Side.OPERATOR in sides
    ]


ROUTES: list[ControllerRouterHandler] = [list_, one, move, reply]
