"""What mini-apps do by way of us: answer calls, write to their citizens, give back what they were granted."""

from miniapps.gateway.service import _quotas, _upstreams
from miniapps.gateway.service._bounds import GatewaySettings, configure
from miniapps.gateway.service._calling import Asked, Invented, call, opened, rehearse
from miniapps.gateway.service._cataloguing import Catalogue, catalogue, catalogue_of
from miniapps.gateway.service._connections import MOST_UNDER_WAY, Connection
from miniapps.gateway.service._consenting import Granted, give_back, granted
from miniapps.gateway.service._exchange import Exchange
from miniapps.gateway.service._opening import Holder, holder_of_credential, holder_of_session
from miniapps.gateway.service._quotas import Quota, quota, set_quota
from miniapps.gateway.service._serving import check_item
from miniapps.gateway.service._upstreams import remove_upstream, set_upstream, upstreams
from miniapps.gateway.service._writing import write, write_later
from storage.news import Listener


def listeners() -> list[Listener]:
    """Return what must hear PostgreSQL for addresses and quotas to be remembered, and to change in time."""
    return [_upstreams.listener(), _quotas.listener()]


__all__ = [
    "MOST_UNDER_WAY",
    "Asked",
    "Catalogue",
    "Connection",
    "Exchange",
    "GatewaySettings",
    "Granted",
    "Holder",
    "Invented",
    "Quota",
    "call",
    "catalogue",
    "catalogue_of",
    "check_item",
    "configure",
    "give_back",
    "granted",
    "holder_of_credential",
    "holder_of_session",
    "listeners",
    "opened",
    "quota",
    "rehearse",
    "remove_upstream",
    "set_quota",
    "set_upstream",
    "upstreams",
    "write",
    "write_later",
]
