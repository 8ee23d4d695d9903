"""The old wires over HTTP (identity.wires): entries for browsers, calls of clients' servers, the gateway.

    entries     browsers come to sign in: personal, unified (PC), legal; and leave
    calls       clients' servers ask directly
    gateway     they ask through BCDSG, signed with AK and SK
    tickets     the host app asks for a ticket for a mini-app

Query strings carry tickets here: nothing of a request's address but its route is ever logged.
"""

from litestar.types import ControllerRouterHandler

from api.http.wires import calls, entries, gateway, tickets

ROUTES: list[ControllerRouterHandler] = [
    *entries.ROUTES,
    *calls.ROUTES,
    *gateway.ROUTES,
    *tickets.ROUTES,
]
