"""Quality of an item (事项质量): the rules a provincial checker applies, with stable ids.

A contradiction in what the citizen is promised is an error; what merely reads badly is a warning.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from miniapps.items.rules._draft import Draft
from miniapps.items.rules._findings import Finding
from miniapps.items.rules._words import Delivery, Kind, Medium, Source, Target, Unit

Lint = Callable[[Draft], Iterator[Finding]]

_TYPE_CODES = {"01": Kind.PERMISSION, "05": Kind.PAYMENT, "07": Kind.CONFIRMATION, "08": Kind.REWARD,
               "09": Kind.RULING, "10": Kind.OTHER, "20": Kind.SERVICE}  # fmt: skip
_FIRM_EVENTS = {"business"}


def lint(draft: Draft) -> Iterator[Finding]:
    """Yield what the quality rules find."""
    for rule in LINTS:
        yield from rule(draft)


def instant_means_nought(draft: Draft) -> Iterator[Finding]:
    """Q1: an item done at once (即办件) promises 0, and only such an item does."""
    count, instant = draft.get("promised", "count"), bool(draft.get("instant"))
    if count is not None and (count == 0) != instant:
        fix = "承诺时限为 0 时写“即办件: 是”，否则写“即办件: 否”"
        yield draft.finding(("promised", "count"), "error", "Q1", "即办件与承诺时限不一致", fix)


def result_fits_its_name(draft: Draft) -> Iterator[Finding]:
    """Q2: …证/证书 ends with a certificate, …批复/批文 with a decision (凭证、证明 prove nothing here)."""
    name, kind = draft.get("result", "name") or "", draft.get("result", "kind")
    expected = None
    if name.endswith(("批复", "批文")):
        expected, word = "decision", "审批办结"
    elif name.endswith(("证", "证书")) and not name.endswith("凭证"):
        expected, word = "certificate", "出证办结"
    if expected and kind and kind != expected:
        problem = f"结果“{name}”与结果类型不一致"
        yield draft.finding(("result", "kind"), "error", "Q2", problem, f"改为{word}")


def trips_have_a_reason(draft: Draft) -> Iterator[Finding]:
    """Q3: a trip is declared with its reason; no trip has none."""
    trips, reason = draft.get("declared_trips"), draft.get("trip_reason")
    if trips and not reason:
        yield draft.finding(
            ("declared_trips",), "error", "Q3", "到场次数不为 0 却没有原因", "加上“到场原因: …”"
        )
    if trips == 0 and reason:
        yield draft.finding(("trip_reason",), "error", "Q3", "到场次数为 0 却写了原因", "删去到场原因")


def no_trip_without_a_way(draft: Draft) -> Iterator[Finding]:
    """Q4, Q5: no trip ⇔ handled wholly online; then no paper, and a result that need not be fetched."""
    trips, depth = draft.get("declared_trips"), draft.get("online_depth") or 4
    if trips == 0 and depth < 4:
        fix = "网办深度改为 4，或写明到场次数"
        yield draft.finding(("online_depth",), "error", "Q4", "到场 0 次却不能全程网办", fix)
    if trips and depth == 4:
        fix = "网办深度改为 3，或到场次数改为 0"
        yield draft.finding(("declared_trips",), "error", "Q5", "全程网办却要到场", fix)
    if trips == 0 and draft.get("delivery") == [Delivery.WINDOW]:
        yield draft.finding(("delivery",), "error", "Q4", "到场 0 次却只能窗口领取", "加上电子或邮寄")
    for number, row in draft.rows("materials"):
        if trips == 0 and row.get("medium") is Medium.PAPER:
            path = ("materials", number, "medium")
            yield draft.finding(path, "error", "Q4", "到场 0 次却只收纸质材料", "改为电子，或写明到场次数")


def phones_differ(draft: Draft) -> Iterator[Finding]:
    """Q7: complaints are not answered by the office complained of."""
    consult, complaint = draft.get("consult_phone"), draft.get("complaint_phone")
    if consult and consult == complaint:
        yield draft.finding(("complaint_phone",), "error", "Q7", "咨询电话与投诉电话相同", "写两个不同的电话")


def theme_fits_the_target(draft: Draft) -> Iterator[Finding]:
    """Q10: what serves persons only is not filed under business."""
    events = set(draft.get("life_events") or [])
    if draft.get("target") is Target.FIRM and events and not events & _FIRM_EVENTS:
        yield draft.finding(("life_events",), "warning", "Q10", "服务法人却归入个人主题", "改为“创业”")


def permissions_explain_themselves(draft: Draft) -> Iterator[Finding]:
    """Q11: a permission has questions answered, and steps that fit its promise."""
    total = sum(row.get("days") or 0 for _, row in draft.rows("steps"))
    promised = _days(draft, "promised")
    if promised is not None and total > promised:
        problem = f"环节时限之和 {total} 大于承诺时限 {promised}"
        yield draft.finding(("steps",), "error", "Q11", problem, "缩短环节，或放宽承诺")
    if draft.get("kind") is Kind.PERMISSION and not draft.get("faq"):
        yield draft.finding(("kind",), "warning", "Q11", "行政许可至少要有一个常见问题", "加上“常见问题”")


def promise_keeps_the_law(draft: Draft) -> Iterator[Finding]:
    """Q12: nobody may promise to be slower than the law."""
    promised, statutory = _days(draft, "promised"), _days(draft, "statutory")
    if promised is not None and statutory is not None and promised > statutory:
        fix = "缩短承诺时限"
        yield draft.finding(("promised", "count"), "error", "Q12", "承诺时限长于法定时限", fix)


def code_fits_the_kind(draft: Draft) -> Iterator[Finding]:
    """Q13: the third and fourth digits of the code are the task type of GB/T 39046 A.1."""
    code, kind = draft.get("code"), draft.get("kind")
    if code and kind and _TYPE_CODES.get(code[2:4]) is not kind:
        told = next(number for number, meant in _TYPE_CODES.items() if meant is kind)
        yield draft.finding(("code",), "error", "Q13", "编码第三、四位与事项类型不一致", f"应为 {told}")


def commitment_is_not_tolerance(draft: Draft) -> Iterator[Finding]:
    """Q14: a promise replaces a proof for good; a tolerated paper still follows.  One or the other."""
    for number, row in draft.rows("materials"):
        if row.get("commitment") and row.get("tolerated"):
            path = ("materials", number, "tolerated")
            yield draft.finding(path, "error", "Q14", "同一材料既可承诺代替又可后补", "只留一种")
        if row.get("source") is Source.IDENTITY and (row.get("commitment") or row.get("tolerated")):
            path = ("materials", number, "source")
            yield draft.finding(path, "error", "Q14", "登录身份即可证明，无需承诺或后补", "删去承诺、后补")


def every_question_counts(draft: Draft) -> Iterator[Finding]:
    """Q15: a question that decides nothing is a question asked for nothing."""
    used = set(re.findall(r"\w+", " ".join(_sources(draft.root))))
    for number, row in draft.rows("questions"):
        if row.get("id") and row["id"] not in used:
            problem = f"问题“{row['id']}”没有被任何条件用到"
            yield draft.finding(
                ("questions", number, "id"), "warning", "Q15", problem, "删去它，或在条件里使用"
            )


def permissions_can_be_contested(draft: Draft) -> Iterator[Finding]:
    """Q16: a refusal names where to turn (行政许可法 Art. 38)."""
    if draft.get("kind") not in (None, Kind.SERVICE) and not draft.get("remedy"):
        yield draft.finding(("kind",), "warning", "Q16", "行政权力事项没有写救济途径", "加上“救济”")


LINTS: tuple[Lint, ...] = (
    instant_means_nought,
    result_fits_its_name,
    trips_have_a_reason,
    no_trip_without_a_way,
    phones_differ,
    theme_fits_the_target,
    permissions_explain_themselves,
    promise_keeps_the_law,
    code_fits_the_kind,
    commitment_is_not_tolerance,
    every_question_counts,
    permissions_can_be_contested,
)


def _days(draft: Draft, limit: str) -> int | None:
    """In working days: a month counts 22; natural days count as written, the stricter reading."""
    count = draft.get(limit, "count")
    if count is None:
        return None
    return int(count) * 22 if draft.get(limit, "unit") is Unit.MONTH else int(count)


def _sources(value: Any) -> Iterator[str]:
    if hasattr(value, "scalar"):
        yield value.scalar.text
    elif hasattr(value, "values"):
        for below in value.values.values():
            yield from _sources(below)
    elif isinstance(value, list):
        for below in value:
            yield from _sources(below)
