"""Giving a version to more citizens, and giving them a former one again."""

from typing import Final

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.web import confirming
from api.web.confirming import KEY
from api.web.operator.apps import ONE, app_page
from api.web.operator.place import APPS, OFFICE, filled
from banshi.errors import DomainError, InvalidInput
from miniapps.catalog import queries as catalog
from miniapps.release import service
from miniapps.release.rules.rising import Step

EVERYONE: Final = "everyone"


@post(f"{ONE}/promote", status_code=200)
async def promote(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give it to more; to everybody after asking once more."""
    form, asker = await filled(request)
    app = await catalog.app(asker.actor, app_id)
    if form.get("reach") == EVERYONE and not confirming.is_sure(form):
        step = confirming.Step(
            f"把 {app.name} {form.get('version')} 发布给所有人？",
            ("所有人下次打开时用到这个版本。", "出错太多时平台会自动停止发布，您也可以随时回滚。"),
            "发布给所有人", f"{APPS}/{app_id}", is_bad=False,
        )  # fmt: skip
        return confirming.ask(request, OFFICE, asker, step, _kept(form, "version", "reach", KEY))
    try:
        await service.promote(
            asker.actor, app_id, form.get("version"), _step(form),
            idempotency_key=confirming.key_of(form), now=asker.now,
        )  # fmt: skip
    except DomainError as refusal:
        return await app_page(request, asker, app_id, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}", done="promoted"))


@post(f"{ONE}/roll-back", status_code=200)
async def roll_back(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give everybody a former version again, after asking once more."""
    form, asker = await filled(request)
    app = await catalog.app(asker.actor, app_id)
    if form.get("reason") and not confirming.is_sure(form):
        step = confirming.Step(
            f"把 {app.name} 回滚到 {form.get('back_to')}？",
            ("所有人新打开时马上用到这个版本，正在试用的新版本收回。", f"原因：{form.get('reason')}"),
            "回滚", f"{APPS}/{app_id}",
        )  # fmt: skip
        return confirming.ask(request, OFFICE, asker, step, _kept(form, "back_to", "reason", KEY))
    try:
        await service.roll_back(
            asker.actor, app_id, form.get("back_to"), form.get("reason"),
            idempotency_key=confirming.key_of(form), now=asker.now,
        )  # fmt: skip
    except DomainError as refusal:
        return await app_page(request, asker, app_id, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}", done="rolled-back"))


def _step(form: Form) -> Step:
    """Return the step that a form asks for.  Raises: InvalidInput."""
    reach = form.get("reach")
    if reach == "percent":
        text = form.get("percent")
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            raise InvalidInput(field="percent", problem="请填写 1 至 100 的整数")
        return Step(percent=int(text))
    if reach == "regions":
        return Step(regions=(form.get("regions"),))
    return Step(everyone=reach == EVERYONE)


def _kept(form: Form, *names: str) -> dict[str, str]:
    return {name: form.get(name) for name in names}


ROUTES: list[ControllerRouterHandler] = [promote, roll_back]
