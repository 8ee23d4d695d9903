"""The old wires (旧接口): single sign-on as mini-apps of before 2026 speak it, on the same accounts.

    clients     who may use which wire, with which codes, secrets and callbacks
    signatures  what a caller's signature covers, and whether it was seen from elsewhere
    consent     that a citizen lets a client have what the old wires hand out: all or nothing
    passes      a ticket of 60 s that is redeemed once for a token of some minutes
    facts       whom a pass tells of: the citizen, his firm, or an invented test user
    personal, unified, legal    the same facts in the words of each wire

The weak parts of these wires (MD5 over a secret, bodies that nobody signs) stay here: what a caller gets is
a pass of this package, worth nothing at any other door.
"""
