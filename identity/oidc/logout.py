"""Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from identity import clients
from identity.actor import Actor
from identity.clients import Client
from identity.oidc import hints
from identity.oidc.authorize import Parameters
from identity.oidc.errors import OAuthError
from identity.oidc.hints import Hint
from identity.oidc.id_token import sid
from identity.subjects import pairwise_sub


@dataclass(frozen=True, kw_only=True)
class Goodbye:
    """What the client wishes."""

    client: Client | None
    hint: Hint | None
    then: str | None  # where the browser goes afterwards

    def means(self, actor: Actor) -> bool:
        """Say whether the client shows that it means this very sign-in; if not, the citizen is asked."""
        if self.client is None or self.hint is None or actor.session_id is None:
            return False
        return self.hint.sub == pairwise_sub(self.client.client_id, actor.person_id) and (
            self.hint.sid == sid(self.client.client_id, actor.session_id)
        )


async def understand(parameters: Parameters) -> Goodbye:
    """Return what the client wishes.

    Raises: OAuthError, to be shown and taken nowhere.
    """
    hint = await _hint(parameters)
    named = parameters.get("client_id")
    if hint is not None and named not in (None, hint.aud):
        raise OAuthError("invalid_request", "id_token_hint is not one of this client_id")
    client_id = hint.aud if hint is not None else named
    client = await clients.enabled(client_id) if client_id else None
    if client_id is not None and client is None:
        raise OAuthError("invalid_request", "client_id is not a client of ours")
    return Goodbye(client=client, hint=hint, then=_then(parameters, client))


async def _hint(parameters: Parameters) -> Hint | None:
    text = parameters.get("id_token_hint")
    if text is None:
        return None
    hint = await hints.read(text)
    if hint is None:
        raise OAuthError("invalid_request", "id_token_hint is not an id_token of ours")
    return hint


def _then(parameters: Parameters, client: Client | None) -> str | None:
    uri = parameters.get("post_logout_redirect_uri")
    if uri is None:
        return None
    if client is None:
        raise OAuthError("invalid_request", "post_logout_redirect_uri needs id_token_hint or client_id")
    if uri not in client.post_logout_uris:
        raise OAuthError("invalid_request", "post_logout_redirect_uri is not exactly a registered one")
    state = parameters.get("state")
    if state is None:
        return uri
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode({'state': state})}"
