"""What a client asks for in one authorization request, once it is understood."""

from typing import Any

import msgspec

from identity.oidc.claims import OFFLINE, OPENID, scope_of


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that may be shown to the citizen: everything in it is the client's to ask."""

    client_id: str
    redirect_uri: str
    scopes: list[str]  # known to us and registered for the client
    state: str | None = None
    nonce: str | None = None
    code_challenge: str
    prompt: list[str] = []
    max_age: int | None = None  # seconds
    levels: list[int] = []  # of `acr_values`, the best liked first
    levels_essential: bool = False  # then nothing else will do
    sub: str | None = None  # who it must be, as this client knows him
    userinfo: list[str] = []  # keys to be told at the UserInfo endpoint
    id_token: list[str] = []  # keys to be told in the id_token
    same_person: str | None = None  # hash to compare with
    resources: list[str] = []
    jkt: str | None = None  # thumbprint of the key that must redeem the code (RFC 9449 10)
    ui_style: str | None = None
    pushed: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """What the citizen is asked to agree to."""
        return frozenset({OPENID, *self.plain, *self.userinfo, *self.id_token})

    @property
    def plain(self) -> list[str]:
        """Scopes that are keys by themselves and told nowhere: rights, and going on offline."""
        return [scope for scope in self.scopes if ":" in scope or scope == OFFLINE]

    def granted_scopes(self, keys: frozenset[str]) -> list[str]:
        """Return the scopes that follow from the keys granted, in the order asked."""
        held = {scope_of(key) for key in keys}
        return [scope for scope in self.scopes if scope in held]

    def level_needed(self, level: int) -> int | None:
        """Return the least level that will do for `acr`, when `level` will not; None when it will."""
        if not self.levels:
            return None
        wanted = min(self.levels) if self.levels_essential else self.levels[0]
        return None if level >= wanted else wanted

    def encoded(self) -> str:
        """Return it as JSON, for a row."""
        return msgspec.json.encode(self).decode()


def decoded(text: str | bytes | dict[str, Any]) -> Asked:
    """Return what `encoded` made."""
    return (
        msgspec.json.decode(text, type=Asked)
        if isinstance(text, str | bytes)
        else msgspec.convert(text, Asked)
    )
