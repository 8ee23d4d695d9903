"""The developer's pages in the authorization tables: the status of each, and what each leads whom to."""

from typing import Any, Literal

NEW_APP = "new-app"  # of the developers of `authz_world`
KEY = "/developer/keys/{key_id:uuid}/revoke"
APP = "/developer/apps/{app_id:str}"
VERSION = f"{APP}/versions/{{version_id:uuid}}"
DELIVERY = f"{APP}/webhooks/{{delivery_id:uuid}}"
DEFECT = f"{APP}/defects/{{defect_id:uuid}}"
TEAM = "/developer/teams/{team_id:uuid}"
OF_APP = {"app_id": NEW_APP}
OF_VERSION = {**OF_APP, "version_id": "$app version"}
OF_DELIVERY = {**OF_APP, "delivery_id": "$delivery"}
OF_DEFECT = {**OF_APP, "defect_id": "$defect"}
INVITED = {"id_number": "$number of the guest", "name": "$name of the guest", "role": "tester"}
LED = "v ~~~ ~~~ ~~ ~~~"
"""Who acts for no team is led to where one is chosen; who does, of which team, is tried in tests/api/web."""

Given = tuple[Literal["page", "form"], str, str, tuple[str, ...], dict[str, Any]]


def page(path: str, cells: str = LED, /, *absent: str, **given: Any) -> Given:
    return "page", path, cells, absent, given


def form(path: str, cells: str = LED, /, *absent: str, **given: Any) -> Given:
    return "form", path, cells, absent, given


GIVEN: tuple[Given, ...] = (
    page("/developer"),
    page("/developer/teams", "v +~~ s~s ss sss"),
    page(TEAM, "v +-- s-s ss sss", "team_id", team_id="$team"),
    form("/developer/teams", "v ~~~ s~s ss sss", name="新团队"),
    form("/developer/teams/answer", "v -~- s-s ss sss", "id", id="$invitation", answer="accept"),
    form(f"{TEAM}/invite", "v ~-- s-s ss sss", "team_id", team_id="$team", **INVITED),
    form(f"{TEAM}/dismiss", "v k-- s-s ss sss", "id", team_id="$team", id="$membership"),
    page("/developer/keys"),
    page("/developer/upload"),
    page(KEY, key_id="$key"),
    page(APP, **OF_APP),
    page(VERSION, **OF_VERSION),
    page(f"{APP}/agreement", **OF_APP),
    form(f"{APP}/agreement/sign", **OF_APP, sha256="0" * 64, agree="yes"),
    form(f"{APP}/agreement/withdraw", **OF_APP, reason="换了主管单位"),
    page(f"{APP}/credentials", **OF_APP),
    form(f"{APP}/credentials", **OF_APP, environment="sandbox", act="issue"),
    page(f"{APP}/webhooks", **OF_APP),
    form(f"{APP}/webhooks", **OF_APP, environment="sandbox", act="remove"),
    page(DELIVERY, **OF_DELIVERY),
    form(f"{DELIVERY}/replay", **OF_DELIVERY),
    page(f"{APP}/usage", **OF_APP),
    page(f"{APP}/mgopSchema.json", **OF_APP),
    page(f"{APP}/release", **OF_APP),
    page(f"{APP}/release/promote", **OF_APP, version="1.0.0", to="everyone"),
    form(f"{APP}/release/promote", **OF_APP, version="1.0.0", to="everyone", key="1"),
    page(f"{APP}/release/roll-back", **OF_APP, version="1.0.0"),
    form(f"{APP}/release/roll-back", **OF_APP, version="1.0.0", reason="有错误", key="1"),
    page(f"{APP}/ratings", **OF_APP),
    page(f"{APP}/defects", **OF_APP),
    page(DEFECT, **OF_DEFECT),
    form(f"{DEFECT}/reply", **OF_DEFECT, text="收到"),
    form(f"{DEFECT}/move", **OF_DEFECT, to="fixing"),
    form("/developer/keys", name="密钥", publicKey="ab" * 32),
    form("/developer/keys/retire", id="$key"),
    form(KEY, key_id="$key", reason="丢了"),
    form(f"{VERSION}/withdraw", **OF_VERSION),
    form(f"{VERSION}/note", **OF_VERSION, note="请用沙箱里的王芳试"),
    form(f"{VERSION}/appeal", **OF_VERSION, why="首页有客服电话，在页面最下面"),
    page(f"{VERSION}/shots/{{name:str}}", **OF_VERSION, name="index.html-normal.png"),
)

WITH_A_FILE = {("POST", "/developer/upload"): "a form with a file: tests/api/web"}

STATUSES = {
    **{("GET" if how == "page" else "POST", path): 303 if how == "page" else 415 for how, path, *_ in GIVEN},
    **dict.fromkeys(WITH_A_FILE, 415),
}
"""Who comes without a cookie is a visitor, and a form without its type is none."""
