"""How a mini-app is used, how well it answers, and what the platform noticed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from litestar import Response, get
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from api.http.errors import AnyRequest
from api.pages.signed_in import place
from api.web import charts
from api.web.developer.place import APPS, about_app, builder
from api.web.words import PROBLEMS
from banshi.scopes import Scope
from miniapps.catalog import queries as catalog
from miniapps.insight import queries
from miniapps.insight.queries import Point, Totals
from miniapps.insight.rules.counting import CLASSES, COLUMNS, What
from miniapps.insight.rules.limits import LIMITS, SLOW, SLOW_MS, WINDOW
from miniapps.insight.tables import AppProblem

ONE: Final = f"{APPS}/{{app_id:str}}/usage"
SPANS: Final = {1: "今天起往前 24 小时", 7: "近 7 天", 30: "近 30 天"}
HOURLY_DAYS: Final = 7  # so long a time is drawn by hours, a longer one by days
PAGE: Final = 20
ERRORS_PER_MILLE: Final = next(limit.per_mille for limit in LIMITS if limit.bad is What.CALL_ERROR)
NOTHING: Final = Totals([0] * len(COLUMNS), [0] * CLASSES)


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
    days = int(asked) if asked in map(str, SPANS) else HOURLY_DAYS
    since = asker.now - timedelta(days=days)
    found = await queries.points(asker.actor, app_id, since=since, until=asker.now)
    versions = await queries.usage(asker.actor, app_id, since=since, until=asker.now)
    noticed = await queries.problems(asker.actor, app_id, first=PAGE, after=place(request))
    slots = _slots(found, since, asker.now, timedelta(hours=1) if days <= HOURLY_DAYS else timedelta(days=1))
    return await about_app(
        request, "developer_usage", asker, app, days=days, spans=SPANS,
        tiles=_tiles(slots, _sum([each.totals for each in found]), SPANS[days]),
        versions=[(each.version, each.totals) for each in versions], what=What, percent=percent, ms=ms,
        problems=[_noticed(row, asker.now) for row in noticed.rows],
        older=f"{APPS}/{app_id}/usage?days={days}&after={noticed.rows[-1].id}" if noticed.more else "",
    )  # fmt: skip


def percent(part: float | None) -> str:
    """Return a share as it is read: 12.5%; a dash when there was nothing to share."""
    return "—" if part is None else f"{part * 100:.1f}%"


def ms(length: float | None) -> str:
    """Return a time as it is read: 120 毫秒, 1.5 秒."""
    if length is None:
        return "—"
    return f"{length:.0f} 毫秒" if length < 1000 else f"{length / 1000:.1f} 秒"


def _slots(found: Sequence[Point], since: datetime, until: datetime, step: timedelta) -> list[Totals]:
    """Return what happened in each hour or day, also in those in which nothing did."""
    if not found:
        return []
    first = found[0].began_at
    first -= (first - since) // step * step
    held = {point.began_at: point.totals for point in found}
    return [held.get(first + n * step, NOTHING) for n in range((until - first) // step + 1)]


def _sum(all_: Sequence[Totals]) -> Totals:
    return Totals(
        [sum(column) for column in zip(NOTHING.counts, *(each.counts for each in all_), strict=True)],
        [sum(column) for column in zip(NOTHING.classes, *(each.classes for each in all_), strict=True)],
    )


def _tiles(slots: Sequence[Totals], whole: Totals, span: str) -> list[Tile]:
    count = whole.counts

    def counted(name: str, what: What, note: str = "") -> Tile:
        return Tile(
            name, f"{count[what]:,}", "次", _columns(slots, lambda each: each.counts[what], name, span), note
        )

    slow, limit = whole.quantile_ms(0.95), ERRORS_PER_MILLE / 1000
    consents = whole.consent_share
    return [
        counted("打开", What.OPEN),
        counted("接口调用", What.CALL),
        Tile("调用出错率", percent(whole.error_share), "",
             _columns(slots, lambda each: each.error_share or 0, "调用出错率", span, limit),
             f"出错 {count[What.CALL_ERROR]:,} 次；虚线是 {percent(limit)}，超过时新版本会自动停止"),
        Tile("响应时间", ms(whole.quantile_ms(0.5)), "一半的调用在这以内",
             _columns(slots, lambda each: each.quantile_ms(0.95) or 0, "响应时间", span, SLOW_MS),
             f"95% 的调用在 {ms(slow)} 以内；图是每段时间的 95% 值，虚线是 {ms(SLOW_MS)}"),
        Tile("授权同意率", percent(consents), "",
             charts.share(consents or 0, f"{span}授权同意率 {percent(consents)}"),
             f"请求 {count[What.CONSENT_ASKED]:,} 次，同意 {count[What.CONSENT_GRANTED]:,} 次，"
             f"拒绝 {count[What.CONSENT_REFUSED]:,} 次"),
        counted("页面出错", What.PAGE_ERROR),
        counted("投诉", What.COMPLAINT),
    ]  # fmt: skip


def _columns(
    slots: Sequence[Totals],
    value: Callable[[Totals], float],
    name: str,
    span: str,
    limit: float | None = None,
) -> Markup:
    values = [value(each) for each in slots]
    over = sum(1 for each in values if limit is not None and each > limit)
    told = f"{span}的{name}，分 {len(values)} 段时间" if any(values) else f"{span}没有数据"
    return charts.columns(values, told + (f"，其中 {over} 段超过虚线" if over else ""), limit=limit)


def _noticed(row: AppProblem, now: datetime) -> Noticed:
    if row.key == SLOW:
        told = f"{row.out_of:,} 次调用里，95% 的响应时间是 {ms(row.found)}，界限是 {ms(row.threshold)}"
    else:
        told = f"{row.out_of:,} 次里有 {row.found:,} 次，界限是 {percent(row.threshold / 1000)}"
    return Noticed(row, PROBLEMS[row.key], told, now - row.last_seen_at < WINDOW)


ROUTES: list[ControllerRouterHandler] = [one]
