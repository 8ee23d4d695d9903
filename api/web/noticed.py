"""What the platform noticed of a mini-app, as one says it: how much of what, and where the limit is."""

from api.web.words import PROBLEMS
from miniapps.insight.rules.limits import DATA_UNANSWERED, HELD, SLOW, UNFIT, WEBHOOK_OFF
from miniapps.insight.tables import AppProblem

BY_TIMES = frozenset({"consents_refused", HELD, UNFIT})  # the others are held against people


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
    if row.key == WEBHOOK_OFF:
        return f"接收地址已停用，{row.found:,} 条消息没有送达，请修复后在“消息推送”里重新登记"
    if row.key == DATA_UNANSWERED:
        return f"{row.found:,} 个请求过了期限还没有答复，请在“消息推送”里查看"
    if row.key == SLOW:
        return f"{row.out_of:,} 次调用里，95% 的响应时间是 {ms(row.found)}，界限是 {ms(row.threshold)}"
    unit = "次" if row.key in BY_TIMES else "人"
    return f"{row.out_of:,} {unit}里有 {row.found:,} {unit}，界限是 {percent(row.threshold / 1000)}"
