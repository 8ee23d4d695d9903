"""Calls through the gateway BCDSG (公共数据平台): the same answers, unwrapped, behind AK and SK.

Whoever is not let through gets 401 and one of four messages.
"""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, post

from api.http.errors import AnyRequest
from api.http.wires import parameters
from api.http.wires.calls import answered, turned_away
from api.http.wires.parameters import Parameters
from api.http.wires.signed import counted, signer
from identity.wires import clients, legal, personal, unified
from identity.wires.clients import Client
from identity.wires.errors import GatewayRefused
from identity.wires.tables import Wire
from storage import clock

AREA = "/restapi/prod"
TICKET_VALIDATION = f"{AREA}/IC33000020220228000002/sso/servlet/simpleauth"
PERSON_INFO = f"{AREA}/IC33000020220228000004/sso/servlet/simpleauth"
ACCESS_TOKEN = f"{AREA}/IC33000020220329000007/uc/sso/access_token"
USER_INFO = f"{AREA}/IC33000020220329000008/uc/sso/getUserInfo"
USER_QUERY = f"{AREA}/IC33000020220309000001/rest/user/query"
CALLBACK_URL = f"{AREA}/IC33000020220309000002/rest/callbackUrl"

METHODS = {TICKET_VALIDATION: personal.VALIDATION, PERSON_INFO: personal.USER_INFO}
NEEDED = {
    TICKET_VALIDATION: Wire.BCDSG, PERSON_INFO: Wire.BCDSG, ACCESS_TOKEN: Wire.UNIFIED,
    USER_INFO: Wire.UNIFIED, USER_QUERY: Wire.LEGAL, CALLBACK_URL: Wire.LEGAL,
}  # fmt: skip
FORBIDDEN = "The route_id is forbidden."


@post(list(NEEDED), status_code=200)
async def call(request: AnyRequest) -> Response[bytes]:
    """Let a signed call through to the wire that its route stands for."""
    address, now = await counted(request), await clock.now()
    route = str(request.scope["path"])
    try:
        client = await signer(request, address=address, now=now)
        served = await clients.of(client.client_id, now=now)
        if NEEDED[route] not in {each.wire for each in served}:
            raise GatewayRefused(FORBIDDEN)
    except GatewayRefused as refusal:
        return turned_away(refusal)
    answer = await _answer(route, await parameters.read(request), client, served, address=address, now=now)
    return answered(answer)


async def _answer(
    route: str, form: Parameters, client: Client, served: list[Client], *, address: str, now: datetime
) -> dict[str, Any]:
    match route:
        case route if route in METHODS:
            method = METHODS[route]
            meant = form.get("method", method) == method
            return await personal.simpleauth(
                {**form, "method": method} if meant else {}, gateway=client, address=address, now=now
            )
        case route if route == ACCESS_TOKEN:
            ticket, app_id = form.get("ticketId", ""), form.get("appId", "")
            return await unified.access_token(ticket, app_id, gateway=client, address=address, now=now)
        case route if route == USER_INFO:
            return await unified.user_info(form.get("token", ""), gateway=client, address=address, now=now)
        case route if route == USER_QUERY:
            return await legal.query(form.get("token", ""), gateway=client, address=address, now=now)
    return _callbacks(served)


def _callbacks(served: list[Client]) -> dict[str, Any]:
    """Return where legal persons may be sent back to; what else this route did is not known."""
    registered = [callback for each in served if each.wire is Wire.LEGAL for callback in each.callbacks]
    return {"success": True, "errCode": 0, "msg": "", "info": msgspec.json.encode(registered).decode()}


ROUTES = [call]
