"""The developer's office: who is in it, and for which team."""

from typing import Any, Final

from litestar import Response

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go
from api.pages.signed_in import holder, sender
from api.web.office import Office, Section, shown
from api.web.words import APP_STATES
from banshi.scopes import Scope
from identity import teams
from identity.roles import Role
from miniapps.catalog.tables import MiniApp

HOME: Final = "/developer"
TEAMS: Final = "/developer/teams"
KEYS: Final = "/developer/keys"
UPLOAD: Final = "/developer/upload"
APPS: Final = "/developer/apps"
TABS: Final = (
    ("", "概况"),
    ("/agreement", "责任书"),
    ("/credentials", "接口密钥"),
    ("/webhooks", "消息推送"),
    ("/release", "发布"),
    ("/usage", "使用情况"),
    ("/ratings", "评价"),
    ("/defects", "缺陷"),
)
"""The pages of one mini-app."""
OFFICE: Final = Office(
    title="开发者中心",
    home=HOME,
    scope=Scope.APPS_WRITE,
    sections=(
        Section(HOME, "我的应用"),
        Section(UPLOAD, "上传安装包"),
        Section(KEYS, "签名密钥"),
        Section(TEAMS, "我的团队"),
    ),
    done={
        "team-made": "团队已创建。",
        "invited": "已发出邀请，等对方在自己的“我的团队”里接受。",
        "joined": "您已加入团队。",
        "declined": "已谢绝邀请。",
        "left": "成员资格已结束。",
        "key-added": "密钥已登记，可以用它签名了。",
        "key-retired": "密钥已停用，不能再签新的安装包；已经签过的照常使用。",
        "key-revoked": "密钥已吊销，用它签名的版本不再提供。",
        "handed-in": "安装包已提交，机器正在检查，一般三分钟内有结果。",
        "handed-in-before": "同样的安装包已经提交过，这就是那一个版本。",
        "withdrawn": "版本已撤回。",
        "signed": "已签署，对团队生效。",
        "unsigned": "签署已撤回。",
        "promoted": "已发布，新打开的用户马上用到。",
        "rolled-back": "已回滚，新打开的用户马上用到。",
        "webhook-registered": "地址已保存，从现在起向它推送；还没有送达的马上推送。",
        "webhook-removed": "地址已删除，不再推送。",
        "webhook-tried": "测试消息已经发出，结果在下面的推送记录里。",
        "webhook-replayed": "已安排重新推送，结果在推送记录里。",
        "data-answered": "答复已记录。",
        "replied": "回复已发出。",
        "moved": "缺陷的状态已更新。",
        "noted": "说明已保存，审核人员看得到。",
        "appealed": "申诉已提交，由另一位审核人员再看一次。",
    },
)


class NoTeam(Exception):
    """Who is here does not act for a team yet."""


async def builder(request: AnyRequest, scope: Scope = Scope.APPS_WRITE) -> Asker:
    """Return who acts for a team of developers.

    Raises: NotSignedIn, ScopeMissing, RateLimited; NoTeam, which leads to the teams.
    """
    asker = await holder(request)
    if not asker.actor.is_a(Role.DEVELOPER):
        raise NoTeam
    return await holder(request, scope)


async def built(request: AnyRequest, scope: Scope = Scope.APPS_WRITE) -> tuple[Form, Asker]:
    """Return what a form says and who sent it for his team; raises as `builder` does, and FormExpired."""
    form, _ = await sender(request, Scope.PROFILE_READ)
    return form, await builder(request, scope)


def to_teams(request: AnyRequest, error: NoTeam) -> Response[bytes]:
    """Send the browser to where a team is chosen or founded."""
    return go(TEAMS)


async def in_team(request: AnyRequest, template: str, asker: Asker, **values: Any) -> Response[bytes]:
    """Return a page of the developer's office that names the team acted for."""
    named = await teams.by_ids([asker.actor.acting_for])
    return shown(request, OFFICE, template, asker, team=named[0].name if named else "", **values)


async def about_app(
    request: AnyRequest, template: str, asker: Asker, app: MiniApp, **values: Any
) -> Response[bytes]:
    """Return a page about one mini-app of the team, with the other pages about it."""
    return await in_team(
        request, template, asker, app=app, base=f"{APPS}/{app.app_id}", tabs=TABS,
        app_called=APP_STATES[app.state], **values,
    )  # fmt: skip
