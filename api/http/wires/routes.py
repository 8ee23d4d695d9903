"""All routes of the old wires together."""

from litestar.types import ControllerRouterHandler

from api.http.wires import calls, entries, gateway, tickets

ROUTES: list[ControllerRouterHandler] = [
    *entries.ROUTES,
    *calls.ROUTES,
    *gateway.ROUTES,
    *tickets.ROUTES,
]
