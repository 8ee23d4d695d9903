"""The simulator: a host app on the developer's own machine, with invented citizens.

    host page  http://127.0.0.1:A   chrome, citizens, consent sheet, elder switch, network, log of events
    app page   http://127.0.0.1:B   the files in web/, on an origin of their own, with the platform's headers
    back end   http://127.0.0.1:C   app.py, started anew when a file changes

A call of the page goes host page ──► the gateway's checks ──► the platform's /gw ──► its relay ──► back end;
without a platform straight to the back end, with a token of the simulator's own.  What the back end does for
a citizen at the platform, the host page's origin plays then, as far as it can.
"""

from banshi.simulator._gateway import Gateway, issuing
from banshi.simulator._played import NotPlayed, Play, Played
from banshi.simulator._running import NOTE, Plan, simulate

__all__ = ["NOTE", "Gateway", "NotPlayed", "Plan", "Play", "Played", "issuing", "simulate"]
