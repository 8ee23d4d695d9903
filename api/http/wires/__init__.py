"""The old wires over HTTP (identity.wires): entries for browsers, calls of clients' servers, the gateway.

    entries     browsers come to sign in: personal, unified (PC), legal; and leave
    visits      what an entry's address says
    calls       clients' servers ask directly
    gateway     they ask through BCDSG, signed with AK and SK
    tickets     the host app asks for a ticket for a mini-app

Query strings carry tickets here: nothing of a request's address but its route is ever logged.
"""
