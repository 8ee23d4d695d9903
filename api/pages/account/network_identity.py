"""One's 网络身份 (国家网络身份认证): linked to the account by an act of one's own, and unlinked again."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.pages.signed_in import holder, sender, shown
from banshi.scopes import Scope
from identity import verifier
from identity.methods import network_id
from identity.sandbox import SandboxVerifier

PATH = "/account/network-identity"


@get(PATH)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show whether one is linked."""
    asker = await holder(request, Scope.SESSIONS_READ)
    return await shown(
        request, "network_identity", asker,
        linked=await network_id.of(asker.actor), is_pseudonym=asker.actor.is_pseudonym,
        sandbox=isinstance(verifier.current(), SandboxVerifier),
    )  # fmt: skip


@post(f"{PATH}/link", status_code=200)
async def link(request: AnyRequest) -> Response[bytes]:
    """Link the one whose credential is shown."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    given = {"credential": form.get("credential")[:200]}
    address = str(request.scope["state"]["address"])
    await network_id.link(asker.actor, given, address=address, now=asker.now)
    return go(with_query(PATH, done="linked"))


@post(f"{PATH}/unlink", status_code=200)
async def unlink(request: AnyRequest) -> Response[bytes]:
    """Let the account and the 网络身份 be apart again."""
    _, asker = await sender(request, Scope.SESSIONS_WRITE)
    await network_id.unlink(asker.actor, now=asker.now)
    return go(with_query(PATH, done="unlinked"))


ROUTES: list[ControllerRouterHandler] = [show, link, unlink]
