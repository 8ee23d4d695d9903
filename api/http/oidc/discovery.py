"""Who we are and with which keys we sign: what a client fetches before anything else."""

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.oidc.wire import told
from identity import session_tokens
from identity.oidc import metadata
from storage import clock

FRESH = f"public, max-age={metadata.JWKS_AGE_S}"
SESSION_FRESH = f"public, max-age={session_tokens.JWKS_AGE_S}"


@get(["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
async def configuration() -> Response[bytes]:
    """Answer the provider's metadata."""
    return told(metadata.document(), cache_control=FRESH)


@get("/oauth/jwks")
async def jwks() -> Response[bytes]:
    """Answer the keys that id_tokens are signed with."""
    return told(await metadata.keys(now=await clock.now()), cache_control=FRESH)


@get("/.well-known/jwks.json")
async def session_jwks() -> Response[bytes]:
    """Answer the keys that session tokens, which go along with calls to mini-apps, are signed with."""
    return told(await session_tokens.keys(now=await clock.now()), cache_control=SESSION_FRESH)


ROUTES: list[ControllerRouterHandler] = [configuration, jwks, session_jwks]
