"""How a mini-app is used, how well it answers, and what the platform noticed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from litestar import Response, get
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from api.http.errors import AnyRequest
from api.pages.signed_in import place
from api.web import charts, noticed
from api.web.developer import spans
from api.web.developer.place import APPS, about_app, builder
from api.web.developer.spans import Slot
from api.web.noticed import ms, percent
from banshi.scopes import Scope
from miniapps.catalog import queries as catalog
from miniapps.gateway import service as gateway
from miniapps.insight import queries
from miniapps.insight.queries import Totals
from miniapps.insight.rules.counting import What
from miniapps.insight.rules.limits import CALLS, SLOW_MS, WINDOW
from miniapps.insight.tables import AppProblem

ONE: Final = f"{APPS}/{{app_id:str}}/usage"
SPANS: Final = {1: "近 24 小时", 7: "近 7 天", 30: "近 30 天"}
USUAL: Final = 7
PAGE: Final = 20


class Tile(NamedTuple):
    """One figure with its picture."""

    name: str
    figure: str
    unit: str
    picture: Markup
    note: str


class Noticed(NamedTuple):
    """A problem in words."""

    row: AppProblem
    word: str
    told: str
    lasts: bool


@get(ONE)
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show the figures of a mini-app over one, seven or thirty days."""
    asker = await builder(request, Scope.APPS_READ)
    app = await catalog.own_app(asker.actor, app_id)
    asked = request.query_params.get("days", "")
    days = int(asked) if asked in map(str, SPANS) else USUAL
    since = spans.begin(asker.now, days)
    found = await queries.points(asker.actor, app_id, since=since, until=asker.now)
    versions = await queries.usage(asker.actor, app_id, since=since, until=asker.now)
    page = await queries.problems(asker.actor, app_id, first=PAGE, after=place(request))
    slots = spans.slots(found, asker.now, days)
    return await about_app(
        request, "developer_usage", asker, app, days=days, spans=SPANS,
        tiles=_tiles(slots, SPANS[days], "小时" if days == 1 else "天"), slots=slots[::-1] if found else [],
        versions=[(each.version, each.totals) for each in versions], what=What, percent=percent, ms=ms,
        problems=[_noticed(row, asker.now) for row in page.rows],
        quota=await gateway.quota(asker.actor, app_id),
        older=f"{APPS}/{app_id}/usage?days={days}&after={page.rows[-1].id}" if page.more else "",
    )  # fmt: skip


def _tiles(slots: Sequence[Slot], span: str, each: str) -> list[Tile]:
    whole = spans.added([slot.totals for slot in slots])
    count = whole.counts

    def counted(name: str, what: What) -> Tile:
        top = max(slots, key=lambda slot: slot.totals.counts[what])
        most = top.totals.counts[what]
        return Tile(
            name, f"{count[what]:,}", "次",
            _columns(slots, lambda totals: totals.counts[what], f"{span}每{each}的{name}次数"),
            f"最多的一{each}是 {top.name}：{most:,} 次" if most else "",
        )  # fmt: skip

    slow, limit = whole.quantile_ms(0.95), CALLS.per_mille / 1000
    consents = whole.consent_share
    return [
        counted("打开", What.OPEN),
        counted("接口调用", What.CALL),
        Tile("调用出错率", percent(whole.error_share), "",
             _columns(slots, lambda totals: totals.error_share or 0, f"{span}每{each}的调用出错率", limit),
             f"出错 {count[What.CALL_ERROR]:,} 次；虚线是 {percent(limit)}，出错的人超过时新版本会自动停止"),
        Tile("响应时间", ms(whole.quantile_ms(0.5)), "一半的调用在这以内",
             _columns(slots, lambda all_: all_.quantile_ms(0.95) or 0, f"{span}每{each}的响应时间", SLOW_MS),
             f"95% 的调用在 {ms(slow)} 以内；图是每{each}的 95% 值，虚线是 {ms(SLOW_MS)}"),
        Tile("授权同意率", percent(consents), "",
             charts.share(consents or 0, f"{span}授权同意率 {percent(consents)}"),
             f"请求 {count[What.CONSENT_ASKED]:,} 次，同意 {count[What.CONSENT_GRANTED]:,} 次，"
             f"拒绝 {count[What.CONSENT_REFUSED]:,} 次"),
        counted("页面出错", What.PAGE_ERROR),
        counted("投诉", What.COMPLAINT),
    ]  # fmt: skip


def _columns(
    slots: Sequence[Slot], value: Callable[[Totals], float], told: str, limit: float | None = None
) -> Markup:
    """Return a column for each slot; nothing where there is nothing to see."""
    values = [value(slot.totals) for slot in slots]
    if not any(values):
        return Markup("")
    over = sum(1 for each in values if limit is not None and each > limit)
    told += f"，其中 {over} 处超过虚线" if over else ""
    return charts.columns(values, told, limit=limit, ends=(slots[0].name, slots[-1].name))


def _noticed(row: AppProblem, now: datetime) -> Noticed:
    return Noticed(row, noticed.word(row), noticed.told(row), now - row.last_seen_at < WINDOW)


ROUTES: list[ControllerRouterHandler] = [one]
