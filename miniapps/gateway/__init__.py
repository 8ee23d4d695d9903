"""Calls in: a citizen's call to the back end of a mini-app, and the connections that back ends keep open."""
