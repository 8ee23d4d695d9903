"""What a page with a form says after a refusal: what is wrong, and beside which field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from api.pages import words
from api.pages.words import Problem
from api.web.sayings import SAYINGS
from banshi.errors import DomainError, InvalidInput

TOLD: Final[Mapping[str, str]] = {
    **SAYINGS,
    "APP_TOO_MANY": "一个团队最多登记 50 个应用，请使用已有的应用编号，或者联系平台。",
    "TEAM_STORAGE_FULL": "团队的安装包已经占满空间，请减小安装包或者联系平台。退回和撤回的版本到期自动清理。",
    "APP_TOO_MANY_VERSIONS": "这个应用 24 小时内提交的版本太多，请明天再提交。试用请运行 miniapp dev。",
    "APP_FILES_REMOVED": "这个版本的文件已经清理，不能再申诉。请用新的版本号提交。",
    "APP_ID_TAKEN": "这个应用编号已经属于别的团队，请在清单里换一个 id。",
    "APP_VERSION_EXISTS": "这个版本号已经提交过，而且内容不同。请在清单里提高版本号。",
    "APP_IN_REVIEW": "这个应用有一个版本正在审核。请等结果，或者先撤回它。",
    "APP_VERSION_MOVE_REFUSED": "这个版本的审核已经结束，不能再这样操作。请刷新页面看它的状态。",
    "APP_NOT_APPROVED": "这个版本还没有通过审核。",
    "APP_PACKAGE_NEEDED": "请上传安装包。",
    "APP_PACKAGE_UNSIGNED": "安装包不是用本团队有效的密钥签名的。请先在“签名密钥”里登记公钥。",
    "APP_FILE_DAMAGED": "文件暂时不能显示，请稍后再试。",
    "MANIFEST_REFUSED": "应用清单有误，请按 miniapp check 的说明改正。",
    "PACKAGE_REFUSED": "安装包没有被接受，原因列在下面。",
    "REVIEW_APPEAL_REFUSED": "这个版本不能再申诉。请改好后用新的版本号提交。",
    "APP_AGREEMENT_OUTDATED": "责任书的内容更新了，请读过新的内容再签署。",
    "APP_AGREEMENT_SAME_HAND": "您已经代表另一方签署，请由另一个人签署这一方。",
    "TEAM_OWNER_NEEDED": "只有团队负责人可以这样做。",
    "APP_CREDENTIAL_EXISTS": "接口密钥已经生成过。如果丢失了，请更换。",
    "WEBHOOK_REFUSED": "不能推送到这个地址。请填写公网可以访问的 https 地址。",
    "DATA_QUESTION_NOT_FOUND": "没有这个请求，请刷新页面再试。",
    "WEBHOOK_NOT_FOUND": "还没有接收地址，请先登记。",
    "APP_CREDENTIAL_NOT_FOUND": "还没有接口密钥，请先生成。",
    "APP_CREDENTIAL_ROTATED": "这个密钥刚刚换过，新的密钥只在那时显示一次。如果没有记下，请再更换一次。",
    "TEAM_KEY_REVOKED": "这个密钥已被吊销，不能再用。请生成一个新的。",
    "BODY_TOO_LARGE": "文件太大，安装包不能超过 20 MB。",
    "UNAVAILABLE": "系统暂时没有应答，请稍后再试。您填写的内容没有提交。",
}
"""Refusals that developers and operators meet, by code."""


def problem_of(refusal: DomainError, *, now: datetime) -> Problem:
    """Return what to tell, beside which field."""
    if isinstance(refusal, InvalidInput) and not words.HAN.search(str(refusal.data["problem"])):
        return Problem(refusal.data["field"], f"这一项不合要求（{refusal.data['problem']}）")
    if refusal.code in TOLD:
        return Problem("", TOLD[refusal.code])
    return words.problem_of(refusal, now=now)
