"""What can be done with calls to mini-apps: make one, hold a connection that answers them."""

from miniapps.gateway.service._calling import Asked, Invented, call, rehearse
from miniapps.gateway.service._connections import MOST_UNDER_WAY, Connection
from miniapps.gateway.service._exchange import Exchange
from miniapps.gateway.service._opening import Holder, holder_of_credential, holder_of_session

__all__ = [
    "MOST_UNDER_WAY",
    "Asked",
    "Connection",
    "Exchange",
    "Holder",
    "Invented",
    "call",
    "holder_of_credential",
    "holder_of_session",
    "rehearse",
]
