"""Visits: which client sent a browser to an entry of the old wires, and where it goes back to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlencode

from api.http.wires.parameters import first, pairs
from identity.wires import clients
from identity.wires.clients import Client
from identity.wires.errors import WireCallbackRefused, WireUnknown
from identity.wires.tables import Wire

QUERY_MARKS = "!$&'()*+,;=:@%/?[]-._~"  # what stands in a query without an escape
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
    """Return what an entry's path and raw query say.

    Raises: WireUnknown, WireCallbackRefused.
    """
    return await ENTRIES[path](path, query, now)


async def _personal(path: str, query: str, now: datetime) -> Visit:
    given = pairs(query)
    code = first(given, "servicecode") if first(given, "action") == ACTIONS[path] else ""
    client = await _find(code, Wire.TICKET, Wire.BCDSG, now=now)
    goto = first(given, "goto")
    return _visit(client, first(given, "redirectUrl"), "ticket", {"sp": goto} if goto else {})


async def _portal(_: str, query: str, now: datetime) -> Visit:
    given = pairs(query)
    client = await _find(first(given, "appId"), Wire.UNIFIED, now=now)
    return _visit(client, "", "ticketId", {"redirectUrl": first(given, "sp")})


async def _legal(_: str, query: str, now: datetime) -> Visit:
    """Read `spappurl`: encoded, or as most clients send it, bare up to the end of the query."""
    rest = query.partition(RETURN)[2]
    is_bare = "://" in rest.partition("&")[0]
    back = quote(rest, safe=QUERY_MARKS) if is_bare else unquote(rest.partition("&")[0])
    return _visit(await registered(back, now=now), back, "ssotoken", {})


async def registered(back: str, *, now: datetime) -> Client | None:
    """Return the client of the legal wire to which one may go back at this address."""
    return None if "\0" in back else await clients.by_callback(back, Wire.LEGAL, now=now)


async def _find(code: str, *wires: Wire, now: datetime) -> Client | None:
    return None if "\0" in code else await clients.find(code, wires, now=now)


def _visit(client: Client | None, named: str, ticket_as: str, along: Mapping[str, str]) -> Visit:
    if client is None:
        raise WireUnknown
    back = client.callback(named)
    if back is None:
        raise WireCallbackRefused
    return Visit(client, back, ticket_as, along)


ENTRIES: Final[Mapping[str, Callable[[str, str, datetime], Awaitable[Visit]]]] = {
    **dict.fromkeys(ACTIONS, _personal),
    PORTAL: _portal,
    FIRMS: _legal,
}
"""What reads the query of each entry."""
