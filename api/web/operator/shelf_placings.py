"""Where each mini-app stands: its order, its categories and life events, and to whom it is shown."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import with_query
from api.web.operator.names import AGES, LEVELS
from api.web.operator.place import PAGE, SHELF, curator, filled
from api.web.operator.shelf_draft import ages, change, drafted, edited, level, number, saved
from banshi.errors import DomainError
from miniapps.catalog import queries as catalog
from miniapps.shelf.rules import Edit, Placing, tree

PLACINGS: Final = f"{SHELF}/placings"
LAST: Final = 1_000_000  # after all that have a place


@get(PLACINGS)
async def placings(request: AnyRequest) -> Response[bytes]:
    """Show the placings in their order, and one in the form when the address names it."""
    return await _placings(request, await curator(request))


@post(PLACINGS, status_code=200)
async def keep_placing(request: AnyRequest) -> Response[bytes]:
    """Place a mini-app, otherwise than before, or no longer."""
    form, asker = await filled(request)
    try:
        if form.get("drop"):
            await change(asker, form, Edit(drop_placings=(form.get("drop"),)))
        else:
            await change(asker, form, Edit(placings=(_placing(form),)))
    except DomainError as refusal:
        return await _placings(request, asker, refusal=refusal, kept=form)
    return saved(PLACINGS)


def _placing(form: Form) -> Placing:
    return Placing(
        app_id=form.get("app_id"), place=number(form, "place") if form.get("place") else None,
        categories=tuple(form.lists.get("categories", [])),
        life_events=tuple(form.lists.get("life_events", [])), least_level=level(form), ages=ages(form),
    )  # fmt: skip


async def _placings(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held, given = await drafted(), request.query_params
    front = held.shelf.front
    rows = sorted(held.shelf.placings, key=_order)
    one = next((each for each in rows if each.app_id == given.get("app", "")), None)
    text = given.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    shown = rows[start : start + PAGE]
    called = {each.code: each.name for each in front.categories}
    called |= {each.code: each.name for each in front.life_events}
    return await edited(
        request, "shelf_placings", asker, address=PLACINGS, refusal=refusal, kept=kept, draft=held,
        begin=_begun(one) if one else {"app_id": given.get("app", "")}, rows=shown, called=called,
        names=await catalog.names([row.app_id for row in shown]), all_ages=AGES, levels=LEVELS,
        categories=[(each.code, each.name) for each in tree(front.categories)],
        events=[(each.code, each.name) for each in front.life_events],
        older=with_query(PLACINGS, **{"from": start + PAGE}) if start + PAGE < len(rows) else "",
    )  # fmt: skip


def _order(one: Placing) -> tuple[int, str]:
    return LAST if one.place is None else one.place, one.app_id


def _begun(one: Placing) -> dict[str, str]:
    return {
        "app_id": one.app_id, "place": "" if one.place is None else str(one.place),
        "categories": " ".join(one.categories), "life_events": " ".join(one.life_events),
        "least_level": str(one.least_level), "ages": " ".join(one.ages),
    }  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [placings, keep_placing]
