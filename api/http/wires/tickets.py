"""The host app asks for a ticket, so that a mini-app may learn who uses it (the bridge's `ssoTicket`).

POST /uc/sso/ticket  {"appId": …, "consent": true}  ->  {"result": true, "ticketId": …}
"""

import msgspec
from litestar import Response, post

from api.http.asking import holder_of
from api.http.body import read_json
from api.http.errors import AnyRequest
from api.http.wires.calls import answered
from banshi.scopes import Scope
from identity.wires import clients, consent, passes
from identity.wires.tables import Wire


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """For which mini-app; `consent` says that the citizen has just agreed, after reading what it gets."""

    appId: str
    consent: bool = False


decode = msgspec.json.Decoder(Wish).decode


@post("/uc/sso/ticket", status_code=200)
async def sso_ticket(request: AnyRequest) -> Response[bytes]:
    """Answer a ticket for the citizen of the session; `result` false: the app does not speak this wire.

    Raises:
        NotSignedIn, ScopeMissing, WirePaused, WireConsentNeeded, WireForCitizens.
    """
    asker = await holder_of(request, Scope.APPS_OPEN)
    actor, now = asker.actor, asker.now
    wish = await read_json(request, decode)
    client = None if "\0" in wish.appId else await clients.find(wish.appId, [Wire.UNIFIED], now=now)
    if client is None:
        return answered({"result": False})
    if wish.consent:
        passes.check_context(actor, client)
        await consent.give(actor, client, now=now)
    return answered({"result": True, "ticketId": await passes.issue(actor, client, now=now)})


ROUTES = [sso_ticket]
