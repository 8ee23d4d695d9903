"""Featured mini-apps: where, when, in which region and to whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web import charts, places
from api.web.operator.names import AGES, AREAS, LEVELS
from api.web.operator.place import SHELF, curator, filled
from api.web.operator.shelf_draft import ages, change, drafted, edited, level, moment, number, saved, typed
from banshi.errors import DomainError, InvalidInput
from identity import regions
from miniapps.catalog import queries as catalog
from miniapps.shelf.rules import Area, Edit, Slot, overlaps

SLOTS: Final = f"{SHELF}/slots"
AHEAD: Final = timedelta(days=30)  # of the picture


@get(SLOTS)
async def slots(request: AnyRequest) -> Response[bytes]:
    """Show the schedule, and one slot in the form when the address names it."""
    return await _slots(request, await curator(request))


@post(SLOTS, status_code=200)
async def keep_slot(request: AnyRequest) -> Response[bytes]:
    """Add a slot, change it, or drop it."""
    form, asker = await filled(request)
    try:
        if form.get("drop"):
            await change(asker, form, Edit(drop_slots=(form.get("drop"),)))
        else:
            await change(asker, form, Edit(slots=(_slot(form),)))
    except DomainError as refusal:
        return await _slots(request, asker, refusal=refusal, kept=form)
    return saved(SLOTS)


def _slot(form: Form) -> Slot:
    named, begins, ends = form.get("area"), moment(form, "begins"), moment(form, "ends")
    if ends <= begins:
        raise InvalidInput(field="ends", problem="请填写比开始更晚的时间")
    return Slot(
        code=form.get("code"), app_id=form.get("app_id"),
        area=Area(named) if named in list(Area) else Area.BANNER, place=number(form, "place"),
        region=form.get("region"), begins=begins, ends=ends,
        least_level=level(form), ages=ages(form),
    )  # fmt: skip


async def _slots(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held, now = await drafted(), asker.now
    rows = sorted(held.shelf.front.slots, key=lambda each: (each.ends <= now, each.begins, each.code))
    one = next((each for each in rows if each.code == request.query_params.get("code", "")), None)
    return await edited(
        request, "shelf_slots", asker, address=SLOTS, refusal=refusal, kept=kept, draft=held,
        begin=_begun(one) if one else {"place": "1", "region": regions.PROVINCE, "area": Area.BANNER},
        rows=[(row, regions.full_name(row.region), _when(row, now)) for row in rows],
        names=await catalog.names([row.app_id for row in rows]), areas=AREAS, all_ages=AGES, levels=LEVELS,
        regions=places.groups(), clashes=overlaps([row for row in rows if row.ends > now]),
        picture=_picture(rows, now), days=AHEAD.days,
    )  # fmt: skip


def _begun(one: Slot) -> dict[str, str]:
    return {
        "code": one.code, "app_id": one.app_id, "area": one.area, "place": str(one.place),
        "region": one.region, "begins": typed(one.begins), "ends": typed(one.ends),
        "least_level": str(one.least_level), "ages": " ".join(one.ages),
    }  # fmt: skip


def _when(row: Slot, now: datetime) -> tuple[str, str]:
    """Return whether a slot is shown now, as a word and its mark."""
    if row.ends <= now:
        return "已结束", "off"
    return ("正在展示", "") if row.begins <= now else ("还没开始", "warn")


def _picture(rows: Sequence[Slot], now: datetime) -> Markup:
    spans = [
        ((row.begins - now) / AHEAD, (row.ends - now) / AHEAD)
        for row in rows
        if row.ends > now and row.begins < now + AHEAD
    ]
    return charts.spans(spans, f"今后 {AHEAD.days} 天的排期：{len(spans)} 个推荐位，每行一个，从左到右是时间")


ROUTES: list[ControllerRouterHandler] = [slots, keep_slot]
