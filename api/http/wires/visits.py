"""Visits: which old mini-app a browser comes from by its entry's address, and where it goes back to."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode

from api.http.wires.parameters import first, pairs
from identity.wires import clients
from identity.wires.clients import Client
from identity.wires.errors import WireCallbackRefused, WireUnknown
from identity.wires.tables import Wire

QUERY_MARKS = "!$&'()*+,;=:@%/?[]-._~"
ACTIONS = {"/sso/mobile.do": "oauth", "/sso/newusp.do": "ssoLogin", "/sso/alipay.do": "ssoLogin"}
PORTAL, FIRMS = "/uc/sso/login", "/opensso/spsaehandler/metaAlias/sp"
RETURN = "spappurl="


class Visit(NamedTuple):
    """Which client sent the browser, where it goes back to, and what it takes along."""

    client: Client
    back: str
    ticket_as: str
    along: Mapping[str, str]

    def address(self, ticket: str) -> str:
        """Return where the browser goes back to."""
        mark = "&" if "?" in self.back else "?"
        return f"{self.back}{mark}{urlencode({self.ticket_as: ticket, **self.along})}"


async def visit_of(path: str, query: str, *, now: datetime) -> Visit:
    """Return who sends a browser to the entry `path` with `query`.

    Raises: WireUnknown, also for a path that is no entry; WireCallbackRefused.
    """
    if path in ACTIONS:
        return await _personal(path, query, now=now)
    if path == PORTAL:
        return await _portal(query, now=now)
    if path == FIRMS:
        return await _legal(query, now=now)
    raise WireUnknown


async def _personal(path: str, query: str, *, now: datetime) -> Visit:
    given = pairs(query) or []
    known = first(given, "action") == ACTIONS[path]
    client = await _find(first(given, "servicecode") if known else "", Wire.TICKET, Wire.BCDSG, now=now)
    return _visit(client, first(given, "redirectUrl"), "ticket", _there(sp=first(given, "goto")))


async def _portal(query: str, *, now: datetime) -> Visit:
    given = pairs(query) or []
    client = await _find(first(given, "appId"), Wire.UNIFIED, now=now)
    return _visit(client, "", "ticketId", {"redirectUrl": first(given, "sp")})


async def _legal(query: str, *, now: datetime) -> Visit:
    """Read `spappurl`: encoded, or as most clients send it, bare up to the end of the query."""
    _, _, rest = query.partition(RETURN)
    bare = "://" in rest.partition("&")[0]
    back = quote(rest, safe=QUERY_MARKS) if bare else unquote(rest.partition("&")[0])
    client = await clients.by_callback(back, Wire.LEGAL, now=now) if "\0" not in back else None
    return _visit(client, back, "ssotoken", {})


async def _find(code: str, *wires: Wire, now: datetime) -> Client | None:
    return await clients.find(code, wires, now=now) if "\0" not in code else None


def _visit(client: Client | None, named: str, ticket_as: str, along: Mapping[str, str]) -> Visit:
    if client is None:
        raise WireUnknown
    back = client.callback(named)
    if back is None:
        raise WireCallbackRefused
    return Visit(client, back, ticket_as, along)


def _there(**given: str) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}
