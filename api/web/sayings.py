"""What refusals of reviews, releases and the shelf mean to those who work with them, in plain Chinese."""

from collections.abc import Mapping
from typing import Final

SAYINGS: Final[Mapping[str, str]] = {
    "APP_NOT_FOUND": "没有找到这个应用或者这个版本，请检查填写的内容。",
    "APP_OWN_RELEASE": "这个版本是您自己提交的，请由另一位审核人员处理。",
    "REVIEW_OVER": "这次审核已经结束，请刷新页面查看结果。",
    "REVIEW_TAKEN": "另一位审核人员正在查看，请选别的，或者过一会儿再来。",
    "REVIEW_NOT_CLAIMED": "请先领取，再作决定。",
    "REVIEW_NOT_FOR_YOU": "您提交过这个版本，或者上一轮是您审的，请由另一位审核人员处理。",
    "APP_AGREEMENT_MISSING": "主管单位和开发单位还没有都签署接入责任书，不能通过，也不能发布。",
    "RELEASE_VERSION_REFUSED": "这个版本不能发布：它已被停用，或者所有人已经在用它。",
    "APP_VERSION_KEY_REVOKED": "这个版本的签名密钥已被吊销，它不能再启用、发布。请换密钥签名，提交新的版本。",
    "RELEASE_UNDER_WAY": "另一个版本正在试用，请先把它回滚。",
    "RELEASE_NOT_RISING": "这一步没有增加任何人。发布范围只能扩大；要缩小，请回滚。",
    "IDEMPOTENCY_KEY_REUSED": "这个页面已经提交过另一步操作，请刷新后再试。",
    "SWITCH_NOT_FOUND": "没有找到要停用的对象，请检查填写的内容。",
    "SHELF_DRAFT_CHANGED": "草稿刚被别人修改过。您填写的内容还在，请看过现在的草稿后再提交。",
    "SHELF_NOTHING_DRAFTED": "没有可以发布的草稿，可能已经发布或者放弃了。",
    "RATING_NOT_FOUND": "这条评价已经处理过，或者写的人改了内容。",
    "DEFECT_MOVE_REFUSED": "缺陷的状态已经变了，不能这样处理，请刷新页面查看。",
}
"""By code."""
