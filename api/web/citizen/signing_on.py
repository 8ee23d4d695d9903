"""The host's `ssoTicket`: the back end of an old page learns who uses it, by the citizen's own word.

What it would learn cannot be narrowed, so it is shown whole, and asked for once.
"""

from typing import Any

from litestar import Response, post
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from api.graphql import execute
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.web.citizen import sayings
from api.web.citizen.place import filled
from banshi.errors import DomainError
from banshi.scopes import Scope
from identity.wires import clients, consent, passes
from identity.wires.clients import Client
from identity.wires.errors import WireConsentNeeded
from identity.wires.tables import Wire


@post("/apps/{app_id:str}/ticket", status_code=200)
async def ticket(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Tell a script `{result, ticketId}`, or the `question` that the citizen has to say yes to first.

    `result` is false for a mini-app that does not speak this wire.
    """
    form, asker = await filled(request, Scope.APPS_OPEN)
    known = [] if "\0" in app_id else await clients.of(app_id, now=asker.now)
    client = next((each for each in known if each.wire is Wire.UNIFIED), None)
    if client is None:
        return _told({"result": False})
    try:
        return _told(await _issued(asker, client, agrees=form.get("decision") == "yes"))
    except DomainError as refusal:
        body = {"code": refusal.code, "problem": sayings.told(refusal, now=asker.now)}
        return _told(body, refusal.status)


async def _issued(asker: Asker, client: Client, *, agrees: bool) -> dict[str, Any]:
    if agrees:
        passes.check_context(asker.actor, client)
        await consent.give(asker.actor, client, now=asker.now)
    try:
        return {"result": True, "ticketId": await passes.issue(asker.actor, client, now=asker.now)}
    except WireConsentNeeded:
        return {"question": {
            "name": client.name, "operator": client.operator, "told": consent.TOLD[client.wire],
            "isTrial": client.test_users_only,
        }}  # fmt: skip


def _told(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(execute.encode(body), status_code=status, media_type=MediaType.JSON)


ROUTES: list[ControllerRouterHandler] = [ticket]
