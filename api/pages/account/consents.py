"""What one lets applications do and know: seen, and withdrawn as easily as given (个人信息保护法 15)."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.account.muting import writers
from api.pages.local import go, with_query
from api.pages.names import app_names
from api.pages.signed_in import holder, sender, shown
from banshi.scopes import Scope
from identity import consents, verdicts
from identity.oidc.claims import in_order, title
from identity.wires import consent as wires
from miniapps.stores import queries as stores
from miniapps.stores import service

PATH = "/account/consents"


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the consents in force, and what is kept by them."""
    asker = await holder(request, Scope.APPS_OPEN)
    rows = await consents.of(asker.actor.acting_for)
    writing = await writers(asker.actor, rows)
    names = await app_names({*(row.app_id for row in rows), *(each.app_id for each in writing)})
    told = {
        row.id: [*wires.told_of(row.app_id), *map(title, in_order([*row.claims, *row.scopes]))]
        for row in rows
    }
    kept = {store.app_id: store for store in await stores.stores(asker.actor)}
    return await shown(
        request, "consents", asker, rows=rows, names=names, told=told, writing=writing, kept=kept
    )


@post(f"{PATH}/withdraw", status_code=200)
async def withdraw(request: AnyRequest) -> Response[bytes]:
    """Take one back: the application's tokens are dead at once."""
    form, asker = await sender(request, Scope.APPS_OPEN)
    await consents.withdraw(asker.actor, form.get("app"), now=asker.now)
    verdicts.forget(asker.actor)
    return go(with_query(PATH, done="withdrawn"))


@post(f"{PATH}/clear", status_code=200)
async def clear(request: AnyRequest) -> Response[bytes]:
    """Delete all that one application keeps; the consent stays."""
    form, asker = await sender(request, Scope.APPS_OPEN)
    await service.clear(asker.actor, form.get("app"), now=asker.now)
    return go(with_query(PATH, done="cleared"))


ROUTES: list[ControllerRouterHandler] = [list_, withdraw, clear]
