"""Credentials of a mini-app's back end: made, and rotated with an overlap; each is shown once."""

from datetime import datetime
from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.web.developer.place import APPS, about_app, builder, built
from api.web.mistakes import mistake
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import clients, teams
from miniapps.catalog import queries
from miniapps.catalog.errors import CredentialRotated
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.catalog.service.credentials import Credential
from miniapps.catalog.tables import MiniApp

ALL: Final = f"{APPS}/{{app_id:str}}/credentials"
LABELS: Final = {Environment.SANDBOX: "沙箱", Environment.PRODUCTION: "正式环境"}


@get(ALL)
async def list_(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show which credentials there are, and no secret."""
    asker = await builder(request, Scope.APPS_WRITE)
    return await _list(request, asker, await queries.own_app(asker.actor, app_id))


@post(ALL, status_code=200)
async def act(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Make or rotate credentials, and show the new secret this once; the same form again does nothing."""
    form, asker = await built(request, Scope.APPS_WRITE)
    app = await queries.own_app(asker.actor, app_id)
    try:
        if form.get("environment") not in list(Environment):
            raise InvalidInput(field="environment", problem="请重新选择环境")
        environment = Environment(form.get("environment"))
        made = await _done(asker, app_id, environment, form.get("act"), form.get("seen"))
    except DomainError as refusal:
        return await _list(request, asker, app, refusal=refusal)
    return await _list(request, asker, app, made=made)


async def _done(asker: Asker, app_id: str, environment: Environment, act: str, text: str) -> Credential:
    if act == "issue":
        return await credentials.issue(asker.actor, app_id, environment, now=asker.now)
    if act not in ("secret", "webhook"):
        raise InvalidInput(field="act", problem="请重新选择操作")
    try:
        seen = datetime.fromisoformat(text)
    except ValueError:
        raise CredentialRotated(client_id=credentials.client_id(app_id, environment)) from None
    rotate = credentials.rotate_secret if act == "secret" else credentials.rotate_webhook_secret
    return await rotate(asker.actor, app_id, environment, now=asker.now, seen=seen)


async def _list(
    request: AnyRequest, asker: Asker, app: MiniApp, *,
    refusal: DomainError | None = None, made: Credential | None = None,
) -> Response[bytes]:  # fmt: skip
    rows = await credentials.standings(asker.actor, app.app_id, now=asker.now)
    is_owner = await teams.is_owner(asker.actor)
    at = f"{APPS}/{app.app_id}/credentials"
    return await about_app(
        request, "developer_credentials", asker, app, at=at, address=at, made=made, labels=LABELS,
        rows=[(row, is_owner or row.environment is Environment.SANDBOX) for row in rows],
        days=clients.OVERLAP.days, **mistake(request, asker, refusal),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, act]
