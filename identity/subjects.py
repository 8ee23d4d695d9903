"""Subjects: how each mini-app and client knows a party, and no other does."""

from uuid import UUID

from storage.seal import mac

CHARACTERS = 32


def pairwise_sub(app_id: str, party_id: UUID) -> str:
    """Return how this mini-app knows this party: 32 hexadecimal digits, the same at every sign-in.

    Two mini-apps that compare notes cannot tell that they serve the same person (OIDC Core 8.1).
    """
    text = app_id.encode() + b"\0" + party_id.bytes
    return mac(text, purpose="pairwise subject").hex()[:CHARACTERS]
