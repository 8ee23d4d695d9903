"""What the platform noticed of a mini-app, as one says it: how much of what, and where the limit is."""

from api.web.words import PROBLEMS
from miniapps.insight.rules.limits import SLOW
from miniapps.insight.tables import AppProblem


def percent(part: float | None) -> str:
    """Return a share as it is read: 12.5%; a dash when there was nothing to share."""
    return "—" if part is None else f"{part * 100:.1f}%"


def ms(length: float | None) -> str:
    """Return a time as it is read: 120 毫秒, 1.5 秒."""
    if length is None:
        return "—"
    return f"{length:.0f} 毫秒" if length < 1000 else f"{length / 1000:.1f} 秒"


def word(row: AppProblem) -> str:
    """Return what a problem is called."""
    return PROBLEMS[row.key]


def told(row: AppProblem) -> str:
    """Return a problem in a sentence."""
    if row.key == SLOW:
        return f"{row.out_of:,} 次调用里，95% 的响应时间是 {ms(row.found)}，界限是 {ms(row.threshold)}"
    return f"{row.out_of:,} 次里有 {row.found:,} 次，界限是 {percent(row.threshold / 1000)}"
