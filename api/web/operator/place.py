"""The operator's office: its sections, who may be there, and what was done."""

from typing import Any, Final

from litestar import Response

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web.office import Office, Section, present, sent, shown
from banshi.scopes import Scope

HOME: Final = "/operator"
REVIEWS: Final = "/operator/reviews"
APPS: Final = "/operator/apps"
SWITCHES: Final = "/operator/switches"
SHELF: Final = "/operator/shelf"
COMMENTS: Final = "/operator/comments"
COMPLAINTS: Final = "/operator/complaints"
DEFECTS: Final = "/operator/defects"
TESTERS: Final = "/operator/testers"
PAGE: Final = 20  # rows of a list

OFFICE: Final = Office(
    title="运营台",
    home=HOME,
    scope=Scope.APPS_REVIEW,
    sections=(
        Section(HOME, "总览"),
        Section(REVIEWS, "审核"),
        Section(APPS, "应用"),
        Section(SWITCHES, "停用开关"),
        Section(SHELF, "应用目录"),
        Section(COMMENTS, "评价"),
        Section(COMPLAINTS, "投诉"),
        Section(DEFECTS, "缺陷"),
        Section(TESTERS, "体验官"),
    ),
    done={
        "claimed": "已领取，四十五分钟内由您审核。再领取一次可以延长。",
        "unclaimed": "已交还，别人可以领取。",
        "attached": "截图已添加，退回时可以引用。",
        "approved": "已通过。开发单位现在可以发布这个版本。",
        "refused": "已退回，理由已告诉开发单位。",
        "hurried": "已转入应急通道，一个工作日内审完。",
        "promoted": "发布范围已扩大。",
        "rolled-back": "已回滚，新打开应用的人马上用到这个版本。",
        "quota": "调用限额已更新，两秒内生效。",
        "off": "已停用，马上生效。",
        "on": "已恢复。",
        "drafted": "草稿已保存，发布以后群众才看得到。",
        "published": "目录已发布，马上生效。",
        "discarded": "草稿已放弃。",
        "restored": "已恢复到原来的目录，马上生效。",
        "shown": "评价已公开。",
        "not-shown": "评价不公开，理由已告诉写的人。",
        "answered": "答复已发出。",
        "moved": "缺陷的状态已更新。",
        "replied": "已回复。",
        "appointed": "体验官已聘任。",
        "assigned": "已请他试用，他会收到消息。",
        "unassigned": "他不再试用。他重新登录以后，打开的是大家用的版本。",
        "dismissed": "聘期已结束。",
    },
)


async def curator(request: AnyRequest) -> Asker:
    """Return the operator who is here.  Raises: NotSignedIn, ScopeMissing, RateLimited."""
    return await present(request, OFFICE)


async def filled(request: AnyRequest) -> tuple[Form, Asker]:
    """Return what a form says and which operator sent it; raises as `curator`, and FormExpired."""
    return await sent(request, OFFICE)


def here(request: AnyRequest, template: str, asker: Asker, **values: Any) -> Response[bytes]:
    """Return a page of the office."""
    return shown(request, OFFICE, f"operator_{template}", asker, **values)
