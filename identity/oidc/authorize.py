"""The authorization request (RFC 6749 4.1.1, OpenID Connect Core 3.1.2, RFC 7636, RFC 8707), understood.

Until client and redirect URI are known to belong together a refusal is shown to the citizen and goes
nowhere (`OAuthError`); after that it is taken to the client (`SentBack`).
"""

import re
from collections.abc import Mapping

from identity import clients
from identity.assurance import level_of
from identity.clients import Client
from identity.oidc import claims_request, hints, issuer
from identity.oidc.asking import Asked
from identity.oidc.claims import OPENID, SCOPES, VERIFY, in_order, scope_of
from identity.oidc.claims_request import Wanted
from identity.oidc.errors import OAuthError, SentBack

Parameters = Mapping[str, str]

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # BASE64URL of a SHA-256
THUMBPRINT = CHALLENGE
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
LONGEST = {"state": 1_000, "nonce": 255, "resource": 500, "claims": 4_000}  # characters
OLDEST_S = 10 * 365 * 86_400  # more seconds of `max_age` mean nothing


async def client_of(parameters: Parameters) -> Client:
    """Return the client that asks, its redirect URI checked: exactly one of those registered.

    Raises: OAuthError, to be shown and taken nowhere.
    """
    client = await clients.enabled(parameters.get("client_id", ""))
    if client is None:
        raise OAuthError("invalid_request", "client_id is missing or not a client of ours")
    if parameters.get("redirect_uri", "") not in client.redirect_uris:
        raise OAuthError("invalid_request", "redirect_uri is missing or not exactly a registered one")
    return client


async def understand(
    parameters: Parameters, resources: list[str], client: Client, *, pushed: bool, proved: str | None = None
) -> Asked:
    """Return what is asked.

    `resources` are all values of `resource`; `proved` is the thumbprint of the key that a pushed request
    was proved with.
    Raises: SentBack.
    """
    _check_kind(parameters, client, pushed=pushed)
    scopes = _scopes(parameters, client)
    wanted = claims_request.read(parameters.get("claims"), client, scopes)
    if wanted.same_person and not pushed:
        raise SentBack("invalid_request", "same_person is taken from pushed requests only, not from a URL")
    userinfo = in_order({*_by_scope(scopes, wanted), *wanted.userinfo})
    levels, essential = _levels(parameters, wanted)
    return Asked(
        client_id=client.client_id,
        redirect_uri=parameters["redirect_uri"],
        scopes=_with_scopes_of(scopes, [*userinfo, *wanted.id_token]),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        code_challenge=_challenge(parameters),
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        levels=levels,
        levels_essential=essential,
        sub=await _subject(parameters, client, wanted),
        userinfo=userinfo,
        id_token=in_order(wanted.id_token),
        same_person=wanted.same_person,
        resources=_resources(resources, client),
        jkt=_thumbprint(parameters, proved),
        ui_style="elder" if parameters.get("ui_style") == "elder" else None,
        pushed=pushed,
    )


def _check_kind(parameters: Parameters, client: Client, *, pushed: bool) -> None:
    """Check that it is an authorization code request of this profile, and sanely long."""
    if "request" in parameters:
        raise SentBack(
            "request_not_supported", "request objects are not supported; push the request (RFC 9126)"
        )
    if "request_uri" in parameters:
        raise SentBack("request_uri_not_supported", "request_uri is taken only from our own PAR endpoint")
    if client.is_fapi2 and not pushed:
        raise SentBack("invalid_request", "FAPI 2.0: this client must push its requests (RFC 9126)")
    if parameters.get("response_type") != "code":
        missing = "response_type" not in parameters
        raise SentBack(
            "invalid_request" if missing else "unsupported_response_type", "response_type must be code"
        )
    if parameters.get("response_mode", "query") != "query":
        raise SentBack("invalid_request", "response_mode must be query")
    _check_lengths(parameters)


def _check_lengths(parameters: Parameters) -> None:
    if "registration" in parameters:
        raise SentBack("registration_not_supported", "clients are registered by the operator")
    for name, longest in LONGEST.items():
        if len(parameters.get(name, "")) > longest:
            raise SentBack("invalid_request", f"{name} is longer than {longest} characters")


def _scopes(parameters: Parameters, client: Client) -> list[str]:
    """Return the scopes asked for that exist; others are ignored (OpenID Connect Core 3.1.2.1)."""
    asked = list(dict.fromkeys(parameters.get("scope", "").split()))
    if OPENID not in asked:
        raise SentBack("invalid_scope", "scope must contain openid")
    known = [scope for scope in asked if scope in SCOPES]
    for scope in known:
        if scope != OPENID and scope not in client.scopes:
            raise SentBack("invalid_scope", f"this client is not registered for the scope {scope}")
    return known


def _by_scope(scopes: list[str], wanted: Wanted) -> list[str]:
    """Return the keys that scopes ask to be told at the UserInfo endpoint."""
    keys = [scope for scope in scopes if ":" not in scope and scope not in (VERIFY, "offline_access")]
    if VERIFY in scopes and not wanted.predicates:
        keys.append(claims_request.DEFAULT_KEY)
    return keys


def _with_scopes_of(scopes: list[str], keys: list[str]) -> list[str]:
    """Return the scopes, with those of claims that were asked for by themselves."""
    return list(dict.fromkeys([*scopes, *(scope_of(key) for key in keys)]))


def _challenge(parameters: Parameters) -> str:
    """Return the PKCE challenge; only S256 is taken, and nobody goes without (RFC 7636, RFC 9700 2.1.1)."""
    challenge = parameters.get("code_challenge")
    if challenge is None:
        raise SentBack("invalid_request", "code_challenge is missing: PKCE is required")
    if parameters.get("code_challenge_method") != "S256":
        raise SentBack("invalid_request", "code_challenge_method must be S256")
    if CHALLENGE.fullmatch(challenge) is None:
        raise SentBack("invalid_request", "code_challenge is not the BASE64URL of a SHA-256")
    return challenge


def _prompt(parameters: Parameters) -> list[str]:
    asked = parameters.get("prompt", "").split()
    if not PROMPTS.issuperset(asked) or ("none" in asked and len(asked) > 1):
        raise SentBack("invalid_request", "prompt is none alone, or some of login, consent, select_account")
    return asked


def _max_age(parameters: Parameters) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise SentBack("invalid_request", "max_age is a number of seconds")
    return min(int(text), OLDEST_S)


def _levels(parameters: Parameters, wanted: Wanted) -> tuple[list[int], bool]:
    """Return the real-name levels wished for, and whether one of them is essential."""
    if wanted.acr_values:
        levels = [level for acr in wanted.acr_values if (level := level_of(acr)) is not None]
        if wanted.acr_essential and not levels:
            raise SentBack("unmet_authentication_requirements", "no acr of those asked for is known here")
        return levels, wanted.acr_essential
    return [level for acr in parameters.get("acr_values", "").split() if (level := level_of(acr))], False


async def _subject(parameters: Parameters, client: Client, wanted: Wanted) -> str | None:
    """Return who it must be, by the hint or by the claim `sub` asked with a value."""
    hint = parameters.get("id_token_hint")
    if hint is None:
        return wanted.sub
    hinted = await hints.read(hint, audience=client.client_id)
    if hinted is None:
        raise SentBack("invalid_request", "id_token_hint is not an id_token that we gave this client")
    if wanted.sub not in (None, hinted.sub):
        raise SentBack("invalid_request", "id_token_hint and the claim sub name two persons")
    return hinted.sub


def _resources(asked: list[str], client: Client) -> list[str]:
    """Return the audiences wanted; without any, our UserInfo endpoint, known as the issuer (RFC 8707 2)."""
    allowed = {issuer.issuer(), issuer.api(), *client.resources}
    if not allowed.issuperset(asked):
        raise SentBack("invalid_target", "resource is not one this client may ask tokens for")
    return list(dict.fromkeys(asked)) or [issuer.issuer()]


def _thumbprint(parameters: Parameters, proved: str | None) -> str | None:
    """Return which key must redeem the code (RFC 9449 10)."""
    named = parameters.get("dpop_jkt")
    if named is not None and THUMBPRINT.fullmatch(named) is None:
        raise SentBack("invalid_request", "dpop_jkt is not a JWK thumbprint with SHA-256")
    if named is not None and proved is not None and named != proved:
        raise SentBack("invalid_dpop_proof", "dpop_jkt and the DPoP proof name two keys")
    return named or proved
