"""Mini-apps on the wire: their packages come in, and each is served from an origin of its own."""
