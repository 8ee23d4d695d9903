"""The first page of the account: who one is, masked, how surely that is known, and the way to the rest."""

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages import words
from api.pages.contexts import choices
from api.pages.local import HOME
from api.pages.signed_in import holder, shown
from identity import accounts, masking


@get(HOME)
async def overview(request: AnyRequest) -> Response[bytes]:
    """Show who is signed in."""
    asker = await holder(request)
    profile = await accounts.profile(asker.actor)
    return await shown(
        request, "account", asker,
        name=masking.name(profile.name) if profile.name else "", number=profile.number, phone=profile.phone,
        level=words.LEVELS[asker.actor.level], verified_at=asker.actor.authenticated_at,
        contexts=await choices(asker.actor, now=asker.now),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [overview]
