"""What refusals mean to a citizen at his own matters, in plain Chinese."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from api.http.errors import AnyRequest
from api.pages import words
from banshi.errors import DomainError

TOLD: Final[Mapping[str, str]] = {
    "CASE_NOT_FOUND": "没有找到这份办件。",
    "CASE_MOVE_REFUSED": "这份办件的进度已经变了，不能这样操作。请刷新页面查看。",
    "CASE_ITEM_NOT_OFFERED": "您选的地区还不能办这件事，请换一个办理地区。",
    "CASE_NOT_FOR_THIS_PARTY": "您现在的办理身份不能办这件事，请更换办理身份。",
    "CASE_ANSWERS_MISSING": "还有问题没有回答，请回到第一步。",
    "CASE_FORM_INVALID": "表格还有没填好的地方，请回到“填表”检查。",
    "CASE_MATERIALS_MISSING": "还有材料没有准备好，请回到“材料”检查。",
    "CASE_WAY_NOT_OFFERED": "有一份材料不能用您选的办法，请重新选择。",
    "CASE_COMMITMENT_BARRED": "您暂时不能用书面承诺代替材料，请上传材料。",
    "CASE_DELIVERY_NOT_OFFERED": "这件事不能用您选的领取方式，请重新选择。",
    "CASE_NOT_APPLICANT": "只有申请人本人可以这样做。",
    "CASE_REASON_MISSING": "请写明理由。",
    "IDEMPOTENCY_KEY_REUSED": "这个页面已经提交过，请刷新后再试。",
    "ITEM_NOT_FOUND": "没有找到这个事项，它可能已经停办。",
    "APP_NOT_FOUND": "没有找到这个应用，或者它还没有向您开放。",
    "TRIP_NOT_YET_JUDGED": "还没有跑动结论，请过一会儿再来。",
    "UNAVAILABLE": "系统暂时没有应答，请稍后再试。您填的内容不会丢。",
}
"""By code; others say it themselves."""


def told(refusal: DomainError, *, now: datetime) -> str:
    """Return a refusal in the citizen's words."""
    return TOLD.get(refusal.code) or words.said(refusal, now=now).text


def refused(request: AnyRequest, refusal: DomainError, *, now: datetime) -> dict[str, Any]:
    """Return what a page shows again after a refusal: its status, and what is wrong.

    The page itself may be seen, so it is none of 403: that says that a form has expired.
    """
    request.scope["state"]["codes"] = [refusal.code]
    return {"status": 409 if refusal.status == 403 else refusal.status, "problem": told(refusal, now=now)}
