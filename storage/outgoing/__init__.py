"""Calls to addresses that others gave us: only to the public internet, and no further than they said.

A name is resolved once, every address it has is checked, and the connection goes to the one that was
checked; so a name that answers differently a second later leads nowhere else.  Nothing is followed.

    post     one call on a connection of its own: a delivery, now and then
    Lines    many calls to one address, on connections that are kept open
"""

from storage.outgoing._guard import CLOSED, OutgoingRefused, Place, check, configure, place_of, reach
from storage.outgoing._lines import Lines, NotSent, Reply, TooBusy, Unreadable
from storage.outgoing._posting import post

__all__ = [
    "CLOSED",
    "Lines",
    "NotSent",
    "OutgoingRefused",
    "Place",
    "Reply",
    "TooBusy",
    "Unreadable",
    "check",
    "configure",
    "place_of",
    "post",
    "reach",
]
