"""The pictures on the operator's screens, each with its words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from api.web import charts
from identity import regions
from miniapps.insight.queries import Point
from miniapps.insight.rules.counting import COLUMNS, What, share
from miniapps.insight.rules.limits import CALLS
from miniapps.release.rules.rising import Standing
from miniapps.review.queries import Figures
from miniapps.review.rules import DAYS as PROMISED
from miniapps.review.rules import Lane
from storage.clock import SHANGHAI

HOUR: Final = timedelta(hours=1)
DAY_S: Final = 24 * 3600
NOTHING: Final = [0] * len(COLUMNS)
ERRORS_LIMIT: Final = CALLS.per_mille / 1000

Hours = Sequence[tuple[datetime, Sequence[int]]]  # when each began, and its counts by `What`


def by_hour(points: Sequence[Point], *, now: datetime, hours: int) -> Hours:
    """Return the counts of each of the last hours, oldest first, also of those in which nothing happened."""
    known = {point.began_at: point.totals.counts for point in points}
    last = now.replace(minute=0, second=0, microsecond=0)
    return [(at, known.get(at, NOTHING)) for at in (last - HOUR * back for back in range(hours - 1, -1, -1))]


def in_hours(points: Sequence[Point]) -> list[Point]:
    """Return points of minutes added up to hours."""
    found: dict[datetime, Point] = {}
    for point in points:
        at = point.began_at.replace(minute=0, second=0, microsecond=0)
        before = found.get(at)
        counts = point.totals.counts
        if before is not None:
            counts = [one + other for one, other in zip(before.totals.counts, counts, strict=True)]
        found[at] = Point(at, point.totals._replace(counts=counts))
    return list(found.values())


def sums(hours: Hours) -> Mapping[str, int]:
    """Return how often each thing happened over all hours, by the name of the thing."""
    return {what.name: sum(counts[what] for _, counts in hours) for what in What}


def pictures(figures: Figures) -> Mapping[str, Markup]:
    """Return the pictures of how reviews go, by what they show."""
    late = share(figures.overdue, figures.waiting) or 0.0
    refused = share(figures.refused, figures.decided) or 0.0
    promised = PROMISED[Lane.NORMAL]
    slow = (figures.p90_s or 0) / (promised * DAY_S)
    return {
        "late": charts.share(late, f"等待审核的 {figures.waiting} 个中，{figures.overdue} 个超期"),
        "slow": charts.share(slow, f"九成在 {length(figures.p90_s)}内审完，承诺 {promised} 个工作日"),
        "refused": charts.share(refused, f"审完的 {figures.decided} 个中，{figures.refused} 个退回"),
    }  # fmt: skip


def use(hours: Hours) -> Mapping[str, Markup]:
    """Return the pictures of how often mini-apps were opened and called, and how often that failed.

    What did not happen at all has none.
    """
    opens = [counts[What.OPEN] for _, counts in hours]
    calls = [counts[What.CALL] for _, counts in hours]
    failed = [share(counts[What.CALL_ERROR], counts[What.CALL]) or 0.0 for _, counts in hours]
    words = (
        f"最近 {len(hours)} 小时每小时出错比例，最高 {percent(max(failed))}，警戒线 {percent(ERRORS_LIMIT)}"
    )
    return {
        "opens": _columns(hours, opens, f"最近 {len(hours)} 小时每小时打开次数，最多 {max(opens)} 次"),
        "calls": _columns(hours, calls, f"最近 {len(hours)} 小时每小时调用次数，最多 {max(calls)} 次"),
        "failed": charts.columns(failed, words, limit=ERRORS_LIMIT, ends=_ends(hours))
        if any(calls)
        else Markup(""),
    }


def _columns(hours: Hours, counts: Sequence[int], words: str) -> Markup:
    return charts.columns(counts, words, ends=_ends(hours)) if any(counts) else Markup("")


def _ends(hours: Hours) -> tuple[str, str]:
    first, last = (at.astimezone(SHANGHAI).hour for at in (hours[0][0], hours[-1][0]))
    return f"{first} 时", f"{last} 时"


def reach(now: Standing) -> Markup:
    """Return how many of all citizens have the newest version, as a bar."""
    if now.candidate is None:
        return charts.share(1.0 if now.stable else 0.0, "所有人用同一个版本" if now.stable else "还没有发布")
    places = "、".join(regions.full_name(code) for code in now.regions)
    words = f"试用版本：{now.percent}% 的人" + (f"，以及{places}的所有人" if places else "")
    return charts.share(now.percent / 100, words)


def percent(part: float) -> str:
    """Return a ratio as one says it."""
    return f"{part * 100:.1f}".removesuffix(".0") + "%"


def length(seconds: float | None) -> str:
    """Return how long something took, as one says it; “—” when there is nothing to measure."""
    if seconds is None:
        return "—"
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} 分钟"
    if seconds < 2 * DAY_S:
        return f"{seconds / 3600:.1f} 小时".replace(".0 ", " ")
    return f"{seconds / DAY_S:.1f} 天".replace(".0 ", " ")
