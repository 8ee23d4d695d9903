"""What mini-apps do by way of us: answer calls, write to their citizens, give back what they were granted."""

from miniapps.gateway.service._bounds import GatewaySettings, configure
from miniapps.gateway.service._calling import Asked, Invented, call, opened, rehearse
from miniapps.gateway.service._connections import MOST_UNDER_WAY, Connection
from miniapps.gateway.service._consenting import Granted, give_back, granted
from miniapps.gateway.service._exchange import Exchange
from miniapps.gateway.service._opening import Holder, holder_of_credential, holder_of_session
from miniapps.gateway.service._serving import check_item
from miniapps.gateway.service._upstreams import listener, remove_upstream, set_upstream, upstreams
from miniapps.gateway.service._writing import write, write_later

__all__ = [
    "MOST_UNDER_WAY",
    "Asked",
    "Connection",
    "Exchange",
    "GatewaySettings",
    "Granted",
    "Holder",
    "Invented",
    "call",
    "check_item",
    "configure",
    "give_back",
    "granted",
    "holder_of_credential",
    "holder_of_session",
    "listener",
    "opened",
    "rehearse",
    "remove_upstream",
    "set_upstream",
    "upstreams",
    "write",
    "write_later",
]
