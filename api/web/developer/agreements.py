"""The agreement on a mini-app (责任书): who has signed it, and signing it for the team."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.web.developer.place import APPS, about_app, builder, built
from api.web.mistakes import mistake
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import teams
from miniapps.catalog import queries
from miniapps.catalog.rules import Side
from miniapps.catalog.service import agreements
from miniapps.catalog.tables import AppSignature, MiniApp

ONE: Final = f"{APPS}/{{app_id:str}}/agreement"


@get(ONE)
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show the agreement and who has signed it."""
    asker = await builder(request, Scope.APPS_READ)
    return await _one(request, asker, await queries.own_app(asker.actor, app_id))


@post(f"{ONE}/sign", status_code=200)
async def sign(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Bind the team to the text that was shown; twice is once."""
    form, asker = await built(request, Scope.APPS_SIGN)
    app = await queries.own_app(asker.actor, app_id)
    try:
        if not form.get("agree"):
            raise InvalidInput(field="agree", problem="请先读完，再勾选同意")
        await agreements.sign(asker.actor, app_id, form.get("sha256"), now=asker.now)
    except DomainError as refusal:
        return await _one(request, asker, app, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}/agreement", done="signed"))


@post(f"{ONE}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Take the team's signature back; sent twice, it is done once."""
    form, asker = await built(request, Scope.APPS_SIGN)
    app = await queries.own_app(asker.actor, app_id)
    try:
        if Side.VENDOR in [each.side for each in await _living(asker, app)]:
            await agreements.withdraw(asker.actor, app_id, form.get("reason"), now=asker.now)
    except DomainError as refusal:
        return await _one(request, asker, app, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}/agreement", done="unsigned"))


async def _living(asker: Asker, app: MiniApp) -> list[AppSignature]:
    rows = (await queries.signatures_of(asker.actor, [app.id]))[app.id]
    return [row for row in rows if row.withdrawn_at is None]


async def _one(
    request: AnyRequest, asker: Asker, app: MiniApp, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    rows = (await queries.signatures_of(asker.actor, [app.id]))[app.id]
    is_owner = await teams.is_owner(asker.actor)
    newest = {row.side: row for row in rows}
    return await about_app(
        request, "developer_agreement", asker, app, at=f"{APPS}/{app.app_id}/agreement",
        address=f"{APPS}/{app.app_id}/agreement", text=agreements.text(Side.VENDOR),
        bound=agreements.bound(app, rows), department=newest.get(Side.DEPARTMENT),
        vendor=newest.get(Side.VENDOR), sides=Side, may_sign=is_owner and asker.actor.may(Scope.APPS_SIGN),
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [one, sign, withdraw]
